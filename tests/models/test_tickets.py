"""Tickets: numbers, the workflow, logs, and whose turn it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import Group, Note, Permission, Project, Status, Tag, Ticket, TicketLog, Type, User
from stalker.core.kinds import Priority
from stalker.db.session import DBSession, StudioSession
from stalker.exceptions import CircularDependencyError, SelfReferenceError, StatusError
from stalker.models import ticket as constants
from stalker.models.ticket import TicketCounter
from tests.models.production import NOON, Studio, everywhere, in_memory

NAMES = ["New", "Accepted", "Assigned", "Reopened", "Closed"]
CODES = ["NEW", "ACP", "ASG", "ROP", "CLS"]
ACTIONS = ["resolve", "accept", "reassign", "reopen"]


def ticket(studio: Studio, project: Project | None = None, **values: Any) -> Ticket:
    """Return a ticket; in memory with a list of statuses like that of a database."""
    if not studio.stored and "status_list" not in values:
        if "Ticket" not in studio._lists:
            statuses = [Status(name=n, code=c) for n, c in zip(NAMES, CODES, strict=True)]
            studio._lists["Ticket"] = stalker.StatusList(
                statuses=statuses, target_entity_type="Ticket"
            )
        values["status_list"] = studio._lists["Ticket"]
    return Ticket(project=project or studio.project(), **values)


def put(found: Ticket, code: str) -> None:
    found.status = found.status_list[code]


def act(found: Ticket, action: str, by: User | None = None, **values: Any) -> TicketLog | None:
    log: TicketLog | None = getattr(found, action)(by, **values)
    return log


# --- Values ---------------------------------------------------------------------------------------


@everywhere
def test_what_a_new_ticket_is(studio: Studio) -> None:
    """02 §10: everything but the project has a default."""
    project = studio.project()
    made = ticket(studio, project)
    studio.reload()
    assert (made.number, made.name, made.project) == (1, "Ticket #1", project)
    assert (made.summary, made.description, made.priority) == ("", "", "TRIVIAL")
    assert made.priority is Priority.TRIVIAL
    assert (made.owner, made.resolution, made.reported_by) == (None, None, None)
    assert made.links == made.related_tickets == made.related_to == made.logs == []
    assert made.comments == [] and made.status.code == "NEW" and made.is_open
    assert project.tickets == [made]
    with pytest.raises(NotImplementedError):
        _ = made.to_tjp


@everywhere
def test_everything_is_stored(studio: Studio) -> None:
    """02 §10: what was given is what comes back."""
    project, ada = studio.project(), studio.user()
    task = studio.task(project)
    other = ticket(studio, project)
    made = ticket(
        studio,
        project,
        links=[task, project, ada, Tag(name="sky")],
        priority="BLOCKER",
        summary="The sun is too low",
        description="In all shots.\nSee the dailies.",
        related_tickets=[other],
        reported_by=ada,
        type=Type(name="Regression", code="REG", target_entity_type="Ticket"),
        notes=[Note(content="Since Monday.")],
        status=2,
    )
    made.owner = ada
    made.resolution = "moved the sun"
    studio.reload()
    assert {each.name for each in made.links} == {task.name, project.name, "Ada", "sky"}
    assert (made.priority, made.summary) == ("BLOCKER", "The sun is too low")
    assert made.description == "In all shots.\nSee the dailies."
    assert made.related_tickets == [other] and made.status.code == "ASG"
    assert made.created_by is made.reported_by is made.updated_by is made.owner is ada
    assert made.type is not None and made.type.name == "Regression"
    assert made.resolution == "moved the sun"
    assert [each.content for each in made.comments] == ["Since Monday."]


@in_memory
@pytest.mark.parametrize(
    "values",
    [{}, {"project": None}, {"project": {"name": "x"}}, {"project": "LHS"}],
    ids=["none", "None", "dict", "text"],
)
def test_a_ticket_needs_a_project(studio: Studio, values: dict[str, Any]) -> None:
    """02 §10: whatever is no project is a `TypeError`, also as a positional argument."""
    with pytest.raises(TypeError, match=r"Ticket\.project"):
        Ticket(**values)
    with pytest.raises(TypeError, match=r"Ticket\.project"):
        Ticket({"name": "x"})  # type: ignore[arg-type]


@in_memory
def test_without_a_database_a_list_of_statuses_is_needed(studio: Studio) -> None:
    """02 §10: otherwise it is a `TypeError`, and the project knows nothing of the ticket."""
    project = studio.project()
    with pytest.raises(TypeError, match=r"Ticket\.status_list"):
        Ticket(project=project)
    with pytest.raises(TypeError, match=r"Ticket\.status_list"):
        Ticket(project=project, status_list=studio.status_list("Task"))
    assert project.tickets == []


@everywhere
def test_number_and_project_are_read_only(studio: Studio) -> None:
    """02 §10: an `AttributeError`; another project's list does not take the ticket either."""
    project, other = studio.project(), studio.project(name="Two", code="TWO")
    made = ticket(studio, project)
    studio.commit()
    for name, value in product(("number", "project"), (None, 7, project, other)):
        with pytest.raises(AttributeError, match=name):
            setattr(made, name, value)
    with pytest.raises(ValueError, match=r"Ticket\.project .*Lighthouse.*Two"):
        other.tickets.append(made)
    studio.reload()
    assert made.project is project and made.number == 1 and other.tickets == []


