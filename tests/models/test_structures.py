"""`Structure` and `FilenameTemplate`: naming conventions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from stalker import (
    Asset,
    FilenameTemplate,
    Scene,
    Sequence,
    Shot,
    SimpleEntity,
    Structure,
    Version,
)
from stalker.db.session import DBSession
from tests.factories import least, project, repository, structure, tag, task, template


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [(Structure, "custom_template"), (FilenameTemplate, "path"), (FilenameTemplate, "filename")],
)
def test_template_texts(database: str, kind: type, attribute: str) -> None:
    """Any text is stored as it is, also a broken template; `None` is empty, the rest refused."""
    for value, stored in ((None, ""), ("", ""), ("{% for", "{% for"), ("a\n b ", "a\n b ")):
        made, changed = least(kind, **{attribute: value}), least(kind)
        setattr(changed, attribute, value)
        DBSession.save([made, changed])
        DBSession.expire_all()
        assert getattr(made, attribute) == getattr(changed, attribute) == stored
    assert getattr(least(kind), attribute) == ""
    for value in (1, [], b"x"):
        with pytest.raises(TypeError, match=rf"{kind.__name__}\.{attribute}"):
            least(kind, **{attribute: value})
        with pytest.raises(TypeError, match=rf"{kind.__name__}\.{attribute}"):
            setattr(least(kind), attribute, value)


@pytest.mark.parametrize(
    ("target", "error"), [(None, TypeError), ("", ValueError), (12, TypeError)]
)
def test_a_template_is_for_one_class(target: Any, error: type[Exception]) -> None:
    """The target is mandatory, may be a class, need not be unique, and stays."""
    with pytest.raises(error, match=r"FilenameTemplate\.target_entity_type"):
        template(target)
    one, other = template(Asset), template("Asset")
    assert one.target_entity_type == other.target_entity_type == "Asset"
    with pytest.raises(AttributeError):
        one.target_entity_type = "Shot"  # type: ignore[assignment]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda obj: setattr(obj, "templates", None),
        lambda obj: setattr(obj, "templates", 1),
        lambda obj: setattr(obj, "templates", "Work"),
        lambda obj: setattr(obj, "templates", tuple(obj.templates)),
        lambda obj: setattr(obj, "templates", [*obj.templates, tag()]),
        lambda obj: obj.templates.append("x"),
        lambda obj: obj.templates.extend([template(), None]),
        lambda obj: obj.templates.insert(0, 1),
        lambda obj: obj.templates.__setitem__(0, tag()),
    ],
)
def test_a_structure_holds_templates_only(attempt: Callable[[Structure], Any]) -> None:
    """Anything else is a `TypeError` that leaves the list as it was."""
    film = structure(first := template())
    with pytest.raises(TypeError, match=r"Structure\.templates"):
        attempt(film)
    assert film.templates == [first]
    with pytest.raises(TypeError, match=r"Structure\.templates"):
        Structure(name="x", templates=[1])  # type: ignore[list-item]


def test_a_structure_begins_empty() -> None:
    """20 §7: without templates, or with `None`, it has none; a type is not needed."""
    for made in (Structure(name="x"), Structure(name="x", templates=None, custom_template=None)):
        assert (list(made.templates), made.custom_template, made.type) == ([], "", None)


def test_rendering_does_not_flush(database: str) -> None:
    """20 §8.4: what waits in the session keeps waiting while paths are rendered."""
    text = "{{ project.code }}/{% for t in parent_tasks %}{{ t.nice_name }}/{% endfor %}"
    film = project(structure=structure(template(path=text, filename="{{ version.nice_name }}")))
    comp = task(film)
    version = Version(task=comp)
    DBSession.save([film, version])
    DBSession.expire_all()
    DBSession.add(pending := SimpleEntity())
    assert comp.path == "LHS/Comp" and pending in DBSession.new
    version.update_paths()
    assert version.full_path.startswith("LHS/Comp/") and pending in DBSession.new


def test_the_example_of_the_contract(database: str) -> None:
    """20 §8.1, §8.3, §8.4: the documented folder and file name, of stored entities."""
    work = template(
        path="$REPO{{ project.repository.code }}/{{ project.code }}/work"
        "{% for t in parent_tasks %}/{{ t.nice_name }}{% endfor %}",
        filename="{{ task.nice_name }}-{{ version.take_name }}-"
        "r{{ '%04d' | format(version.version_number) }}",
    )
    shots = template("Shot", path="{{ sequences[0].code }}/{{ scenes[0].code }}/{{ shot.code }}")
    films = repository("MAIN")
    film = project(code="NOVA", repositories=[films], structure=structure(work, shots))
    sequence = Sequence(name="SQ10", code="SQ10", project=film)
    shot = Shot(name="SH020", code="SH020", parent=sequence, sequences=[sequence])
    shot.scenes = [Scene(name="Beach", code="SC1", project=film)]
    version = Version(task=task(shot, "Comp"))
    DBSession.save([film, version])
    version.version_number = 7
    DBSession.commit()
    DBSession.expire_all()
    version.update_paths()
    version.extension = ".ma"
    assert version.full_path == "$REPOMAIN/NOVA/work/SQ10/SH020/Comp/Comp-Main-r0007.ma"
    assert version.path == version.task.path == "$REPOMAIN/NOVA/work/SQ10/SH020/Comp"
    assert version.absolute_path == films.path + "NOVA/work/SQ10/SH020/Comp"
    assert shot.path == "SQ10/SC1/SH020"
    # no template for this class, and a template for tasks is not used instead
    with pytest.raises(RuntimeError, match="Sequence"):
        _ = sequence.path


@pytest.mark.parametrize("name", ["../../etc", "..", "/etc", "a/../../b", "C:\\x", "x" * 250])
def test_the_name_of_a_task_leads_nowhere(database: str, name: str) -> None:
    """20 BT-2: names are data; a path that they lead out of its place is a `ValueError`."""
    conventions = structure(template(path="{{ project.code }}/{{ task.name }}", filename="x"))
    film = project(repositories=[repository()], structure=conventions)
    comp = task(film, name)
    version = Version(task=comp, full_path="/as/it/was")
    DBSession.save([film, version])
    with pytest.raises(ValueError, match=r"."):
        _ = comp.path
    with pytest.raises(ValueError, match=r"."):
        version.update_paths()
    assert version.full_path == "/as/it/was"


def test_the_order_of_templates_is_kept(database: str) -> None:
    """The first one for a class is used, exactly that class, also after a reload."""
    a, b, c, d = (template(target, name=name) for name, target in
                  zip("abcd", ("Task", "Shot", "Task", "Asset"), strict=True))  # fmt: skip
    film = structure(a, b, c, d)
    DBSession.save(film)

    def check(expected: list[FilenameTemplate]) -> None:
        DBSession.commit()
        DBSession.expire_all()
        assert film.templates == expected

    check([a, b, c, d])
    assert film.template_for("Task") is a and film.template_for("Sequence") is None
    film.templates = [d, c, b]
    check([d, c, b])
    assert film.template_for("Task") is c
    film.templates.insert(1, a)
    check([d, a, c, b])
    film.templates.remove(d)
    film.templates.append(a)
    check([a, c, b])
    film.templates[0] = d
    check([d, c, b])


@pytest.mark.parametrize(
    ("path", "filename", "found"),
    [
        ("{{ project.code }}/{{ type.name }}", '{{ "%03d"|format(version.version_number) }}', []),
        (
            "{{ projct.code }}",
            "{{ a }}{{ b }}",
            ["path.*'projct'", "filename.*'a'", "filename.*'b'"],
        ),
        ("{% for t in parent_tasks %}", "{{ version", ["path.*line 1", "filename.*line 1"]),
        ("{{ project.__class__ }}", "{{ ''._x }}", ["path.*__class__", "filename.*_x"]),
        ("", "", []),
    ],
)
def test_validation(path: str, filename: str, found: list[str]) -> None:
    """`validate()` names each mistake that rendering would run into, or would leave out."""
    made = FilenameTemplate("Task", path=path, filename=filename, name="x")
    problems = made.validate()
    assert len(problems) == len(found)
    for problem, words in zip(problems, found, strict=True):
        assert re.search(words, problem)


def test_deleting_conventions(database: str) -> None:
    """A structure leaves its templates; what is in use cannot be deleted."""
    film, spare = structure(work := template()), structure(work)
    DBSession.save([project(structure=film), spare])
    DBSession.delete(spare)
    DBSession.commit()
    assert FilenameTemplate.query.all() == [work]
    for used in (film, work):
        DBSession.delete(used)
        with pytest.raises(IntegrityError):
            DBSession.commit()
        DBSession.rollback()
    assert film.templates == [work]
