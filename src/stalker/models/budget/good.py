"""What a studio sells, and the lists in which it says for how much."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.dates import utc_now
from stalker.core.rules import as_bool, at_least, default, instance_of, money, optional
from stalker.db.association import Association, end, members
from stalker.db.collections import OrderedList
from stalker.db.types import Money
from stalker.models.entity import Entity
from stalker.models.mixins import UnitMixin

if TYPE_CHECKING:
    from stalker.models.client import Client

__all__ = ["Good", "PriceList", "PriceListGood"]

_price = {"rules": (default(0.0), money(), at_least(0))}


class PriceListGood(Association):
    """The place of a good in a price list."""

    __tablename__ = "PriceList_Goods"
    __ends__ = ("price_list", "good")

    price_list_id: Mapped[int] = mapped_column(
        ForeignKey("PriceLists.id", ondelete="CASCADE"), primary_key=True
    )
    good_id: Mapped[int] = mapped_column(
        ForeignKey("Goods.id", ondelete="CASCADE"), primary_key=True
    )
    #: kept by the list it is in
    position: Mapped[int | None]
    price_list: Mapped[PriceList | None] = end(
        "price_list", "PriceList", back_populates="good_rows"
    )
    good: Mapped[Good | None] = end("good", "Good", back_populates="price_list_rows")

    def __init__(
        self, price_list: PriceList | None = None, good: Good | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.price_list = price_list
        self.good = good


class Good(Entity, UnitMixin):
    """An item or a service that the studio sells, to everybody or to one client.

    Money is stored exactly to four decimals. One that stands in a budget cannot be deleted; mark it
    as `archived` to take it from the choice.
    """

    __auto_name__: ClassVar[bool] = False

    good_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: what a unit of it costs the studio
    cost: Mapped[float] = mapped_column(Money, default=0.0, info=_price)
    #: suggested retail price of a unit
    msrp: Mapped[float] = mapped_column(Money, default=0.0, info=_price)
    #: no longer offered
    archived: Mapped[bool] = mapped_column(default=False, info={"rules": (as_bool(),)})
    client_id: Mapped[int | None] = mapped_column(ForeignKey("Clients.id", ondelete="CASCADE"))
    #: whom this price is for; everybody if `None`
    client: Mapped[Client | None] = relationship(
        foreign_keys=[client_id],
        back_populates="goods",
        info={"rules": (optional(instance_of("Client")),)},
    )
    #: the places of this in price lists; `price_lists` shows the lists alone
    price_list_rows: Mapped[list[PriceListGood]] = relationship(
        back_populates="good",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by=PriceListGood.price_list_id,
        info={"rules": (instance_of("PriceListGood"),)},
    )
    #: where this is offered
    price_lists = members(
        "price_list_rows", "PriceListGood", "price_list", "PriceList", strict=True
    )

    def __init__(
        self,
        cost: float | None = 0.0,
        msrp: float | None = 0.0,
        unit: str | None = "",
        client: Client | None = None,
        price_lists: list[PriceList] | None = None,
        archived: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(unit=unit, **kwargs)
        self.cost = cost  # type: ignore[assignment]
        self.msrp = msrp  # type: ignore[assignment]
        self.archived = archived
        if price_lists is not None:
            self.price_lists = price_lists
        self.client = client


def _touch(good: Good, assign: Callable[[], None]) -> None:
    """Note that the price is of today."""
    assign()
    good.date_updated = max(utc_now(), good.date_created)


Good.__effects__ = dict.fromkeys(("cost", "msrp", "unit"), _touch)


class PriceList(Entity):
    """A selection of goods, in order. Deleting it keeps the goods."""

    __auto_name__: ClassVar[bool] = False

    price_list_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the goods with their places; `goods` shows the goods alone
    good_rows: Mapped[list[PriceListGood]] = relationship(
        back_populates="price_list",
        order_by=PriceListGood.position,
        collection_class=OrderedList,
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("PriceListGood"),)},
    )
    #: what is offered, in order
    goods = members("good_rows", "PriceListGood", "good", "Good", strict=True)

    def __init__(self, goods: list[Good] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if goods is not None:
            self.goods = goods

    def price_for(self, name: str, client: Client | None = None) -> Good | None:
        """Return the good of that name: the client's own if there is one, else the general one."""
        named = [good for good in self.goods if good.name == name and not good.archived]
        own = (good for good in named if client is not None and good.client is client)
        return next(own, None) or next((good for good in named if good.client is None), None)
