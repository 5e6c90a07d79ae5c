"""`SimpleEntity`, `Entity`, `Tag`, `Note`, `Type` and `EntityType`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import delete, inspect, select
from sqlalchemy.exc import IntegrityError, UnboundExecutionError

import stalker
from stalker import (
    Entity,
    EntityType,
    Group,
    Link,
    Note,
    Project,
    SimpleEntity,
    Tag,
    Type,
    User,
    Version,
)
from stalker.db.session import DBSession
from stalker.exceptions import UnsafePathError
from tests.factories import (
    LEAST,
    NOON,
    constructible,
    department,
    least,
    link,
    note,
    project,
    repository,
    structure,
    tag,
    task,
    template,
    type_for,
    user,
)

ENTITIES = [kind for kind in LEAST if issubclass(kind, SimpleEntity)]
NAMED = [kind for kind in ENTITIES if not kind.__auto_name__]
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


# --- The class map --------------------------------------------------------------------------------

#: where a class is, what it derives from, its key, and whether it may go without a name
CLASS_MAP: list[tuple[str, str, str, str, bool | None]] = [
    ("SimpleEntity", "entity", "Base", "id", True),
    ("Entity", "entity", "SimpleEntity", "id", True),
    ("EntityGroup", "entity", "Entity", "entity_group_id", True),
    ("Tag", "tag", "SimpleEntity", "tag_id", False),
    ("Note", "note", "SimpleEntity", "note_id", True),
    ("Type", "type", "Entity TargetEntityTypeMixin CodeMixin", "type_id_local", False),
    ("EntityType", "type", "Base", "id", None),
    ("Status", "status", "Entity CodeMixin", "status_id", False),
    ("StatusList", "status", "Entity TargetEntityTypeMixin", "status_list_id", True),
    ("Link", "link", "Entity", "link_id", True),
    ("Message", "message", "Entity StatusMixin", "message_id", True),
    ("Page", "wiki", "Entity ProjectMixin", "page_id", True),
    ("Permission", "auth", "Base", "id", None),
    ("Group", "auth", "Entity ACLMixin", "gid", False),
    ("User", "auth", "Entity ACLMixin", "user_id", False),
    ("Role", "auth", "Entity", "role_id", False),
    ("AuthenticationLog", "auth", "SimpleEntity", "log_id", True),
    ("Department", "department", "Entity", "department_id", False),
    ("DepartmentUser", "department", "Base", "uid did", None),
    ("Client", "client", "Entity", "client_id", False),
    ("ClientUser", "client", "Base", "uid cid", None),
    ("Ticket", "ticket", "Entity StatusMixin", "ticket_id", True),
    ("TicketLog", "ticket", "SimpleEntity", "ticket_log_id", True),
    (
        "Task",
        "task",
        "Entity StatusMixin DateRangeMixin ReferenceMixin ScheduleMixin DAGMixin",
        "task_id",
        False,
    ),
    ("TimeLog", "task", "Entity DateRangeMixin", "time_log_id", True),
    ("TaskDependency", "task", "Base ScheduleMixin", "task_id depends_to_id", None),
    ("Asset", "asset", "Task CodeMixin", "asset_id", False),
    ("Shot", "shot", "Task CodeMixin", "shot_id", True),
    ("Sequence", "sequence", "Task CodeMixin", "sequence_id", False),
    ("Scene", "scene", "Entity ProjectMixin CodeMixin", "scene_id", False),
    ("Version", "version", "Link DAGMixin", "version_id", True),
    ("Variant", "variant", "Task", "variant_id", False),
    ("Review", "review", "SimpleEntity ScheduleMixin StatusMixin", "review_id", True),
    ("Daily", "review", "Entity StatusMixin ProjectMixin", "daily_id", False),
    ("DailyLink", "review", "Base", "daily_id link_id", None),
    ("Good", "budget", "Entity UnitMixin", "good_id", False),
    ("PriceList", "budget", "Entity", "price_list_id", False),
    ("Budget", "budget", "Entity ProjectMixin DAGMixin StatusMixin", "budget_id", False),
    ("BudgetEntry", "budget", "Entity AmountMixin UnitMixin", "entry_id", True),
    ("Invoice", "budget", "Entity AmountMixin UnitMixin", "invoice_id", True),
    ("Payment", "budget", "Entity AmountMixin UnitMixin", "payment_id", True),
]


@pytest.mark.parametrize(
    ("name", "module", "bases", "keys", "auto"), CLASS_MAP, ids=[row[0] for row in CLASS_MAP]
)
def test_the_class_map(
    database: str, name: str, module: str, bases: str, keys: str, auto: bool | None
) -> None:
    """01, 02, 10, 12, 22: module, bases, identity, its own key, and whether a name is made up."""
    kind = getattr(import_module(f"stalker.models.{module}"), name)
    assert kind is getattr(stalker, name)
    assert set(bases.split()) <= {base.__name__ for base in kind.__mro__}
    obj = least(kind)
    DBSession.save(obj)
    DBSession.expire_all()
    assert tuple(getattr(obj, key) for key in keys.split()) == inspect(obj).identity
    if auto is None:
        assert not issubclass(kind, SimpleEntity)
        return
    assert kind.__auto_name__ is auto
    assert obj.entity_type == kind.__mapper__.polymorphic_identity == name
    assert SimpleEntity.query.filter_by(id=obj.id).one() is obj
    assert kind.query.filter_by(**{keys: obj.id}).one() is obj
    assert obj.tjp_id == f"{name}_{obj.id}"
    if not (name in ("User", "Department", "Client") or issubclass(kind, stalker.Task)):
        with pytest.raises(NotImplementedError, match=name):
            _ = obj.to_tjp


# --- Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("hero_model", "hero_model"),
        ("  hero \t\n model ", "hero model"),
        ("_draft", "_draft"),
        ('7th "pass"  (old)', '7th "pass" (old)'),
        ("çğ", "çğ"),
        ("x" * 256, "x" * 256),
    ],
)
def test_names_keep_everything_but_white_space(given: str, name: str) -> None:
    """Both ends are stripped and each run of white space becomes one space."""
    entity = SimpleEntity(name=given)
    assert entity.name == name
    entity.name = "other"
    entity.name = given
    assert entity.name == name


@pytest.mark.parametrize(
    ("name", "nice_name"),
    [
        ("hero_model", "hero_model"),
        ("SQ 010 - SH 020", "SQ_010_SH_020"),
        ("_draft", "draft"),
        ('7th "pass" (old)', "7th_pass_old"),
        ("walk--cycle  01", "walk_cycle_01"),
        ("rig@v2.final", "rig@v2final"),
        ("tail-", "tail_"),
        ("çğ", ""),
        ("CamelCase", "CamelCase"),
    ],
)
def test_nice_name_follows_the_name(name: str, nice_name: str) -> None:
    """It is formed anew at each reading and cannot be assigned."""
    entity = SimpleEntity(name="other")
    entity.name = name
    assert entity.nice_name == nice_name
    with pytest.raises(AttributeError):
        entity.nice_name = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    "path",
    [
        "$REPOSRV/{{ project.code }}/{% for t in parent_tasks %}{{ t.nice_name }}/{% endfor %}",
        "$REPOSRV/{{ project.code }}/{{ task.nice_name }}",
        "$REPOSRV/{{ project.code }}/{{ task.nice_name }}/",
        "$REPOSRV/{{ project.code }}/{{ task.nice_name }}/v",
        "$REPOSRV/{{ task.nice_name }}/{{ project.code }}",
        "{{ task.nice_name }}",
    ],
)
def test_an_empty_nice_name_makes_no_path(database: str, path: str) -> None:
    """01 BT-12: a folder or a file of no name is refused with a reason, and nothing changes."""
    work = template("Task", path=path, filename="x")
    film = project(repositories=[repository("SRV")], structure=structure(work))
    comp = task(film, "çğ")
    version = Version(task=comp)
    DBSession.save(film)
    for attempt in (lambda: comp.path, version.update_paths):
        with pytest.raises(UnsafePathError, match="empty"):
            attempt()
    work.path, work.filename = "$REPOSRV/{{ project.code }}", "{{ task.nice_name }}"
    with pytest.raises(UnsafePathError, match="empty name"):
        version.update_paths()
    assert version.full_path == ""
    comp.name = "Comp"
    version.update_paths()
    assert version.full_path == "$REPOSRV/LHS/Comp"


@pytest.mark.parametrize("kind", [SimpleEntity, Entity, Note, Link])
@pytest.mark.parametrize("missing", [{}, {"name": None}, {"name": ""}])
def test_a_missing_name_is_generated(kind: type, missing: dict[str, Any]) -> None:
    """It is the class and a random identifier, in the constructor and on assignment."""
    one, other = kind(**missing), kind(**missing)
    assert re.fullmatch(f"{kind.__name__}_{UUID}", one.name)
    assert one.name != other.name
    one.name = "x"
    one.name = missing.get("name")
    assert re.fullmatch(f"{kind.__name__}_{UUID}", one.name)


@pytest.mark.parametrize("kind", NAMED, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(("name", "error"), [(None, TypeError), ("", ValueError)])
def test_some_classes_insist_on_a_name(
    database: str, kind: type, name: Any, error: type[Exception]
) -> None:
    """`None` is a `TypeError`, nothing a `ValueError`; both name the attribute."""
    for attempt in (
        lambda: least(kind, name=name),
        lambda: setattr(least(kind), "name", name),
    ):
        with pytest.raises(error, match=rf"{kind.__name__}\.name"):
            attempt()


@pytest.mark.parametrize(
    ("attribute", "value", "error"),
    [
        ("name", 12, TypeError),
        ("name", ["a"], TypeError),
        ("name", {}, TypeError),
        ("name", " \t ", ValueError),
        ("name", "x" * 257, ValueError),
        ("description", 1, TypeError),
        ("generic_text", [], TypeError),
        ("html_style", 1, TypeError),
        ("html_style", "x" * 65, ValueError),
        ("html_class", {}, TypeError),
        ("html_class", "x" * 65, ValueError),
        ("created_by", "ada", TypeError),
        ("updated_by", 1, TypeError),
        ("type", "Prop", TypeError),
        ("thumbnail", "/a.jpg", TypeError),
        ("date_created", "today", TypeError),
        ("date_created", datetime(2026, 1, 1), TypeError),
        ("date_updated", 1, TypeError),
        ("date_updated", datetime(2026, 1, 1), TypeError),
        ("date_updated", datetime(1990, 1, 1, tzinfo=UTC), ValueError),
    ],
)
def test_what_entities_refuse(attribute: str, value: Any, error: type[Exception]) -> None:
    """The constructor and an assignment refuse it, and an assignment changes nothing."""
    with pytest.raises(error, match=rf"SimpleEntity\.{attribute}"):
        SimpleEntity(**{attribute: value})
    entity = SimpleEntity()
    before = getattr(entity, attribute)
    with pytest.raises(error, match=rf"SimpleEntity\.{attribute}"):
        setattr(entity, attribute, value)
    assert getattr(entity, attribute) == before


@pytest.mark.parametrize("attribute", ["description", "generic_text", "html_style", "html_class"])
def test_texts_are_never_none(attribute: str) -> None:
    """`None` is stored as an empty text."""
    entity = SimpleEntity(**{attribute: None})
    assert getattr(entity, attribute) == ""
    setattr(entity, attribute, "x")
    setattr(entity, attribute, None)
    assert getattr(entity, attribute) == ""


# --- Audit ----------------------------------------------------------------------------------------


def test_dates_of_a_new_entity() -> None:
    """It was created and updated now, in UTC; an explicit `None` is refused later."""
    before = datetime.now(UTC)
    entity = SimpleEntity(date_created=None, date_updated=None)
    assert before <= entity.date_created == entity.date_updated <= datetime.now(UTC)
    assert entity.date_created.tzinfo is UTC
    for attribute in ("date_created", "date_updated"):
        with pytest.raises(TypeError, match=attribute):
            setattr(entity, attribute, None)
    entity.date_created = entity.date_updated + timedelta(days=1)
    entity.date_updated = entity.date_created


def test_dates_of_any_zone_come_back_in_utc(database: str) -> None:
    """The instant stays the same, the zone becomes UTC at once and after a reload."""
    moment = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    entity = SimpleEntity(date_created=moment)
    assert entity.date_created == NOON == entity.date_updated
    assert entity.date_created.tzinfo is UTC
    DBSession.save(entity)
    DBSession.expire_all()
    assert (entity.date_created, entity.date_created.tzinfo) == (NOON, UTC)


def test_the_creator_is_the_updater_until_another_is_named() -> None:
    """Setting the creator later does not touch the updater; `None` asks for the creator again."""
    ada, bob = user(), user("Bob")
    entity = SimpleEntity(created_by=ada)
    assert entity.updated_by is ada and ada.entities_updated == ada.entities_created == [entity]
    entity.created_by = bob
    assert entity.updated_by is ada
    entity.updated_by = None
    assert entity.updated_by is bob
    entity.created_by = entity.updated_by = None
    assert SimpleEntity().updated_by is None


def test_rows_may_point_at_each_other(database: str) -> None:
    """A user that created itself, with a thumbnail it made and a type of its own, is one flush."""
    ada = user()
    ada.created_by = ada.updated_by = ada
    ada.type = type_for(User)
    ada.type.created_by = ada
    ada.thumbnail = link()
    ada.thumbnail.created_by = ada
    DBSession.save(ada)
    DBSession.expire_all()
    assert ada.created_by is ada is ada.type.created_by is ada.thumbnail.created_by


def test_a_deleted_user_is_forgotten_by_what_it_made(database: str) -> None:
    """The entities stay, without creator and updater."""
    ada, entity = user(), SimpleEntity(name="x")
    entity.created_by, entity.updated_by = ada, None
    DBSession.save(entity)
    DBSession.delete(ada)
    DBSession.commit()
    assert (entity.created_by, entity.updated_by) == (None, None)


def test_version_stamp_is_read_at_construction(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new release stamps what is made from then on, and nothing that is edited."""
    old = SimpleEntity(name="old")
    DBSession.save(old)
    monkeypatch.setattr(stalker, "__version__", "99.1")
    old.name = "edited"
    new = SimpleEntity()
    DBSession.save(new)
    DBSession.expire_all()
    assert new.__stalker_version__ == new.stalker_version == "99.1"
    assert old.stalker_version != "99.1"