@in_memory
def test_the_name_is_that_of_the_number(studio: Studio) -> None:
    """02 §10: a name that is given is ignored; the label is that of the configuration."""
    project = studio.project()
    assert ticket(studio, project, name="The sun").name == "Ticket #1"
    stalker.defaults.ticket_label = "Bug"
    assert ticket(studio, project).name == "Bug #2"


@everywhere
def test_synonyms(studio: Studio) -> None:
    """02 §10: `comments` is `notes`, and `reported_by` is `created_by`, in both directions."""
    ada, eda = studio.user(), studio.user("Eda")
    made = ticket(studio, created_by=ada)
    one, two = Note(content="1"), Note(content="2")
    made.comments.append(one)
    made.notes.append(two)
    made.reported_by = eda
    studio.reload()
    assert set(made.notes) == set(made.comments) == {one, two}
    assert made.created_by is eda and made in eda.entities_created
    made.created_by = ada
    made.comments = [two]
    assert made.reported_by is ada and made.notes == [two]
    for wrong in ((two,), "no", [ada]):
        with pytest.raises(TypeError, match=r"Ticket\.notes"):
            made.comments = wrong  # type: ignore[assignment]
    assert made.notes == [two]
    assert ticket(studio, created_by=ada, reported_by=ada).reported_by is ada
    for values in ({"created_by": ada, "reported_by": eda}, {"reported_by": 1}):
        with pytest.raises(TypeError, match="created_by"):
            ticket(studio, **values)


@everywhere
def test_related_tickets(studio: Studio) -> None:
    """02 §10, AD-5, AD-8: one-directional, never the ticket itself, seen from both in one view."""
    one, two, three = (ticket(studio) for _ in range(3))
    one.related_tickets = [two, three]
    two.related_tickets.append(one)
    for attempt in (
        lambda: one.related_tickets.append(one),
        lambda: setattr(one, "related_tickets", [two, one]),
    ):
        with pytest.raises(SelfReferenceError, match=r"Ticket\.related_tickets") as caught:
            attempt()
        assert isinstance(caught.value, ValueError)
        assert isinstance(caught.value, CircularDependencyError)
    for _ in range(2):
        assert set(one.related_tickets) == {two, three}
        assert (two.related_tickets, three.related_tickets) == ([one], [])
        assert set(one.related_to) == {two, three} and len(one.related_to) == 2
        assert (two.related_to, three.related_to) == ([one], [one])
        studio.reload()


@everywhere
def test_priorities(studio: Studio) -> None:
    """02 §10, BT-8: the five words in ascending order, checked when they are assigned."""
    words = ["TRIVIAL", "MINOR", "MAJOR", "CRITICAL", "BLOCKER"]
    assert list(Priority) == words
    made = ticket(studio)
    for word in words:
        made.priority = word  # type: ignore[assignment]
        studio.reload()
        assert made.priority == word and isinstance(made.priority, Priority)


def test_the_database_knows_the_priorities(studio: Studio) -> None:
    """BT-8: both databases refuse another word, whoever writes it."""
    ticket(studio)
    DBSession.commit()
    with pytest.raises(IntegrityError, match="PriorityType"):
        DBSession.execute(text("UPDATE \"Tickets\" SET priority = 'URGENT'"))


