"""What versions were made from, what was made from them, which are the latest, and what may go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

import stalker
from stalker import Asset, Link, Project, Shot, Task, Version
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError, ProtectedError
from stalker.models.version.version import version_inputs
from tests.factories import type_for
from tests.models.production import Studio, everywhere


class Graph:
    """Two assets and two shots, and what was made from what.

    model 1 2 3 > rig 1 2 > anim 1 2 > comp; the plate is a link; 2 and 3 of model are published.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.film = film = studio.project()
        self.rock = studio.task(film, kind=Asset, name="Rock", code="rock", type=type_for(Asset))
        self.tree = studio.task(film, kind=Asset, name="Tree", code="tree", type=type_for(Asset))
        self.shots = [studio.shot(film, code) for code in ("SH010", "SH020")]
        names = {"model": self.rock, "rig": self.rock, "anim": self.shots[0], "comp": self.shots[0]}
        self.tasks = {name: studio.task(over, name=name) for name, over in names.items()}
        self.plate = Link(full_path="/srv/films/plate.mov")
        self.model = [self.make("model") for _ in range(3)]
        for each in self.model[1:]:
            each.is_published = True
        self.rig = [self.make("rig", self.model[0]), self.make("rig", self.model[1])]
        self.anim = [self.make("anim", self.rig[0]), self.make("anim", self.rig[1])]
        self.comp = self.make("comp", self.anim[1], self.plate)
        studio.reload()

    def make(self, task: str | Task, *inputs: Link, **values: Any) -> Version:
        task = self.tasks[task] if isinstance(task, str) else task
        return Version(task=task, inputs=list(inputs), **values)


@pytest.fixture
def graph(studio: Studio) -> Graph:
    return Graph(studio)


# --- Both directions ------------------------------------------------------------------------------


@everywhere
def test_what_a_version_was_made_from(graph: Graph) -> None:
    """12 BT-9: links and versions at any distance, each once; up to a distance if it is given."""
    comp, anim, rig, model = graph.comp, graph.anim[1], graph.rig[1], graph.model[1]
    assert set(comp.upstream()) == {anim, graph.plate, rig, model}
    assert set(comp.upstream(1)) == {anim, graph.plate}
    assert set(comp.upstream(depth=2)) == {anim, graph.plate, rig}
    assert set(comp.upstream(99)) == set(comp.upstream())
    assert model.upstream() == []
    # by two ways, of two lengths
    comp.inputs.append(model)
    found = comp.upstream()
    assert set(found) == {anim, graph.plate, rig, model} and len(found) == 4
    assert set(comp.upstream(1)) == {anim, graph.plate, model}
    if graph.studio.stored:
        assert found == sorted(found, key=lambda each: each.id)


@everywhere
def test_what_was_made_from_a_version(graph: Graph) -> None:
    """12 BT-9: versions at any distance, each once; up to a distance if it is given."""
    model = graph.model[1]
    assert set(model.downstream()) == {graph.rig[1], graph.anim[1], graph.comp}
    assert model.downstream(1) == [graph.rig[1]]
    assert set(model.downstream(2)) == {graph.rig[1], graph.anim[1]}
    assert graph.comp.downstream() == [] == graph.model[2].downstream()
    graph.comp.inputs.append(model)
    assert set(model.downstream(1)) == {graph.rig[1], graph.comp}
    assert len(model.downstream()) == 3


@everywhere
@pytest.mark.parametrize(
    ("depth", "error"),
    [(0, ValueError), (-1, ValueError), ("1", TypeError), (1.5, TypeError), (True, TypeError)],
)
def test_depths_that_are_refused(graph: Graph, depth: Any, error: type[Exception]) -> None:
    """A depth is a number from 1; the message names the argument."""
    for ask in (graph.comp.upstream, graph.comp.downstream, graph.comp.outdated_inputs):
        with pytest.raises(error, match=rf"{ask.__name__}\(\) argument depth"):
            ask(depth)