# --- Identity, repr, query ------------------------------------------------------------------------


def test_entities_compare_by_identity() -> None:
    """Equal names mean nothing, and the hash does not change when a row gets its id."""
    one, other = Entity(name="x"), Entity(name="x")
    assert one == one and one != other and other != one
    assert len({one, other, Tag(name="x"), Group(name="x"), department("x")}) == 5
    assert one != "x" and one != None  # noqa: E711


@pytest.mark.parametrize("kind", constructible(), ids=lambda kind: kind.__name__)
def test_each_class_compares_by_identity(kind: type) -> None:
    """D1: nobody compares by name or content; only a status equals texts, too."""
    assert kind.__hash__ is object.__hash__
    assert kind.__eq__ is object.__eq__ or kind is stalker.Status


def test_hash_survives_flush_and_rename(database: str) -> None:
    """An object that was put into a set before it was stored is found there afterwards."""
    entity = Entity(name="x")
    held = {entity}
    DBSession.save(entity)
    entity.name = "y"
    assert entity in held


def test_names_need_not_be_unique(database: str) -> None:
    """The same name may be stored for one class and for several."""
    DBSession.save([SimpleEntity(name="x"), SimpleEntity(name="x"), Tag(name="x"), link(name="x")])
    assert DBSession.query(SimpleEntity).filter_by(name="x").count() == 4