def test_constants() -> None:
    """02 §1: the usual resolutions have names, and are those of the configuration."""
    names = ["FIXED", "INVALID", "WONTFIX", "DUPLICATE", "WORKSFORME", "CANTFIX"]
    assert [getattr(constants, name) for name in names] == stalker.defaults.ticket_resolutions


# --- Numbers --------------------------------------------------------------------------------------


@everywhere
def test_numbers_without_gaps(studio: Studio) -> None:
    """02 §10, BT-3: what waits in the session counts, and all projects are numbered together."""
    one, two = studio.project(), studio.project(name="Two", code="TWO")
    if not studio.stored:
        # nothing but their project knows of tickets that are in no session
        assert [ticket(studio, one).number for _ in range(3)] == [1, 2, 3]
        assert ticket(studio, two).number == 1
        return
    made = []
    for project in (one, two, two, one, one, two):
        made.append(ticket(studio, project))
        if len(made) in (3, 4):
            DBSession.flush()
    assert [each.number for each in made] == [1, 2, 3, 4, 5, 6]
    studio.reload()
    assert [each.number for each in made] == [1, 2, 3, 4, 5, 6]
    assert [each.name for each in made] == [f"Ticket #{n}" for n in range(1, 7)]
    assert Ticket.query.filter_by(number=3).one() is made[2]
    assert list(Ticket.query.order_by(Ticket.number.desc())) == made[::-1]


def test_what_fails_leaves_no_gap(studio: Studio) -> None:
    """BT-3: a wrong argument, a rollback or a ticket that is dropped uses no number up."""
    project = studio.project()
    DBSession.commit()
    with pytest.raises(ValueError, match="priority"):
        ticket(studio, project, priority="URGENT")
    ticket(studio, project)
    DBSession.flush()
    DBSession.rollback()
    dropped, made = ticket(studio, project), ticket(studio, project)
    assert (dropped.number, made.number) == (1, 2)
    with DBSession.no_autoflush:
        project.tickets.remove(dropped)
    DBSession.commit()
    assert (made.number, made.name, ticket(studio, project).number) == (1, "Ticket #1", 2)


def test_a_ticket_that_was_rolled_back_is_numbered_again(studio: Studio) -> None:
    """BT-3: what is added once more takes the number that is free then."""
    project = studio.project()
    DBSession.commit()
    again = ticket(studio, project)
    DBSession.flush()
    DBSession.rollback()
    ticket(studio, project)
    DBSession.commit()
    again.project  # noqa: B018 - a new object keeps what it was given
    DBSession.add(again)
    DBSession.commit()
    assert (again.number, again.name) == (2, "Ticket #2")


def test_somebody_else_was_faster(studio: Studio) -> None:
    """BT-3: the number changes when the ticket is written, and the name with it."""
    project = studio.project()
    DBSession.commit()
    project_id = project.id
    made = [ticket(studio, project) for _ in range(2)]
    stalker.defaults.ticket_label = "Bug"
    made.append(ticket(studio, project))
    assert [each.number for each in made] == [1, 2, 3]
    with StudioSession(DBSession.get_bind()) as session:
        other = Ticket(project=session.get_one(Project, project_id))
        assert other.number == 1
        session.commit()
    DBSession.commit()
    assert [each.name for each in made] == ["Ticket #2", "Ticket #3", "Bug #4"]
    assert [each.number for each in made] == [2, 3, 4]


@pytest.mark.parametrize(("deleted", "expected"), [(2, 4), (3, 4)])
def test_the_number_of_a_deleted_ticket_stays_its_own(
    studio: Studio, deleted: int, expected: int
) -> None:
    """02 §10: numbers are not given again, and what is shown at first is what is stored."""
    project = studio.project()
    for _ in range(3):
        ticket(studio, project)
    DBSession.commit()
    DBSession.delete(Ticket.query.filter_by(number=deleted).one())
    DBSession.commit()
    made = ticket(studio, project)
    assert made.number == expected
    DBSession.commit()
    assert made.number == expected


def test_numbers_that_somebody_else_wrote(studio: Studio) -> None:
    """BT-3: a counter that is missing or behind goes on after the highest number there is."""
    made = ticket(studio)
    DBSession.commit()
    for change in (
        update(TicketCounter).values(last=0),
        TicketCounter.__table__.delete(),
        update(Ticket.__table__).values(number=41),
    ):
        before = max(DBSession.scalars(select(Ticket.number)))
        DBSession.execute(change)
        DBSession.commit()
        highest = 41 if 'UPDATE "Tickets"' in str(change) else before
        latest = ticket(studio, made.project)
        assert latest.number == highest + 1
        DBSession.commit()
        assert latest.number == highest + 1
        DBSession.delete(latest)
        DBSession.commit()
        DBSession.execute(update(TicketCounter).values(last=0))


