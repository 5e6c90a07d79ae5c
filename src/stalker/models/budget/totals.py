"""The sums of a budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import object_session, selectinload

from stalker.core.graph import walk
from stalker.core.rules import as_decimal
from stalker.db.declarative import named
from stalker.db.session import quiet

if TYPE_CHECKING:
    from stalker.models.budget.budget import Budget

__all__ = ["Totals"]

_ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class Totals:
    """Exact sums in one unit."""

    #: price times amount of the entries
    total: Decimal = _ZERO
    #: cost times amount of the entries
    total_cost: Decimal = _ZERO
    #: what was really spent
    realized_total: Decimal = _ZERO
    invoiced: Decimal = _ZERO
    paid: Decimal = _ZERO

    @property
    def margin(self) -> Decimal:
        """What is left of `total` after the cost."""
        return self.total - self.total_cost

    @property
    def outstanding(self) -> Decimal:
        """What was invoiced and not yet paid; negative if too much was paid."""
        return self.invoiced - self.paid


def totals_of(budget: Budget, with_children: bool) -> dict[str, Totals]:
    """Return the sums of *budget* by unit, of what is stored and what is not alike."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    with quiet:
        _load(budget, with_children)
        budgets = walk(budget, lambda each: each.children) if with_children else [budget]
        for each in budgets:
            for unit, key, value in _parts(each):
                sums[unit][key] += value
    return {unit: Totals(**some) for unit, some in sorted(sums.items())}


def _parts(budget: Budget) -> Iterator[tuple[str, str, Decimal]]:
    for entry in budget.entries:
        yield entry.unit, "total", entry.total
        yield entry.unit, "total_cost", entry.total_cost
        yield entry.unit, "realized_total", as_decimal(entry.realized_total)
    for invoice in budget.invoices:
        yield invoice.unit, "invoiced", as_decimal(invoice.amount)
        yield invoice.unit, "paid", invoice.paid


def _load(budget: Budget, with_children: bool) -> None:
    """Load everything that counts with a fixed number of statements."""
    session = object_session(budget)
    if session is None or not inspect(budget).has_identity:
        return
    kind, invoice = named("Budget"), named("Invoice")
    table = kind.__table__.c
    below: Any = select(table.id).where(table.id == budget.id).cte("below", recursive=True)
    if with_children:
        below = below.union(select(table.id).join(below, table.parent_id == below.c.id))
    query = select(kind).where(table.id.in_(select(below.c.id)))
    session.scalars(
        query.options(
            selectinload(kind.children),
            selectinload(kind.entries),
            selectinload(kind.invoices).selectinload(invoice.payments),
        )
    ).all()
