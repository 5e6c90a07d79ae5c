"""Every class of the package: what is stored comes back, and what is deleted takes what with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import delete, inspect, select
from sqlalchemy.exc import IntegrityError

from stalker import (
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
    Scene,
    Sequence,
    Shot,
    SimpleEntity,
    StatusList,
    Structure,
    Studio,
    Tag,
    Task,
    TaskDependency,
    Ticket,
    TicketLog,
    TimeLog,
    User,
    Vacation,
    Version,
    WorkingHours,
)
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from stalker.models.mixins import (
    ACLMixin,
    AmountMixin,
    CodeMixin,
    DAGMixin,
    DateRangeMixin,
    ProjectMixin,
    ReferenceMixin,
    ScheduleMixin,
    StatusMixin,
    TargetEntityTypeMixin,
    UnitMixin,
)
from tests.factories import constructible, least, link, most, most_of, note, tag

#: The documented attributes that each class adds to those of its bases.
DOCUMENTED = {
    SimpleEntity: (
        "id entity_type name nice_name description generic_text created_by updated_by date_created "
        "date_updated type generic_data thumbnail html_style html_class stalker_version "
        "__stalker_version__ tjp_id entity_groups"
    ),
    Entity: "tags notes",
    Tag: "entities",
    Note: "content entities",
    EntityType: "id name statusable dateable schedulable accepts_references",
    StatusList: "statuses",
    Link: "full_path original_filename path filename extension",
    Permission: "id access action class_name",
    Group: "users",
    User: (
        "login email password efficiency rate departments companies projects groups tasks watching "
        "vacations authentication_logs last_login responsible_of entities_created "
        "entities_updated department_role company_role project_role tickets open_tickets time_logs"
    ),
    Department: "users user_role",
    DepartmentUser: "department user role",
    Client: "users projects user_role project_role goods",
    ClientUser: "client user role",
    Repository: "linux_path windows_path osx_path path env_var",
    FilenameTemplate: "path filename",
    Structure: "templates custom_template",
    ImageFormat: "width height pixel_aspect print_resolution device_aspect",
    Project: (
        "active is_active fps is_stereoscopic image_format structure repositories repository users "
        "clients user_role client_role repositories_proxy tasks scenes root_tasks assets sequences "
        "shots total_logged_seconds schedule_seconds percent_complete budgets tickets pages dailies"
    ),
    ProjectUser: "project user role rate",
    ProjectClient: "project client role",
    ProjectRepository: "project repository position",
    Task: (
        "project depends dependent_of task_depends_to task_dependent_of resources "
        "alternative_resources responsible watchers priority is_milestone bid_timing bid_unit "
        "allocation_strategy persistent_allocation versions schedule_seconds total_logged_seconds "
        "time_logs reviews review_number good allowed_actions is_blocked_by"
    ),
    TaskDependency: "task depends_to dependency_target gap_timing gap_unit gap_model",
    Shot: (
        "sequences scenes cut_in cut_out cut_duration source_in source_out record_in record_track "
        "clip_name clip_media clip_speed image_format "
        "fps frame_rate record_out handle_in handle_out cut_range source_range record_range"
    ),
    Sequence: "shots",
    Scene: "shots",
    Daily: "links link_relations versions tasks is_open",
    DailyLink: "daily link rank",
    Version: "task take_name version_number is_published created_with inputs outputs",
    Good: "cost msrp archived client price_lists",
    PriceList: "goods",
    Budget: "entries invoices",
    BudgetEntry: "budget good cost msrp price realized_total total total_cost margin",
    Invoice: "budget client payments paid outstanding is_paid",
    Payment: "invoice",
    Ticket: (
        "number project summary priority links related_tickets related_to owner resolution logs "
        "comments reported_by is_open allowed_actions"
    ),
    TicketLog: "ticket from_status to_status action",
    TimeLog: "task resource",
    Review: "task reviewer version review_number review_set is_open",
    AuthenticationLog: "user action date succeeded",
    EntityGroup: "entities",
    Page: "title content project",
    WorkingHours: (
        "working_hours daily_working_hours weekly_working_hours weekly_working_days "
        "yearly_working_days to_tjp"
    ),
    Vacation: "user to_tjp",
    Studio: (
        "working_hours daily_working_hours timing_resolution is_scheduling is_scheduling_by "
        "scheduling_started_at last_scheduled_at last_scheduled_by last_schedule_message "
        "last_schedule_succeeded weekly_working_hours weekly_working_days yearly_working_days"
    ),
    ACLMixin: "permissions __acl__",
    AmountMixin: "amount",
    CodeMixin: "code",
    DAGMixin: "parent children is_root is_container is_leaf parents",
    DateRangeMixin: "start end duration computed_start computed_end total_seconds",
    ProjectMixin: "project",
    ReferenceMixin: "references",
    ScheduleMixin: (
        "schedule_timing schedule_unit schedule_model schedule_constraint schedule_seconds"
    ),
    StatusMixin: "status status_list",
    TargetEntityTypeMixin: "target_entity_type",
    UnitMixin: "unit",
}

#: Attributes whose order means something.
ORDERED = {
    "statuses", "repositories", "repositories_proxy", "templates", "parents", "children", "goods",
    "logs",
    "entities", "link_relations",
}  # fmt: skip

#: What becomes of an object when what its attribute refers to is deleted: it is "forgotten", it is
#: "refused" because it is in use, or the object is "deleted" as well.
WHEN_DELETED = {
    "status": "refused",
    "status_list": "refused",
    "statuses": "refused",
    "structure": "refused",
    "image_format": "refused",
    "repositories": "refused",
    "templates": "refused",
    (ProjectRepository, "repository"): "refused",
    (Version, "parent"): "forgotten",
    (Invoice, "client"): "refused",
    (DailyLink, "link"): "deleted",
    "good": "refused",
    "from_status": "refused",
    "to_status": "refused",
    "working_hours": "refused",
    "budget": "deleted",
    "daily": "deleted",
    "invoice": "deleted",
    "parent": "deleted",
    "task": "deleted",
    (TimeLog, "resource"): "deleted",
    (Task, "good"): "forgotten",
    "ticket": "deleted",
    "depends_to": "deleted",
    "project": "deleted",
    "user": "deleted",
    "department": "deleted",
    "client": "deleted",
}

#: The same where the session sees to it: a review that nobody has decided goes with its reviewer.
WHEN_DELETED_AS_OBJECT = {(Review, "reviewer"): "deleted"}

CLASSES = constructible()
each_class = pytest.mark.parametrize("kind", CLASSES, ids=[kind.__name__ for kind in CLASSES])
by_statement = pytest.mark.parametrize("by_statement", [False, True], ids=["object", "statement"])


def documented(kind: type) -> list[str]:
    names = [DOCUMENTED[base] for base in reversed(kind.__mro__) if base in DOCUMENTED]
    return list(dict.fromkeys(" ".join(names).split()))


def identity_of(obj: Any) -> tuple[str, Any]:
    return type(obj).__name__, inspect(obj).identity


def plain(value: Any, ordered: bool = True) -> Any:
    """Return a value that can be compared across sessions."""
    if hasattr(value, "_sa_instance_state"):
        return identity_of(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        elements = [plain(each) for each in value]
        return elements if ordered else sorted(elements, key=repr)
    return value


def contents(obj: Any) -> dict[str, Any]:
    return {name: plain(getattr(obj, name), name in ORDERED) for name in documented(type(obj))}


def store(obj: Any) -> Any:
    """Store an object, and return it as a new session sees it."""
    DBSession.add(obj)
    DBSession.commit()
    return reload(obj)


def reload(obj: Any) -> Any:
    kind, key = type(obj), inspect(obj).identity
    DBSession.remove()
    # asked for as a base class, it still comes as what it is
    return DBSession.get(SimpleEntity if issubclass(kind, SimpleEntity) else kind, key)


def rows() -> set[tuple[str, tuple[Any, ...]]]:
    """Return table and key of every row that the database has."""
    return {
        (table.name, tuple(row))
        for table in Base.metadata.tables.values()
        for row in DBSession.execute(select(*table.primary_key.columns))
    }


def remove(obj: Any, by_statement: bool) -> None:
    """Delete an object through the session, or its first row by hand; commit."""
    if not by_statement:
        DBSession.delete(obj)
    else:
        table = (SimpleEntity if isinstance(obj, SimpleEntity) else type(obj)).__table__
        keys = zip(table.primary_key.columns, inspect(obj).identity, strict=True)
        DBSession.execute(delete(table).where(*(column == key for column, key in keys)))
    DBSession.commit()


@each_class
def test_everything_documented_comes_back(database: str, kind: type) -> None:
    """An object made with the least and with all arguments is the same in a new session."""
    for make in (least, most):
        obj = make(kind)
        DBSession.add(obj)
        DBSession.commit()
        before = contents(obj)
        found = reload(obj)
        assert type(found) is kind and found is not obj
        assert contents(found) == before


@each_class
def test_arguments_are_what_is_stored(database: str, kind: type) -> None:
    """Each argument is found again under its own name, unchanged."""
    values = most_of(kind)
    found = store(kind(**values))
    for name, value in values.items():
        # a password is never read back; the content of a note is its description
        if name != "password" and not (kind is Note and name == "description"):
            ordered = name in ORDERED
            assert plain(getattr(found, name), ordered) == plain(value, ordered), name


@by_statement
@each_class
def test_deleting_takes_only_its_own_rows(database: str, kind: type, by_statement: bool) -> None:
    """Whatever an object refers to stays when it is deleted, with tags, notes and the rest."""
    obj = most(kind)
    if isinstance(obj, SimpleEntity):
        obj.generic_data = [tag(), note(), link()]
    obj = store(obj)
    key, before = inspect(obj).identity, rows()
    remove(obj, by_statement)
    gone = before - rows()
    own = {table.name for table in inspect(kind).tables}
    assert {(name, row) for name, row in gone if name in own} == {(name, key) for name in own}
    for name, row in gone:
        # the rest are its history, and rows that tied it to others
        assert name in {*own, "Task_Changes"} or (len(row) == 2 and key[0] in row), (name, row)
    DBSession.remove()
    assert DBSession.get(kind, key) is None


def references(kind: type) -> list[str]:
    """Return the documented attributes of the fullest object of a class that hold objects."""
    values = most_of(kind) | ({"generic_data": [tag()]} if issubclass(kind, SimpleEntity) else {})
    names = [name for name, value in values.items() if _objects(value)]
    if issubclass(kind, StatusMixin):
        names += ["status", "status_list"]
    return names


def _objects(value: Any) -> list[Any]:
    elements = value if isinstance(value, list) else [value]
    return [each for each in elements if hasattr(each, "_sa_instance_state")]


@by_statement
@each_class
def test_deleting_what_an_object_refers_to(database: str, kind: type, by_statement: bool) -> None:
    """It is forgotten, or refused while in use, or takes the object with it: as documented."""
    for name in references(kind):
        obj = most(kind)
        if name == "generic_data":
            obj.generic_data = [tag()]
        obj = store(obj)
        key = inspect(obj).identity
        value = getattr(obj, name)
        other = value if hasattr(value, "_sa_instance_state") else value[0]
        others = None if other is value else plain(list(value)[1:], False)
        expected = WHEN_DELETED.get((kind, name), WHEN_DELETED.get(name, "forgotten"))
        if not by_statement:
            expected = WHEN_DELETED_AS_OBJECT.get((kind, name), expected)
        if expected == "refused":
            with pytest.raises(IntegrityError):
                remove(other, by_statement)
            DBSession.rollback()
            assert reload(obj) is not None, name
            continue
        remove(other, by_statement)
        DBSession.remove()
        found = DBSession.get(kind, key)
        if expected == "deleted":
            assert found is None, name
        elif others is None:
            assert found is not None and getattr(found, name) is None, name
        else:
            assert found is not None and plain(getattr(found, name), False) == others, name
