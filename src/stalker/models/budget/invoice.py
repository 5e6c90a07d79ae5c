"""What clients are asked to pay, and what they have paid."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import as_decimal, instance_of, wrong_value
from stalker.log import get_logger
from stalker.models.entity import Entity
from stalker.models.mixins import AmountMixin, UnitMixin

if TYPE_CHECKING:
    from stalker.models.budget.budget import Budget
    from stalker.models.client import Client

__all__ = ["Invoice", "Payment"]

logger = get_logger(__name__)


class Invoice(Entity, AmountMixin, UnitMixin):
    """A request for payment to one client for one budget, issued on its `date_created`.

    `unit` is usually the code of a currency.
    """

    invoice_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    budget_id: Mapped[int] = mapped_column(ForeignKey("Budgets.id", ondelete="CASCADE"))
    # a client with invoices cannot be deleted
    client_id: Mapped[int] = mapped_column(ForeignKey("Clients.id"))
    #: what the invoice is for
    budget: Mapped[Budget] = relationship(
        foreign_keys=[budget_id],
        back_populates="invoices",
        info={"rules": (instance_of("Budget"),), "required": True},
    )
    #: need not be a client of the project
    client: Mapped[Client] = relationship(
        foreign_keys=[client_id], info={"rules": (instance_of("Client"),)}
    )
    #: what was received for it
    payments: Mapped[list[Payment]] = relationship(
        foreign_keys="Payment.invoice_id",
        back_populates="invoice",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Payment.payment_id",
        info={"rules": (instance_of("Payment"),)},
    )

    def __init__(
        self,
        budget: Budget | None = None,
        client: Client | None = None,
        amount: float | None = 0,
        unit: str | None = None,
        **kwargs: Any,
    ) -> None:
        instance_of("Budget")(budget, f"{type(self).__name__}.budget")
        self.client = client  # type: ignore[assignment]
        super().__init__(amount=amount, unit=unit, **kwargs)
        self.budget = budget  # type: ignore[assignment]

    @property
    def paid(self) -> Decimal:
        """The exact sum of the payments.

        Raises `ValueError` if one of them names another unit than the invoice.
        """
        for payment in self.payments:
            if payment.unit not in ("", self.unit):
                where = f"{type(payment).__name__}.unit of {payment!r}"
                raise wrong_value(where, f"{self.unit!r} as on {self!r}", payment.unit)
        return sum((as_decimal(each.amount) for each in self.payments), Decimal())

    @property
    def outstanding(self) -> Decimal:
        """What is still to be paid; negative if too much was, which is noted in the log."""
        left = as_decimal(self.amount) - self.paid
        if left < 0:
            logger.info("%r has %s to give back", self, -left)
        return left

    @property
    def is_paid(self) -> bool:
        """Nothing is outstanding."""
        return self.outstanding <= 0


class Payment(Entity, AmountMixin, UnitMixin):
    """Money received for an invoice. Its `type` tells kinds apart, such as advance and final."""

    payment_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    invoice_id: Mapped[int] = mapped_column(ForeignKey("Invoices.id", ondelete="CASCADE"))
    #: the invoice that this was paid for
    invoice: Mapped[Invoice] = relationship(
        foreign_keys=[invoice_id],
        back_populates="payments",
        info={"rules": (instance_of("Invoice"),), "required": True},
    )

    def __init__(
        self,
        invoice: Invoice | None = None,
        amount: float | None = 0,
        unit: str | None = None,
        **kwargs: Any,
    ) -> None:
        instance_of("Invoice")(invoice, f"{type(self).__name__}.invoice")
        super().__init__(amount=amount, unit=unit, **kwargs)
        self.invoice = invoice  # type: ignore[assignment]
