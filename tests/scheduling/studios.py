"""Random studios: every feature that a problem can have, small enough to be looked at.

The same number gives the same studio, whatever Python runs it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from stalker.scheduling import (
    Allocation,
    AllocationStrategy,
    Amount,
    Artist,
    Booking,
    Dependency,
    DependencyTarget,
    GapModel,
    Interval,
    Problem,
    ScheduleModel,
    Task,
    TimeUnit,
)
from stalker.scheduling.problem import RESOLUTIONS, Week

ZONES = ("UTC",) * 7 + ("Europe/London", "America/New_York", "Pacific/Auckland")
#: half an hour off the grid of hours, all the time or in summer only: not for slots of an hour
ODD_ZONES = ("Asia/Kolkata", "Australia/Lord_Howe")
#: days before changes of the clock, and any other
STARTS = ((2026, 3, 5), (2026, 3, 26), (2026, 4, 1), (2026, 9, 22), (2026, 10, 22), (2027, 1, 28))
SELECTS = tuple(each for each in AllocationStrategy if each != AllocationStrategy.RANDOM)
EFFICIENCIES = (1.0,) * 12 + (0.5, 0.75, 0.9, 0.6, 0.5, 0.8, 1.25, 2.0, 1.5, 0.1, 0.0, 3)
WORK_UNITS = (TimeUnit.HOUR,) * 6 + (TimeUnit.MINUTE, TimeUnit.DAY, TimeUnit.DAY, TimeUnit.WEEK)

E, L, D = ScheduleModel.EFFORT, ScheduleModel.LENGTH, ScheduleModel.DURATION


def studio(number: int) -> Problem:
    """Return the studio with this number; one in six has something wrong with it."""
    # seeds of numbers are stable, and so are the methods used here
    dice = random.Random(number)
    problem = _Studio(dice).problem()
    if dice.random() < 1 / 6:
        problem = _spoil(dice, problem)
    return problem


@dataclass
class _Studio:
    dice: random.Random
    step: timedelta = timedelta(hours=1)
    start: datetime = datetime(2026, 3, 2, tzinfo=UTC)
    slots: int = 0
    now: int = 0
    artists: list[str] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    #: some tasks are placed as late as possible
    backward: bool = False
    taken: set[tuple[str, int]] = field(default_factory=set)

    def chance(self, probability: float) -> bool:
        return self.dice.random() < probability

    def date(self, slot: int) -> datetime:
        return self.start + slot * self.step

    def problem(self) -> Problem:
        dice = self.dice
        minutes = dice.choice((*RESOLUTIONS, 30, 60, 60))
        self.step = timedelta(minutes=minutes)
        self.start = datetime(*dice.choice(STARTS), tzinfo=UTC)
        if self.chance(0.2):
            self.start += dice.randrange(24) * timedelta(hours=1)
        days = dice.randint(20, 40) if minutes < 30 else dice.randint(30, 120)
        # TaskJuggler reads the frame before it knows the resolution: it has to lie on whole hours
        self.slots = (days * 24 + (dice.randrange(10) if self.chance(0.2) else 0)) * 60 // minutes
        self.now = 0 if self.chance(0.4) else dice.randrange(self.slots // 5)
        count = dice.randint(1, 5)
        self.backward = self.chance(0.3)
        self.artists = [f"User_{20 + number}" for number in range(count)]
        week = self.week()
        people = tuple(map(self.artist, self.artists))
        self.grow()
        return Problem(
            start=self.start,
            end=self.date(self.slots),
            resolution=self.step,
            week=week,
            tasks=tuple(self.tasks),
            artists=people,
            now=None if self.now == 0 and self.chance(0.5) else self.date(self.now),
            zone=dice.choice(ODD_ZONES if minutes < 60 and self.chance(0.1) else ZONES),
            daily_working_hours=dice.choice((8, 8, 8, 9, 7, 10, 8.0, 7.5, 9.0)),
            yearly_working_days=dice.choice((260.714, 260.714, 261, 209, 250.5)),
            leaves=self.leaves(0.25),
            artist_leaves=self.leaves(0.4),
            projection=self.chance(0.9),
        )

    # --- people --------------------------------------------------------------------------------

    def week(self) -> Week:
        dice = self.dice
        working = dice.choice((5, 5, 5, 6, 4, 7))
        day = self.spans()
        week = [day if number < working else () for number in range(7)]
        if self.chance(0.3):
            week[dice.randrange(7)] = self.spans()
        if self.chance(0.1):
            week[dice.randrange(7)] = ()
        return tuple(week)

    def spans(self) -> tuple[tuple[int, int], ...]:
        dice = self.dice
        kind = dice.randrange(8)
        if kind == 0:
            return ((0, 1440),)
        if kind == 1:
            return ((540, 780), (840, 1080))
        if kind == 2:  # not on the grid
            begin = dice.randrange(420, 600)
            return ((begin, begin + dice.randrange(60, 600)),)
        if kind == 3:
            return ((0, 240), (1200, 1440))
        begin = 60 * dice.randint(6, 11)
        return ((begin, begin + 60 * dice.randint(3, 10)),)

    def artist(self, artist_id: str) -> Artist:
        return Artist(
            id=artist_id,
            efficiency=self.dice.choice(EFFICIENCIES),
            leaves=self.leaves(0.35),
            week=self.week() if self.chance(0.25) else None,
        )

    def leaves(self, probability: float) -> tuple[Interval, ...]:
        found = []
        while self.chance(probability) and len(found) < 4:
            begin = self.dice.randrange(-20, self.slots)
            length = self.dice.choice((1, 3, 1440 * 60 // int(self.step.total_seconds())))
            length *= self.dice.randint(1, 4)
            found.append(Interval(self.date(begin), self.date(begin + length)))
        return tuple(found)

    # --- tasks ---------------------------------------------------------------------------------

    def grow(self) -> None:
        """Plant a hierarchy, and give each leaf something to do."""
        dice = self.dice
        wanted = dice.choice((3, 5, 8, 8, 12, 12, 15, 20))
        containers: list[str | None] = [None] if self.chance(0.3) else []
        containers += [f"Project_{number}" for number in range(dice.choice((1, 1, 2)))]
        children: dict[str | None, list[str]] = {each: [] for each in containers}
        children[None] = [each for each in containers if each]
        for number in range(wanted):
            parent = dice.choice(containers)
            task_id = f"Task_{100 + number}" if parent is None else f"{parent}.Task_{100 + number}"
            children[parent].append(task_id)
            if self.chance(0.2):
                containers.append(task_id)
                children[task_id] = []
        waiting: list[tuple[str, str | None]] = [(each, None) for each in reversed(children[None])]
        while waiting:
            task_id, parent = waiting.pop()
            below = children.get(task_id, [])
            task = Task(task_id, parent, self.priority(0.4))
            self.tasks.append(self.container(task) if below else self.leaf(task))
            waiting += [(each, task_id) for each in reversed(below)]
        if self.chance(0.08):  # anything may wait for anything, in circles too
            number = dice.randrange(len(self.tasks))
            more = self.dependency(dice.choice(self.tasks).id)
            task = self.tasks[number]
            self.tasks[number] = replace(task, dependencies=(*task.dependencies, more))
        if self.chance(0.3):  # children may follow their parents at any distance
            dice.shuffle(self.tasks)

    def container(self, task: Task) -> Task:
        task = replace(task, dependencies=self.dependencies(task.id, 0.3))
        if self.chance(0.03):
            return replace(task, start=self.date(self.dice.randrange(self.slots // 3)))
        return task

    def priority(self, probability: float) -> int | None:
        if not self.chance(probability):
            return None
        return self.dice.choice((500, 500, 400, 600, 0, 1000, self.dice.randint(1, 999)))

    def leaf(self, task: Task) -> Task:
        dice = self.dice
        task = replace(task, dependencies=self.dependencies(task.id, 0.45))
        kind = dice.random()
        if kind < 0.05:
            return self.placed(replace(task, milestone=True))
        if kind < 0.10:
            return self.placed(task)
        if kind < 0.14 and not self.waits(task):
            begin = dice.randrange(self.slots - 10)
            end = begin + dice.randrange(10)
            task = replace(task, start=self.date(begin), end=self.date(end))
            return replace(task, allocations=self.allocations() if self.chance(0.4) else ())
        model = E if kind < 0.75 else L if kind < 0.88 else D
        task = replace(task, model=model, timing=self.timing())
        if model == E or self.chance(0.6):
            task = replace(task, allocations=self.allocations())
        if task.allocations and self.chance(self.likely_logged(task)):
            task = self.logged(task)
        else:
            task = self.placed(task)
        if self.chance(0.1):
            task = replace(task, maxend=self.date(dice.randrange(self.slots)))
        return task

    def likely_logged(self, task: Task) -> float:
        """Return how likely somebody has worked on *task*: seldom before others are done."""
        if not self.now:
            return 0.02
        return 0.1 if self.waits(task) else 0.45

    def waits(self, task: Task) -> bool:
        """Say whether *task* or a container above it depends on something."""
        above = self.above(task.id)
        return bool(task.dependencies) or any(
            each.dependencies for each in self.tasks if each.id in above
        )

    def above(self, task_id: str) -> set[str]:
        return {task_id[:dot] for dot, letter in enumerate(task_id) if letter == "."}

    def placed(self, task: Task) -> Task:
        """Give *task* a date on one side, sometimes; against what it waits for, seldom."""
        waits = self.waits(task)
        if self.chance(0.02 if waits else 0.2):
            return replace(task, start=self.date(self.dice.randrange(self.slots // 2)))
        if self.backward and self.chance(0.1 if waits else 0.3):
            slot = self.dice.randrange(self.slots // 2)
            return replace(task, end=self.date(slot + self.slots // 2))
        return task

    def timing(self) -> Amount:
        """Return an amount of some hours, in any unit, as a whole number or as a float."""
        dice = self.dice
        unit = dice.choice(WORK_UNITS)
        if self.chance(0.03):
            return Amount(dice.choice((0.1, 0.25, 1)), TimeUnit.MONTH)
        if self.chance(0.01):
            return Amount(dice.choice((0.01, 0.03)), TimeUnit.YEAR)
        most = {TimeUnit.MINUTE: 900, TimeUnit.HOUR: 16, TimeUnit.DAY: 3, TimeUnit.WEEK: 1}[unit]
        if self.chance(0.5):
            return Amount(max(dice.randint(1, most), 60 if unit == TimeUnit.MINUTE else 1), unit)
        value = round(dice.uniform(0.2, most), dice.randint(0, 2))
        return Amount(max(value, 90.0 if unit == TimeUnit.MINUTE else 1.0), unit)

    def allocations(self) -> tuple[Allocation, ...]:
        dice = self.dice
        places = []
        for _ in range(dice.choice((1, 1, 1, 1, 2, 3))):
            some = dice.sample(self.artists, dice.randint(1, min(3, len(self.artists))))
            if self.chance(0.5):
                some = some[:1]
            places.append(
                Allocation(
                    candidates=tuple(some),
                    select=dice.choice(SELECTS),
                    persistent=self.chance(0.3),
                    mandatory=self.chance(0.12),
                )
            )
        return tuple(places)

    def dependencies(self, task_id: str, probability: float) -> tuple[Dependency, ...]:
        """Return dependencies on tasks that are there already, and not above."""
        dice = self.dice
        above = self.above(task_id)
        inherited = {
            dependency.target
            for task in self.tasks
            if task.id in above
            for dependency in task.dependencies
        }
        # all that is below them is there as well: this makes no circles
        free = [each.id for each in self.tasks if each.id not in above | inherited]
        found = []
        while free and len(found) < 3 and self.chance(probability):
            target = free.pop(dice.randrange(len(free)))
            found.append(self.dependency(target))
        return tuple(found)

    def dependency(self, target: str) -> Dependency:
        dice = self.dice
        on = DependencyTarget.ON_START if self.chance(0.1) else DependencyTarget.ON_END
        if not self.chance(0.35):
            return Dependency(target, on)
        model = dice.choice(tuple(GapModel))
        hours = dice.randint(1, 30)
        if model == GapModel.LENGTH and self.chance(0.5):
            return Dependency(target, on, Amount(round(dice.uniform(1, 9), 2), TimeUnit.HOUR))
        if self.chance(0.2):
            return Dependency(target, on, Amount(dice.choice((1, 2.0)), TimeUnit.DAY), model)
        if self.chance(0.05):
            return Dependency(target, on, Amount(0.1, TimeUnit.MONTH), model)
        return Dependency(target, on, Amount(hours, TimeUnit.HOUR), model)

    def logged(self, task: Task) -> Task:
        """Let artists log work on *task*, mostly before now, and never two tasks at a time."""
        dice = self.dice
        bookings = []
        for _ in range(dice.randint(1, 4)):
            artist = dice.choice(self.artists)
            most = self.now if self.chance(0.9) and self.now else self.slots - 8
            begin = dice.randrange(max(most, 1))
            slots = {(artist, slot) for slot in range(begin, begin + dice.randint(1, 8))}
            if slots & self.taken:
                continue
            self.taken |= slots
            interval = self.date(begin), self.date(begin + len(slots))
            bookings.append(Booking(artist, *interval))
        return replace(task, bookings=tuple(bookings))


def _spoil(dice: random.Random, problem: Problem) -> Problem:
    """Return *problem* with one fault more."""
    tasks = list(problem.tasks)
    parents = {task.parent for task in tasks}
    leaves = [number for number, task in enumerate(tasks) if task.id not in parents]
    number = dice.choice(leaves)
    task, other = tasks[number], tasks[dice.choice(leaves)]
    artist = problem.artists[0].id
    off = problem.start + 3 * problem.resolution + timedelta(minutes=2)
    late = problem.end + problem.resolution
    soon = problem.start + problem.resolution
    work: dict[str, object] = {"allocations": (Allocation((artist,)),), "milestone": False}
    work |= {"end": None, "start": None}
    kind = dice.randrange(20)
    changes: dict[str, object]
    if kind == 0:
        changes = {"start": off}
    elif kind == 1:
        changes = {"maxend": late}
    elif kind == 2:
        changes = {"bookings": (Booking(artist, problem.start, off),), **_some_work(dice, work)}
    elif kind == 3:
        over = Booking(artist, problem.end - problem.resolution, late)
        changes = {"bookings": (over,), **_some_work(dice, work)}
    elif kind == 4:
        return replace(problem, artist_leaves=(Interval(soon, off),))
    elif kind == 5:
        changes = {**work, "model": E, "timing": Amount(0, TimeUnit.HOUR)}
    elif kind == 6:
        changes = {"model": L, "timing": Amount(1, TimeUnit.MINUTE), "milestone": False}
    elif kind == 7:
        changes = {"model": E, "timing": Amount(4, TimeUnit.HOUR), "allocations": ()}
        changes |= {"milestone": False, "bookings": ()}
    elif kind == 8:
        changes = {"start": soon, "end": problem.end}
        changes = {**_some_work(dice, work), **changes, "bookings": ()}
    elif kind == 9:
        changes = {"dependencies": (Dependency(task.id),)}
    elif kind == 10 and task.parent:
        changes = {"dependencies": (Dependency(task.parent),)}
    elif kind == 11:
        twice = Dependency(other.id, DependencyTarget.ON_START)
        changes = {"dependencies": (Dependency(other.id), twice)}
    elif kind in (12, 13):  # a loop, where they are not the same
        at = tasks.index(other)
        tasks[at] = replace(other, dependencies=(Dependency(task.id),))
        changes = {"dependencies": (Dependency(other.id),)}
    elif kind == 14:
        gap = Amount(dice.choice((0, 1, 91)), TimeUnit.MINUTE)
        model = dice.choice(tuple(GapModel))
        changes = {"dependencies": (Dependency(other.id, gap=gap, gap_model=model),)}
    elif kind == 15:
        meet = Booking(artist, soon, soon + 2 * problem.resolution)
        changes = {"bookings": (meet, meet), **_some_work(dice, work)}
    elif kind == 16:
        changes = {"bookings": (Booking(artist, problem.start, soon, dice.choice((0, 1))),)}
        changes |= _some_work(dice, work)
    elif kind == 17:
        at = next((at for at, each in enumerate(tasks) if each.id in parents), number)
        tasks[at] = replace(tasks[at], model=D, timing=Amount(4, TimeUnit.HOUR))
        return replace(problem, tasks=tuple(tasks))
    elif kind == 18:
        changes = {"model": E, "timing": Amount(900, TimeUnit.HOUR), **work}
    else:
        changes = {"start": soon, "end": late - 3 * problem.resolution, "milestone": True}
        changes |= {"model": None, "timing": None, "bookings": ()}
    tasks[number] = replace(tasks[number], **changes)  # type: ignore[arg-type]
    return replace(problem, tasks=tuple(tasks))


def _some_work(dice: random.Random, work: dict[str, object]) -> dict[str, object]:
    hours = Amount(dice.randint(1, 9), TimeUnit.HOUR)
    return {**work, "model": dice.choice((E, L, D)), "timing": hours}
