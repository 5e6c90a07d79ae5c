"""What goes with something that is deleted: counted before, and refused where a studio says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

import stalker
from stalker import (
    Asset,
    Budget,
    BudgetEntry,
    Invoice,
    Page,
    Payment,
    Project,
    Scene,
    Sequence,
    Shot,
    SimpleEntity,
    Ticket,
    Version,
    db,
)
from stalker.db.session import DBSession
from stalker.exceptions import ProtectedError
from tests.factories import client, good, link, project, task, type_for, user


@pytest.fixture
def film(database: str) -> Project:
    """A stored project with something of everything, beside another one."""
    db.create_entity_statuses("Budget", ["Planning"], ["PLN"])
    films = [project(users=[user()], clients=[client()], references=[link()]) for _ in range(2)]
    for each in films:
        DBSession.add(each)
        storm = Sequence(name="Storm", code="SQ", project=each)
        shot = Shot(code="SH010", parent=storm, project=each, sequences=[storm])
        shot.scenes = [Scene(name="Beach", code="SC1", project=each)]
        comp = task(shot, "Comp", depends=[task(shot, "Roto")])
        Asset(name="Rock", code="rock", project=each, type=type_for(Asset))
        Version(task=comp, inputs=[Version(task=comp)])
        part = Budget(name="Part", project=each, parent=Budget(name="Whole", project=each))
        BudgetEntry(budget=part, good=good())
        Payment(invoice=Invoice(budget=part, client=each.clients[0]))
        Page(title="Look", project=each)
        Ticket(project=each).resolve()
    DBSession.commit()
    return films[0]


def by_class() -> Counter[str]:
    return Counter(DBSession.scalars(select(SimpleEntity.entity_type)))


def test_a_preview_of_the_deletion(film: Project, statements: Callable[[], list[str]]) -> None:
    """20 AD-12: what it counts, by class, is what is gone afterwards; asked with one statement."""
    assert Project(name="New", code="NEW").delete_preview() == {}
    preview = film.delete_preview()
    assert set(preview) == {
        "Asset", "Budget", "BudgetEntry", "Invoice", "Page", "Payment", "Scene", "Sequence", "Shot",
        "Task", "Ticket", "TicketLog", "Version",
    }  # fmt: skip
    recorded = statements()
    assert film.delete_preview() == preview
    assert len(recorded) == 1
    before = by_class()
    DBSession.delete(film)
    DBSession.commit()
    assert before - by_class() == Counter(preview) + Counter({"Project": 1})


def count(kind: type[SimpleEntity]) -> int:
    return DBSession.scalar(select(func.count()).select_from(kind)) or 0


DOOMED: dict[str, Callable[[Invoice], object]] = {
    "invoice": DBSession.delete,
    "invoice taken out of its list": lambda invoice: invoice.budget.invoices.remove(invoice),
    "budget": lambda invoice: DBSession.delete(invoice.budget),
    "budget above": lambda invoice: DBSession.delete(invoice.budget.parent),
    "budget taken out of its list": lambda invoice: invoice.budget.project.budgets.remove(
        invoice.budget.parent
    ),
    "project": lambda invoice: DBSession.delete(invoice.budget.project),
}


@pytest.mark.parametrize("delete", DOOMED.values(), ids=list(DOOMED))
def test_invoices_with_payments_can_be_protected(
    film: Project, delete: Callable[[Invoice], object]
) -> None:
    """22 BT-12: with the setting, nothing deletes what was paid; without it, anything does."""
    part = film.budgets[-1]
    [paid] = part.invoices
    unpaid = Invoice(budget=part, client=paid.client)
    DBSession.commit()
    stalker.defaults.protect_invoices = True
    for _ in range(2):
        delete(paid)
        with pytest.raises(ProtectedError, match=r"Payment.*protect_invoices"):
            DBSession.commit()
        DBSession.rollback()
    assert count(Payment) == 2 and part.invoices == [paid, unpaid]
    DBSession.delete(unpaid)
    DBSession.commit()
    stalker.defaults.protect_invoices = False
    delete(paid)
    DBSession.commit()
    assert [count(kind) for kind in (Invoice, Payment)] == [1, 1]
