"""Keeps invoices that were paid from being deleted, where a studio wants that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

import stalker
from stalker.db.declarative import named
from stalker.db.session import StudioSession, quiet
from stalker.exceptions import ProtectedError
from stalker.models.belongings import belongings
from stalker.models.budget.budget import Budget
from stalker.models.budget.invoice import Invoice, Payment

__all__: list[str] = []

#: what loses its owner is deleted, too
_OWNERS = {Budget: "project", Invoice: "budget"}


@event.listens_for(StudioSession, "before_flush")
def _refuse_paid_invoices(session: Session, context: Any, instances: Any) -> None:
    if not stalker.defaults.protect_invoices:
        return
    for kind in (named("Project"), *_OWNERS):
        going = [each for each in session.deleted if isinstance(each, kind)]
        if kind in _OWNERS:
            going += [each for each in session.dirty if isinstance(each, kind) and _is_lost(each)]
        numbers = [identity[0] for each in going if (identity := inspect(each).identity)]
        if not numbers:
            continue
        payments = select(Payment).where(Payment.id.in_(belongings(kind, numbers)[Payment]))
        with quiet:
            payment = session.scalars(payments.limit(1)).first()
        if payment is not None:
            raise ProtectedError(
                f"{payment!r} and its invoice must stay, and what they belong to with them: "
                "stalker.defaults.protect_invoices is set",
                payment=payment,
            )


def _is_lost(entity: Any) -> bool:
    owner = _OWNERS[next(kind for kind in _OWNERS if isinstance(entity, kind))]
    return owner in entity.__dict__ and getattr(entity, owner) is None
