"""What specifications 10 and 11 say about the life of tasks, once more and in plain Python.

Nothing of the library is used here, nothing is stored, and nothing is kept that can be formed anew:
there are few tasks. Numbers like §4.2 are those of specification 11. What must be refused raises
`Refused` before anything has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

#: working seconds of each unit, the largest first: 9 hours a day, 5 days a week, 261 days a year
HOUR = 3600
UNITS = {
    "y": 261 * 9 * HOUR,
    "m": 4 * 45 * HOUR,
    "w": 45 * HOUR,
    "d": 9 * HOUR,
    "h": HOUR,
    "min": 60,
}
#: the same in calendar time, for dates before a scheduler gives better ones
LENGTHS = {unit: timedelta(seconds=size) for unit, size in UNITS.items()} | {
    unit: timedelta(days=days) for unit, days in (("d", 1), ("w", 7), ("m", 30), ("y", 365))
}
#: where a new task begins, and what it lasts at least
BEGIN, STEP = datetime(2026, 3, 2, 12, tzinfo=UTC), timedelta(hours=1)
#: what the clock says all the time
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
FINISHED = {"STOP", "CMPL"}
#: what others that have begun may go on beside (§5.3, step 5)
REWORKED = {"HREV", "PREV", "DREV", "OH", "STOP"}
BEGUN = REWORKED | {"WIP"}

#: §2: action -> status of a leaf -> the next one; what is missing is refused
ACTIONS = {
    "log": {"RTS": "WIP", "WIP": "WIP", "PREV": "PREV", "HREV": "WIP", "DREV": "DREV"},
    "request_review": {"WIP": "PREV"},
    "request_revision": {"PREV": "HREV", "CMPL": "HREV"},
    "approve": {"PREV": "CMPL"},
    "hold": {"WIP": "OH", "DREV": "OH", "OH": "OH"},
    "stop": {"WIP": "STOP", "DREV": "STOP", "STOP": "STOP"},
    "resume": {"OH": "WIP", "STOP": "WIP"},
    "depend": {"WFD": "WFD", "RTS": "RTS"},
}

#: §4.2: status of a leaf -> the next one if it has no prerequisites, with logs and without; if all
#: its prerequisites are finished; if some are not
FOLLOWS = {
    "WFD": ("RTS", "RTS", "RTS", "WFD"),
    "RTS": ("RTS", "RTS", "RTS", "WFD"),
    "WIP": ("WIP", "RTS", "WIP", "DREV"),
    "PREV": ("PREV", "PREV", "PREV", "PREV"),
    "HREV": ("HREV", "HREV", "HREV", "DREV"),
    "DREV": ("WIP", "RTS", "HREV", "DREV"),
    "OH": ("OH", "OH", "OH", "OH"),
    "STOP": ("STOP", "STOP", "STOP", "STOP"),
    "CMPL": ("CMPL", "CMPL", "CMPL", "DREV"),
}


def status_of_container(children: set[str]) -> str:
    """§6."""
    if children <= {"CMPL", "STOP"}:
        return "CMPL"
    if children <= {"WFD", "STOP"}:
        return "WFD"
    if children <= {"WFD", "RTS", "STOP"}:
        return "RTS"
    return "WIP"


class Refused(Exception):
    """It must be refused, for one of these reasons: any of them may be told.

    A reason is the name of the exception that the specification asks for.
    """

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


def refuse(**reasons: bool) -> None:
    """Raise `Refused` if any of *reasons* holds."""
    if any(reasons.values()):
        raise Refused(*(reason for reason, holds in reasons.items() if holds))


@dataclass(eq=False)
class Log:
    key: int
    task: Task
    who: str
    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())

    def overlaps(self, who: str, start: datetime, end: datetime) -> bool:
        return self.who == who and self.start < end and start < self.end


@dataclass(eq=False)
class Review:
    key: int
    task: Task
    who: str
    round: int
    status: str = "NEW"
    #: seconds
    granted: int = HOUR


@dataclass(eq=False)
class Task:
    key: int
    parent: Task | None = None
    timing: int = 1
    unit: str = "h"
    #: of a leaf; a container lies around its children
    start: datetime = BEGIN
    end: datetime = BEGIN
    status: str = "WFD"
    priority: int = 500
    #: finished rounds of reviews
    round: int = 0
    children: list[Task] = field(default_factory=list)
    #: prerequisite -> target of the link
    after: dict[Task, str] = field(default_factory=dict)
    resources: set[str] = field(default_factory=set)
    responsible: set[str] = field(default_factory=set)
    logs: list[Log] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    @property
    def line(self) -> Iterator[Task]:
        """This, its parent, and so on."""
        task: Task | None = self
        while task is not None:
            yield task
            task = task.parent

    @property
    def tree(self) -> Iterator[Task]:
        """This, and everything below it."""
        yield self
        for child in self.children:
            yield from child.tree

    @property
    def leaves(self) -> set[Task]:
        return {task for task in self.tree if not task.children}

    @property
    def planned(self) -> int:
        """Seconds; of a container the sum over its children."""
        if self.children:
            return sum(child.planned for child in self.children)
        return self.timing * UNITS[self.unit]

    @property
    def logged(self) -> int:
        return sum(log.seconds for task in self.tree for log in task.logs)

    @property
    def dates(self) -> tuple[datetime, datetime]:
        if not self.children:
            return self.start, self.end
        starts, ends = zip(*(child.dates for child in self.children), strict=True)
        return min(starts), max(ends)

    @property
    def answers(self) -> set[str]:
        """Who is responsible: own ones, or those of the nearest ancestor that has any."""
        return next((task.responsible for task in self.line if task.responsible), set())

    def plan(self, seconds: int) -> None:
        """Let the timing be *seconds*, in the largest unit that divides them."""
        sizes = UNITS if seconds else {"h": HOUR}
        self.unit = next(unit for unit, size in sizes.items() if seconds % size == 0)
        self.timing = seconds // UNITS[self.unit]
        self.lay_out()

    def lay_out(self) -> None:
        """Let it end when its timing has gone by."""
        self.end = self.start + max(self.timing * LENGTHS[self.unit], STEP)

    def begin_now(self, start: datetime, end: datetime) -> None:
        """10 §1.4: what was a container from *start* to *end* has lost its last child."""
        self.start = NOW
        self.end = end if end > NOW else NOW + max(end - start, timedelta(days=1))

    def cap(self) -> None:
        """§5.3: let the plan be what was done, and when."""
        self.plan(self.logged)
        if self.logs:
            self.start = min(log.start for log in self.logs)
            self.end = max(log.end for log in self.logs)


class Model:
    """A project: what may be done in it, and what follows."""

    def __init__(self) -> None:
        self.tasks: dict[int, Task] = {}

    @property
    def logs(self) -> dict[int, Log]:
        return {log.key: log for task in self.tasks.values() for log in task.logs}

    @property
    def reviews(self) -> dict[int, Review]:
        return {review.key: review for task in self.tasks.values() for review in task.reviews}

    def dependents(self, task: Task) -> list[Task]:
        return [each for each in self.tasks.values() if task in each.after]

    # --- What follows -----------------------------------------------------------------------------

    def become(self, task: Task, status: str) -> None:
        """Give a task a status; everybody follows."""
        former, task.status = task.status, status
        if (former in FINISHED) != (status in FINISHED):
            for other in self.dependents(task):
                self.follow(other)
        if former != status and task.parent is not None:
            self.gather(task.parent)

    def follow(self, task: Task) -> None:
        """§4.2: a leaf follows its prerequisites; one with no time left gets one hour more."""
        if task.children:
            return
        former, status = task.status, self.following(task, task.status)
        self.become(task, status)
        if (former, status) == ("DREV", "HREV") and task.logged >= task.planned:
            task.plan(task.logged + HOUR)

    def following(self, task: Task, status: str) -> str:
        with_logs, without, all_finished, not_all = FOLLOWS[status]
        if not task.after:
            return with_logs if task.logs else without
        finished = all(each.status in FINISHED for each in task.after)
        return all_finished if finished else not_all

    def gather(self, container: Task) -> None:
        """§6: a container follows its children."""
        self.become(container, status_of_container({c.status for c in container.children}))

    def lose(self, container: Task, start: datetime, end: datetime) -> None:
        """Let a container follow when a child has left: without the last it is a leaf again."""
        if container.children:
            self.gather(container)
        else:
            container.begin_now(start, end)
            self.follow(container)

    def loosen(self, task: Task) -> None:
        """§5.3, step 5: what has begun may go on beside what it depends on and is reworked."""
        seen: list[Task] = [task]
        for each in seen:
            others = self.dependents(each)
            if each.status in REWORKED:
                for other in others:
                    if other.status in BEGUN:
                        other.after[each] = "onstart"
            around = [*others, *filter(None, [each.parent])]
            seen += [other for other in dict.fromkeys(around) if other not in seen]

    # --- Hierarchy and dependencies ---------------------------------------------------------------

    def has_circle(self) -> bool:
        """Some leaf would have to wait for itself, through its own links or those above it."""
        waits = {
            leaf: {
                other for above in leaf.line for before in above.after for other in before.leaves
            }
            for task in self.tasks.values()
            for leaf in task.leaves
        }
        while free := [leaf for leaf, others in waits.items() if not others & waits.keys()]:
            for leaf in free:
                del waits[leaf]
        return bool(waits)

    def create(
        self, key: int, parent: Task | None, after: Iterable[Task], timing: int, unit: str
    ) -> Task:
        task = Task(key, None, timing, unit, after=dict.fromkeys(after, "onend"))
        task.lay_out()
        self.tasks[key] = task
        try:
            self._hang(task, parent)
        except Refused:
            del self.tasks[key]
            raise
        task.status = self.following(task, "WFD")
        if parent is not None:
            self.gather(parent)
        return task

    def move(self, task: Task, parent: Task | None) -> None:
        old = task.parent
        if parent is old:
            return
        dates = old.dates if old is not None else ()
        self._hang(task, parent)
        if old is not None:
            self.lose(old, *dates)
        if parent is not None:
            self.gather(parent)

    def _hang(self, task: Task, parent: Task | None) -> None:
        """Put a task below another one; a task with logs, and circles, are refused."""
        if parent is not None and parent in task.tree:
            refuse(CircularDependencyError=True, ValueError=bool(parent.logs))
        old = task.parent
        self._relate(task, parent)
        try:
            has_logs = parent is not None and bool(parent.logs)
            refuse(ValueError=has_logs, CircularDependencyError=self.has_circle())
        except Refused:
            self._relate(task, old)
            raise
        if parent is not None:
            parent.resources = set()

    def _relate(self, task: Task, parent: Task | None) -> None:
        if task.parent is not None and task in task.parent.children:
            task.parent.children.remove(task)
        task.parent = parent
        if parent is not None:
            parent.children.append(task)

    def depend(self, task: Task, before: Task) -> None:
        """§4.1."""
        if before in task.after:
            return
        task.after[before] = "onend"
        try:
            refuse(
                CircularDependencyError=self.has_circle(),
                StatusError=task.status not in ACTIONS["depend"],
            )
        except Refused:
            del task.after[before]
            raise
        if before.status not in FINISHED:
            self.become(task, "WFD")

    def undepend(self, task: Task, before: Task) -> None:
        if task.after.pop(before, None):
            self.follow(task)

    def delete_task(self, task: Task) -> None:
        """Everything below goes with it; who waited for any of that waits no more."""
        gone, parent = set(task.tree), task.parent
        dates = parent.dates if parent is not None else ()
        self._relate(task, None)
        for each in gone:
            del self.tasks[each.key]
        waiting = [each for each in self.tasks.values() if gone & each.after.keys()]
        for each in waiting:
            each.after = {before: target for before, target in each.after.items()
                          if before not in gone}  # fmt: skip
        for each in waiting:
            self.follow(each)
        if parent is not None:
            self.lose(parent, *dates)

    # --- Work -------------------------------------------------------------------------------------

    def set_timing(self, task: Task, timing: int, unit: str) -> None:
        """The plan of a container is only noted."""
        task.timing, task.unit = timing, unit
        if not task.children:
            task.lay_out()

    def assign(self, task: Task, who: str) -> None:
        refuse(ValueError=bool(task.children))
        task.resources.add(who)

    def log(
        self, key: int, task: Task, who: str, start: datetime, end: datetime, is_booked: bool
    ) -> Log:
        """§3.1; *is_booked*: at a time that is taken."""
        self._refuse_work(task, start)
        refuse(OverBookedError=is_booked)
        return self._work(Log(key, task, who, start, end))

    def move_log(self, log: Log, task: Task) -> None:
        if task is not log.task:
            self._refuse_work(task, log.start)
            log.task.logs.remove(log)
            log.task = task
            self._work(log)

    def _refuse_work(self, task: Task, start: datetime) -> None:
        refuse(ValueError=bool(task.children))
        refuse(StatusError=task.status not in ACTIONS["log"])
        bounds = [each.dates[target == "onend"] for each, target in task.after.items()]
        refuse(DependencyViolationError=any(start < bound for bound in bounds))

    def _work(self, log: Log) -> Log:
        task = log.task
        task.logs.append(log)
        status = ACTIONS["log"][task.status]
        self.become(task, self.following(task, status) if task.status == "HREV" else status)
        return log

    def delete_log(self, log: Log) -> None:
        log.task.logs.remove(log)

    def hold(self, task: Task) -> None:
        status = self._step("hold", task)
        task.priority = 0
        self.become(task, status)

    def stop(self, task: Task) -> None:
        status = self._step("stop", task)
        task.cap()
        self.become(task, status)

    def resume(self, task: Task) -> None:
        status, was_stopped = self._step("resume", task), task.status == "STOP"
        self.become(task, self.following(task, status))
        if was_stopped:
            self.loosen(task)

    def _step(self, action: str, task: Task) -> str:
        refuse(ValueError=bool(task.children))
        refuse(StatusError=task.status not in ACTIONS[action])
        return ACTIONS[action][task.status]

    # --- Reviews ----------------------------------------------------------------------------------

    def review(self, key: int, task: Task, who: str) -> Review:
        """§5.1: at most one open review of a reviewer in a round."""
        refuse(ValueError=bool(task.children) or self._has_to_decide(task, who))
        made = Review(key, task, who, task.round + 1)
        task.reviews.append(made)
        return made

    def _has_to_decide(self, task: Task, who: str) -> bool:
        running = [each for each in task.reviews if each.round > task.round]
        return any(each.who == who and each.status == "NEW" for each in running)

    def request_review(self, task: Task, keys: Iterator[int]) -> list[Review]:
        """§3.2."""
        status = self._step("request_review", task)
        people = task.answers
        refuse(ValueError=not people or any(self._has_to_decide(task, who) for who in people))
        made = [self.review(next(keys), task, who) for who in sorted(people)]
        self.become(task, status)
        return made

    def request_revision(self, key: int, task: Task, who: str, granted: int) -> Review:
        """§3.3."""
        refuse(StatusError=task.status not in ACTIONS["request_revision"])
        refuse(ValueError=bool(task.children))
        task.reviews = [each for each in task.reviews if each.status != "NEW"]
        made = self.review(key, task, who)
        self.decide(made, "RREV", granted)
        return made

    def approve(self, key: int, task: Task, who: str) -> Review:
        """Decide the open review of *who*, or a new one."""
        self._step("approve", task)
        running = [each for each in task.reviews if each.round == task.round + 1]
        mine = [each for each in running if each.who == who and each.status == "NEW"]
        decided = mine[0] if mine else self.review(key, task, who)
        self.decide(decided, "APP")
        return decided

    def decide(self, review: Review, status: str, granted: int | None = None) -> None:
        """§5.2, §5.3: who decides last finishes the round; until the next one it may change."""
        task = review.task
        rounds = [task.round, *(each.round for each in task.reviews)]
        refuse(ValueError=bool(task.children), StatusError=review.round < max(rounds))
        review.status = status
        review.granted = review.granted if granted is None else granted
        self.finish(task, review.round)

    def finish(self, task: Task, number: int) -> None:
        """§5.3: when everybody has decided, the task is complete or goes back to work."""
        of_set = [each for each in task.reviews if each.round == number]
        if any(each.status == "NEW" for each in of_set):
            return
        task.round = number
        extra = [each.granted for each in of_set if each.status == "RREV"]
        if not extra:
            task.cap()
        elif task.logged + sum(extra) > task.planned:
            task.plan(task.logged + sum(extra))
        self.become(task, self.following(task, "HREV" if extra else "CMPL"))
        self.loosen(task)

    def delete_review(self, review: Review) -> None:
        """§5.5: of whom nobody hears any more, nobody waits for."""
        task = review.task
        task.reviews.remove(review)
        others = [each for each in task.reviews if each.round == review.round == task.round + 1]
        if review.status == "NEW" and others and not task.children:
            self.finish(task, review.round)