@pytest.mark.parametrize(
    ("kind", "plural"),
    [
        (SimpleEntity, "SimpleEntities"),
        (Tag, "Tags"),
        (Note, "Notes"),
        (Link, "Links"),
        (stalker.Repository, "Repositories"),
        (stalker.Status, "Statuses"),
        (stalker.Structure, "Structures"),
        (stalker.FilenameTemplate, "FilenameTemplates"),
        (stalker.ImageFormat, "ImageFormats"),
    ],
)
def test_plural_repr_and_tjp_id(kind: type, plural: str) -> None:
    """They follow from the concrete class, which an object knows before it is stored."""
    obj = least(kind, name="x")
    assert obj.plural_class_name == plural and obj.entity_type == kind.__name__
    assert repr(obj) == f"<x ({kind.__name__})>"
    assert obj.tjp_id == f"{kind.__name__}_None"
    with pytest.raises(AttributeError):
        obj.plural_class_name = "x"
    with pytest.raises(NotImplementedError):
        _ = obj.to_tjp


def test_repr_always_answers(database: str) -> None:
    """Also of an object that lost its session or its row, and it writes nothing that waits."""
    kept, lost = Tag(name="kept"), Tag(name="lost")
    DBSession.save([kept, lost])
    waiting = Tag(name="waiting")
    DBSession.add(waiting)
    assert repr(kept) == "<kept (Tag)>"
    assert waiting in DBSession.new
    DBSession.commit()
    gone = delete(SimpleEntity).where(SimpleEntity.id == lost.id)
    DBSession.execute(gone, execution_options={"synchronize_session": False})
    DBSession.expire_all()
    DBSession.expunge(kept)
    for obj in (kept, lost):
        assert "Tag object at" in repr(obj)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.LegacyAPIWarning")