def test_what_is_not_written_counts(database: str) -> None:
    """A new version is written first, as by any query; without a flush its own lists count."""
    graph = Graph(Studio(stored=True))
    new = graph.make("comp", graph.anim[0])
    assert set(new.upstream()) == {graph.anim[0], graph.rig[0], graph.model[0]}
    assert graph.anim[0].downstream() == [new]
    graph.anim[0].inputs = []
    assert new.upstream() == [graph.anim[0]]
    with DBSession.no_autoflush:
        last = graph.make("comp", graph.anim[1])
        assert set(last.upstream()) == {graph.anim[1], graph.rig[1], graph.model[1]}
        assert last.downstream() == []
        assert last.is_safe_to_delete is False
        assert last in DBSession.new


def test_circles_end(database: str) -> None:
    """12 BT-9: in data that statements by hand have spoiled, every question has an answer."""
    graph = Graph(Studio(stored=True))
    rows = [(graph.model[1], graph.comp), (graph.comp, graph.comp), (graph.model[0], graph.rig[0])]
    for version, link in rows:
        row = {"version_id": version.id, "link_id": link.id}
        DBSession.execute(insert(version_inputs), row)
    DBSession.commit()
    ring = {graph.anim[1], graph.rig[1], graph.model[1]}
    assert set(graph.comp.upstream()) == {*ring, graph.plate}
    assert set(graph.comp.downstream()) == ring
    assert set(graph.comp.upstream(50)) == {*ring, graph.plate}
    assert set(graph.comp.downstream(50)) == ring
    assert graph.comp.outdated_inputs() == {graph.model[1]: graph.model[2]}
    everything = [*graph.model, *graph.rig, *graph.anim, graph.comp]
    assert Version.deletable(everything) == [graph.model[0], graph.rig[0], graph.anim[0]]
    assert Version.deletable(everything[:4]) == []
    assert graph.rock.used_in_shots() == [graph.shots[0]]


# --- Outdated inputs ------------------------------------------------------------------------------


@everywhere
def test_inputs_that_are_outdated(graph: Graph) -> None:
    """An input with a later published version in its series is told with the latest of these."""
    rig, anim, comp = graph.rig, graph.anim, graph.comp
    latest = graph.model[2]
    assert comp.outdated_inputs() == {graph.model[1]: latest}
    assert comp.outdated_inputs(1) == {} == comp.outdated_inputs(2)
    assert comp.outdated_inputs(3) == {graph.model[1]: latest}
    assert rig[0].outdated_inputs(1) == {graph.model[0]: latest}
    # anim 2 is later than anim 1, but not published; and a take is a series of its own
    late = graph.make("comp", anim[0], graph.plate)
    graph.make("anim", take_name="Other")
    assert late.outdated_inputs(1) == {}
    anim[1].is_published = True
    assert late.outdated_inputs() == {anim[0]: anim[1], graph.model[0]: latest}
    graph.studio.reload()
    assert late.outdated_inputs() == {anim[0]: anim[1], graph.model[0]: latest}
    assert comp.outdated_inputs() == {graph.model[1]: latest}
    assert latest.outdated_inputs() == {}
    # the same for versions that are at hand, whatever uses them
    given = [comp, graph.model[1], latest, anim[0], graph.model[1], anim[1]]
    assert list(Version.outdated(given).items()) == [(graph.model[1], latest), (anim[0], anim[1])]
    assert Version.outdated([]) == {}


# --- What may be deleted --------------------------------------------------------------------------


@everywhere
def test_what_is_safe_to_delete(graph: Graph) -> None:
    """12 BT-11: not what is published, the latest of its series, or used by what stays."""
    model, rig, anim = graph.model, graph.rig, graph.anim
    safe = {
        each
        for each in [*model, *rig, *anim, graph.comp, *(e for e in graph.comp.upstream())]
        if isinstance(each, Version) and each.is_safe_to_delete
    }
    assert safe == {anim[0]}
    assert Version.deletable([rig[0]]) == []
    # together with the only ones that use them
    assert Version.deletable([model[0], rig[0], anim[0]]) == [model[0], rig[0], anim[0]]
    assert Version.deletable([model[0], anim[0]]) == [anim[0]]
    everything = [*model, *rig, *anim, graph.comp]
    assert Version.deletable(iter(everything)) == [model[0], rig[0], anim[0]]
    # what stays keeps everything that it was made from
    anim[0].is_published = True
    assert Version.deletable(everything) == []
    anim[0].is_published = False
    graph.make("comp", anim[0])
    assert Version.deletable(everything) == [graph.comp]
    assert Version.deletable([]) == []
    with pytest.raises(TypeError, match=r"deletable\(\) argument versions"):
        Version.deletable([anim[0], graph.plate])  # type: ignore[list-item]