def test_numbers_are_unique_in_the_database(studio: Studio) -> None:
    """02 §10: a second ticket with the same number is an `IntegrityError` that names it."""
    one, two = ticket(studio), ticket(studio)
    DBSession.commit()
    table = Ticket.__table__
    with pytest.raises(IntegrityError, match=r"Ticket\.number must be unique"):
        DBSession.execute(update(table).where(table.c.id == two.id).values(number=one.number))


def test_many_tickets_take_few_statements(studio: Studio, statements: Any) -> None:
    """Making and writing many tickets costs as many statements as a few."""
    project = studio.project()
    DBSession.commit()

    def cost(count: int) -> int:
        recorded = statements()
        for _ in range(count):
            ticket(studio, project)
        DBSession.commit()
        return len(recorded)

    cost(2)
    assert cost(40) <= cost(4)


# --- The workflow ---------------------------------------------------------------------------------

LEADS_TO = {"resolve": "CLS", "accept": "ACP", "reassign": "ASG", "reopen": "ROP"}


@everywhere
@pytest.mark.parametrize(("action", "code"), list(product(ACTIONS, CODES)))
def test_every_action_in_every_status(studio: Studio, action: str, code: str) -> None:
    """02 §10, §11, BT-12, BT-13: one log, status and effect; or nothing at all."""
    ada, eda = studio.user(), studio.user("Eda")
    made = ticket(studio)
    put(made, code)
    made.owner, made.resolution = eda, "invalid"
    studio.commit()
    possible = (action == "reopen") is (code == "CLS")
    assert made.can(action) is possible
    assert (action in made.allowed_actions) is possible
    values = {"resolve": {"resolution": "fixed"}, "reassign": {"assign_to": ada}}.get(action, {})
    log = act(made, action, ada, **values)
    if not possible:
        assert log is None
        with pytest.raises(StatusError, match=rf"Ticket\.{action}\(\)") as caught:
            act(made, action, ada, strict=True, **values)
        error: Any = caught.value
        assert (error.ticket, error.action, error.status) == (made, action, made.status)
        assert error.allowed_actions == made.allowed_actions
    for _ in range(2):
        if possible:
            assert log is not None and made.logs == [log] and log.ticket is made
            assert (log.from_status, log.to_status) == (code, LEADS_TO[action])
            assert (log.action, log.created_by) == (action, ada)
            assert made.status == LEADS_TO[action]
        else:
            assert made.logs == [] and made.status == code
        owner, resolution = eda, "invalid"
        if possible:
            owner = ada if action in ("accept", "reassign") else eda
            resolution = {"resolve": "fixed", "reopen": ""}.get(action, "invalid")
        assert (made.owner, made.resolution) == (owner, resolution)
        studio.reload()


def test_a_log_is_one_row(studio: Studio) -> None:
    """BT-13: after a whole life there is one row for each action, in memory and in the database."""
    ada = studio.user()
    made = ticket(studio)
    for action in ("accept", "resolve", "reopen", "reassign", "resolve"):
        assert act(made, action, ada) is not None
    assert [log.action for log in made.logs] == [
        "accept", "resolve", "reopen", "reassign", "resolve"
    ]  # fmt: skip
    studio.reload()
    assert len(made.logs) == 5 == DBSession.scalar(select(func.count()).select_from(TicketLog))


@everywhere
def test_a_status_that_is_set_by_hand_writes_no_log(studio: Studio) -> None:
    """02 §10: it is allowed, and the workflow goes on from there."""
    made = ticket(studio)
    put(made, "CLS")
    studio.reload()
    assert made.logs == [] and not made.is_open and made.allowed_actions == ["reopen"]


