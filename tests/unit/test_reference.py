"""The reference of the manual tells of everything that is public."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stalker
from docs.pages import reference
from docs.pages.members import attributes, methods
from docs.pages.required import required
from docs.pages.settings import all_settings
from stalker import StatusMixin
from stalker.cli.main import SECTIONS
from stalker.config import Config
from stalker.db.declarative import ORMClass

PAGES = Path(__file__).parents[2] / "docs" / "reference"
CLASSES = [found for name in stalker.__all__ if isinstance(found := getattr(stalker, name), type)]
#: made with a constructor, unlike a mixin and what the library writes by itself
MADE = [cls for cls in CLASSES if issubclass(cls, ORMClass) and hasattr(cls, "__mapper__")]


def lines(kind: str) -> list[str]:
    """Return what the pages say in their lines of a kind."""
    text = "\n".join(page.read_text("utf-8") for page in PAGES.glob("*.md"))
    return [
        word for line in re.findall(rf"^\{{{kind}\}} (.*)$", text, re.M) for word in line.split()
    ]


def test_every_class_has_one_place() -> None:
    """A public class is on one page."""
    assert sorted(lines("classes")) == sorted(cls.__name__ for cls in CLASSES)


def test_every_module_has_a_place() -> None:
    """So is each module that is a public name."""
    modules = {"config", "db", "events", "exceptions", "log", "models"} & set(stalker.__all__)
    assert {f"stalker.{name}" for name in modules} <= set(lines("module"))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_everything_public_has_a_meaning(cls: type) -> None:
    """Class, attributes and methods are explained: by a docstring, or by `#:` above the name."""
    assert cls.__doc__
    assert [each.name for each in attributes(cls) if not each.meaning] == []
    assert [each.name for each in methods(cls) if not each.meaning] == []


@pytest.mark.parametrize("cls", MADE, ids=lambda cls: cls.__name__)
def test_what_is_required(cls: type) -> None:
    """A constructor is content without arguments exactly if the reference asks for none."""
    if required(cls):
        with pytest.raises((TypeError, ValueError)):
            cls()
    elif not issubclass(cls, StatusMixin):  # the statuses are those of a database
        cls()


def test_an_attribute_is_told_as_it_is() -> None:
    """Type, default and meaning come from mapping, annotation, constructor and comment."""
    found = {each.name: each for each in attributes(stalker.Task)}
    assert (found["priority"].type, found["priority"].default) == ("int", "500")
    assert found["depends"].type == "list[Task]"
    assert found["project"].is_required and not found["good"].is_required
    assert found["is_blocked_by"].is_read_only and not found["responsible"].is_read_only
    assert found["project_id"].is_key and found["project_id"].meaning == "`id` of `project`"
    assert "tickets" in {each.name for each in attributes(stalker.Project)}
    assert "name" not in found  # it is told where it comes from


def test_every_verb_is_told() -> None:
    """Each verb has its usage and its options."""
    page = reference.expanded((PAGES / "command-line.md").read_text("utf-8"))
    for verb in (verb for verbs in SECTIONS.values() for verb in verbs):
        assert f"`stalker {verb}`" in page
    assert "`--engine [native|taskjuggler]`\n: Who plans" in page


def test_every_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each one has a meaning, and the variable that sets it, if there is one, does so."""
    found = list(all_settings())
    assert [each.name for each in found] == list(Config.default_config_values)
    assert [each.name for each in found if not each.meaning] == []
    numbers = [each for each in found if each.variable and each.default.isdecimal()]
    assert len(numbers) > 5
    for each in numbers:
        monkeypatch.setenv(each.variable, "17")
    config = Config()
    assert {config[each.name] for each in numbers} == {17}


def test_what_is_not_installed_is_left_out() -> None:
    """A line for a package that is not there disappears, and one for a package stays."""
    text = "{installed} stalker.nothing one\n{installed} stalker.db two"
    assert reference.expanded(text) == "\ntwo"