@everywhere
def test_what_is_safe_can_be_deleted(graph: Graph) -> None:
    """What stays was made from the same as before."""
    before = set(graph.comp.upstream())
    everything = [*graph.model, *graph.rig, *graph.anim, graph.comp]
    for each in Version.deletable(everything):
        each.task.versions.remove(each)
    graph.studio.reload()
    assert set(graph.comp.upstream()) == before
    assert graph.tasks["model"].versions == graph.model[1:]


# --- Latest versions ------------------------------------------------------------------------------


@everywhere
def test_the_latest_of_many_tasks(graph: Graph) -> None:
    """12 BT-8: by task and take; of one take, or of the published ones, if asked for."""
    tasks = list(graph.tasks.values())
    model, _, _, comp = tasks
    proxy = graph.make("model", take_name="Proxy LD")
    assert Version.latest_of(tasks) == {
        task: {"Main": latest}
        for task, latest in zip(
            tasks, [graph.model[2], graph.rig[1], graph.anim[1], graph.comp], strict=True
        )
    } | {model: {"Main": graph.model[2], "Proxy_LD": proxy}}
    found = Version.latest_of([comp, model], take_name="Proxy LD")
    assert found == {comp: {}, model: {"Proxy_LD": proxy}} and list(found) == [comp, model]
    graph.model[2].is_published = False
    expected = {model: {"Main": graph.model[1]}, comp: {}}
    assert Version.latest_of(iter([model, comp]), published=True) == expected
    assert Version.latest_of([]) == {}
    new = graph.studio.task(graph.film)
    assert Version.latest_of([new]) == {new: {}}
    for wrong in ({"tasks": [graph.comp]}, {"tasks": None}, {"take_name": 1}):
        with pytest.raises(TypeError, match=rf"latest_of\(\) argument {next(iter(wrong))}"):
            Version.latest_of(**{"tasks": tasks, **wrong})  # type: ignore[arg-type]


# --- Shots of an asset ----------------------------------------------------------------------------


@everywhere
def test_which_shots_use_an_asset(graph: Graph) -> None:
    """12 AD: through versions at any distance, of tasks below asset and shot and of themselves."""
    rock, tree, [first, second] = graph.rock, graph.tree, graph.shots
    assert rock.used_in_shots() == [first] and tree.used_in_shots() == []
    light = graph.make(graph.studio.task(graph.studio.task(second)), graph.comp)
    assert set(rock.used_in_shots()) == {first, second}
    # an asset that was made from another one
    forest = graph.make(tree, graph.model[2])
    assert tree.used_in_shots() == []
    light.inputs = [forest]
    assert set(rock.used_in_shots()) == {first, second} and tree.used_in_shots() == [second]
    own = graph.make(second, graph.model[2])
    light.inputs = []
    graph.studio.reload()
    assert set(rock.used_in_shots()) == {first, second} and tree.used_in_shots() == []
    assert own in graph.model[2].downstream()


@everywhere
def test_an_asset_below_a_shot(graph: Graph) -> None:
    """A shot does not use what lies in it only because that is made from its own versions."""
    shot = graph.shots[1]
    prop = graph.studio.task(shot, kind=Asset, name="Prop", code="p", type=graph.rock.type)
    one = graph.make(graph.studio.task(prop))
    graph.make(graph.studio.task(prop), one)
    assert prop.used_in_shots() == []
    graph.make(graph.studio.task(shot), one)
    assert prop.used_in_shots() == [shot]


# --- Circles --------------------------------------------------------------------------------------

COUNT = 6
changes = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "remove", "list", "new", "flush", "forget"]),
        st.integers(0, COUNT - 1),
        st.integers(0, COUNT - 1),
    ),
    max_size=25,
)