def test_queries_are_polymorphic_and_need_a_database(database: str) -> None:
    """`Cls.query` finds instances of the concrete classes, also by synonyms."""
    kind = type_for("Widget", "Night")
    DBSession.save([kind, tag("x1"), note("words")])
    assert Type.query.filter_by(target_entity_type="Widget").one() is kind
    assert Type.query.filter(Type.target_entity_type == "Widget").count() == 1
    assert Note.query.filter(Note.content == "words").one().content == "words"
    assert {type(each) for each in SimpleEntity.query.all()} >= {Type, Tag, Note, User, Group}
    assert SimpleEntity.query.filter_by(name="x1").one() is Tag.query.filter_by(name="x1").first()
    assert SimpleEntity.query.get(kind.id) is kind


def test_without_a_database_a_query_says_so() -> None:
    """It is SQLAlchemy's own error."""
    with pytest.raises(UnboundExecutionError):
        SimpleEntity.query.all()


def test_misspelt_keywords_are_refused(database: str) -> None:
    """The message names the keyword and the closest one, and nothing is left behind."""
    ada = user()
    DBSession.save(ada)
    with pytest.raises(TypeError, match=r"descripton.*description"):
        Entity(name="x", created_by=ada, descripton="y")
    assert ada.entities_created == [] and not DBSession.new
    DBSession.commit()
    assert DBSession.query(Entity).filter_by(name="x").count() == 0


