"""What is refused, in every class: with the right exception, a clear message, and no trace.

A value in a table here is given to the constructor, among otherwise good arguments that relate the
object to stored ones, and assigned to a stored object. A function stands for what it makes of the
`World`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import cycle
from types import FunctionType
from typing import Any

import pytest

from stalker import (
    Asset,
    AuthenticationLog,
    Budget,
    BudgetEntry,
    Client,
    ClientUser,
    Daily,
    DailyLink,
    Department,
    DepartmentUser,
    Entity,
    EntityGroup,
    EntityType,
    FilenameTemplate,
    Good,
    Group,
    ImageFormat,
    Invoice,
    Link,
    Message,
    Note,
    Page,
    Payment,
    Permission,
    PriceList,
    Project,
    ProjectClient,
    ProjectRepository,
    ProjectUser,
    Repository,
    Review,
    Role,
    Scene,
    Sequence,
    Shot,
    SimpleEntity,
    Status,
    StatusList,
    Structure,
    Studio,
    Tag,
    Task,
    TaskDependency,
    Ticket,
    TicketLog,
    TimeLog,
    Type,
    User,
    Vacation,
    Variant,
    Version,
    WorkingHours,
    db,
)
from stalker.db.session import DBSession
from stalker.exceptions import (
    CircularDependencyError,
    OverBookedError,
    SelfReferenceError,
    StatusError,
)
from tests import factories
from tests.conftest import BACKENDS, unbind
from tests.factories import NOON
from tests.models.refusal import Cable, Rig, World, refuse

CIRCLE = CircularDependencyError
NAN, INFINITE = float("nan"), float("inf")
NAIVE = datetime(2026, 3, 2, 12)


@pytest.fixture(scope="module", params=BACKENDS)
def shared(
    request: pytest.FixtureRequest,
    seeds: Callable[[pytest.FixtureRequest, str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """One database for all cases: none of them may change it."""
    environment = dict(os.environ)
    seed = seeds(request, request.param)
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("world") / "studio.db"
        shutil.copyfile(seed.removeprefix("sqlite:///"), path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("server").create(template=seed)
    db.setup({"sqlalchemy.url": url})
    world = World(DBSession.get_bind())
    unbind()
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    yield world
    if request.param == "postgresql":
        request.getfixturevalue("server").drop(url)


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    """The production, in a new session."""
    DBSession.remove()
    DBSession.configure(bind=shared.engine)
    yield shared
    DBSession.remove()
    assert shared.count() == shared.rows


# --- Good arguments -------------------------------------------------------------------------------

Values = dict[str, Any]


def _simple(world: World) -> Values:
    return {
        "name": "New",
        "created_by": world.ada,
        "updated_by": world.eda,
        "thumbnail": world.link,
        "type": None,
        "date_created": NOON,
    }


def _entity(world: World) -> Values:
    return {**_simple(world), "tags": [world.tag], "notes": [world.note]}


def _task(world: World) -> Values:
    return {
        **_entity(world),
        "project": world.film,
        "parent": world.layout,
        "depends": [world.model],
        "resources": [world.ada],
        "alternative_resources": [world.eda],
        "responsible": [world.ada],
        "watchers": [world.ada],
        "references": [world.link],
    }


#: Good arguments of each class, related to as much as possible.
GIVEN: dict[type, Callable[[World], Values]] = {
    SimpleEntity: _simple,
    Entity: _entity,
    Tag: _simple,
    Note: _simple,
    Type: lambda w: {**_entity(w), "code": "x", "target_entity_type": "Shot"},
    EntityType: lambda w: {"name": "New"},
    Status: lambda w: {**_entity(w), "code": "x"},
    StatusList: lambda w: {**_entity(w), "target_entity_type": "New", "statuses": [w.foreign]},
    Link: _entity,
    Permission: lambda w: {"access": "Allow", "action": "Create", "class_name": "New"},
    Group: lambda w: {**_entity(w), "users": [w.ada], "permissions": [w.permission]},
    Role: _entity,
    User: lambda w: {
        **_entity(w),
        "login": "newcomer",
        "email": "new@example.com",
        "password": "secret",
        "departments": [w.department],
        "companies": [w.client],
        "groups": [w.group],
        "permissions": [w.permission],
    },
    Department: lambda w: {**_entity(w), "users": [w.ada]},
    DepartmentUser: lambda w: {"department": w.department, "user": w.eda, "role": w.role},
    Client: lambda w: {**_entity(w), "users": [w.ada], "projects": [w.film]},
    ClientUser: lambda w: {"client": w.client, "user": w.eda, "role": w.role},
    Repository: lambda w: {**_entity(w), "code": "x"},
    FilenameTemplate: lambda w: {**_entity(w), "target_entity_type": "Task"},
    Structure: lambda w: {**_entity(w), "templates": [w.work]},
    ImageFormat: lambda w: {**_entity(w), "width": 16, "height": 9},
    Project: lambda w: {
        **_entity(w),
        "code": "x",
        "users": [w.ada],
        "clients": [w.client],
        "repositories": [w.repository],
        "structure": w.structure,
        "image_format": w.hd,
        "references": [w.link],
    },
    ProjectUser: lambda w: {"project": w.film, "user": w.eda, "role": w.role},
    ProjectClient: lambda w: {"project": w.other, "client": w.client, "role": w.role},
    ProjectRepository: lambda w: {"project": w.other, "repository": w.repository},
    Task: _task,
    TaskDependency: lambda w: {"task": w.comp, "depends_to": w.part},
    Asset: lambda w: {**_task(w), "code": "x", "type": w.asset_type},
    Sequence: lambda w: {**_task(w), "code": "x", "shots": [w.shot]},
    Scene: lambda w: {**_entity(w), "code": "x", "project": w.film, "shots": [w.shot]},
    Shot: lambda w: {
        **_task(w),
        "code": "x",
        "sequences": [w.sequence],
        "scenes": [w.scene],
        "cut_in": 10,
        "cut_out": 20,
        "image_format": w.hd,
    },
    Variant: _task,
    Daily: lambda w: {**_entity(w), "project": w.film, "links": [w.link]},
    DailyLink: lambda w: {"daily": w.daily, "link": w.v1},
    Version: lambda w: {
        **_entity(w),
        "task": w.comp,
        "parent": w.v3,
        "inputs": [w.v2],
        "outputs": [w.link],
    },
    Good: lambda w: {**_entity(w), "client": w.client, "price_lists": [w.price_list]},
    PriceList: lambda w: {**_entity(w), "goods": [w.good]},
    Budget: lambda w: {**_entity(w), "project": w.film, "parent": w.budget},
    BudgetEntry: lambda w: {**_entity(w), "budget": w.budget, "good": w.good},
    Invoice: lambda w: {**_entity(w), "budget": w.budget, "client": w.client},
    Payment: lambda w: {**_entity(w), "invoice": w.invoice},
    TimeLog: lambda w: {**_entity(w), "task": w.shoot, "resource": w.eda, "start": NOON},
    Review: lambda w: {**_simple(w), "task": w.shoot, "reviewer": w.eda},
    Ticket: lambda w: {
        **_entity(w),
        "project": w.film,
        "links": [w.comp, w.link],
        "related_tickets": [w.ticket2],
    },
    TicketLog: lambda w: {
        **_simple(w),
        "ticket": w.ticket,
        "from_status": w.ticket.status,
        "to_status": w.ticket.status_list["CLS"],
        "action": "resolve",
    },
    AuthenticationLog: lambda w: {**_simple(w), "user": w.ada},
    EntityGroup: lambda w: {**_entity(w), "entities": [w.tag, w.film]},
    Message: _entity,
    Page: lambda w: {**_entity(w), "title": "x", "project": w.film},
    WorkingHours: _entity,
    Vacation: lambda w: {**_simple(w), "user": w.ada},
    Studio: lambda w: {**_entity(w), "working_hours": w.hours},
    Rig: lambda w: {
        **_entity(w),
        "code": "x",
        "status_list": w.rigs,
        "project": w.film,
        "parent": w.rig,
        "references": [w.link],
        "permissions": [w.permission],
        "target_entity_type": "Shot",
    },
    Cable: lambda w: {"code": "x", "permissions": [w.permission]},
}


def without_none(values: Values, keep: str) -> Values:
    return {key: value for key, value in values.items() if value is not None or key == keep}


def of(world: World, value: Any) -> Any:
    return value(world) if isinstance(value, FunctionType) else value


# --- Values of one attribute ----------------------------------------------------------------------

TE, VE = TypeError, ValueError
Pair = tuple[Any, type[Exception]]

NO_TEXT: list[Pair] = [(1, TE), (["x"], TE), (b"x", TE), (SimpleEntity, TE)]
UNSTORABLE: list[Pair] = [("a\0b", VE), ("a\ud800b", VE)]
TEXT = NO_TEXT + UNSTORABLE
MANDATORY: list[Pair] = [(None, TE), ("", VE), (" \t\n", VE)]
NO_NUMBER: list[Pair] = [
    ("1", TE),
    ([1], TE),
    (True, TE),
    (NAN, VE),
    (INFINITE, VE),
    (-INFINITE, VE),
]
NO_FRAME: list[Pair] = [("1", TE), (1.5, TE), (True, TE), (NAN, TE), (2**31, VE), (-(2**40), VE)]


def long(limit: int) -> list[Pair]:
    return [("x" * (limit + 1), VE)]


def no(kind: str) -> list[Pair]:
    """Return what is no object of a class, when `None` is allowed."""
    wrong = [(kind, TE), (1, TE), ([], TE), (lambda w: w.permission, TE)]
    if kind != "Tag":
        wrong.append((lambda w: w.tag, TE))
    if kind != "Entity":
        wrong.append((globals()[kind], TE))
    return wrong


def _finished(world: World) -> Task:
    return world.done  # type: ignore[no-any-return]


NONE: list[Pair] = [(None, TE)]
#: classes that generate a missing name
NAMELESS = {
    Ticket, TicketLog, TimeLog, Review,
    SimpleEntity, Entity, Note, StatusList, Link, Shot, Version, BudgetEntry, Invoice, Payment,
    AuthenticationLog, EntityGroup, Message, Page, WorkingHours, Vacation, Rig,
}  # fmt: skip
WITH_CODE = [Type, Status, Repository, Project, Asset, Shot, Sequence, Scene, Rig, Cable]

#: both given and assigned
BOTH: list[tuple[list[type], str, list[Pair]]] = [
    ([each for each in GIVEN if issubclass(each, SimpleEntity)], "name", [(1, TE), (" \n", VE)]),
    ([SimpleEntity, Task, User], "name", TEXT + long(256)),
    (
        [each for each in GIVEN if issubclass(each, SimpleEntity) and each not in NAMELESS],
        "name",
        [(None, TE), ("", VE)],
    ),
    ([SimpleEntity, Project, Version], "description", TEXT),
    ([SimpleEntity, Task, Scene], "generic_text", TEXT),
    ([SimpleEntity, Shot, Tag], "html_style", TEXT + long(64)),
    ([SimpleEntity, Group, Note], "html_class", TEXT + long(64)),
    ([SimpleEntity, Task, User], "created_by", no("User")),
    ([SimpleEntity, Structure, Rig], "updated_by", no("User")),
    ([SimpleEntity, Task, Client], "type", no("Type")),
    ([SimpleEntity, Asset, Department], "thumbnail", no("Link")),
    (
        [SimpleEntity, Project, Version],
        "date_created",
        [(NAIVE, TE), ("2026-03-02", TE), (1, TE), (NOON.date(), TE)],
    ),
    (
        [SimpleEntity, Project, Version],
        "date_updated",
        [(NAIVE, TE), ("2026-03-02", TE), (1, TE), (NOON - timedelta(days=9999), VE)],
    ),
    (WITH_CODE, "code", MANDATORY + long(256)),
    ([Type, Shot, Rig, Cable], "code", TEXT),
    ([Type, Asset, Shot], "type", no("Type")[:1]),
    ([EntityType], "name", MANDATORY + TEXT + long(128)),
    ([Link, Version], "full_path", TEXT),
    ([Link], "original_filename", TEXT + long(256)),
    ([User], "login", [*MANDATORY, ("##", VE), ("42", VE), *TEXT, *long(256)]),
    (
        [User],
        "email",
        [
            *MANDATORY,
            *TEXT,
            *((bad, VE) for bad in ("ada", "a@b@c.de", "@b.de", "a@", "a b@c.de", "a@b c.de")),
            ("x" * 250 + "@b.cdef", VE),
        ],
    ),
    ([User], "password", [(None, TE), ("", VE), (4711, TE), (b"raw", TE), ("p" * 5000, VE)]),
    ([User], "efficiency", [*NO_NUMBER, (-0.1, VE)]),
    ([User], "rate", [*NO_NUMBER, (-1, VE)]),
    ([DepartmentUser], "department", no("Department")),
    ([ClientUser], "client", no("Client")),
    ([ProjectUser, ProjectClient, ProjectRepository], "project", no("Project")),
    ([ProjectClient], "client", no("Client")),
    ([ProjectRepository], "repository", no("Repository")),
    ([DepartmentUser, ClientUser, ProjectUser], "user", no("User")),
    ([DepartmentUser, ClientUser, ProjectUser, ProjectClient], "role", no("Role")),
    ([Repository], "linux_path", [*NONE, *TEXT, (1.5, TE), ({}, TE)]),
    ([Repository], "windows_path", [*NONE, *TEXT]),
    ([Repository], "osx_path", [*NONE, *TEXT]),
    ([FilenameTemplate], "path", TEXT),
    ([FilenameTemplate], "filename", TEXT),
    ([Structure], "custom_template", TEXT),
    (
        [ImageFormat],
        "width",
        [*NONE, *NO_NUMBER, (0, VE), (-1, VE), (0.5, VE), (2**31, VE)],
    ),
    ([ImageFormat], "height", [*NONE, *NO_NUMBER, (0, VE), (-1, VE), (-0.5, VE)]),
    ([ImageFormat], "pixel_aspect", [*NONE, *NO_NUMBER, (0, VE), (-1.5, VE)]),
    ([ImageFormat], "print_resolution", [*NONE, *NO_NUMBER, (0, VE), (-300, VE)]),
    ([Project], "fps", [*NONE, *NO_NUMBER, (0, VE), (-25, VE)]),
    ([Shot], "fps", [*NO_NUMBER, (0, VE), (-25, VE), ("25", TE)]),
    ([Project, Shot], "image_format", no("ImageFormat")),
    ([Project], "structure", no("Structure")),
    (
        [Project, Task, Shot, Rig],
        "status_list",
        [("WIP", TE), (1, TE), ([], TE), (lambda w: w.tag, TE)],
    ),
    ([Project, Rig], "status_list", [(lambda w: w.comp.status_list, TE)]),
    ([Task, Shot], "status_list", [(lambda w: w.film.status_list, TE)]),
    (
        [Project, Rig],
        "status",
        [
            ("WIP", TE),
            (1.5, TE),
            (True, TE),
            ([], TE),
            (-1, VE),
            (99, VE),
            (lambda w: w.foreign, VE),
            (lambda w: w.tag, TE),
        ],
    ),
    ([Project, Task, Shot, Rig], "start", [(NAIVE, TE)]),
    ([Project, Task, Shot, Rig], "end", [(NAIVE, TE)]),
    ([Task, Shot, Rig, Cable], "schedule_timing", NO_NUMBER),
    ([Task, Asset], "schedule_timing", [(-1, VE)]),
    (
        [Task, Rig, Cable],
        "schedule_unit",
        [(1, TE), ([], TE), ("", VE), ("fortnight", VE), ("H", VE)],
    ),
    (
        [Task, Rig, Cable],
        "schedule_model",
        [(1, TE), (["effort"], TE), ("late", VE), ("EFFORT", VE)],
    ),
    ([Task, Rig, Cable], "schedule_constraint", [("1", TE), (1.5, TE), (True, TE), ([1], TE)]),
    ([Task, Sequence], "bid_timing", [*NO_NUMBER, (-1, VE)]),
    ([Task, Sequence], "bid_unit", [(1, TE), ("", VE), ("fortnight", VE)]),
    ([Task, Shot], "priority", NO_NUMBER),
    ([Task, Asset], "is_milestone", [(1, TE), ("yes", TE), ([], TE)]),
    ([Task], "allocation_strategy", [(1, TE), ("", VE), ("fastest", VE), (["minloaded"], TE)]),
    ([Rig, Cable], "unit", TEXT + long(64)),
    ([Rig, Cable], "amount", NO_NUMBER),
    ([Scene, Rig], "project", NONE + no("Project")),
    ([Task, Shot, Asset, Sequence, Variant], "parent", no("Task")),
    ([Rig], "parent", [("x", TE), (1, TE), (lambda w: w.comp, TE), (Rig, TE)]),
    ([Version], "parent", [*no("Version"), (lambda w: w.link, TE)]),
    ([TaskDependency], "task", no("Task")),
    ([TaskDependency], "depends_to", no("Task")),
    ([TaskDependency], "dependency_target", [(1, TE), ("", VE), ("late", VE), ("onEnd", VE)]),
    ([TaskDependency], "gap_timing", [*NO_NUMBER, (-1, VE)]),
    ([TaskDependency], "gap_unit", [(1, TE), ("", VE), ("fortnight", VE)]),
    ([TaskDependency], "gap_model", [(1, TE), ("effort", VE), ("late", VE)]),
    ([Asset], "type", [*NONE, ("Prop", TE)]),
    ([Shot, Sequence, Scene, Variant, Version], "type", [(lambda w: w.asset_type, VE)]),
    ([Shot], "code", [(lambda w: w.shot2.code, VE)]),
    ([Shot], "cut_in", NO_FRAME),
    ([Shot], "cut_out", NO_FRAME),
    ([Shot], "source_in", [*NO_FRAME, (9, VE), (21, VE)]),
    ([Shot], "source_out", [*NO_FRAME, (9, VE), (21, VE)]),
    ([Shot], "record_in", NO_FRAME),
    ([Shot], "record_track", [*NO_FRAME, (0, VE)]),
    ([Shot], "clip_name", TEXT),
    ([Shot], "clip_media", TEXT),
    ([Shot], "clip_speed", NO_NUMBER),
    ([Daily], "project", NONE + no("Project")),
    ([Daily], "status_list", [("OPEN", TE), (lambda w: w.film.status_list, TE)]),
    ([Daily], "status", [("OPEN", TE), (2, VE), (-1, VE), (True, TE), (lambda w: w.foreign, VE)]),
    ([DailyLink], "daily", no("Daily")),
    ([DailyLink], "link", no("Link")),
    ([DailyLink], "rank", NO_FRAME),
    ([Version], "task", NONE + no("Task")),
    ([Task], "good", no("Good")),
    ([TimeLog], "task", [*NONE, *no("Task"), (lambda w: w.build, VE), (_finished, StatusError)]),
    ([TimeLog], "resource", NONE + no("User")),
    ([TimeLog], "start", [(NAIVE, TE)]),
    ([TimeLog], "end", [(NAIVE, TE)]),
    ([Review], "task", [*NONE, *no("Task"), (lambda w: w.build, VE)]),
    ([Review], "reviewer", NONE + no("User")),
    ([Review], "version", [*no("Version"), (lambda w: w.v2, VE)]),
    ([Review], "schedule_timing", [*NO_NUMBER, (-1, VE)]),
    ([Review], "schedule_unit", [(1, TE), ("fortnight", VE)]),
    ([Good], "cost", [*NO_NUMBER, (-1, VE), (10**14, VE)]),
    ([Good], "msrp", [*NO_NUMBER, (-0.01, VE)]),
    ([Good], "unit", TEXT + long(64)),
    ([Good], "client", no("Client")),
    ([PriceList], "name", MANDATORY[:2]),
    ([Budget], "project", NONE + no("Project")),
    ([Budget], "parent", [("x", TE), (1, TE), (lambda w: w.comp, TE), (Budget, TE)]),
    ([Budget], "parent", [(lambda w: w.far_budget, VE)]),
    ([BudgetEntry], "budget", NONE + no("Budget")),
    ([BudgetEntry], "good", NONE + no("Good")),
    ([BudgetEntry], "price", [*NO_NUMBER, (-(10**14), VE)]),
    ([BudgetEntry, Invoice, Payment], "amount", [*NO_NUMBER, (1e15, VE)]),
    ([BudgetEntry], "realized_total", NO_NUMBER),
    ([Invoice, Payment], "unit", TEXT + long(64)),
    ([Invoice], "budget", NONE + no("Budget")),
    ([Invoice], "client", NONE + no("Client")),
    ([Payment], "invoice", NONE + no("Invoice")),
    ([AuthenticationLog], "user", NONE + no("User")),
    ([AuthenticationLog], "action", [("sleep", VE), (1, VE), (["login"], VE)]),
    ([AuthenticationLog], "date", [(NAIVE, TE), ("now", TE)]),
    ([EntityGroup], "name", TEXT),
    ([Message], "status_list", [("NEW", TE), (lambda w: w.film.status_list, TE)]),
    ([Page], "title", [*MANDATORY, *TEXT]),
    ([Page], "content", TEXT),
    ([Page], "project", NONE + no("Project")),
    ([WorkingHours], "working_hours", [("x", TE), ({"mon": "x"}, TE), ({"zon": []}, KeyError)]),
    ([WorkingHours], "working_hours", [({"mon": [[1]]}, RuntimeError), ({"mon": [[0, 2000]]}, VE)]),
    ([WorkingHours], "daily_working_hours", [("8", TE), (8.0, TE), (True, TE), (0, VE), (25, VE)]),
    ([Vacation], "user", no("User")),
    ([Vacation, Studio], "start", [(NAIVE, TE)]),
    ([Studio], "working_hours", [("x", TE), (1, TE), (lambda w: w.tag, TE)]),
    ([Studio], "timing_resolution", [("1h", TE), (1, TE), (timedelta(0), VE)]),
    ([Studio], "now", [(NAIVE, TE), ("now", TE)]),
    ([Ticket], "summary", TEXT),
    ([Ticket], "priority", [*NONE, (1, TE), ([], TE), ("", VE), ("major", VE), ("URGENT", VE)]),
    ([TicketLog], "ticket", NONE + no("Ticket")),
    ([TicketLog], "from_status", NONE + no("Status")),
    ([TicketLog], "to_status", NONE + no("Status")),
    ([TicketLog], "action", [*NONE, *NO_TEXT, ("", VE), ("Resolve", VE), ("explode", VE)]),
    ([Version], "take_name", [*MANDATORY, *TEXT, ("#$%", VE), ("__", VE), *long(256)]),
    ([Version], "created_with", TEXT + long(256)),
]

#: only given: it cannot be assigned later, or means something else there
GIVEN_ONLY: list[tuple[list[type], str, list[Pair]]] = [
    ([Task, Shot, Asset, Sequence], "project", no("Project")),
    ([Ticket], "project", NONE + no("Project")),
    ([TimeLog], "resource", [(lambda w: w.ada, OverBookedError)]),
    ([Review], "reviewer", [(lambda w: w.ada, VE)]),
    (
        [Type, StatusList, FilenameTemplate, Rig],
        "target_entity_type",
        [*MANDATORY, (1, TE), ([], TE), *UNSTORABLE, *long(128)],
    ),
    ([Permission], "access", [*NONE, (1, TE), ("", VE), ("allow", VE), ("Maybe", VE)]),
    ([Permission], "action", [*NONE, (1, TE), ("", VE), ("create", VE), ("Paint", VE)]),
    ([Permission], "class_name", [*MANDATORY, *TEXT, *long(128)]),
    ([Rig], "target_entity_type", [(lambda w: w.comp, TE)]),
]

#: only assigned: no argument, or one for which `None` stands for a default
ASSIGNED_ONLY: list[tuple[list[type], str, list[Pair]]] = [
    ([SimpleEntity, Task], "date_created", NONE),
    ([SimpleEntity, Task], "date_updated", NONE),
    ([Link, Version], "path", [(None, TE), ("", VE), *TEXT]),
    ([Link, Version], "filename", TEXT),
    ([Link, Version], "extension", TEXT),
    ([ProjectUser], "rate", [*NO_NUMBER, (-1, VE)]),
    ([Budget], "project", [(lambda w: w.other, VE)]),
    ([Studio], "scheduler", [("x", TE), (1, TE)]),
    ([Studio], "is_scheduling_by", no("User")),
    ([Studio], "last_scheduled_by", no("User")),
    ([Studio], "last_scheduled_at", [(NAIVE, TE), ("now", TE)]),
    ([Studio], "scheduling_started_at", [(NAIVE, TE), ("now", TE)]),
    ([Studio], "last_schedule_message", TEXT),
    ([BudgetEntry], "cost", NO_NUMBER),
    ([BudgetEntry], "msrp", NO_NUMBER),
    ([BudgetEntry], "unit", TEXT + long(64)),
    ([Project, Task, Rig], "computed_start", [(NAIVE, TE), ("now", TE), (1, TE)]),
    ([Project, Task, Rig], "computed_end", [(NAIVE, TE), ("now", TE), (1, TE)]),
    (
        [Task],
        "status",
        [("WIP", TE), (True, TE), (1.5, TE), (-1, VE), (99, VE), (lambda w: w.foreign, VE)],
    ),
    ([Asset], "type", NONE),
    ([DailyLink], "rank", NONE),
    ([Shot], "cut_in", NONE),
    ([Shot], "cut_out", NONE),
    ([Shot], "source_in", NONE),
    ([Shot], "source_out", NONE),
    ([Shot], "cut_duration", [*NO_FRAME, (None, TE), (0, VE), (-3, VE)]),
    ([Shot], "handle_in", [*NO_FRAME, (None, TE), (-1, VE)]),
    ([Shot], "handle_out", [*NO_FRAME, (None, TE), (-1, VE)]),
    ([Version], "version_number", NO_FRAME),
    ([Ticket], "owner", no("User")),
    ([Ticket], "resolution", TEXT + long(128)),
    (
        [Ticket],
        "status",
        [("Closed", TE), (True, TE), (-1, VE), (99, VE), (lambda w: w.foreign, VE)],
    ),
]

#: assigned to anything: `AttributeError`
READ_ONLY: list[tuple[type, str]] = [
    (SimpleEntity, "nice_name"),
    (SimpleEntity, "tjp_id"),
    (SimpleEntity, "plural_class_name"),
    (Type, "target_entity_type"),
    (StatusList, "target_entity_type"),
    (FilenameTemplate, "target_entity_type"),
    (Rig, "target_entity_type"),
    (Rig, "schedule_seconds"),
    (Rig, "total_seconds"),
    (Rig, "computed_duration"),
    (Rig, "computed_total_seconds"),
    (Permission, "access"),
    (Permission, "action"),
    (Permission, "class_name"),
    (User, "to_tjp"),
    (Group, "__acl__"),
    (Repository, "env_var"),
    (ImageFormat, "device_aspect"),
    (Studio, "projects"),
    (Studio, "vacations"),
    (Studio, "weekly_working_hours"),
    (WorkingHours, "weekly_working_hours"),
    (Vacation, "to_tjp"),
    (Project, "is_active"),
    (Project, "repository"),
    (Project, "root_tasks"),
    (Project, "assets"),
    (Project, "shots"),
    (Project, "sequences"),
    (Project, "percent_complete"),
    (Project, "schedule_seconds"),
    (Project, "total_logged_seconds"),
    (Task, "project"),
    (Task, "level"),
    (Task, "parents"),
    (Task, "is_root"),
    (Task, "is_leaf"),
    (Task, "is_container"),
    (Task, "is_scheduled"),
    (Task, "remaining_seconds"),
    (Task, "percent_complete"),
    (Task, "review_number"),
    (Task, "allowed_actions"),
    (Task, "is_blocked_by"),
    (Project, "frame_rate"),
    (Shot, "frame_rate"),
    (Shot, "cut_range"),
    (Shot, "source_range"),
    (Shot, "record_range"),
    (Shot, "record_out"),
    (Review, "review_number"),
    (Review, "review_set"),
    (Task, "path"),
    (Task, "to_tjp"),
    (Ticket, "number"),
    (Ticket, "project"),
    (Ticket, "related_to"),
    (Ticket, "is_open"),
    (Ticket, "allowed_actions"),
    (User, "tickets"),
    (User, "open_tickets"),
    (Daily, "versions"),
    (Daily, "tasks"),
    (Daily, "is_open"),
    (Version, "is_safe_to_delete"),
    (Version, "latest_version"),
    (Version, "max_version_number"),
    (Version, "naming_parents"),
    (Version, "absolute_full_path"),
]

#: a misspelt keyword of each class, and what was meant
MISSPELT: list[tuple[type, str, str]] = [
    (SimpleEntity, "discription", "description"),
    (Entity, "tag", "tags"),
    (Tag, "html_stlye", "html_style"),
    (Note, "contents", "content"),
    (Type, "target_entity", "target_entity_type"),
    (EntityType, "statusible", "statusable"),
    (Status, "cod", "code"),
    (StatusList, "status", "statuses"),
    (Link, "fullpath", "full_path"),
    (Permission, "classname", "class_name"),
    (Group, "permission", "permissions"),
    (Role, "nme", "name"),
    (User, "efficency", "efficiency"),
    (Department, "user", "users"),
    (DepartmentUser, "users", "user"),
    (Client, "project", "projects"),
    (ClientUser, "clients", "client"),
    (Repository, "linuxpath", "linux_path"),
    (FilenameTemplate, "file_name", "filename"),
    (Structure, "custom_templates", "custom_template"),
    (ImageFormat, "pixel_aspct", "pixel_aspect"),
    (Project, "repository", "repositories"),
    (ProjectUser, "roles", "role"),
    (ProjectClient, "clients", "client"),
    (ProjectRepository, "positon", "position"),
    (Task, "schedule_timming", "schedule_timing"),
    (TaskDependency, "depend_to", "depends_to"),
    (Asset, "refrences", "references"),
    (Sequence, "shot", "shots"),
    (Scene, "shot", "shots"),
    (Shot, "cut_inn", "cut_in"),
    (Variant, "dependes", "depends"),
    (Daily, "link", "links"),
    (DailyLink, "ranks", "rank"),
    (Version, "take_names", "take_name"),
    (Good, "msrpp", "msrp"),
    (PriceList, "good", "goods"),
    (Budget, "parents", "parent"),
    (BudgetEntry, "ammount", "amount"),
    (Invoice, "clients", "client"),
    (Payment, "invoices", "invoice"),
    (Ticket, "priorty", "priority"),
    (TicketLog, "actions", "action"),
    (TimeLog, "resources", "resource"),
    (Review, "reviewers", "reviewer"),
    (AuthenticationLog, "acton", "action"),
    (EntityGroup, "entity", "entities"),
    (Message, "status_lists", "status_list"),
    (Page, "titel", "title"),
    (WorkingHours, "workinghours", "working_hours"),
    (Vacation, "users", "user"),
    (Studio, "timing_resolutions", "timing_resolution"),
    (Rig, "ammount", "amount"),
    (Cable, "units", "unit"),
]


def _rows(*tables: list[tuple[list[type], str, list[Pair]]]) -> list[Any]:
    """Return one parameter for each class and attribute, with all values from *tables*."""
    found: dict[tuple[type, str], list[Pair]] = {}
    for kinds, attribute, values in (row for table in tables for row in table):
        for kind in kinds:
            kept = found.setdefault((kind, attribute), [])
            kept += [pair for pair in values if pair not in kept]
    return [
        pytest.param(kind, attribute, values, id=f"{kind.__name__}.{attribute}")
        for (kind, attribute), values in found.items()
    ]


def where(kind: type, attribute: str) -> str:
    return rf"\b{kind.__name__}\.{attribute}\b"


@pytest.mark.parametrize(("kind", "attribute", "values"), _rows(BOTH, GIVEN_ONLY))
def test_constructors_refuse(world: World, kind: type, attribute: str, values: list[Pair]) -> None:
    """A wrong argument among good ones: nobody knows of the object that was not made."""
    for value, error in values:
        given = {**GIVEN[kind](world), attribute: of(world, value)}
        if kind is Task and attribute == "project":
            del given["parent"]
        arguments = without_none(given, attribute)
        refuse(world, lambda a=arguments: kind(**a), error, where(kind, attribute))


@pytest.mark.parametrize(("kind", "attribute", "values"), _rows(BOTH, ASSIGNED_ONLY))
def test_assignments_refuse(world: World, kind: type, attribute: str, values: list[Pair]) -> None:
    """A wrong value for an attribute of a stored object: it stays what it was."""
    for value, error in values:
        obj, wrong = world[kind], of(world, value)
        before = getattr(obj, attribute)
        refuse(
            world, lambda o=obj, w=wrong: setattr(o, attribute, w), error, where(kind, attribute)
        )
        assert getattr(obj, attribute) == before


@pytest.mark.parametrize(("kind", "attribute"), READ_ONLY, ids=lambda each: str(each))
def test_what_is_read_only(world: World, kind: type, attribute: str) -> None:
    """Assigning is an `AttributeError` that names class and attribute."""
    obj = world[kind]
    words = rf"{attribute}.*{kind.__name__}|{kind.__name__}.*{attribute}"
    refuse(world, lambda: setattr(obj, attribute, None), AttributeError, words)


@pytest.mark.parametrize(("kind", "wrong", "meant"), MISSPELT)
def test_misspelt_keywords(world: World, kind: type, wrong: str, meant: str) -> None:
    """Every constructor names the keyword that it does not know, and the closest one it knows."""
    given = without_none(GIVEN[kind](world), "")
    words = rf"{kind.__name__}.*'{wrong}'.*'{meant}'"
    refuse(world, lambda: kind(**given, **{wrong: None}), TypeError, words)
    refuse(world, lambda: kind(**given, xyzzy=1), TypeError, rf"{kind.__name__}.*'xyzzy'")


def test_every_class_has_its_cases() -> None:
    """No class of this release is missing from the tables."""
    assert set(factories.constructible()) <= set(GIVEN)
    assert {kind for kind, *_ in MISSPELT} == set(GIVEN)
    listed = {kind for kinds, *_ in BOTH + GIVEN_ONLY for kind in kinds}
    assert listed == set(GIVEN)


# --- Lists ----------------------------------------------------------------------------------------

_SECOND: dict[str, Callable[[World], Any]] = {
    "User": lambda w: factories.user(),
    "Tag": lambda w: factories.tag(),
    "Note": lambda w: factories.note(),
    "Link": lambda w: factories.link(),
    "Permission": lambda w: factories.permission(),
    "Group": lambda w: factories.group(),
    "Department": lambda w: factories.department(),
    "Client": lambda w: factories.client(),
    "Status": lambda w: factories.status(),
    "FilenameTemplate": lambda w: factories.template(),
    "Repository": lambda w: factories.repository(),
    "Entity": lambda w: factories.tag and factories.link(),
    "SimpleEntity": lambda w: factories.tag(),
    "Project": lambda w: w.other,
    "Task": lambda w: w.part,
    "Sequence": lambda w: w.sequence2,
    "Scene": lambda w: w.scene2,
    "Shot": lambda w: w.shot2,
    "Version": lambda w: w.published,
    "EntityGroup": lambda w: EntityGroup(),
    "Vacation": lambda w: Vacation(),
    "Good": lambda w: factories.good(),
    "PriceList": lambda w: PriceList(name="Other"),
    "Budget": lambda w: w.far_budget,
    "Ticket": lambda w: w.ticket2,
    "Rig": lambda w: w.rig3,
}

#: owner, attribute, class of the elements, whether the constructor takes it; `proxy` lists take any
#: iterable
LISTS: list[tuple[str, str, str, str]] = [
    ("simple", "generic_data", "SimpleEntity", ""),
    ("comp", "generic_data", "SimpleEntity", ""),
    ("entity", "tags", "Tag", "given"),
    ("comp", "tags", "Tag", "given"),
    ("entity", "notes", "Note", "given"),
    ("tag", "entities", "Entity", ""),
    ("note", "entities", "Entity", ""),
    ("rigs", "statuses", "Status", "given"),
    ("rigs", "status_rows", "StatusListStatus", ""),
    ("group", "users", "User", "given"),
    ("group", "permissions", "Permission", "given"),
    ("ada", "groups", "Group", "given"),
    ("ada", "permissions", "Permission", "given"),
    ("ada", "departments", "Department", "given proxy"),
    ("ada", "companies", "Client", "given proxy"),
    ("ada", "projects", "Project", "proxy"),
    ("ada", "department_role", "DepartmentUser", ""),
    ("ada", "company_role", "ClientUser", ""),
    ("ada", "project_role", "ProjectUser", ""),
    ("ada", "tasks", "Task", ""),
    ("ada", "watching", "Task", ""),
    ("ada", "responsible_of", "Task", ""),
    ("eda", "alternative_resource_in_tasks", "Task", ""),
    ("ada", "entities_created", "SimpleEntity", ""),
    ("ada", "entities_updated", "SimpleEntity", ""),
    ("department", "users", "User", "given proxy"),
    ("department", "user_role", "DepartmentUser", ""),
    ("client", "users", "User", "given proxy"),
    ("client", "projects", "Project", "given proxy"),
    ("client", "user_role", "ClientUser", ""),
    ("client", "project_role", "ProjectClient", ""),
    ("structure", "templates", "FilenameTemplate", "given"),
    ("structure", "template_rows", "StructureTemplate", ""),
    ("film", "users", "User", "given proxy"),
    ("film", "clients", "Client", "given proxy"),
    ("film", "repositories", "Repository", "given proxy"),
    ("film", "user_role", "ProjectUser", ""),
    ("film", "client_role", "ProjectClient", ""),
    ("film", "repositories_proxy", "ProjectRepository", ""),
    ("film", "references", "Link", "given"),
    ("film", "tasks", "Task", ""),
    ("film", "scenes", "Scene", ""),
    ("film", "rigs", "Rig", ""),
    ("build", "children", "Task", ""),
    ("build", "tasks", "Task", ""),
    ("comp", "depends", "Task", "given proxy"),
    ("comp", "dependent_of", "Task", "proxy"),
    ("comp", "task_depends_to", "TaskDependency", ""),
    ("comp", "task_dependent_of", "TaskDependency", ""),
    ("comp", "resources", "User", "given"),
    ("comp", "alternative_resources", "User", "given"),
    ("comp", "watchers", "User", "given"),
    ("comp", "responsible", "User", "given"),
    ("comp", "references", "Link", "given"),
    ("comp", "versions", "Version", ""),
    ("shot", "sequences", "Sequence", "given"),
    ("shot", "scenes", "Scene", "given"),
    ("sequence", "shots", "Shot", "given"),
    ("scene", "shots", "Shot", "given"),
    ("v2", "inputs", "Link", "given"),
    ("v2", "outputs", "Link", "given"),
    ("v1", "children", "Version", ""),
    ("client", "goods", "Good", ""),
    ("price_list", "goods", "Good", "given"),
    ("price_list", "good_rows", "PriceListGood", ""),
    ("good", "price_lists", "PriceList", "given"),
    ("good", "price_list_rows", "PriceListGood", ""),
    ("film", "budgets", "Budget", ""),
    ("budget", "children", "Budget", ""),
    ("budget", "entries", "BudgetEntry", ""),
    ("budget", "invoices", "Invoice", ""),
    ("invoice", "payments", "Payment", ""),
    ("film", "pages", "Page", ""),
    ("ada", "vacations", "Vacation", ""),
    ("ada", "authentication_logs", "AuthenticationLog", ""),
    ("entity_group", "entities", "SimpleEntity", "given"),
    ("entity_group", "entity_rows", "EntityGroupEntity", ""),
    ("link", "entity_groups", "EntityGroup", "proxy"),
    ("link", "entity_group_rows", "EntityGroupEntity", ""),
    ("film", "dailies", "Daily", ""),
    ("daily", "links", "Link", "given"),
    ("daily", "link_relations", "DailyLink", ""),
    ("film", "tickets", "Ticket", ""),
    ("ticket", "links", "SimpleEntity", "given"),
    ("ticket", "related_tickets", "Ticket", "given"),
    ("ticket", "logs", "TicketLog", ""),
    ("rig", "children", "Rig", ""),
    ("rig", "references", "Link", "given"),
    ("rig", "permissions", "Permission", "given"),
    ("cable", "permissions", "Permission", "given"),
]


def _no_lists(element: Any, proxy: bool) -> list[Any]:
    """Return what is no list; for a proxy, what is not iterable."""
    wrong: list[Any] = ["ab", b"ab", 7, element, object()]
    if not proxy:
        wrong += [(element,), {element}, {element: 1}, iter([element])]
    return wrong


def _set_item(items: Any, index: Any, value: Any) -> None:
    items[index] = value


@pytest.mark.parametrize(
    ("way", "owner", "attribute", "element", "flags"),
    [
        pytest.param(way, *row, id=f"{way}-{row[0]}.{row[1]}")
        for way in ("whole", "given", "changed")
        for row in LISTS
        if way != "given" or "given" in row[3]
    ],
)
def test_lists_refuse(
    world: World, way: str, owner: str, attribute: str, element: str, flags: str
) -> None:
    """No list, or a wrong element after a good one: nothing joins and nothing leaves."""
    kind = world._keys[owner][0]
    given, proxy = "given" in flags, "proxy" in flags
    words = rf"\b{kind.__name__}\.({attribute}|children)\b"

    def stranger() -> Any:
        return world.tag if element not in ("Tag", "SimpleEntity") else world.permission

    wrong_elements = cycle([None, "x", 7, stranger, globals().get(element, object)])

    def wrong() -> Any:
        value = next(wrong_elements)
        return value() if value is stranger else value

    def good() -> list[Any]:
        return [_SECOND[element](world)] if element in _SECOND else []

    def check(attempt: Callable[[], Any], involved: list[Any]) -> None:
        refuse(world, attempt, TypeError, words, [each for each in involved if _mapped(each)])

    def make(value: Any) -> Callable[[], Any]:
        arguments = without_none({**GIVEN[kind](world), attribute: value}, attribute)
        return lambda: kind(**arguments)

    member = next(iter(getattr(getattr(world, owner), attribute)))
    assert member is not None
    if way == "whole":
        for value in [None, *_no_lists(member, proxy)]:
            if attribute == "responsible" and isinstance(value, tuple):
                continue  # takes back what reading an inherited list gives
            obj = getattr(world, owner)
            check(lambda o=obj, v=value: setattr(o, attribute, v), [])
            if given and value is not None and not hasattr(value, "__next__"):
                check(make(value), [])
        return
    if way == "given":
        for _ in range(5):
            elements = [*good(), wrong()]
            check(make(elements), elements)
        return
    changes: list[Callable[[Any, list[Any], Any], Any]] = [
        lambda items, fine, bad: items.append(bad),
        lambda items, fine, bad: items.extend([*fine, bad]),
        lambda items, fine, bad: items.insert(0, bad),
        lambda items, fine, bad: _set_item(items, 0, bad),
        lambda items, fine, bad: _set_item(items, slice(0, 1), [*fine, bad]),
        lambda items, fine, bad: items.__iadd__([*fine, bad]),
    ]
    for change in [*changes, None]:
        for _ in range(2):
            obj, fine, bad = getattr(world, owner), good(), wrong()
            if change is None:
                whole = [*fine, bad]
                check(lambda o=obj, v=whole: setattr(o, attribute, v), [*fine, bad])
            else:
                items = getattr(obj, attribute)
                check(lambda c=change, i=items, f=fine, b=bad: c(i, f, b), [*fine, bad])


def _mapped(value: Any) -> bool:
    return hasattr(value, "_sa_instance_state") and not isinstance(value, type)


# --- What only the relation of several objects shows ----------------------------------------------


def _append(obj: Any, attribute: str, value: Any) -> None:
    getattr(obj, attribute).append(value)


RELATED: list[tuple[str, type[Exception], str, Callable[[World], Any]]] = [
    # parents
    ("own parent", CIRCLE, r"Task\.parent", lambda w: setattr(w.build, "parent", w.build)),
    ("child as parent", CIRCLE, r"Task\.parent", lambda w: setattr(w.build, "parent", w.model)),
    ("heir as parent", CIRCLE, r"Task\.parent", lambda w: setattr(w.build, "parent", w.sculpt)),
    ("own child", CIRCLE, r"Task\.parent", lambda w: _append(w.build, "children", w.build)),
    ("parent as child", CIRCLE, r"Task\.parent", lambda w: _append(w.model, "children", w.build)),
    ("root as child", CIRCLE, r"Task\.parent", lambda w: _append(w.sculpt, "tasks", w.build)),
    (
        "root among children",
        CIRCLE,
        r"Task\.parent",
        lambda w: setattr(w.model, "children", [w.part, w.sculpt, w.build]),
    ),
    (
        "root extends children",
        CIRCLE,
        r"Task\.parent",
        lambda w: w.sculpt.children.extend([w.part, w.build]),
    ),
    (
        "root instead of a child",
        CIRCLE,
        r"Task\.parent",
        lambda w: _set_item(w.model.children, 0, w.build),
    ),
    ("own rig", CIRCLE, r"Rig\.parent", lambda w: setattr(w.rig, "parent", w.rig)),
    ("rig below itself", CIRCLE, r"Rig\.parent", lambda w: setattr(w.rig, "parent", w.rig3)),
    ("rig as heir", CIRCLE, r"Rig\.parent", lambda w: _append(w.rig3, "children", w.rig)),
    ("own version", CIRCLE, r"Version\.parent", lambda w: setattr(w.v1, "parent", w.v1)),
    ("heir as version", CIRCLE, r"Version\.parent", lambda w: setattr(w.v1, "parent", w.v3)),
    ("version as heir", CIRCLE, r"Version\.parent", lambda w: _append(w.v3, "children", w.v1)),
    ("own input", CIRCLE, r"Version\.inputs", lambda w: _append(w.v1, "inputs", w.v1)),
    ("input of its input", CIRCLE, r"Version\.inputs", lambda w: _append(w.v1, "inputs", w.v3)),
    (
        "input among inputs",
        CIRCLE,
        r"Version\.inputs",
        lambda w: setattr(w.v1, "inputs", [w.link, w.v2]),
    ),
    (
        "input instead of another",
        CIRCLE,
        r"Version\.inputs",
        lambda w: _set_item(w.v2.inputs, 0, w.v3),
    ),
    # parents and dependencies
    ("own dependency", CIRCLE, r"Task\.depends", lambda w: _append(w.part, "depends", w.part)),
    ("dependent", CIRCLE, r"Task\.depends", lambda w: _append(w.layout, "depends", w.comp)),
    ("far dependent", CIRCLE, r"Task\.depends", lambda w: _append(w.layout, "depends", w.grade)),
    ("own parent first", CIRCLE, r"Task\.depends", lambda w: _append(w.model, "depends", w.build)),
    ("own root first", CIRCLE, r"Task\.depends", lambda w: _append(w.sculpt, "depends", w.build)),
    ("own child first", CIRCLE, r"Task\.depends", lambda w: _append(w.build, "depends", w.model)),
    ("own heir first", CIRCLE, r"Task\.depends", lambda w: _append(w.build, "depends", w.sculpt)),
    (
        "what waits for the parent",
        CIRCLE,
        r"Task\.depends",
        lambda w: _append(w.sculpt, "depends", w.grade),
    ),
    (
        "the same after a good one",
        CIRCLE,
        r"Task\.depends",
        lambda w: setattr(w.sculpt, "depends", [w.part, w.grade]),
    ),
    (
        "from the other side",
        CIRCLE,
        r"Task\.depends",
        lambda w: _append(w.grade, "dependent_of", w.sculpt),
    ),
    (
        "by a row",
        CIRCLE,
        r"Task\.depends",
        lambda w: TaskDependency(task=w.sculpt, depends_to=w.grade),
    ),
    (
        "by an end of a row",
        CIRCLE,
        r"Task\.depends",
        lambda w: setattr(w.task_dependency, "depends_to", w.grade),
    ),
    (
        "by the constructor",
        CIRCLE,
        r"Task\.depends",
        lambda w: Task(name="x", parent=w.sculpt, depends=[w.part, w.grade], created_by=w.ada),
    ),
    (
        "parent by the constructor",
        CIRCLE,
        r"Task\.(depends|parent)",
        lambda w: Task(name="x", parent=w.build, depends=[w.build], tags=[w.tag]),
    ),
    (
        "moved below what waits for it",
        CIRCLE,
        r"Task\.parent",
        lambda w: setattr(w.layout, "parent", w.comp),
    ),
    (
        "moved below what it waits for",
        CIRCLE,
        r"Task\.parent",
        lambda w: setattr(w.comp, "parent", w.layout),
    ),
    (
        "moved below what its dependant waits for",
        CIRCLE,
        r"Task\.parent",
        lambda w: setattr(w.grade, "parent", w.build),
    ),
    (
        "made a child of what waits for its parent",
        CIRCLE,
        r"Task\.parent",
        lambda w: _append(w.layout, "children", w.grade),
    ),
    ("second row", VE, r"Task\.depends", lambda w: TaskDependency(w.comp, w.layout)),
    ("finished", StatusError, r"Task\.depends", lambda w: _append(w.done, "depends", w.part)),
    (
        "finished, by a row",
        StatusError,
        r"Task\.depends",
        lambda w: TaskDependency(task=w.done, depends_to=w.part),
    ),
    # resources
    ("milestone", VE, r"Task\.resources", lambda w: _append(w.milestone, "resources", w.ada)),
    ("container", VE, r"Task\.resources", lambda w: setattr(w.build, "resources", [w.ada])),
    ("milestone of a user", VE, r"Task\.resources", lambda w: _append(w.ada, "tasks", w.milestone)),
    (
        "container among tasks",
        VE,
        r"Task\.resources",
        lambda w: setattr(w.ada, "tasks", [w.comp, w.part, w.build]),
    ),
    # projects
    ("parent abroad", VE, r"Task\.parent", lambda w: setattr(w.part, "parent", w.cloud)),
    ("child abroad", VE, r"Task\.parent", lambda w: _append(w.cloud, "children", w.part)),
    ("task moves", VE, r"Task\.project", lambda w: _append(w.other, "tasks", w.part)),
    ("tasks move", VE, r"Task\.project", lambda w: w.other.tasks.extend([w.part, w.comp])),
    ("sequence abroad", VE, r"Shot\.sequences", lambda w: _append(w.shot, "sequences", w.far_sequence)),
    ("scene abroad", VE, r"Shot\.scenes", lambda w: setattr(w.shot, "scenes", [w.scene, w.far_scene])),
    ("shot abroad", VE, r"Shot\.sequences", lambda w: _append(w.sequence, "shots", w.far_shot)),
    ("shot of a scene abroad", VE, r"Shot\.scenes", lambda w: _append(w.scene, "shots", w.far_shot)),
    (
        "new shot in a sequence abroad",
        VE,
        r"Shot\.sequences",
        lambda w: Shot(code="x", project=w.film, sequences=[w.sequence, w.far_sequence]),
    ),
    (
        "new scene with a shot abroad",
        VE,
        r"Shot\.scenes",
        lambda w: Scene(name="x", code="x", project=w.film, shots=[w.shot, w.far_shot]),
    ),
    (
        "new sequence with a shot abroad",
        VE,
        r"Shot\.sequences",
        lambda w: Sequence(name="x", code="x", project=w.film, shots=[w.shot, w.far_shot]),
    ),
    # shots
    ("taken code", VE, r"Shot\.code", lambda w: setattr(w.shot2, "code", "SH010")),
    ("taken code, new", VE, r"Shot\.code", lambda w: Shot(code="SH010", parent=w.layout)),
    (
        "source out before source in",
        VE,
        r"Shot\.source_out",
        lambda w: Shot(code="x", project=w.film, cut_in=1, cut_out=9, source_in=5, source_out=4),
    ),
    ("source in after out", VE, r"Shot\.source_in", lambda w: setattr(w.shot, "source_in", 19)),
    ("source out before in", VE, r"Shot\.source_out", lambda w: setattr(w.shot, "source_out", 11)),
    # tickets
    ("own ticket", SelfReferenceError, r"Ticket\.related_tickets", lambda w: _append(w.ticket, "related_tickets", w.ticket)),
    ("own ticket among others", SelfReferenceError, r"Ticket\.related_tickets", lambda w: setattr(w.ticket, "related_tickets", [w.ticket2, w.ticket])),
    ("ticket moves", VE, r"Ticket\.project", lambda w: _append(w.other, "tickets", w.ticket)),
    ("tickets move", VE, r"Ticket\.project", lambda w: setattr(w.other, "tickets", [w.far_ticket, w.ticket])),
    ("not closed", StatusError, r"Ticket\.reopen", lambda w: w.ticket.reopen(w.ada, strict=True)),
    ("no resolution", TE, r"Ticket\.resolution", lambda w: w.ticket.resolve(w.ada, 5)),
    ("long resolution", VE, r"Ticket\.resolution", lambda w: w.ticket.resolve(w.ada, "x" * 129)),
    ("no person", TE, r"Ticket\.resolve", lambda w: w.ticket.resolve("Ada", "fixed")),
    ("no owner", TE, r"Ticket\.owner", lambda w: w.ticket.reassign(w.ada, w.link)),
    ("nobody", StatusError, r"Ticket\.reassign", lambda w: w.ticket.reassign(w.ada, None, strict=True)),
    # the rest
    ("published number", VE, r"Version\.version_number", lambda w: setattr(w.published, "version_number", 9)),
    ("empty status list", VE, r"Rig\.status", lambda w: Rig(
        code="x",
        project=w.film,
        target_entity_type="Shot",
        status_list=StatusList(target_entity_type="Rig"),
    )),
    ("statuses by index", TE, r"StatusList\.statuses", lambda w: _set_item(w.rigs, 0, "NEW")),
    ("nothing at all", TE, r"Task\.project", lambda w: Task(name="x", tags=[w.tag])),
    ("no arguments", TE, r"Version\.task", lambda w: Version()),
    ("no list without a database row", TE, r"Rig\.status_list", lambda w: Rig(
        code="x", project=w.film, target_entity_type="Shot", status_list=w.comp.status_list,
    )),
    ("container's seconds", TE, r"Task\.schedule_seconds", lambda w: setattr(w.build, "schedule_seconds", "1")),
    ("container's log", VE, r"Task\.total_logged_seconds", lambda w: setattr(w.build, "total_logged_seconds", NAN)),
    ("computed resources", TE, r"Task\.computed_resources", lambda w: setattr(w.comp, "computed_resources", [w.ada, 1])),
]  # fmt: skip


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize(
    ("error", "words", "attempt"), [pytest.param(*row[1:], id=row[0]) for row in RELATED]
)
def test_relations_refuse(
    world: World,
    warm: bool,
    error: type[Exception],
    words: str,
    attempt: Callable[[World], Any],
) -> None:
    """Circles, foreign objects and the like, whether or not the lists had been loaded."""
    kept = [getattr(world, name) for name in world._keys]
    if warm:
        for each in kept:
            for relation in each.__mapper__.relationships:
                getattr(each, relation.key)
        refuse(world, lambda: attempt(world), error, words)
    else:
        # the caller's own loads would flush what is pending
        with DBSession.no_autoflush:
            refuse(world, lambda: attempt(world), error, words)
