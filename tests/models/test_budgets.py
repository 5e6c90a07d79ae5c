"""Goods, price lists, budgets, invoices and payments: exact money, and who goes with whom."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import Budget, BudgetEntry, Client, Good, Invoice, Payment, PriceList, Project, db
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError
from stalker.models.budget import Totals
from tests.models.production import NOON, Studio, everywhere, in_memory


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


@in_memory
@pytest.mark.parametrize("kind", [Invoice, Payment])
@pytest.mark.parametrize(("value", "expected"), [*PRICES, (-12.5, -12.5)])
def test_amounts(studio: Studio, kind: type[Any], value: Any, expected: Any) -> None:
    """22 §6, §7: any number, as a float, by constructor and by assignment."""
    whole, client = budget(studio, studio.project()), Client(name="Acme")
    invoice = Invoice(budget=whole, client=client)
    owners = {"budget": whole, "client": client} if kind is Invoice else {"invoice": invoice}
    obj = kind(**owners, amount=3)
    if isinstance(expected, type):
        before = list(whole.invoices), list(invoice.payments)
        for attempt in (
            lambda: kind(**owners, amount=value),
            lambda: setattr(obj, "amount", value),
        ):
            with pytest.raises(expected, match=rf"{kind.__name__}\.amount"):
                attempt()
        assert obj.amount == 3 and (whole.invoices, invoice.payments) == before
        return
    obj.amount = value
    for each in (obj, kind(**owners, amount=value)):
        assert each.amount == expected and type(each.amount) is float
    assert kind(**owners).amount == 0.0


@in_memory
@pytest.mark.parametrize("kind", [Good, BudgetEntry, Invoice, Payment])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", ""),
        ("EUR/day", "EUR/day"),
        ("x" * 64, "x" * 64),
        (1, TypeError),
        (["EUR"], TypeError),
        (b"EUR", TypeError),
        ("x" * 65, ValueError),
    ],
)
def test_units(studio: Studio, good: Good, kind: type[Any], value: Any, expected: Any) -> None:
    """22 §2, §5-7, BT-9: any text that fits; an entry has that of its good and takes no other."""
    whole, client = budget(studio, studio.project()), Client(name="Acme")
    owners: dict[type, dict[str, Any]] = {
        Good: {"name": "Rig"},
        BudgetEntry: {"budget": whole, "good": good},
        Invoice: {"budget": whole, "client": client},
        Payment: {"invoice": Invoice(budget=whole, client=client)},
    }
    obj = kind(**owners[kind])
    before = obj.unit
    assert before == ("EUR/day" if kind is BudgetEntry else "")
    if isinstance(expected, type):
        with pytest.raises(expected, match=rf"{kind.__name__}\.unit"):
            obj.unit = value
        assert obj.unit == before
    else:
        obj.unit = value
        assert obj.unit == expected
    if kind is BudgetEntry:
        expected = TypeError
    if isinstance(expected, type):
        with pytest.raises(expected, match=rf"{kind.__name__}\b.*\bunit"):
            kind(**owners[kind], unit=value)
    else:
        assert kind(**owners[kind], unit=value).unit == expected


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


@in_memory
@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("budget good price", r"BudgetEntry\.budget"),
        ("good price", r"BudgetEntry\.good"),
        ("price", r"BudgetEntry\.price"),
    ],
)
def test_entries_are_checked_in_order(studio: Studio, good: Good, missing: str, words: str) -> None:
    """22 §5, BT-4: budget, good, then the numbers; whatever is wrong, the budget knows nothing."""
    whole = budget(studio, studio.project())
    values = {"budget": whole, "good": good, "price": 1} | dict.fromkeys(missing.split(), "wrong")
    with pytest.raises(TypeError, match=words):
        BudgetEntry(**values)  # type: ignore[arg-type]
    assert whole.entries == []


@in_memory
@pytest.mark.parametrize("price", [10, 1232.4, Decimal("0.1"), -3])
@pytest.mark.parametrize("amount", [0, 3, 0.7])
def test_sums_of_an_entry(studio: Studio, good: Good, price: Any, amount: Any) -> None:
    """22 AD-2, BT-1: exact, and computed when they are read."""
    entry = BudgetEntry(
        budget=budget(studio, studio.project()), good=good, price=price, amount=amount
    )
    exact = Decimal(str(price)) * Decimal(str(amount))
    cost = 400 * Decimal(str(amount))
    assert (entry.total, entry.total_cost, entry.margin) == (exact, cost, exact - cost)
    assert isinstance(entry.total, Decimal) and entry.price == float(price)
    entry.amount = 2
    entry.cost = 0.1
    assert (entry.total, entry.total_cost) == (2 * Decimal(str(price)), Decimal("0.2"))
    for name in ("total", "total_cost", "margin"):
        with pytest.raises(AttributeError):
            setattr(entry, name, 1)


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
def test_a_budget_may_be_given_its_entries(studio: Studio, good: Good) -> None:
    """22 AD-5: those of another budget move; a good may be given its price lists."""
    project = studio.project()
    one = budget(studio, project, "One")
    entries = [BudgetEntry(budget=one, good=good) for _ in range(2)]
    two = budget(studio, project, "Two", entries=entries)
    prices = [PriceList(name="2025"), PriceList(name="2026")]
    new = Good(name="Rig", price_lists=prices)
    if studio.stored:
        DBSession.add(new)
    studio.reload()
    assert (one.entries, two.entries) == ([], entries)
    assert new.price_lists == prices and [each.goods for each in prices] == [[new], [new]]


@everywhere
@pytest.mark.parametrize("status", [None, 0, 1])
def test_statuses_of_budgets(studio: Studio, status: Any) -> None:
    """22 §4: the first one of the list, or any that is set; there is no workflow."""
    whole = budget(studio, studio.project(), status=status)
    choice = whole.status_list
    assert whole.status is choice[status or 0]
    for each in (*choice, choice[0]):
        whole.status = each
        studio.reload()
        assert whole.status is each
    with pytest.raises(ValueError, match=r"Budget\.status"):
        whole.status = len(choice)  # type: ignore[assignment]


@everywhere
def test_the_tree_of_budgets(studio: Studio) -> None:
    """22 §1, §4: both sides at once; a child that is taken out is a root of the project."""
    project = studio.project()
    top, middle, leaf = (budget(studio, project, name) for name in ("Top", "Middle", "Leaf"))
    middle.parent = top
    assert top.children == [middle]
    middle.children = [leaf]
    assert leaf.parent is middle and leaf.parents == [top, middle]
    assert (top.is_root, top.is_container, top.is_leaf) == (True, True, False)
    assert (leaf.is_root, leaf.is_container, leaf.is_leaf) == (False, False, True)
    for circle in (top, middle, leaf):
        with pytest.raises(CircularDependencyError, match=r"Budget\.parent"):
            top.parent = circle
    studio.reload()
    middle.children.remove(leaf)
    studio.reload()
    assert leaf.is_root and middle.is_leaf and project.budgets == [top, middle, leaf]


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


@pytest.mark.parametrize("way", ["object", "statement"])
def test_a_client_whose_goods_are_in_use(studio: Studio, way: str) -> None:
    """22 BT-11: a client cannot be deleted while a budget uses a good of it; nothing is gone."""
    client = Client(name="Acme")
    goods = [Good(name=name, client=client) for name in "AB"]
    entry = BudgetEntry(budget=budget(studio, studio.project()), good=goods[0])
    DBSession.add(PriceList(name="2026", goods=goods))
    DBSession.commit()

    def doom() -> None:
        if way == "object":
            DBSession.delete(client)
        else:
            table = Client.__table__
            DBSession.execute(delete(table).where(table.c.id == client.id))
        DBSession.commit()

    with pytest.raises(IntegrityError):
        doom()
    DBSession.rollback()
    assert client.goods == goods and PriceList.query.one().goods == goods
    DBSession.delete(entry)
    DBSession.commit()
    doom()
    DBSession.expire_all()
    assert [count(kind) for kind in (Client, Good, PriceList)] == [0, 0, 1]


def test_what_leaves_its_list_is_deleted(studio: Studio, good: Good) -> None:
    """22 §1: entries, invoices, payments and budgets; each without what it refers to."""
    project, client = studio.project(), Client(name="Acme")
    whole, other = budget(studio, project), budget(studio, project, "Other")
    entries = [BudgetEntry(budget=whole, good=good) for _ in range(2)]
    invoices = [Invoice(budget=whole, client=client) for _ in range(2)]
    payments = [Payment(invoice=invoices[0]) for _ in range(2)]
    DBSession.commit()
    for owner, attribute, element, kind in (
        (whole, "entries", entries[0], BudgetEntry),
        (invoices[0], "payments", payments[0], Payment),
        (whole, "invoices", invoices[1], Invoice),
        (project, "budgets", other, Budget),
    ):
        getattr(owner, attribute).remove(element)
        DBSession.commit()
        assert count(kind) == 1
    whole.invoices = []
    DBSession.commit()
    assert [count(kind) for kind in (Invoice, Payment)] == [0, 0]
    assert [count(kind) for kind in (Budget, BudgetEntry, Good, Client)] == [1, 1, 1, 1]


def test_lists_are_in_the_order_of_their_making(studio: Studio, good: Good) -> None:
    """22 BT-16: entries, invoices, payments and sub-budgets, whatever is changed in between."""
    project, client = studio.project(), Client(name="Acme")
    whole = budget(studio, project)
    entries = [BudgetEntry(budget=whole, good=good) for _ in range(4)]
    invoices = [Invoice(budget=whole, client=client) for _ in range(4)]
    payments = [Payment(invoice=invoices[0]) for _ in range(4)]
    parts = [Budget(name=str(n), project=project, parent=whole) for n in range(4)]
    DBSession.commit()
    for each in (entries[0], invoices[1], payments[2], parts[0]):
        each.description = "changed"
        DBSession.commit()
    DBSession.expire_all()
    assert (whole.entries, whole.invoices) == (entries, invoices)
    assert (invoices[0].payments, whole.children) == (payments, parts)


def test_what_is_paid_joins_the_session(studio: Studio) -> None:
    """22 §7: a payment for a stored invoice is written by the next commit."""
    invoice = Invoice(
        budget=budget(studio, studio.project()),
        client=Client(name="Acme"),
        date_created=NOON,
        unit="EUR",
    )
    DBSession.commit()
    payment = Payment(invoice=invoice, amount=5)
    assert payment in DBSession.new
    DBSession.commit()
    DBSession.delete(payment)
    DBSession.commit()
    DBSession.expire_all()
    assert count(Payment) == 0 and invoice.payments == []
    assert invoice.date_created == NOON and invoice.date_created.tzinfo is UTC
    invoice.client = other = Client(name="Other")
    DBSession.commit()
    DBSession.expire_all()
    assert invoice.client is other and other not in invoice.budget.project.clients


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


@in_memory
def test_what_is_paid_too_often_is_noted(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    """22 BT-8: too much paid, or an invoice below zero, is no error, but a line in the log."""
    invoice = Invoice(budget=budget(studio, studio.project()), client=Client(name="A"), amount=100)
    Payment(invoice=invoice, amount=100)
    with caplog.at_level(logging.INFO, "stalker"):
        assert invoice.outstanding == 0 and caplog.text == ""
        Payment(invoice=invoice, amount=0.5)
        assert invoice.outstanding == Decimal("-0.5") and invoice.is_paid
        assert invoice.name in caplog.text and "0.5" in caplog.text
        caplog.clear()
        credit = Invoice(budget=invoice.budget, client=invoice.client, amount=-20)
        assert credit.outstanding == -20 and credit.name in caplog.text


def test_entries_come_with_their_goods(studio: Studio, statements: Any) -> None:
    """22 BT-14: a list of many entries takes as many statements as one of a few."""
    project = studio.project()
    small, large = (budget(studio, project, name) for name in "AB")
    for whole, size in ((small, 2), (large, 40)):
        for number in range(size):
            BudgetEntry(budget=whole, good=Good(name=f"Good {number}"))
    DBSession.commit()
    numbers = [(small.id, 2), (large.id, 40)]
    counts = []
    for number, size in numbers:
        DBSession.remove()
        found = DBSession.get_one(Budget, number)
        recorded = statements()
        assert len({entry.good.name for entry in found.entries}) == size
        counts.append(len(recorded))
    assert counts[0] == counts[1] <= 3


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
