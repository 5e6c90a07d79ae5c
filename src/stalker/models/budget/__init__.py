"""What a production costs, what the studio asks for it, and what has been paid."""

from stalker.models.budget import protection as _protection  # noqa: F401 - it listens
from stalker.models.budget.budget import Budget, BudgetEntry
from stalker.models.budget.good import Good, PriceList, PriceListGood
from stalker.models.budget.invoice import Invoice, Payment
from stalker.models.budget.totals import Totals

__all__ = [
    "Budget",
    "BudgetEntry",
    "Good",
    "Invoice",
    "Payment",
    "PriceList",
    "PriceListGood",
    "Totals",
]