@everywhere
def test_nothing_is_made_from_itself(studio: Studio) -> None:
    """12 BT-9: an input is refused exactly if it would close a circle, written or not."""
    task = studio.task(studio.project())

    @settings(max_examples=40 if studio.stored else 150, deadline=None, database=None)
    @given(changes)
    def check(steps: list[tuple[str, int, int]]) -> None:
        made = [Version(task=task) for _ in range(COUNT)]
        uses: list[set[int]] = [set() for _ in made]

        def reaches(start: int, goal: int) -> bool:
            return start == goal or any(reaches(each, goal) for each in uses[start])

        def attempt(change: Callable[[], None], wrong: bool) -> bool:
            if not wrong:
                change()
                return True
            with pytest.raises(CircularDependencyError, match=r"Version\.inputs"):
                change()
            return False

        for step, a, b in steps:
            one, two = made[a], made[b]
            if step == "add" and attempt(partial(one.inputs.append, two), reaches(b, a)):
                uses[a].add(b)
            elif step == "list":
                # what was there does not count any more
                if attempt(partial(setattr, one, "inputs", [two]), reaches(b, a)):
                    uses[a] = {b}
            elif step == "remove" and b in uses[a]:
                one.inputs.remove(two)
                uses[a].remove(b)
            elif step == "new" and a != b and not any(b in each for each in uses):
                made[b], uses[b] = Version(task=task, inputs=[one]), {a}
            elif step == "flush" and studio.stored:
                DBSession.flush()
            elif step == "forget":
                studio.reload()
        for version, inputs in zip(made, uses, strict=True):
            assert set(version.inputs) == {made[each] for each in inputs}

    check()


def test_asking_for_circles_takes_one_statement(
    database: str, statements: Callable[[], list[str]]
) -> None:
    """However many inputs a version gets, and however much these were made from."""
    for size in (3, 60):
        film = Project(name="Film", code="F")
        DBSession.add(film)
        task = Task(name="Comp", project=film)
        last = Version(task=task)
        for _ in range(size):
            last = Version(task=task, inputs=[last])
        others = [Version(task=task, inputs=[last]) for _ in range(size)]
        DBSession.commit()
        keys, end = [each.id for each in others], last.id
        DBSession.expunge_all()
        found = DBSession.scalars(select(Version).where(Version.id.in_(keys))).all()
        new = Version(task=found[0].task)
        DBSession.commit()
        assert new.id and [each.id for each in found] and new.inputs == []
        recorded = statements()
        new.inputs = list(found)
        assert len(recorded) == 1, recorded
        first = DBSession.get_one(Version, end)
        recorded.clear()
        with pytest.raises(CircularDependencyError):
            first.inputs.append(new)
        # the message names what it is about
        assert sum("RECURSIVE" in each for each in recorded) == 1 and len(recorded) <= 6
        DBSession.rollback()


# --- Statements -----------------------------------------------------------------------------------


def test_each_question_is_one_statement(database: str, statements: Callable[[], list[str]]) -> None:
    """12 BT-8, BT-9: for a chain of three as for one of hundreds, with many takes and users."""
    for size in (3, 700):
        film = Project(name="Film", code="F")
        DBSession.add(film)
        asset = Asset(name="Rock", code="r", type=type_for(Asset), project=film)
        shot = Shot(code="SH010", project=film)
        tasks = [Task(name=f"Task {number}", parent=shot) for number in range(size)]
        first = Version(task=asset)
        chain, last = [first], first
        for task in tasks:
            plates = [Link(full_path="/plate.mov"), last]
            last = Version(task=task, inputs=plates)  # type: ignore[list-item]
            chain.append(last)
        newer = [Version(task=task) for task in tasks]
        for each in newer:
            each.is_published = True
        DBSession.commit()
        keys = [each.id for each in (first, last)]
        DBSession.expunge_all()
        first, last = (DBSession.get_one(Version, key) for key in keys)
        tasks, every = Task.query.all(), Version.query.all()
        chain = [each for each in every if not each.is_published]
        DBSession.commit()  # what is expired is not loaded again
        first.id, last.id, (asset := first.task).id, [each.id for each in (*tasks, *every)]
        recorded = statements()
        answers: list[tuple[Callable[[], Any], int, int]] = [
            (last.upstream, 2 * size, 2),  # versions, and other links
            (partial(last.upstream, 2), 4, 2),
            (first.downstream, size, 1),
            (last.outdated_inputs, size - 1, 1),
            (partial(Version.outdated, chain), size, 1),
            (partial(Version.deletable, every), size, 1),
            (partial(Version.latest_of, tasks), len(tasks), 1),
            (asset.used_in_shots, 1, 1),
        ]
        for ask, expected, sent in answers:
            recorded.clear()
            assert len(ask()) == expected
            assert len(recorded) == sent, recorded
        DBSession.expire_all()
        recorded.clear()
        Version.latest_of(tasks, published=True)
        Version.deletable(every)
        assert len(recorded) == 2
        for each in DBSession.scalars(select(Project)):
            DBSession.delete(each)
        DBSession.commit()