@everywhere
def test_who_acts_may_be_unknown(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    """02 §10, BT-12: without a user the owner is cleared, with a line in the log or an error."""
    ada = studio.user()
    made = ticket(studio)
    log = made.accept(strict=True)
    assert log is not None and log.created_by is None and made.owner is None
    for action in ("accept", "reassign"):
        made.owner = ada
        studio.commit()
        before, logs = made.status, list(made.logs)
        with pytest.raises(StatusError, match=rf"Ticket\.{action}\(\) takes .* from .*Ada"):
            act(made, action, strict=True)
        studio.reload()
        assert (made.owner, made.status, made.logs) == (ada, before, logs)
        with caplog.at_level(logging.INFO, "stalker"):
            assert act(made, action) is not None
        assert made.owner is None and f"Ticket.{action}() takes" in caplog.text


@in_memory
def test_what_is_not_possible_is_noted(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    """BT-12: an action that does nothing says so at the level of information."""
    made = ticket(studio)
    with caplog.at_level(logging.INFO, "stalker"):
        assert made.reopen() is None
    assert "Ticket.reopen() is not possible" in caplog.text
    assert "resolve, accept, reassign" in caplog.text
    assert not made.can("explode")


@everywhere
@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda t, u: t.resolve("Ada"), TypeError, r"Ticket\.resolve\(\) argument created_by"),
        (lambda t, u: t.accept(1), TypeError, r"Ticket\.accept\(\) argument created_by"),
        (lambda t, u: t.resolve(u, 5), TypeError, r"Ticket\.resolution"),
        (lambda t, u: t.resolve(u, "x" * 129), ValueError, r"Ticket\.resolution"),
        (lambda t, u: t.reassign(u, "Ada"), TypeError, r"Ticket\.owner"),
    ],
)
def test_what_fails_changes_nothing(
    studio: Studio, attempt: Callable[..., Any], error: type[Exception], words: str
) -> None:
    """02 §10: a wrong argument leaves status, owner, resolution and logs as they were."""
    ada = studio.user()
    made = ticket(studio)
    made.accept(ada)
    studio.commit()
    before = (made.status, made.owner, made.resolution, list(made.logs))
    with pytest.raises(error, match=words):
        attempt(made, ada)
    assert (made.status, made.owner, made.resolution, made.logs) == before
    studio.reload()
    assert (made.status, made.owner, made.resolution, made.logs) == before


class Request(Ticket):
    """A ticket of a studio, with effects and an action of its own."""

    def postpone(self, created_by: User | None = None, until: str = "") -> TicketLog | None:
        return self._act("postpone", created_by, False, until)

    def note_date(self, until: str) -> None:
        if not until:
            raise RuntimeError("until when?")
        self.generic_text = until


@everywhere
def test_the_workflow_is_that_of_the_configuration(studio: Studio) -> None:
    """02 §10, BT-19: read when it is used, with statuses by code and methods of a subclass."""
    ada = studio.user()
    project = studio.project()
    values = {} if studio.stored else {"status_list": ticket(studio, project).status_list}
    made = Request(project=project, **values)
    workflow = stalker.defaults.ticket_workflow
    workflow["postpone"] = {"new": {"new_status": "ASG", "action": "note_date"}}
    workflow["resolve"]["Assigned"] = {"new_status": "Closed"}
    workflow["accept"]["CLS"] = {"new_status": "acp", "action": "del_resolution"}
    assert made.can("postpone")
    with pytest.raises(RuntimeError, match="until when"):
        made.postpone(ada)
    assert made.logs == [] and made.status == "NEW"
    log = made.postpone(ada, "Monday")
    assert log is not None and log.action == "postpone"
    assert made.generic_text == "Monday" and made.status == "ASG"
    assert made.resolve(ada, "fixed") is not None and made.resolution is None
    assert made.accept(ada) is not None and made.owner is None and made.resolution == ""
    del workflow["postpone"]
    studio.reload()
    assert [each.action for each in made.logs] == ["postpone", "resolve", "accept"]
    with pytest.raises(ValueError, match=r"TicketLog\.action must be one of 'resolve'"):
        made.logs[0].action = "postpone"