# --- Lists ----------------------------------------------------------------------------------------


def entity_with(attribute: str, first: Any) -> Any:
    obj: Any = Entity()
    setattr(obj, attribute, [first])
    return obj


@pytest.mark.parametrize(
    ("attribute", "make"), [("tags", tag), ("notes", note), ("generic_data", department)]
)
@pytest.mark.parametrize(
    "attempt",
    [
        lambda obj, name: setattr(obj, name, None),
        lambda obj, name: setattr(obj, name, "text"),
        lambda obj, name: setattr(obj, name, ()),
        lambda obj, name: setattr(obj, name, set()),
        lambda obj, name: setattr(obj, name, {}),
        lambda obj, name: setattr(obj, name, 1),
        lambda obj, name: setattr(obj, name, [*getattr(obj, name), "text"]),
        lambda obj, name: getattr(obj, name).append("text"),
        lambda obj, name: getattr(obj, name).extend([*getattr(obj, name), 1]),
        lambda obj, name: getattr(obj, name).insert(0, None),
        lambda obj, name: getattr(obj, name).__setitem__(0, 0),
    ],
)
def test_lists_refuse_and_stay_as_they_are(attribute: str, make: Any, attempt: Any) -> None:
    """Anything but a list of the right class is a `TypeError` without effect."""
    first = make()
    obj = entity_with(attribute, first)
    with pytest.raises(TypeError, match=attribute):
        attempt(obj, attribute)
    assert getattr(obj, attribute) == [first]


def test_tags_and_notes_are_seen_from_both_sides(database: str) -> None:
    """One tag or note may be on several entities; deleting either end only unties it."""
    night, words = tag(), note()
    one, other = Entity(tags=[night], notes=[words]), Entity(tags=[night], notes=[words])
    assert night.entities == words.entities == [one, other]
    DBSession.save([one, other])
    DBSession.delete(one)
    DBSession.commit()
    assert night.entities == words.entities == [other]
    DBSession.delete(night)
    DBSession.delete(words)
    DBSession.commit()
    assert other.tags == other.notes == []
    assert Entity(tags=None, notes=None).tags == []


