"""Goods, price lists, budgets, invoices and payments: exact money, and who goes with whom."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import Budget, BudgetEntry, Client, Good, Invoice, Payment, PriceList, Project, db
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError
from stalker.models.budget import Totals
from tests.models.production import Studio, everywhere, in_memory


def budget(studio: Studio, project: Project, name: str = "Main", **values: Any) -> Budget:
    """Return a budget; its list of statuses is made by hand."""
    found = None
    if studio.stored:
        db.create_entity_statuses("Budget", ["Planning", "Approved"], ["PLN", "APP"])
    else:
        found = studio.status_list("Budget")
    made = Budget(name=name, project=project, status_list=found, **values)
    if studio.stored:
        DBSession.add(made)
    return made


@pytest.fixture
def good() -> Good:
    return Good(name="Compositing", cost=400, msrp=900.5, unit="EUR/day")


# --- Values ---------------------------------------------------------------------------------------

PRICES = [
    (None, 0.0),
    (0, 0.0),
    (113, 113),
    (1232.4, 1232.4),
    (Decimal("0.1"), 0.1),
    (0.00005, 0.0),
    (0.00015, 0.0002),
    (99_999_999_999_999, 99_999_999_999_999),
    ("1", TypeError),
    (True, TypeError),
    ([], TypeError),
    (float("nan"), ValueError),
    (float("inf"), ValueError),
    (Decimal("NaN"), ValueError),
    (10**14, ValueError),
]


@in_memory
@pytest.mark.parametrize("attribute", ["cost", "msrp"])
@pytest.mark.parametrize(("value", "expected"), [*PRICES, (-1, ValueError), (-0.0001, ValueError)])
def test_prices_of_goods(studio: Studio, attribute: str, value: Any, expected: Any) -> None:
    """22 §2: a number that is not negative, by constructor and by assignment."""
    good = Good(name="Rig", cost=7, msrp=7)
    if isinstance(expected, type):
        for attempt in (
            lambda: Good(name="Rig", **{attribute: value}),
            lambda: setattr(good, attribute, value),
        ):
            with pytest.raises(expected, match=rf"Good\.{attribute}"):
                attempt()
        assert getattr(good, attribute) == 7
        return
    assert getattr(Good(name="Rig", **{attribute: value}), attribute) == expected
    setattr(good, attribute, value)
    assert getattr(good, attribute) == expected
    assert type(getattr(good, attribute)) is float


@in_memory
@pytest.mark.parametrize("attribute", ["cost", "msrp", "price", "realized_total", "amount"])
@pytest.mark.parametrize(("value", "expected"), [*PRICES, (-12.5, -12.5)])
def test_numbers_of_entries(
    studio: Studio, good: Good, attribute: str, value: Any, expected: Any
) -> None:
    """22 §5: any number, also a negative one; `cost` and `msrp` are no arguments."""
    whole = budget(studio, studio.project())
    entry = BudgetEntry(budget=whole, good=good, amount=3)
    if attribute in ("cost", "msrp"):
        with pytest.raises(TypeError, match=attribute):
            BudgetEntry(budget=whole, good=good, **{attribute: 1})
    if isinstance(expected, type):
        with pytest.raises(expected, match=rf"BudgetEntry\.{attribute}"):
            setattr(entry, attribute, value)
        if attribute not in ("cost", "msrp"):
            with pytest.raises(expected, match=rf"BudgetEntry\.{attribute}"):
                BudgetEntry(budget=whole, good=good, **{attribute: value})
        assert whole.entries == [entry]
    else:
        setattr(entry, attribute, value)
        assert getattr(entry, attribute) == expected


@everywhere
def test_everything_is_stored(studio: Studio, good: Good) -> None:
    """22 §2-7: what was given is what comes back, in both directions of each relation."""
    project, client = studio.project(), Client(name="Acme")
    good.client = client
    prices = PriceList(name="2026", goods=[good])
    whole = budget(studio, project)
    part = budget(studio, project, "Part", parent=whole)
    entry = BudgetEntry(budget=whole, good=good, price=1000.25, realized_total=17, amount=2.5)
    invoice = Invoice(budget=whole, client=client, amount=2500.63, unit="EUR")
    payment = Payment(invoice=invoice, amount=-0.0001, unit="EUR")
    if studio.stored:
        DBSession.add(prices)
    studio.reload()
    assert project.budgets == [whole, part] and whole.children == [part]
    assert (whole.entries, whole.invoices, invoice.payments) == ([entry], [invoice], [payment])
    assert client.goods == [good] and good.price_lists == [prices] and prices.goods == [good]
    assert (entry.cost, entry.msrp, entry.unit) == (400, 900.5, "EUR/day")
    assert (entry.price, entry.realized_total, entry.amount) == (1000.25, 17, 2.5)
    assert (invoice.amount, invoice.unit, invoice.client) == (2500.63, "EUR", client)
    assert (payment.amount, payment.unit, payment.invoice) == (-0.0001, "EUR", invoice)
    assert entry.name.startswith("BudgetEntry_") and good.archived is False
    assert whole.status.code == ("PLN" if studio.stored else "WFD")
    with pytest.raises(NotImplementedError):
        _ = whole.to_tjp


@everywhere
def test_entries_keep_the_prices_of_their_day(studio: Studio, good: Good) -> None:
    """22 §5: neither another price nor another good changes an entry, unless it is asked to."""
    entry = BudgetEntry(budget=budget(studio, studio.project()), good=good)
    before = good.date_updated
    good.cost, good.unit = 500, "EUR/h"
    assert good.date_updated > before
    assert (entry.cost, entry.unit) == (400, "EUR/day")
    entry.good = Good(name="Rig", cost=1, msrp=2, unit="EUR")
    assert (entry.cost, entry.msrp, entry.unit) == (400, 900.5, "EUR/day")
    entry.refresh_from_good()
    assert (entry.cost, entry.msrp, entry.unit) == (1, 2, "EUR")


# --- Owners ---------------------------------------------------------------------------------------

MISSING: list[tuple[Callable[..., Any], str]] = [
    (lambda each: Good(), r"Good\.name"),
    (lambda each: PriceList(), r"PriceList\.name"),
    (lambda each: Budget(name="B"), r"Budget\.project"),
    (lambda each: Budget(name="B", project=1), r"Budget\.project"),
    (lambda each: BudgetEntry(good=each["good"]), r"BudgetEntry\.budget"),
    (lambda each: BudgetEntry(budget=1, good=each["good"]), r"BudgetEntry\.budget"),
    (lambda each: BudgetEntry(budget=each["budget"]), r"BudgetEntry\.good"),
    (lambda each: BudgetEntry(budget=each["budget"], good=1), r"BudgetEntry\.good"),
    (lambda each: Invoice(client=each["client"]), r"Invoice\.budget"),
    (lambda each: Invoice(budget=each["budget"]), r"Invoice\.client"),
    (lambda each: Invoice(budget=each["budget"], client=1), r"Invoice\.client"),
    (lambda each: Payment(), r"Payment\.invoice"),
    (lambda each: Payment(invoice=each["budget"]), r"Payment\.invoice"),
    (lambda each: Good(name="G", client=1), r"Good\.client"),
    (lambda each: Good(name="G", price_lists=[1]), r"Good\.price_lists"),
    (lambda each: PriceList(name="P", goods="no"), r"PriceList\.goods"),
    (lambda each: PriceList(name="P", goods=[1]), r"PriceList\.goods"),
    (lambda each: setattr(each["budget"], "entries", [1]), r"Budget\.entries"),
    (lambda each: setattr(each["budget"], "invoices", "no"), r"Budget\.invoices"),
    (lambda each: setattr(each["budget"], "project", None), r"Budget\.project"),
    (lambda each: setattr(each["invoice"], "payments", [1]), r"Invoice\.payments"),
    (lambda each: setattr(each["invoice"], "budget", None), r"Invoice\.budget"),
    (lambda each: setattr(each["client"], "goods", [1]), r"Client\.goods"),
]


@everywhere
@pytest.mark.parametrize(("attempt", "words"), MISSING, ids=[words for _, words in MISSING])
def test_who_has_to_be_there(
    studio: Studio, good: Good, attempt: Callable[..., Any], words: str
) -> None:
    """22 §2-7: what is missing or of another class is a `TypeError` that leaves no trace."""
    whole = budget(studio, studio.project())
    client = Client(name="Acme")
    invoice = Invoice(budget=whole, client=client)
    studio.commit()
    world = {"good": good, "budget": whole, "client": client, "invoice": invoice}
    with pytest.raises(TypeError, match=words):
        attempt(world)
    assert whole.invoices == [invoice] and whole.entries == [] and client.goods == []
    studio.commit()


@everywhere
def test_what_moves_takes_its_place(studio: Studio, good: Good) -> None:
    """22 §4-7: entries, invoices and payments change their owner, goods their client."""
    project, client = studio.project(), Client(name="Acme")
    one, two = (budget(studio, project, name) for name in "AB")
    entry = BudgetEntry(budget=one, good=good)
    invoices = [Invoice(budget=one, client=client) for _ in range(2)]
    payment = Payment(invoice=invoices[0])
    client.goods.append(good)
    studio.reload()
    two.entries = [entry]
    invoices[0].budget = two
    payment.invoice = invoices[1]
    client.goods.remove(good)
    studio.reload()
    assert (one.entries, two.entries, entry.budget) == ([], [entry], two)
    assert (one.invoices, two.invoices) == ([invoices[1]], [invoices[0]])
    assert invoices[1].payments == [payment] and good.client is None


@everywhere
def test_sub_budgets_lie_in_the_project_of_their_parent(studio: Studio) -> None:
    """22 §4 and BT-6: another project is refused, and a move takes the whole tree along."""
    one, two = studio.project(), studio.project(name="Two", code="TWO")
    top = budget(studio, one, "Top")
    middle = budget(studio, one, "Middle", parent=top)
    leaf = budget(studio, one, "Leaf", parent=middle)
    other = budget(studio, two, "Other")
    for attempt in (
        lambda: setattr(other, "parent", top),
        lambda: top.children.append(other),
        lambda: setattr(middle, "project", two),
        lambda: budget(studio, two, "New", parent=top),
    ):
        with pytest.raises(ValueError, match=r"Budget\.(project|parent) .*Lighthouse"):
            attempt()
    with pytest.raises(CircularDependencyError):
        top.parent = leaf
    assert top.children == [middle] and one.budgets == [top, middle, leaf]
    top.project = two
    assert [each.project for each in (top, middle, leaf)] == [two, two, two]
    assert sorted(map(id, two.budgets)) == sorted(map(id, (top, middle, leaf, other)))
    one.budgets = [top, middle]
    assert sorted(map(id, one.budgets)) == sorted(map(id, (top, middle, leaf)))
    two.budgets.append(top)
    studio.reload()
    assert set(two.budgets) == {top, middle, leaf, other} and one.budgets == []
    assert list(top.walk_hierarchy()) == [top, middle, leaf]


def count(kind: type[Any]) -> int:
    return DBSession.scalar(select(func.count()).select_from(kind)) or 0


def test_what_goes_with_whom(studio: Studio, good: Good) -> None:
    """22 §1: a project takes its budgets along and leaves goods, lists and clients."""
    project, client = studio.project(), Client(name="Acme")
    whole = budget(studio, project)
    part = budget(studio, project, "Part", parent=whole)
    BudgetEntry(budget=part, good=good)
    Payment(invoice=Invoice(budget=part, client=client))
    own = Good(name="Own", client=client)
    DBSession.add_all([PriceList(name="2026", goods=[good, own]), client])
    DBSession.commit()
    for doomed in (good, client):
        DBSession.delete(doomed)
        with pytest.raises(IntegrityError):
            DBSession.commit()
        DBSession.rollback()
    assert count(Good) == 2 and count(Client) == 1
    DBSession.delete(whole)
    DBSession.commit()
    assert [count(kind) for kind in (Budget, BudgetEntry, Invoice, Payment)] == [0, 0, 0, 0]
    assert [count(kind) for kind in (Project, Good, PriceList, Client)] == [1, 2, 1, 1]
    DBSession.delete(client)
    DBSession.commit()
    assert [count(kind) for kind in (Good, PriceList)] == [1, 1]
    Invoice(budget=budget(studio, project), client=Client(name="Other"))
    DBSession.commit()
    DBSession.delete(project)
    DBSession.commit()
    assert [count(kind) for kind in (Budget, Invoice, Good, Client)] == [0, 0, 1, 1]


def test_price_lists_keep_their_order(studio: Studio) -> None:
    """22 §3: the order after a reload is the one that was assigned."""
    goods = [Good(name=name) for name in "abcd"]
    prices = PriceList(name="2026", goods=[goods[2], goods[0], goods[3]])
    DBSession.save([prices, *goods])
    DBSession.expire_all()
    assert prices.goods == [goods[2], goods[0], goods[3]]
    prices.goods = [goods[3], goods[1], goods[2]]
    DBSession.commit()
    assert prices.goods == [goods[3], goods[1], goods[2]]
    assert goods[0].price_lists == [] and goods[1].price_lists == [prices]


@in_memory
def test_the_price_for_a_client(studio: Studio) -> None:
    """22 AD-6: the client's own good counts before the general one; what is archived never."""
    acme, other = Client(name="Acme"), Client(name="Other")
    general, own = Good(name="Rig"), Good(name="Rig", client=acme)
    prices = PriceList(name="2026", goods=[general, own, Good(name="Old", archived=True)])
    assert prices.price_for("Rig") is prices.price_for("Rig", other) is general
    assert prices.price_for("Rig", acme) is own
    assert prices.price_for("Old") is prices.price_for("Mocap") is None


