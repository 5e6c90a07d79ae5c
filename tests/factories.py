"""Objects for tests: small functions, and for each class the least and the most it can be given.

Everything made here is new, has names and logins of its own, and is related only to other new
objects, so that it can be stored in any database after `init()`. Arguments given by hand win.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import inspect, select

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
)
from stalker.db.session import DBSession

_numbers = count(1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def unique(prefix: str) -> str:
    """Return a text that nothing else in this process has."""
    return f"{prefix}{next(_numbers)}"


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


# --- One function for each thing that others refer to ---------------------------------------------


def user(name: str = "Ada", **values: Any) -> User:
    login = unique("ada")
    letters = "".join(chr(ord("a") + int(digit)) for digit in login.removeprefix("ada"))
    given = {"login": f"ada{letters}", "email": f"{login}@example.com", "password": "secret"}
    return User(name=name, **{**given, **values})


def role(name: str = "Lead") -> Role:
    return Role(name=name)


def group(name: str = "Compositors", **values: Any) -> Group:
    return Group(name=name, **values)


def permission(access: str = "Allow", action: str = "Create", class_name: str = "") -> Permission:
    return Permission(access, action, class_name or unique("Widget"))


def department(name: str = "Lighting", **values: Any) -> Department:
    return Department(name=name, **values)


def client(name: str = "Northern Pictures", **values: Any) -> Client:
    return Client(name=name, **values)


def tag(name: str = "night") -> Tag:
    return Tag(name=name)


def note(content: str = "The sun is too low.") -> Note:
    return Note(content=content)


def link(full_path: str = "/srv/films/reference/rock.jpg", **values: Any) -> Link:
    return Link(full_path=full_path, **values)


def type_for(target: str | type, name: str = "Kind") -> Type:
    return Type(name=name, code=name[:4], target_entity_type=target)


def status(code: str = "", name: str = "") -> Status:
    code = code or unique("S")
    return Status(name=name or f"Status {code}", code=code)


def status_list(target: str | type, codes: Iterable[str] = ("RTS", "WIP", "CMPL")) -> StatusList:
    statuses = [status(code) for code in codes]
    return StatusList(name="Statuses", target_entity_type=target, statuses=statuses)


def own_list(target: str) -> StatusList:
    """Return the list for a class that `init()` leaves to the studio, stored or waiting for it."""
    session = DBSession()
    with session.no_autoflush:
        query = select(StatusList).where(StatusList.target_entity_type == target)
        known = [*session.scalars(query), *(each for each in session.new)]
    for each in known:
        if isinstance(each, StatusList) and each.target_entity_type == target:
            return each
    session.add(made := status_list(target, [f"{target}1", f"{target}2"]))
    return made


def repository(code: str = "", **values: Any) -> Repository:
    given = {
        "name": "Films",
        "code": code or unique("FILMS"),
        "linux_path": "/srv/films",
        "windows_path": "R:/films",
        "osx_path": "/Volumes/films",
    }
    return Repository(**{**given, **values})


def template(target: str | type = "Task", **values: Any) -> FilenameTemplate:
    given = {"name": "Work", "path": "{{ project.code }}", "filename": "{{ task.nice_name }}"}
    return FilenameTemplate(target_entity_type=target, **{**given, **values})


def structure(*templates: FilenameTemplate, **values: Any) -> Structure:
    return Structure(**{"name": "Film", "templates": list(templates), **values})


def image_format(name: str = "HD", width: float = 1920, height: float = 1080) -> ImageFormat:
    return ImageFormat(name=name, width=width, height=height)


def project(name: str = "Lighthouse", code: str = "LHS", **values: Any) -> Project:
    """Return a project; its status list comes from the database, unless it is given."""
    return Project(name=name, code=code, **values)


def project_in_memory(**values: Any) -> Project:
    return project(**{"status_list": status_list("Project"), **values})


def task(of: Project | Task, name: str = "Comp", **values: Any) -> Task:
    """Return a task of a project or below another task."""
    key = "project" if isinstance(of, Project) else "parent"
    return Task(name=name, **{key: of, **values})


def good(name: str = "Compositing", **values: Any) -> Good:
    return Good(name=name, **{"cost": 400.25, "msrp": 900.5, "unit": "EUR/day", **values})


def budget(of: Project | None = None, name: str = "Main", **values: Any) -> Budget:
    """Return a budget."""
    given = {"name": name, "status_list": own_list("Budget"), **values}
    return Budget(project=of or project(), **given)


def invoice(**values: Any) -> Invoice:
    return Invoice(**{"budget": budget(), "client": client(), "amount": 100.5, **values})


def daily(of: Project | None = None, **values: Any) -> Daily:
    return Daily(**{"name": "Monday", "project": of or project(), **values})


def ticket(of: Project | None = None, **values: Any) -> Ticket:
    return Ticket(project=of or project(), **values)


# --- For each class what it must be given, and what it can be given -------------------------------

Values = dict[str, Any]

#: The arguments that a class cannot do without.
LEAST: dict[type, Callable[[], Values]] = {
    SimpleEntity: dict,
    Entity: dict,
    Tag: lambda: {"name": "night"},
    Note: dict,
    Type: lambda: {"name": "Prop", "code": "PRP", "target_entity_type": "Asset"},
    EntityType: lambda: {"name": unique("Widget")},
    Status: lambda: {"name": "On Hold", "code": "OH"},
    StatusList: lambda: {"target_entity_type": unique("Widget")},
    Link: dict,
    Permission: lambda: {"access": "Deny", "action": "Read", "class_name": unique("Widget")},
    Role: lambda: {"name": "Lead"},
    Group: lambda: {"name": "Compositors"},
    User: lambda: {
        "name": "Ada",
        "login": user().login + "x",
        "email": f"{unique('eda')}@example.com",
        "password": "secret",
    },
    Department: lambda: {"name": "Lighting"},
    DepartmentUser: lambda: {"department": department(), "user": user()},
    Client: lambda: {"name": "Northern Pictures"},
    ClientUser: lambda: {"client": client(), "user": user()},
    Repository: lambda: {"name": "Films", "code": unique("FILMS")},
    FilenameTemplate: lambda: {"name": "Work", "target_entity_type": "Task"},
    Structure: lambda: {"name": "Film"},
    ImageFormat: lambda: {"name": "HD", "width": 1920, "height": 1080},
    Project: lambda: {"name": "Lighthouse", "code": "LHS"},
    ProjectUser: lambda: {"project": project(), "user": user()},
    ProjectClient: lambda: {"project": project(), "client": client()},
    ProjectRepository: lambda: {"project": project(), "repository": repository()},
    Task: lambda: {"name": "Comp", "project": project()},
    TaskDependency: lambda: _two_tasks(),
    Asset: lambda: {
        "name": "Rock",
        "code": "rock",
        "project": project(),
        "type": type_for("Asset", "Prop"),
    },
    Shot: lambda: {"code": "SH010", "project": project()},
    Sequence: lambda: {"name": "Storm", "code": "SQ10", "project": project()},
    Scene: lambda: {"name": "Beach", "code": "SC1", "project": project()},
    Variant: lambda: {"name": "Damaged", "project": project()},
    Daily: lambda: {"name": "Monday", "project": project()},
    DailyLink: lambda: {"daily": daily(), "link": link()},
    Version: lambda: {"task": task(project())},
    Good: lambda: {"name": "Compositing"},
    PriceList: lambda: {"name": "2026"},
    Budget: lambda: {"name": "Main", "project": project(), "status_list": own_list("Budget")},
    BudgetEntry: lambda: {"budget": budget(), "good": good()},
    Invoice: lambda: {"budget": budget(), "client": client()},
    Payment: lambda: {"invoice": invoice()},
    Ticket: lambda: {"project": project()},
    TimeLog: lambda: {"task": task(project()), "resource": user(), "start": NOON},
    Review: lambda: {"task": task(project()), "reviewer": user()},
    TicketLog: lambda: _log_values(),
    AuthenticationLog: lambda: {"user": user()},
    EntityGroup: dict,
    Message: lambda: {"status_list": own_list("Message")},
    Page: lambda: {"title": "Colour", "project": project()},
    WorkingHours: dict,
    Vacation: dict,
    Studio: lambda: {"name": "Cliff"},
}


def _two_tasks() -> Values:
    film = project()
    return {"task": task(film), "depends_to": task(film, "Roto")}


def _log_values() -> Values:
    made = ticket()
    new, accepted = made.status_list["NEW"], made.status_list["ACP"]
    return {"ticket": made, "from_status": new, "to_status": accepted, "action": "accept"}


def _described() -> Values:
    return {
        "description": "Two\nlines, ünïcode",
        "generic_text": '{"a": 1}',
        "created_by": user("Creator"),
        "updated_by": user("Editor"),
        "date_created": NOON,
        "date_updated": NOON + DAY,
        "thumbnail": link("/srv/films/thumbnail.jpg"),
        "html_style": "color: red",
        "html_class": "late",
    }


def _tagged() -> Values:
    return {"tags": [tag("night"), tag("rain")], "notes": [note("one"), note("two")]}


def _scheduled() -> Values:
    return {
        "start": NOON,
        "end": NOON + 3 * DAY,
        "references": [link("/srv/films/rock.jpg"), link("https://example.com/rocks")],
    }


def _task_values(project: Project) -> Values:
    return {
        "project": project,
        "parent": task(project, "Shot work"),
        "depends": [task(project, "Roto")],
        "resources": [user("Artist"), user("Second artist")],
        "alternative_resources": [user("Freelancer")],
        "responsible": [user("Supervisor")],
        "watchers": [user("Producer")],
        "schedule_timing": 2.0,
        "schedule_unit": "d",
        "schedule_model": "effort",
        "bid_timing": 3.0,
        "bid_unit": "d",
        "priority": 700,
        "allocation_strategy": "minloaded",
        "persistent_allocation": False,
        "references": [link()],
    }


def _shot_values() -> Values:
    film = project()
    return {
        **_task_values(film),
        "name": "The wave",
        "code": "SH010",
        "sequences": [Sequence(name="Storm", code="SQ10", project=film)],
        "scenes": [Scene(name="Beach", code="SC1", project=film)],
        "cut_in": 1001,
        "cut_out": 1100,
        "source_in": 1010,
        "source_out": 1090,
        "record_in": 86400,
        "record_track": 2,
        "clip_name": "SH010_anim_v003",
        "clip_media": "/plates/SH010.####.exr",
        "clip_speed": -0.5,
        "image_format": image_format("Scope", 2048, 858),
        "fps": 23.976,
        "type": type_for("Shot", "Full CG"),
    }


def _sequence_values() -> Values:
    film = project()
    return {
        **_task_values(film),
        "name": "Storm",
        "code": "SQ10",
        "shots": [Shot(code="SH010", project=film)],
        "type": type_for("Sequence", "Action"),
    }


def _version_values() -> Values:
    comp = task(project())
    return {
        "task": comp,
        "take_name": "Main",
        "inputs": [link("/srv/films/plate.####.exr"), Version(task=comp, take_name="Other")],
        "outputs": [link("/srv/films/out.####.exr")],
        "parent": Version(task=comp, take_name="Main"),
        "full_path": "/srv/films/comp.v002.nk",
        "original_filename": "untitled.nk",
        "created_with": "Nuke15.1",
        "type": type_for("Version", "Published"),
    }


def _ticket_values() -> Values:
    film = project()
    return {
        "project": film,
        "links": [task(film), link(), user("Somebody")],
        "priority": "MAJOR",
        "summary": "The sun is too low",
        "related_tickets": [ticket(film), ticket(project("Second", "SND"))],
        "type": type_for("Ticket", "Regression"),
    }


def _budget_values() -> Values:
    film = project()
    return {"project": film, "parent": budget(film, "Whole"), "type": type_for("Budget")}


def _asset_values() -> Values:
    return {
        **_task_values(project()),
        "name": "Rock",
        "code": "rock",
        "type": type_for("Asset", "Prop"),
    }


#: The arguments that a class has, beside those of its bases.
_OWN: dict[type, Callable[[], Values]] = {
    SimpleEntity: lambda: {"name": "Anything", "type": type_for("SimpleEntity")},
    Entity: lambda: {"name": "Anything", "type": type_for("Entity")},
    Note: lambda: {"name": "First note", "content": "The sun is too low."},
    Type: lambda: {"type": type_for("Type")},
    EntityType: lambda: {"statusable": True, "schedulable": True, "accepts_references": True},
    StatusList: lambda: {"name": "Widget Statuses", "statuses": [status("B"), status("A")]},
    Link: lambda: {
        "full_path": "/srv/films/rock.1001.exr",
        "original_filename": "IMG_1.exr",
        "type": type_for("Link", "Image"),
    },
    Group: lambda: {"users": [user(), user()], "permissions": [permission(), permission("Deny")]},
    User: lambda: {
        "departments": [department(), department("Comp")],
        "companies": [client()],
        "groups": [group(), group("Leads")],
        "permissions": [permission()],
        "efficiency": 0.5,
        "rate": 320.5,
    },
    Department: lambda: {"users": [user(), user()]},
    DepartmentUser: lambda: {"role": role()},
    Client: lambda: {"users": [user()], "projects": [project(), project("Second", "SND")]},
    ClientUser: lambda: {"role": role()},
    Repository: lambda: {
        "linux_path": "/srv/films/",
        "windows_path": "R:/films/",
        "osx_path": "/Volumes/films/",
    },
    FilenameTemplate: lambda: {
        "path": "$REPO{{ project.repository.code }}/{{ project.code }}",
        "filename": "{{ task.nice_name }}",
        "type": type_for("FilenameTemplate"),
    },
    Structure: lambda: {
        "templates": [template("Shot"), template("Asset"), template("Shot")],
        "custom_template": "{{ project.code }}/editorial\n{% for",
        "type": type_for("Structure", "Commercial"),
    },
    ImageFormat: lambda: {"pixel_aspect": 1.0667, "print_resolution": 72.0},
    Project: lambda: {
        **_scheduled(),
        "clients": [client()],
        "repositories": [repository(), repository(), repository()],
        "structure": structure(template()),
        "image_format": image_format(),
        "fps": 23.976,
        "is_stereoscopic": True,
        "users": [user(rate=100), user(rate=200)],
        "type": type_for("Project", "Commercial"),
    },
    ProjectUser: lambda: {"role": role()},
    ProjectClient: lambda: {"role": role()},
    Task: lambda: _task_values(project()),
    TaskDependency: lambda: {
        "dependency_target": "onstart",
        "gap_timing": 2.0,
        "gap_unit": "d",
        "gap_model": "duration",
    },
    Asset: _asset_values,
    Shot: _shot_values,
    Sequence: _sequence_values,
    Scene: lambda: {"type": type_for("Scene")},
    Variant: lambda: {**_task_values(project()), "type": type_for("Variant", "Level")},
    Daily: lambda: {"links": [link(), link("/srv/films/2.mov")], "type": type_for("Daily")},
    DailyLink: lambda: {"rank": -3},
    Version: _version_values,
    Good: lambda: {
        "cost": 400.25,
        "msrp": 900.5,
        "unit": "EUR/day",
        "client": client(),
        "price_lists": [PriceList(name="2025"), PriceList(name="2026")],
        "archived": True,
        "type": type_for("Good"),
    },
    PriceList: lambda: {"goods": [good("Rig"), good("Comp")]},
    Budget: _budget_values,
    Ticket: _ticket_values,
    BudgetEntry: lambda: {"price": 1000.5, "realized_total": -3, "amount": 2.25},
    Invoice: lambda: {"amount": 100.0001, "unit": "EUR"},
    AuthenticationLog: lambda: {"action": "logout", "date": NOON, "succeeded": False},
    EntityGroup: lambda: {"entities": [tag(), user(), link(), project()]},
    Message: lambda: {"type": type_for("Message")},
    Page: lambda: {"content": "All of it in ACES.", "type": type_for("Page")},
    WorkingHours: lambda: {
        "working_hours": {day: [[480, 720], [780, 1020]] for day in _DAYS},
        "daily_working_hours": 8,
    },
    Vacation: lambda: {"user": user(), "start": NOON, "end": NOON + 3 * DAY},
    Studio: lambda: {
        "working_hours": WorkingHours(),
        "timing_resolution": timedelta(minutes=30),
        "start": NOON,
        "end": NOON + 300 * DAY,
    },
    TimeLog: lambda: {"end": NOON + DAY},
    Review: lambda: {
        "description": "The sun is too low.",
        "schedule_timing": 3,
        "schedule_unit": "d",
        "type": type_for("Review"),
    },
    Payment: lambda: {"amount": 50, "unit": "EUR", "type": type_for("Payment", "Advance")},
}


def most_of(kind: type) -> Values:
    """Return an argument for everything that *kind* can be given."""
    values = LEAST[kind]()
    if issubclass(kind, SimpleEntity):
        values |= _described()
    if issubclass(kind, Entity):
        values |= _tagged()
    return values | _OWN.get(kind, dict)()


def least(kind: type, **values: Any) -> Any:
    """Return an instance of *kind* with nothing but what it must be given."""
    return kind(**{**LEAST[kind](), **values})


def most(kind: type, **values: Any) -> Any:
    """Return an instance of *kind* with everything that it can be given."""
    return kind(**{**most_of(kind), **values})


def constructible() -> list[type]:
    """Return the mapped classes of the package, except for rows that lists keep for themselves."""
    kept = {
        "EntityGroupEntity",
        "PriceListGood",
        "StatusListStatus",
        "StructureTemplate",
        "TaskChange",
        "TicketCounter",
        "VersionCounter",
    }
    return sorted(
        (
            mapper.class_
            for mapper in inspect(SimpleEntity).registry.mappers
            if mapper.class_.__module__.startswith("stalker.")
            and mapper.class_.__name__ not in kept
        ),
        key=lambda kind: kind.__name__,
    )