def test_generic_data_holds_anything(database: str) -> None:
    """Any mixture of entities, one-directional; a deleted one is no longer there."""
    things = [project(), user(), department(), tag()]
    entity = SimpleEntity()
    entity.generic_data = things
    DBSession.save(entity)
    DBSession.delete(things[-1])
    DBSession.commit()
    DBSession.expire_all()
    assert {type(each).__name__ for each in entity.generic_data} == {
        "Project", "User", "Department",
    }  # fmt: skip


# --- Enrolment ------------------------------------------------------------------------------------


def test_related_objects_join_the_session(database: str) -> None:
    """A relation with two sides brings a new object along, one with a single side does not."""
    ada, kind, image = user(), type_for("Entity"), link()
    DBSession.save([ada, kind, image])
    mine = Entity(name="mine", created_by=ada)
    tagged = Entity(name="tagged")
    typed = Entity(name="typed", type=kind, thumbnail=image)
    assert mine in DBSession and tagged not in DBSession and typed not in DBSession
    assert DBSession.scalars(select(Entity).filter_by(name="mine")).one() is mine
    typed.tags = [night := tag()]
    DBSession.add(typed)
    assert night in DBSession


# --- Tag, Note, Type, EntityType ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "content"),
    [
        ({}, ""),
        ({"content": None}, ""),
        ({"content": ""}, ""),
        ({"content": "a"}, "a"),
        ({"description": "d"}, "d"),
        ({"content": "a", "description": "d"}, "a"),
        ({"content": "", "description": "d"}, ""),
    ],
)
def test_content_is_the_description(arguments: dict[str, Any], content: str) -> None:
    """A content that was passed wins over a description, and does not wipe it otherwise."""
    words = Note(**arguments)
    assert (words.content, words.description) == (content, content)
    words.content = "new"
    assert words.description == "new"
    with pytest.raises(TypeError, match=r"Note\.(content|description)"):
        words.content = 12  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"Note\.(content|description)"):
        Note(content=12)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": None}, TypeError),
        ({"name": ""}, ValueError),
        ({"code": None}, TypeError),
        ({"code": ""}, ValueError),
        ({"code": 1}, TypeError),
        ({"code": "x" * 257}, ValueError),
        ({"target_entity_type": None}, TypeError),
        ({"target_entity_type": ""}, ValueError),
        ({"target_entity_type": 12}, TypeError),
    ],
)
def test_types_need_name_code_and_target(changes: dict[str, Any], error: type[Exception]) -> None:
    """Each is mandatory, and the message names it."""
    with pytest.raises(error, match=rf"Type\.{next(iter(changes))}"):
        least(Type, **changes)
    arguments = LEAST[Type]()
    del arguments[next(iter(changes))]
    with pytest.raises(TypeError, match=rf"Type\.{next(iter(changes))}"):
        Type(**arguments)


def test_the_target_of_a_type_is_a_class_or_its_name(database: str) -> None:
    """A class is stored by its name; the target cannot be changed and need not be unique."""
    one, other, any_class = type_for(Project), type_for("Project"), type_for(dict)
    assert one.target_entity_type == other.target_entity_type == "Project"
    assert any_class.target_entity_type == "dict"
    with pytest.raises(AttributeError):
        one.target_entity_type = "Shot"  # type: ignore[assignment]
    DBSession.save([one, other])


def test_entity_types_are_told_apart_by_name(database: str) -> None:
    """Their flags are false until they are set; they are rows, not entities."""
    kind = EntityType("Widget")
    assert not any((kind.statusable, kind.dateable, kind.schedulable, kind.accepts_references))
    assert not isinstance(kind, SimpleEntity)
    kind.dateable = True
    DBSession.save(kind)
    DBSession.expire_all()
    assert kind.dateable is True
    DBSession.add(EntityType("Widget"))
    with pytest.raises(IntegrityError):
        DBSession.commit()
    DBSession.rollback()
    with pytest.raises(TypeError):
        EntityType(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"EntityType\.name"):
        EntityType("")