@everywhere
@pytest.mark.parametrize(
    ("row", "error", "words"),
    [
        ({"new_status": "Lost"}, ValueError, r"ticket_workflow leads with 'resolve' to 'Lost'"),
        ({"new_status": "Closed", "action": "explode"}, ValueError, r"method 'explode'"),
        ({"new_status": "Closed", "action": "summary"}, ValueError, r"method 'summary'"),
        ({"new_statsu": "Closed"}, ValueError, r"ticket_workflow.*did you mean 'new_status'"),
        ("Closed", TypeError, r"ticket_workflow\['resolve'\]\['New'\] must be a dict"),
    ],
)
def test_a_broken_workflow_is_explained(
    studio: Studio, row: Any, error: type[Exception], words: str
) -> None:
    """BT-19: the error names the setting and the mistake, and nothing has changed."""
    made = ticket(studio)
    studio.commit()
    stalker.defaults.ticket_workflow["resolve"]["New"] = row
    with pytest.raises(error, match=words):
        made.resolve()
    studio.reload()
    assert made.status == "NEW" and made.logs == []


@everywhere
def test_effects_are_public(studio: Studio) -> None:
    """02 §10: what the workflow does can be done by hand, without a log."""
    ada = studio.user()
    made = ticket(studio)
    made.set_owner(ada)
    made.set_resolution("invalid")
    assert (made.owner, made.resolution, made.logs) == (ada, "invalid", [])
    made.del_resolution()
    made.set_owner(None)
    assert (made.owner, made.resolution) == (None, "")


@everywhere
def test_resolutions_may_be_a_closed_list(studio: Studio) -> None:
    """AD-12: any text is a resolution, unless the configuration wants one of its list."""
    made = ticket(studio)
    made.resolve(resolution="it is a feature")
    assert made.resolution == "it is a feature"
    stalker.defaults.enforce_ticket_resolutions = True
    assert made.reopen() is not None
    with pytest.raises(ValueError, match=r"Ticket\.resolution must be one of .*'wontfix'"):
        made.resolve(resolution="it is a feature")
    assert made.status == "ROP" and len(made.logs) == 2
    assert made.resolve(resolution="wontfix") is not None
    made.resolution = None


@everywhere
def test_actions_may_need_permission(studio: Studio) -> None:
    """AD-12: if the configuration says so, own and group permissions count; a denial wins."""
    allow, deny = (Permission(access, "Update", "Ticket") for access in ("Allow", "Deny"))
    if studio.stored:  # `init()` has made them
        query = select(Permission).filter_by(action="Update", class_name="Ticket")
        allow, deny = DBSession.scalars(query.order_by(Permission.access))
    ada = studio.user()
    made = ticket(studio)
    assert made.accept(ada) is not None
    stalker.defaults.enforce_ticket_permissions = True
    group = Group(name="Supervisors", users=[ada])
    for user in (ada, None):
        with pytest.raises(PermissionError, match=r"Ticket\.accept\(\) needs Update_Ticket"):
            made.accept(user)
    group.permissions = [allow]
    assert made.accept(ada) is not None
    ada.permissions = [deny]
    with pytest.raises(PermissionError, match="Ada"):
        made.resolve(ada)
    assert made.reopen(ada) is None  # what is not possible needs no permission
    assert len(made.logs) == 2 and made.status == "ACP"


# --- Logs -----------------------------------------------------------------------------------------


@everywhere
def test_logs_are_in_chronological_order(studio: Studio) -> None:
    """AD-4: by date, whatever the order in which they were made; they sort by date, too."""
    made = ticket(studio)
    new, closed = made.status_list["NEW"], made.status_list["CLS"]
    late, early, middle = (
        TicketLog(made, new, closed, "resolve", date_created=NOON + timedelta(hours=hours))
        for hours in (3, 1, 2)
    )
    for _ in range(2):
        assert made.logs == [early, middle, late] == sorted([late, middle, early])
        assert early < middle < late and late > early
        studio.reload()
    _ = made.logs
    early.date_created = NOON + timedelta(hours=5)
    early.date_updated = early.date_created
    for _ in range(2):
        assert made.logs == [middle, late, early]
        studio.reload()
    with pytest.raises(TypeError):
        _ = early < 1


@everywhere
def test_names_of_logs_are_generated(studio: Studio) -> None:
    """02 §11: `TicketLog_` and 32 hexadecimal digits, whatever is given."""
    made = ticket(studio)
    log = TicketLog(made, made.status, made.status, "accept", name="Mine")
    other = made.accept()
    assert other is not None and other.name != log.name
    for name in (log.name, other.name):
        assert name.startswith("TicketLog_") and len(name.partition("_")[2]) == 32
        int(name.partition("_")[2], 16)