# --- Protection -----------------------------------------------------------------------------------

DOOMED: dict[str, Callable[[Graph], object]] = {
    "version": lambda graph: DBSession.delete(graph.rig[1]),
    "version taken out of its list": lambda graph: graph.tasks["rig"].versions.remove(graph.rig[1]),
    "task": lambda graph: DBSession.delete(graph.tasks["rig"]),
    "task above": lambda graph: DBSession.delete(graph.rock),
    "task taken out of its list": lambda graph: graph.film.tasks.remove(graph.tasks["rig"]),
    "with a part of its users": lambda graph: [
        DBSession.delete(each) for each in (graph.model[1], graph.rig[1])
    ],
    "with a new user": lambda graph: (
        DBSession.delete(graph.anim[0]),
        graph.make("comp", graph.anim[0]),
    ),
    "with a user that now uses it": lambda graph: (
        graph.comp.inputs.append(graph.anim[0]),
        DBSession.delete(graph.anim[0]),
    ),
}

FREE: dict[str, Callable[[Graph], object]] = {
    "not used": lambda graph: DBSession.delete(graph.anim[0]),
    "a user only": lambda graph: DBSession.delete(graph.comp),
    "with all users": lambda graph: [
        DBSession.delete(each) for each in (graph.rig[1], graph.anim[1], graph.comp)
    ],
    "with the task of the user": lambda graph: [
        DBSession.delete(each) for each in (graph.anim[1], graph.tasks["comp"])
    ],
    "with the whole project": lambda graph: DBSession.delete(graph.film),
    "no longer used": lambda graph: (
        graph.anim[1].inputs.clear(),
        DBSession.delete(graph.rig[1]),
    ),
    "a link": lambda graph: DBSession.delete(graph.plate),
}


def count() -> int:
    return DBSession.scalar(select(func.count()).select_from(Version)) or 0


@pytest.mark.parametrize("delete", DOOMED.values(), ids=list(DOOMED))
def test_used_versions_can_be_protected(database: str, delete: Callable[[Graph], object]) -> None:
    """12 BT-11: with the setting, nothing deletes what others that stay were made from."""
    graph = Graph(Studio(stored=True))
    before = count()
    stalker.defaults.protect_used_versions = True
    for _ in range(2):
        delete(graph)
        with pytest.raises(ProtectedError, match=r"Version.*protect_used_versions") as caught:
            DBSession.commit()
        assert isinstance(caught.value.version, Version)  # type: ignore[attr-defined]
        assert isinstance(caught.value.user, Version)  # type: ignore[attr-defined]
        DBSession.rollback()
        assert count() == before
    stalker.defaults.protect_used_versions = False
    delete(graph)
    DBSession.commit()
    assert count() <= before


@pytest.mark.parametrize("delete", FREE.values(), ids=list(FREE))
def test_what_nobody_uses_is_not_protected(
    database: str, delete: Callable[[Graph], object]
) -> None:
    """12 BT-11: what goes together with all that was made from it, or is not used, may go."""
    graph = Graph(Studio(stored=True))
    stalker.defaults.protect_used_versions = True
    delete(graph)
    DBSession.commit()


def test_a_version_of_another_project_protects(database: str) -> None:
    """12 BT-11: a library whose assets are used elsewhere cannot be deleted."""
    studio = Studio(stored=True)
    graph, other = Graph(studio), studio.project(name="Other", code="OTH")
    user = Version(task=studio.task(other), inputs=[graph.model[2]])
    DBSession.commit()
    stalker.defaults.protect_used_versions = True
    DBSession.delete(graph.film)
    with pytest.raises(ProtectedError) as caught:
        DBSession.commit()
    assert (caught.value.version, caught.value.user) == (graph.model[2], user)  # type: ignore[attr-defined]
    DBSession.rollback()
    DBSession.delete(other)
    DBSession.delete(graph.film)
    DBSession.commit()
    assert count() == 0