@pytest.mark.parametrize("names", [[], ["Planning", "Review"]])
def test_the_statuses_of_budgets_are_an_option(empty_url: str, names: list[str]) -> None:
    """22 AD-1: `init()` makes them if the configuration names them."""
    stalker.defaults.budget_status_names = names
    stalker.defaults.budget_status_codes = [name[:3].upper() for name in names]
    db.setup({"sqlalchemy.url": empty_url})
    db.init()
    project = Project(name="Lighthouse", code="LHS")
    DBSession.add(project)
    if names:
        assert Budget(name="Main", project=project).status.name == "Planning"
    else:
        with pytest.raises(TypeError, match=r"Budget\.status_list"):
            Budget(name="Main", project=project)


# --- Sums -----------------------------------------------------------------------------------------

amounts = st.decimals(-100_000, 100_000, places=4)


@everywhere
def test_sums_are_exact(studio: Studio) -> None:
    """22 AD-2, BT-1: decimal sums by unit, of what is stored and what is not alike."""
    project, client = studio.project(), Client(name="Acme")
    # where each example adds to one budget, what was there before is part of the expectation
    whole = budget(studio, project)
    part = budget(studio, project, "Part", parent=whole)

    @settings(
        max_examples=10,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.lists(st.tuples(amounts, amounts, st.sampled_from(["EUR", "USD"]), st.booleans())))
    def check(lines: list[tuple[Decimal, Decimal, str, bool]]) -> None:
        before = whole.totals(with_children=True)
        for price, amount, unit, is_part in lines:
            good = Good(name="Rig", cost=1, unit=unit)
            owner = part if is_part else whole
            BudgetEntry(budget=owner, good=good, price=price, amount=amount)
            invoice = Invoice(budget=owner, client=client, amount=price, unit=unit)
            Payment(invoice=invoice, amount=amount)
        pending = whole.totals(with_children=True)
        studio.reload()
        after = whole.totals(with_children=True)
        assert after == pending
        for unit in ("EUR", "USD"):
            mine = [line for line in lines if line[2] == unit]
            old, new = before.get(unit, Totals()), after.get(unit, Totals())
            assert new.total - old.total == sum(price * amount for price, amount, *_ in mine)
            assert new.total_cost - old.total_cost == sum(amount for _, amount, *_ in mine)
            assert new.invoiced - old.invoiced == sum(price for price, *_ in mine)
            assert new.paid - old.paid == sum(amount for _, amount, *_ in mine)
            assert new.outstanding == new.invoiced - new.paid
            assert new.margin == new.total - new.total_cost

    check()


