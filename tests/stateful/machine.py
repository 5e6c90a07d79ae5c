"""A machine that does the same to a production and to the model of it, and compares.

Much of what it does is wrong: it must be refused with the exception that the model names, and must
leave nothing behind. Tasks and the like are chosen by numbers, so that a failure is short to read.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from stalker import Project, Review, SimpleEntity, Task, TimeLog, User
from stalker.db.session import OVERLAP, DBSession
from stalker.exceptions import (
    CircularDependencyError,
    DependencyViolationError,
    OverBookedError,
    StatusError,
)
from stalker.models.task import rollup
from tests.stateful import model, rows
from tests.stateful.rows import name_of

#: by the names that the model has for them
EXCEPTIONS: dict[str, type[Exception]] = {
    "CircularDependencyError": CircularDependencyError,
    "DependencyViolationError": DependencyViolationError,
    "OverBookedError": OverBookedError,
    "StatusError": StatusError,
    "ValueError": ValueError,
}
PEOPLE = ("ada", "ben", "cleo")
#: before and after whatever tasks are planned
EARLY = datetime(2000, 1, 1, tzinfo=UTC)
LATE = datetime(2040, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOST_TASKS = 10

which = st.integers(0, 99)
person = st.sampled_from(PEOPLE)
few = st.integers(0, 5)
unit = st.sampled_from("hhd")
#: hours after `LATE`; without, a time that nobody has taken yet
moment = st.none() | st.integers(0, 30)
one_thing = st.tuples(which, which, person, few)
work = st.integers(0, 20).flatmap(lambda size: st.lists(one_thing, min_size=size, max_size=size))


class Production(RuleBasedStateMachine):
    """A project, in a database that has no other one."""

    #: how many steps all machines have done
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        #: what is in the session, and what was last committed
        self.model, self.stored = model.Model(), model.Model()
        #: what is held by name; anything else has to be asked for, and may be forgotten in between
        self.held: dict[str, Any] = {}
        self.keys, self.free_hours = count(1), count(100, 10)
        self.clock = pytest.MonkeyPatch()
        Production.steps -= 1  # the first check comes before the first step

    @initialize(is_watched=st.booleans(), past=work)
    def begin(self, is_watched: bool, past: list[tuple[int, int, str, int]]) -> None:
        """Begin with two tasks in a container, what waits for that, and some work that was done.

        Compare after each step, or not before something is refused or written: comparing loads
        whatever is not known yet, and some faults only show without.
        """
        self.is_watched = is_watched
        self.clock.setattr(rollup, "utc_now", lambda: model.NOW)
        self.held["Project"] = Project(name="Project", code="PRJ")
        DBSession.add(self.held["Project"])
        for level, above, before in [(0, 0, []), (1, 0, []), (1, 0, [1]), (0, 0, [0])]:
            self.make_task(level, above, before, timing=2, unit="h")
        for each in past:
            self.go_on(*each)
        self.commit()

    def teardown(self) -> None:
        """What belongs to a project goes with it; nothing is left for the next one."""
        self.clock.undo()
        DBSession.rollback()
        try:
            for project in DBSession.scalars(select(Project)).all():
                DBSession.delete(project)
            DBSession.commit()
            with DBSession.get_bind().connect() as connection:
                rows.assert_nothing_is_left(connection, [])
        finally:
            DBSession.rollback()
            DBSession.execute(text('DELETE FROM "Projects"'))
            DBSession.commit()
            DBSession.remove()

    # --- What must hold ---------------------------------------------------------------------------

    @invariant()
    def count_and_compare(self) -> None:
        Production.steps += 1
        if self.is_watched:
            self.compare()

    def compare(self) -> None:
        """What the session has is what the model says."""
        with DBSession.no_autoflush:
            for task in self.model.tasks.values():
                rows.assert_same(task, rows.of_memory(self.real(task)))

    def check_database(self) -> None:
        """What another session reads is what the model says."""
        tasks = self.model.tasks.values()
        things = (*tasks, *self.model.logs.values(), *self.model.reviews.values())
        with DBSession.get_bind().connect() as connection:
            found = rows.of_database(connection)
            rows.assert_nothing_is_left(connection, [str(name_of(each)) for each in things])
            rows.assert_nobody_is_in_two_places(connection)
        rows.assert_containers_follow(found)
        rows.assert_no_circle(found)
        for task in tasks:
            rows.assert_same(task, found[str(name_of(task))])

    def both(self, said: Callable[[], Any], done: Callable[[Any], Any]) -> Any:
        """Let model and library do the same, or refuse the same; return what the model made.

        The library is told what that was.
        """
        try:
            expected = said()
        except model.Refused as refused:
            before = waiting()
            try:
                done(None)
            except Exception as error:
                kinds = [EXCEPTIONS[reason] for reason in refused.reasons]
                if type(error) not in kinds:
                    raise
            else:
                raise AssertionError(f"not refused: {refused!r}") from None
            left = [each for each in waiting() - before if has_news(each)]
            assert not left, f"what was refused has left {left}"
            self.compare()
            return None
        done(expected)
        return expected

    # --- Finding things ---------------------------------------------------------------------------

    def task(self, chosen: int) -> model.Task:
        return one_of(self.model.tasks, chosen)

    def real(self, thing: model.Task | model.Log | model.Review | None) -> Any:
        return None if thing is None else self.find(SimpleEntity, str(name_of(thing)))

    def find(self, kind: type[Any], name: str) -> Any:
        if name in self.held:
            return self.held[name]
        with DBSession.no_autoflush:
            found = DBSession.scalars(select(kind).where(kind.name == name)).one()
        if self.is_watched:
            self.held[name] = found
        return found

    def user(self, name: str) -> User:
        user: User = self.find(User, name)
        return user

    def hold(self, thing: Any, made: Any) -> None:
        """Let what the library has made have the name of what the model has made."""
        if thing is not None:
            made.name = name_of(thing)
            self.held[made.name] = made

    # --- Transactions -----------------------------------------------------------------------------

    @rule(how=st.sampled_from(["commit", "flush", "forget", "begin_again", "rollback"]))
    def end(self, how: str) -> None:
        getattr(self, how)()

    def commit(self) -> None:
        DBSession.commit()
        self.stored = deepcopy(self.model)
        self.check_database()

    def flush(self) -> None:
        DBSession.flush()

    def forget(self) -> None:
        """Read everything again, within the same transaction."""
        DBSession.flush()
        DBSession.expire_all()

    def begin_again(self) -> None:
        """Go on with a new session."""
        self.commit()
        DBSession.remove()
        self.held.clear()
        self.compare()

    def rollback(self) -> None:
        DBSession.rollback()
        self.model = deepcopy(self.stored)
        self.compare()

    def refuse_to_write(self) -> None:
        """The database has the last word about who is where."""
        with pytest.raises(IntegrityError, match=OVERLAP):
            DBSession.flush()
        self.rollback()

    # --- Tasks ------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.model.tasks) < MOST_TASKS)
    @rule(level=few, above=which, before=st.lists(which, max_size=2), timing=few, unit=unit)
    def make_task(self, level: int, above: int, before: list[int], timing: int, unit: str) -> None:
        parent = self.task(above) if level and self.model.tasks else None
        after = list(dict.fromkeys(self.task(each) for each in before if self.model.tasks))
        key = next(self.keys)
        if parent is None:
            place = {"project": self.find(Project, "Project")}
        else:
            place = {"parent": self.real(parent)}
        depends = [self.real(each) for each in after]

        def make(task: model.Task | None) -> None:
            made = Task(
                name="Task", depends=depends, start=model.BEGIN, schedule_timing=timing,
                schedule_unit=unit, **place,
            )  # fmt: skip
            self.hold(task, made)

        self.both(lambda: self.model.create(key, parent, after, timing, unit), make)

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, above=which, level=few, from_above=st.booleans())
    def move_task(self, chosen: int, above: int, level: int, from_above: bool) -> None:
        task, parent = self.task(chosen), self.task(above) if level else None
        real, real_parent = self.real(task), self.real(parent)

        def move(_: Any) -> None:
            if parent is not None and from_above:
                real_parent.children.append(real)
            else:
                real.parent = real_parent

        if parent is not None and from_above and task.parent is parent:
            return  # twice in a list
        self.both(lambda: self.model.move(task, parent), move)

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, other=which)
    def depend(self, chosen: int, other: int) -> None:
        task, before = self.task(chosen), self.task(other)
        if task.children and task.status == "RTS" and before.status not in model.FINISHED:
            return  # §4.1 makes such a container wait, and §6 says that it is ready
        real, real_before = self.real(task), self.real(before)
        self.both(
            lambda: self.model.depend(task, before), lambda _: real.depends.append(real_before)
        )

    @precondition(lambda self: any(task.after for task in self.model.tasks.values()))
    @rule(chosen=which)
    def undepend(self, chosen: int) -> None:
        links = [(task, each) for task in self.model.tasks.values() for each in task.after]
        task, before = links[chosen % len(links)]
        real, real_before = self.real(task), self.real(before)
        self.both(
            lambda: self.model.undepend(task, before), lambda _: real.depends.remove(real_before)
        )

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, timing=few, unit=unit)
    def plan(self, chosen: int, timing: int, unit: str) -> None:
        task = self.task(chosen)
        real = self.real(task)
        real.schedule_timing, real.schedule_unit = timing, unit
        self.model.set_timing(task, timing, unit)

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, who=person, is_lead=st.booleans())
    def assign(self, chosen: int, who: str, is_lead: bool) -> None:
        """Let somebody answer for a task, or work on it."""
        task, user = self.task(chosen), self.user(who)
        if is_lead:
            self.make_responsible(task, {who})
        elif who not in task.resources:
            real = self.real(task)
            self.both(lambda: self.model.assign(task, who), lambda _: real.resources.append(user))

    def make_responsible(self, task: model.Task, who: set[str]) -> None:
        self.real(task).responsible = [self.user(each) for each in sorted(who)]
        task.responsible = who

    @rule(kind=st.sampled_from(["task", "log", "log", "review"]), chosen=which)
    def delete(self, kind: str, chosen: int) -> None:
        things: dict[int, Any] = getattr(self.model, f"{kind}s")
        if things and (kind != "task" or len(things) > 4):
            thing = one_of(things, chosen)
            DBSession.flush()  # what is not written cannot be deleted
            DBSession.delete(self.real(thing))
            DBSession.flush()
            getattr(self.model, f"delete_{kind}")(thing)

    # --- Work -------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, who=person, at=moment, length=st.integers(1, 4), is_early=st.booleans())
    def log(self, chosen: int, who: str, at: int | None, length: int, is_early: bool) -> None:
        task = self.task(chosen)
        is_early &= at is None  # what is taken is late
        start, end = self.time(at, length, is_early)
        clashes = [each for each in self.model.logs.values() if each.overlaps(who, start, end)]
        is_booked = any(is_written(self.real(each)) for each in clashes)
        key, real, user = next(self.keys), self.real(task), self.user(who)
        made = self.both(
            lambda: self.model.log(key, task, who, start, end, is_booked),
            lambda log: self.hold(log, real.create_time_log(user, start, end)),
        )
        if made is not None and clashes:
            self.refuse_to_write()

    def time(
        self, at: int | None, length: int, is_early: bool = False
    ) -> tuple[datetime, datetime]:
        start = (EARLY if is_early else LATE) + (next(self.free_hours) if at is None else at) * HOUR
        return start, start + length * HOUR

    @precondition(lambda self: self.model.logs)
    @rule(chosen=which, at=moment, length=st.integers(1, 4))
    def edit_log(self, chosen: int, at: int | None, length: int) -> None:
        log = one_of(self.model.logs, chosen)
        if at is not None:
            DBSession.flush()  # what was there before is in the way of others until it is written
        start, end = self.time(at, length)
        others = [each for each in self.model.logs.values() if each is not log]
        real = self.real(log)
        real.start, real.end = start, end
        log.start, log.end = start, end
        if any(each.overlaps(log.who, start, end) for each in others):
            self.refuse_to_write()

    @precondition(lambda self: self.model.logs)
    @rule(chosen=which, to=which)
    def move_log(self, chosen: int, to: int) -> None:
        log, task = one_of(self.model.logs, chosen), self.task(to)
        real, real_task = self.real(log), self.real(task)
        self.both(
            lambda: self.model.move_log(log, task), lambda _: setattr(real, "task", real_task)
        )

    # --- What the workflow allows -----------------------------------------------------------------

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, action=st.sampled_from(sorted(model.ACTIONS)), who=person, granted=few)
    def act(self, chosen: int, action: str, who: str, granted: int) -> None:
        """Do what may be possible or not."""
        if action == "depend":
            self.depend(chosen, granted)
        elif action == "log":
            self.log(chosen, who, None, granted + 1, granted == 0)
        elif action == "request_review":
            self.request_review(chosen)
        elif action == "request_revision":
            self.request_revision(chosen, who, granted)
        elif action == "approve":
            self.approve(chosen, who)
        else:
            task = self.task(chosen)
            real = self.real(task)
            self.both(lambda: getattr(self.model, action)(task), lambda _: getattr(real, action)())

    # rules of their own, because by chance alone little is ever completed
    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, way=which, granted=few)
    def let_ada_go_on(self, chosen: int, way: int, granted: int) -> None:
        self.go_on(chosen, way, "ada", granted)

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, way=which, granted=few)
    def let_ben_go_on(self, chosen: int, way: int, granted: int) -> None:
        self.go_on(chosen, way, "ben", granted)

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, way=which, granted=few)
    def let_cleo_go_on(self, chosen: int, way: int, granted: int) -> None:
        self.go_on(chosen, way, "cleo", granted)

    def go_on(self, chosen: int, way: int, who: str, granted: int) -> None:
        """Do what the status of some leaf allows, rather what leads on."""
        possible = [
            (number, action)
            for number, task in enumerate(self.model.tasks.values())
            for action in model.ACTIONS
            if not task.children and task.status in model.ACTIONS[action] and action != "depend"
        ]
        on = [each for each in possible if each[1] in ("log", "request_review", "approve")]
        if possible:
            some = on if on and way % 3 else possible
            number, action = some[chosen % len(some)]
            if action == "request_review":
                self.make_responsible(self.task(number), {who, PEOPLE[granted % len(PEOPLE)]})
            self.act(number, action, who, granted)

    def request_review(self, chosen: int) -> None:
        task = self.task(chosen)
        real = self.real(task)

        def request(said: list[model.Review] | None) -> None:
            made = {each.reviewer.login: each for each in real.request_review()}
            assert sorted(made) == [each.who for each in said or []]
            for each in said or []:
                self.hold(each, made[each.who])

        self.both(lambda: self.model.request_review(task, self.keys), request)

    def request_revision(self, chosen: int, who: str, granted: int) -> None:
        task, key, user = self.task(chosen), next(self.keys), self.user(who)
        real = self.real(task)
        self.both(
            lambda: self.model.request_revision(key, task, who, granted * model.HOUR),
            lambda review: self.hold(review, real.request_revision(user, "", granted, "h")),
        )

    def approve(self, chosen: int, who: str) -> None:
        task, key, user = self.task(chosen), next(self.keys), self.user(who)
        real = self.real(task)
        self.both(
            lambda: self.model.approve(key, task, who),
            lambda review: self.hold(review, real.approve(user)),
        )

    @precondition(lambda self: self.model.tasks)
    @rule(chosen=which, who=person)
    def make_review(self, chosen: int, who: str) -> None:
        task, key, user = self.task(chosen), next(self.keys), self.user(who)
        real = self.real(task)
        self.both(
            lambda: self.model.review(key, task, who),
            lambda review: self.hold(review, Review(task=real, reviewer=user)),
        )

    @precondition(lambda self: self.model.reviews)
    @rule(chosen=which, granted=st.none() | few)
    def decide(self, chosen: int, granted: int | None) -> None:
        review = one_of(self.model.reviews, chosen)
        real = self.real(review)
        if granted is None:
            self.both(lambda: self.model.decide(review, "APP"), lambda _: real.approve())
        else:
            self.both(
                lambda: self.model.decide(review, "RREV", granted * model.HOUR),
                lambda _: real.request_revision(granted, "h"),
            )


def one_of(things: dict[int, Any], chosen: int) -> Any:
    return list(things.values())[chosen % len(things)]


def is_written(log: TimeLog) -> bool:
    """The database knows when it was; it refuses what it does not know until it is written."""
    state = inspect(log)
    return state.has_identity and not {"_start", "_end"} & set(state.committed_state)


def waiting() -> set[Any]:
    """Return what the session may have to write."""
    session = DBSession()
    return {*session.new, *session.dirty, *session.deleted}


def has_news(thing: Any) -> bool:
    session = DBSession()
    return thing in session.new or thing in session.deleted or session.is_modified(thing)
