"""What a view shows, and that it leads nowhere else."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from enum import IntEnum
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment

from stalker.exceptions import TemplateError
from stalker.storage import context, render, view
from stalker.storage.fields import KINDS, fields_of
from stalker.storage.views import View

COMMON = {"id", "name", "nice_name", "description", "code", "entity_type", "tjp_id", "type"}


class Canary:
    """Counts every touch of something that is not a field."""

    entity_type = "User"
    name = "Ada"
    login = "ada"
    touched: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.touched.append(name)
        raise AttributeError(name)

    def _touch(self) -> Any:
        self.touched.append("called")

    password = email = metadata = registry = query = property(_touch)
    hold = delete = __call__ = __iter__ = __len__ = __bool__ = _touch

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        self.touched.append("__class__")
        return str


@pytest.fixture
def canary() -> Any:
    bird = Canary()
    bird.touched = []
    return bird


SECRETS = (
    "password email metadata registry query hold delete session __call__ __dict__ __class__ "
    "__init__ __reduce_ex__ __getattribute__ __slots__ __doc__ __module__ _sa_instance_state "
    "entity fields _entity _fields _View__entity"
)


@pytest.mark.parametrize("name", SECRETS.split())
def test_only_fields_can_be_reached(name: str, canary: Any) -> None:
    """Neither Python nor a template gets anything but fields out of a view."""
    shown: Any = view(canary)
    with pytest.raises(AttributeError, match=f"no field '{name}'"):
        getattr(shown, name)
    with pytest.raises(AttributeError):
        object.__getattribute__(shown, "entity")
    with pytest.raises(KeyError):
        shown[name]
    if not name.startswith("_"):
        assert render(f"{{{{ user.{name} }}}}{{{{ user['{name}'] }}}}", {"user": shown}) == ""
    assert canary.touched == []


def test_reading_comparing_and_describing_touch_nothing_else(canary: Any) -> None:
    """A view answers for its entity without calling it, asking its truth or its class."""
    shown: Any = view(canary)
    assert (shown.name, shown["login"]) == ("Ada", "ada")
    assert shown == view(canary) and shown in [view(canary)] and bool(shown)
    assert shown != canary and shown != view(Canary())
    assert len({shown, view(canary)}) == 1
    assert repr(shown) == str(shown) == "<view of Canary>"
    assert view([shown, canary]) == (shown, shown)
    assert canary.touched == []


def test_views_are_immutable_and_not_callable(canary: Any) -> None:
    """Nothing can be set, deleted, called or added, and a copy is no way in either."""
    shown: Any = view(canary)
    for name in ("name", "password", "new", "entity", "fields"):
        with pytest.raises(AttributeError):
            setattr(shown, name, "x")
        with pytest.raises(AttributeError):
            delattr(shown, name)
    with pytest.raises(TypeError):
        shown["name"] = "x"
    with pytest.raises(TypeError):
        shown()
    for attempt in (copy.copy, copy.deepcopy, vars):
        with pytest.raises((AttributeError, TypeError, copy.Error)):
            assert attempt(shown).name
    assert canary.touched == []


def test_related_entities_are_views_too(production: SimpleNamespace) -> None:
    """What a field refers to is wrapped when it is read; lists become tuples of views."""
    task: Any = view(production.task)
    assert isinstance(task.project.repository, View)
    assert isinstance(task.parent.children, tuple)
    assert task.parent.children == (task,)
    assert task.resources[0].login == "ada"
    assert not hasattr(task.resources[0], "password")
    assert task.parent.parent.parent is None


def test_views_read_when_they_are_asked(production: SimpleNamespace) -> None:
    """A view shows the entity as it is now, and does not read what nobody asks for."""
    task: Any = view(production.task)
    production.task.name = "Layout"
    assert task.name == "Layout"


def test_views_work_in_an_ordinary_environment(production: SimpleNamespace) -> None:
    """Points and brackets both read fields, also outside the sandbox."""
    text = "{{ task.name }}{{ task['name'] }}{{ task.hold }}{{ task[0] }}{{ task in parents }}"
    values = context(task=production.task, parents=[production.task])
    assert Environment().from_string(text).render(values) == "CompCompTrue"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("Task", "project parent parents children level is_root is_leaf is_container status "
         "resources responsible priority schedule_timing schedule_unit start end"),
        ("Shot", "cut_in cut_out cut_duration source_in source_out record_in record_out handle_in "
         "handle_out sequences scenes fps "
         "image_format parent status"),
        ("Project", "repository repositories structure image_format fps"),
        ("Repository", "path linux_path windows_path osx_path env_var"),
        ("Version", "version_number take_name extension is_published created_with task parent "
         "naming_parents"),
        ("Sequence", "shots parent"),
        ("Scene", "project shots"),
        ("ImageFormat", "width height pixel_aspect device_aspect"),
        ("Asset", "parent"),
        ("Status", ""),
        ("Type", ""),
        ("Tag", ""),
        ("Structure", ""),
    ],
)  # fmt: skip
def test_fields_by_kind(kind: str, fields: str, entity: Any) -> None:
    """Each kind has the common fields and its own."""
    values: dict[str, Any] = dict.fromkeys(COMMON | set(fields.split()), "x")
    del values["entity_type"]
    shown = view(entity(kind, **values))
    assert {name for name in values if getattr(shown, name, None) == "x"} == set(values)


def test_users_show_names_only() -> None:
    """The fields of a person are listed one by one, and none of them is private."""
    assert KINDS["User"] == {"id", "name", "nice_name", "login", "entity_type", "tjp_id"}
    for fields in KINDS.values():
        assert not fields & {"password", "email", "query", "metadata", "registry"}
        assert not any(name.startswith("_") for name in fields)


def test_classes_of_a_studio() -> None:
    """A subclass has the fields of its base, and those that it names itself."""

    class SimpleEntity:
        pass

    class Task(SimpleEntity):
        entity_type = "Task"

    class Rig(Task):
        entity_type = "Rig"
        __template_fields__: tuple[str, ...] = ("joints", "_hidden", "password", "metadata")
        joints, _hidden, password, metadata, priority, other = 5, 6, 7, 8, 9, 10

    class FaceRig(Rig):
        entity_type = "FaceRig"
        __template_fields__ = ("blend_shapes",)
        blend_shapes = 11

    class Note(SimpleEntity):
        entity_type = "Note"
        name, content = "n", "c"

    shown: Any = view(FaceRig())
    assert (shown.joints, shown.blend_shapes, shown.priority) == (5, 11, 9)
    assert not any(hasattr(shown, name) for name in ("_hidden", "password", "metadata", "other"))
    assert not hasattr(view(Rig()), "blend_shapes")
    note: Any = view(Note())
    assert note.name == "n" and not hasattr(note, "content")


def test_a_text_in_place_of_a_tuple_of_fields_is_an_error() -> None:
    """`__template_fields__ = "joints"` would allow the letters; the mistake is reported."""

    class Task:
        __template_fields__ = "joints"

    with pytest.raises(TypeError, match=r"Task.__template_fields__ must be a tuple"):
        view(Task())


def test_the_kind_wins_over_the_class(entity: Any) -> None:
    """A known `entity_type` chooses the fields, an unknown or odd one leaves it to the class."""
    shot = entity("Task", name="x", cut_in=1)
    assert not hasattr(view(shot), "cut_in")
    assert fields_of(type(shot), "Shot") == KINDS["Shot"]
    assert fields_of(type(shot), "Unheard") == fields_of(type(shot), None) == KINDS["Task"]
    assert fields_of(dict) is None


def test_values_that_are_no_values_are_not_there(entity: Any) -> None:
    """A field whose value templates must not hold is missing, even if its name is allowed."""
    task = entity(
        "Task", name=lambda: "x", code=b"x", description={}, children=[object()], status=1j
    )
    shown = view(task)
    for name in ("name", "code", "description", "children", "status", "priority"):
        assert not hasattr(shown, name)


def test_plain_values_lose_their_class() -> None:
    """Subclasses of text and numbers become plain, so that none of their own methods runs."""

    class Text(str):
        def __str__(self) -> str:
            raise AssertionError

    class Rate(float):
        __str__ = Text.__str__

    class Level(IntEnum):
        HIGH = 3

    values: dict[str, Any] = context(
        a=Text("x"), b=Rate(1.5), c=Level.HIGH, d=True, e=None, f=[Text("y"), 1]
    )
    assert [type(value) for value in values.values()] == [str, float, int, bool, type(None), tuple]
    assert values == {"a": "x", "b": 1.5, "c": 3, "d": True, "e": None, "f": ("y", 1)}
    assert type(values["f"][0]) is str
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert context(now=now) == {"now": now}


@pytest.mark.parametrize("value", [object(), {}, print, Canary, b"x", [[1]], [object()], 1j])
def test_a_context_refuses_everything_else(value: Any) -> None:
    """What is neither a plain value nor an entity is a `TemplateError`."""
    with pytest.raises(TemplateError, match="cannot be given a value of type"):
        context(x=value)