@in_memory
def test_payments_in_another_unit_are_not_added(studio: Studio) -> None:
    """22 BT-7: units are never mixed; what names none counts in that of the invoice."""
    invoice = Invoice(
        budget=budget(studio, studio.project()), client=Client(name="A"), amount=100, unit="EUR"
    )
    Payment(invoice=invoice, amount=60.1)
    Payment(invoice=invoice, amount=39.9, unit="EUR")
    assert invoice.paid == 100 and invoice.outstanding == 0 and invoice.is_paid
    Payment(invoice=invoice, amount=1)
    assert invoice.outstanding == -1
    wrong = Payment(invoice=invoice, amount=5, unit="USD")
    with pytest.raises(ValueError, match=r"Payment\.unit .* 'EUR' .*'USD'"):
        _ = invoice.paid
    wrong.unit = ""
    assert invoice.paid == 106


def test_totals_take_few_statements(studio: Studio, good: Good, statements: Any) -> None:
    """A budget with many parts, entries and payments costs as many statements as a small one."""
    project, client = studio.project(), Client(name="Acme")
    whole = budget(studio, project)
    for number in range(10):
        part = Budget(name=f"Part {number}", project=project, parent=whole)
        for _ in range(5):
            BudgetEntry(budget=part, good=good, price=1, amount=1)
        Payment(invoice=Invoice(budget=part, client=client, amount=5), amount=1)
    DBSession.commit()
    number = whole.id
    DBSession.remove()
    found = DBSession.get(Budget, number)
    assert found is not None
    recorded = statements()
    totals = found.totals(with_children=True)
    assert len(recorded) <= 8, "\n".join(recorded)
    assert totals["EUR/day"].total == 50 and totals[""].outstanding == 40
    assert found.totals() == {}