@everywhere
def test_a_log_that_is_removed_is_deleted(studio: Studio) -> None:
    """02 §11: leaving the list of its ticket is the end of a log."""
    made = ticket(studio)
    first, second = made.accept(), made.resolve()
    studio.commit()
    made.logs.remove(first)
    assert first is not None and first.ticket is None
    studio.reload()
    assert made.logs == [second]
    if studio.stored:
        assert DBSession.scalars(select(TicketLog)).all() == [second]


# --- Whose turn it is -----------------------------------------------------------------------------


@everywhere
def test_tickets_of_a_user(studio: Studio) -> None:
    """02 §4, §10: those the user owns, by number; open are those whose status is not `CLS`."""
    ada, eda = studio.user(), studio.user("Eda")
    project = studio.project()
    assert ada.tickets == ada.open_tickets == []
    made = [ticket(studio, project) for _ in range(3)]
    for each in reversed(made):
        each.accept(ada)
    for _ in range(2):
        assert ada.tickets == ada.open_tickets == made and eda.tickets == []
        studio.reload()
    made[0].resolve(eda)
    made[1].reassign(ada, eda)
    assert (ada.tickets, ada.open_tickets) == ([made[0], made[2]], [made[2]])
    assert eda.tickets == [made[1]]
    assert Ticket.owned_by([eda, ada]) == {ada: [made[0], made[2]], eda: [made[1]]}
    assert Ticket.owned_by([ada], only_open=True) == {ada: [made[2]]}
    assert Ticket.owned_by([]) == {}
    ada.tickets.clear()  # a copy
    assert len(ada.tickets) == 2
    for name in ("tickets", "open_tickets"):
        with pytest.raises(AttributeError):
            setattr(ada, name, [])


def test_tickets_about_something(studio: Studio) -> None:
    """02 §10, BT-14: stored tickets are found by what they link to, of any class."""
    project, ada = studio.project(), studio.user()
    task, other = studio.task(project), studio.task(project)
    one = ticket(studio, project, links=[task, ada])
    two = ticket(studio, project, links=[task, project])
    ticket(studio, project)
    two.resolve()
    assert Ticket.about([task, ada, other]) == {task: [one, two], ada: [one], other: []}
    assert Ticket.about([task, project], only_open=True) == {task: [one], project: []}
    assert Ticket.about([Tag(name="new")]).popitem()[1] == []
    assert list(Ticket.query.filter(Ticket.links.contains(ada))) == [one]


def test_lists_of_tickets_are_one_query(studio: Studio, statements: Any) -> None:
    """BT-14: with their statuses, for one user or for many; never more for more of them."""
    project = studio.project()
    users = [studio.user(f"User {letter}") for letter in "abcdefgh"]
    for number, code in product(range(8), CODES):
        made = ticket(studio, project, links=[users[number]])
        made.owner = users[number]
        put(made, code)
    DBSession.commit()
    ids = [user.id for user in users]
    shows: list[Callable[[list[User]], Any]] = [
        lambda some: [(each.name, each.status.code) for each in some[0].tickets],
        lambda some: [(each.name, each.status.code) for each in some[0].open_tickets],
        lambda some: [
            each.status.code for found in Ticket.owned_by(some).values() for each in found
        ],
        lambda some: [each.status.code for found in Ticket.about(some).values() for each in found],
    ]
    for show, count in zip(shows, (5, 4, 40, 40), strict=True):
        DBSession.remove()
        some = [DBSession.get_one(User, number) for number in ids]
        recorded = statements()
        assert len(show(some)) == count
        assert len(recorded) == 1, "\n".join(recorded)


# --- What goes with whom --------------------------------------------------------------------------


def count(kind: type[Any]) -> int:
    return DBSession.scalar(select(func.count()).select_from(kind)) or 0


def test_what_goes_with_a_ticket(studio: Studio) -> None:
    """02 §10, BT-6: its logs; links, notes, related tickets, project and users stay."""
    project, ada = studio.project(), studio.user()
    task = studio.task(project)
    other = ticket(studio, project)
    made = ticket(studio, project, links=[task], related_tickets=[other], notes=[Note(content="!")])
    other.related_tickets = [made]
    made.accept(ada)
    DBSession.commit()
    users = count(User)
    DBSession.delete(made)
    DBSession.commit()
    assert Ticket.query.all() == [other] and other.related_to == []
    assert (count(TicketLog), count(Note), count(User), count(Project)) == (0, 1, users, 1)
    assert ada.tickets == [] and project.tickets == [other]


