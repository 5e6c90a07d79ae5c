"""What a production is going to cost: calculations, and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import as_decimal, default, instance_of, money
from stalker.db.construction import is_constructing
from stalker.db.types import Money
from stalker.models.budget.totals import Totals, totals_of
from stalker.models.entity import Entity
from stalker.models.mixins import AmountMixin, DAGMixin, ProjectMixin, StatusMixin, UnitMixin

if TYPE_CHECKING:
    from stalker.models.budget.good import Good
    from stalker.models.budget.invoice import Invoice

__all__ = ["Budget", "BudgetEntry"]

_MOVING_TO = "_moving_to"
_sum = {"rules": (default(0.0), money())}


class Budget(Entity, ProjectMixin, DAGMixin, StatusMixin):
    """A calculation of a project or of a part of it, with sub-budgets and invoices.

    Deleting it deletes all of these; goods and clients stay. It lies in the project of its parent:
    one that moves to another project takes its sub-budgets along.
    """

    __auto_name__: ClassVar[bool] = False
    __id_column__: ClassVar[str] = "budget_id"

    budget_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the lines of this budget, without those of sub-budgets
    entries: Mapped[list[BudgetEntry]] = relationship(
        foreign_keys="BudgetEntry.budget_id",
        back_populates="budget",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="BudgetEntry.entry_id",
        info={"rules": (instance_of("BudgetEntry"),)},
    )
    #: what clients have been asked to pay for it
    invoices: Mapped[list[Invoice]] = relationship(
        foreign_keys="Invoice.budget_id",
        back_populates="budget",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Invoice.invoice_id",
        info={"rules": (instance_of("Invoice"),)},
    )

    def _checked_project(self, project: Any) -> Any:
        project = super()._checked_project(project)
        if project is None or is_constructing(self) or project is self.project:
            return project
        self._refuse_project(self.parent, project, "project")
        self.__dict__[_MOVING_TO] = project
        try:
            for child in self.children:
                child.project = project
        finally:
            del self.__dict__[_MOVING_TO]
        return project

    def _checked_parent(self, parent: Any) -> Any:
        parent = super()._checked_parent(parent)
        self._refuse_project(parent, self.project, "parent")
        return parent

    def _checked_child(self, child: Any) -> Any:
        child = super()._checked_child(child)
        child._refuse_project(self, child.project, "parent")
        return child

    def _refuse_project(self, parent: Budget | None, project: Any, attribute: str) -> None:
        """Raise `ValueError` if this, in *project*, must not be below *parent*."""
        if parent is None:
            return
        its_project = parent.__dict__.get(_MOVING_TO) or parent.project
        if project is not its_project:
            raise ValueError(
                f"{type(self).__name__}.{attribute} of {self!r} must not be "
                f"{parent if attribute == 'parent' else project!r}: {parent!r} belongs to "
                f"{its_project!r}, not to {project!r}"
            )

    def totals(self, with_children: bool = False) -> dict[str, Totals]:
        """Return the exact sums of entries, invoices and payments by unit; never across units.

        Sub-budgets of every depth count if asked for.
        """
        return totals_of(self, with_children)


class BudgetEntry(Entity, AmountMixin, UnitMixin):
    """One line of a budget: how much of which good at which price.

    `cost`, `msrp` and `unit` are copied from the good once, so that a budget stays what it was when
    prices change. Numbers may be negative, for discounts and credits.
    """

    entry_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    budget_id: Mapped[int] = mapped_column(ForeignKey("Budgets.id", ondelete="CASCADE"))
    # a good in use cannot be deleted
    good_id: Mapped[int] = mapped_column(ForeignKey("Goods.id"))
    #: the budget that this is a line of
    budget: Mapped[Budget] = relationship(
        foreign_keys=[budget_id],
        back_populates="entries",
        info={"rules": (instance_of("Budget"),), "required": True},
    )
    #: what is bought or sold
    good: Mapped[Good] = relationship(
        foreign_keys=[good_id], lazy="selectin", info={"rules": (instance_of("Good"),)}
    )
    #: what a unit costs the studio
    cost: Mapped[float] = mapped_column(Money, default=0.0, info=_sum)
    #: suggested retail price of a unit
    msrp: Mapped[float] = mapped_column(Money, default=0.0, info=_sum)
    #: the price of a unit that was decided
    price: Mapped[float] = mapped_column(Money, default=0.0, info=_sum)
    #: what was really spent
    realized_total: Mapped[float] = mapped_column(Money, default=0.0, info=_sum)

    def __init__(
        self,
        budget: Budget | None = None,
        good: Good | None = None,
        price: float | None = 0,
        realized_total: float | None = 0,
        amount: float | None = 0.0,
        **kwargs: Any,
    ) -> None:
        if "unit" in kwargs:
            raise TypeError(
                f"{type(self).__name__}() has no argument 'unit': it is copied from the good"
            )
        instance_of("Budget")(budget, f"{type(self).__name__}.budget")
        self.good = good  # type: ignore[assignment]
        super().__init__(amount=amount, **kwargs)
        self.price = price  # type: ignore[assignment]
        self.realized_total = realized_total  # type: ignore[assignment]
        self.refresh_from_good()
        self.budget = budget  # type: ignore[assignment]

    def refresh_from_good(self) -> None:
        """Copy cost, retail price and unit from the good again."""
        self.cost, self.msrp, self.unit = self.good.cost, self.good.msrp, self.good.unit

    @property
    def total(self) -> Decimal:
        """`price` times `amount`, exact."""
        return as_decimal(self.price) * as_decimal(self.amount)

    @property
    def total_cost(self) -> Decimal:
        """`cost` times `amount`, exact."""
        return as_decimal(self.cost) * as_decimal(self.amount)

    @property
    def margin(self) -> Decimal:
        """What is left of `total` after the cost."""
        return self.total - self.total_cost