@pytest.mark.parametrize("way", ["project", "list"])
def test_a_project_takes_its_tickets_along(studio: Studio, way: str) -> None:
    """02 §10: with their logs, and so does leaving the list of the project."""
    project, other = studio.project(), studio.project(name="Two", code="TWO")
    kept = ticket(studio, other)
    kept.accept()
    ticket(studio, project, related_tickets=[kept]).accept()
    DBSession.commit()
    if way == "list":
        project.tickets = []
    else:
        DBSession.delete(project)
    DBSession.commit()
    assert Ticket.query.all() == [kept] and len(kept.logs) == count(TicketLog) == 1


def test_a_user_leaves_tickets_behind(studio: Studio) -> None:
    """02 §4, BT-6: without owner, reporter and actor."""
    ada = studio.user()
    made = ticket(studio, reported_by=ada)
    log = made.accept(ada)
    DBSession.commit()
    DBSession.delete(ada)
    DBSession.commit()
    assert log is not None and made.logs == [log]
    assert made.owner is made.reported_by is log.created_by is None


def test_a_status_in_use_stays(studio: Studio) -> None:
    """D9: neither the status of a ticket nor one that a log names can be deleted."""
    made = ticket(studio)
    made.accept()
    put(made, "CLS")
    DBSession.commit()
    for code in ("NEW", "ACP", "CLS"):
        doomed = made.status_list[code]
        made.status_list.statuses.remove(doomed)
        DBSession.delete(doomed)
        with pytest.raises(IntegrityError):
            DBSession.commit()
        DBSession.rollback()


def test_rows_that_a_hand_writes(studio: Studio) -> None:
    """D9: a ticket without project and a log without ticket are refused by the database."""
    made = ticket(studio)
    log = made.accept()
    DBSession.commit()
    assert log is not None
    for kind, column in ((Ticket, "project_id"), (TicketLog, "ticket_id")):
        for value in (None, 4711):
            with pytest.raises(IntegrityError):
                DBSession.execute(update(kind.__table__).values({column: value}))
            DBSession.rollback()
    with pytest.raises(IntegrityError):
        DBSession.execute(insert(Ticket.__table__).values(id=log.id))
    DBSession.rollback()
    pair = {"ticket_id": made.id, "related_ticket_id": made.id}
    with pytest.raises(IntegrityError, match="Ticket_Related_Tickets"):
        DBSession.execute(insert(Ticket.related_tickets.property.secondary).values(pair))


@everywhere
def test_tickets_of_a_project_and_of_a_task(studio: Studio, statements: Any) -> None:
    """10 §1.13, 20 §2: those that link to the task, those of the project; open means not CLS."""
    project = studio.project()
    task, other = studio.task(project), studio.task(project)
    about, both, elsewhere = (
        ticket(studio, project=project, links=links) for links in ([task], [task, other], [])
    )
    studio.reload()
    assert project.open_tickets == [about, both, elsewhere]
    both.resolve(None, "fixed")
    assert project.open_tickets == [about, elsewhere]
    if studio.stored:
        DBSession.commit()
        assert task.tickets == [about, both] and task.open_tickets == [about]
        assert other.tickets == [both] and other.open_tickets == []
        assert project.id and task.id
        recorded = statements()
        assert [each.status.code for each in project.open_tickets] == ["NEW", "NEW"]
        assert len(recorded) == 1
    both.reopen(None)
    assert project.open_tickets == [about, both, elsewhere]
    for owner in (project, task):
        with pytest.raises(AttributeError):
            owner.open_tickets = []  # type: ignore[misc]


def test_somebody_of_another_session(studio: Studio) -> None:
    """02 §10: who belongs to another session cannot act here, and the attempt leaves nothing."""
    ada = studio.user()
    made = ticket(studio)
    made.accept(ada)
    DBSession.commit()
    with StudioSession(DBSession.get_bind()) as session:
        stranger = session.get_one(User, ada.id)
        for attempt in (
            lambda: made.resolve(stranger, "fixed"),
            lambda: made.accept(stranger),
            lambda: made.reassign(ada, stranger),
        ):
            with pytest.raises(ValueError, match="different sessions"):
                attempt()
        assert (made.status, made.owner, made.resolution) == ("ACP", ada, None)
        assert len(made.logs) == 1
    DBSession.commit()
    assert len(made.logs) == count(TicketLog) == 1
