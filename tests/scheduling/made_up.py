"""Random small studios in which all rules meet."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from stalker.core.kinds import (
    AllocationStrategy,
    DependencyTarget,
    GapModel,
    ScheduleModel,
    TimeUnit,
)
from stalker.scheduling import (
    Allocation,
    Amount,
    Artist,
    Booking,
    Dependency,
    Interval,
    Problem,
    Task,
)
from tests.scheduling.cases import DAY, MONDAY, problem

HOUR = TimeUnit.HOUR
STRATEGIES = [each for each in AllocationStrategy if each != AllocationStrategy.RANDOM]


class Studio:
    """One studio for each seed."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.minutes = self.chance.choice((15, 30, 60))
        self.days = self.chance.choice((10, 20, 40))
        self.artists = [self.artist(f"u{number}") for number in range(self.chance.choice((1, 3)))]
        self.taken: set[tuple[str, int]] = set()
        self.tasks: list[Task] = []

    def problem(self) -> Problem:
        chance = self.chance
        for number in range(chance.choice((1, 2))):
            self.tasks.append(Task(f"p{number}"))
            self.branch(f"p{number}", 1)
        lunch = chance.random() < 0.5
        day = ((540, 720), (780, 1080)) if lunch else ((540, 1080),)
        return problem(
            *self.tasks,
            end=MONDAY + self.days * DAY,
            resolution=timedelta(minutes=self.minutes),
            week=(day,) * 5 + ((), ()),
            artists=tuple(self.artists),
            now=self.moment(self.slots // 2) if chance.random() < 0.5 else None,
            leaves=self.leaves(0.3),
            artist_leaves=self.leaves(0.3),
        )

    @property
    def slots(self) -> int:
        return self.days * 24 * 60 // self.minutes

    def moment(self, before: int) -> datetime:
        return MONDAY + timedelta(minutes=self.minutes * self.chance.randrange(before))

    def leaves(self, often: float) -> tuple[Interval, ...]:
        if self.chance.random() > often:
            return ()
        start = self.moment(self.slots)
        return (Interval(start, start + self.chance.randrange(1, 60) * timedelta(hours=1)),)

    def artist(self, name: str) -> Artist:
        return Artist(
            name,
            efficiency=self.chance.choice((1.0, 1.0, 1.0, 0.5, 0.75, 1.1, 2.0, 0.3, 0.0)),
            leaves=self.leaves(0.4),
        )

    def branch(self, parent: str, depth: int) -> None:
        for _ in range(self.chance.randrange(1, 5)):
            name = f"t{len(self.tasks)}"
            if depth < 3 and self.chance.random() < 0.3:
                dependencies = self.dependencies(parent)
                self.tasks.append(Task(name, parent, dependencies=dependencies))
                self.branch(name, depth + 1)
            else:
                self.tasks.append(self.leaf(name, parent))

    def leaf(self, name: str, parent: str) -> Task:
        chance = self.chance
        task = Task(
            name,
            parent,
            priority=chance.choice((None, None, None, 300, 700)),
            dependencies=self.dependencies(parent),
        )
        kind = chance.choice((*ScheduleModel, ScheduleModel.EFFORT, None))
        if kind is None:
            return task
        allocated = kind == ScheduleModel.EFFORT or chance.random() < 0.5
        allocations = self.allocations() if allocated else ()
        given = {each: getattr(task, each) for each in ("priority", "dependencies")}
        backward = chance.random() < 0.1
        return Task(
            name,
            parent,
            **given,
            model=kind,
            timing=Amount(chance.choice((1, 2, 5, 8, 13, 20, 2.5)), HOUR),
            end=self.moment(self.slots) if backward else None,
            allocations=allocations,
            bookings=() if backward or not allocated else self.bookings(allocations),
        )

    def allocations(self) -> tuple[Allocation, ...]:
        chance = self.chance
        names = [artist.id for artist in self.artists]
        return tuple(
            Allocation(
                tuple(chance.sample(names, chance.randrange(1, len(names) + 1))),
                chance.choice(STRATEGIES),
                persistent=chance.random() < 0.5,
                mandatory=chance.random() < 0.1,
            )
            for _ in range(chance.choice((1, 1, 1, 2, 3)))
        )

    def bookings(self, allocations: tuple[Allocation, ...]) -> tuple[Booking, ...]:
        artist = allocations[0].candidates[0]
        begin, length = self.chance.randrange(self.slots // 2), self.chance.randrange(1, 12)
        slots = {(artist, slot) for slot in range(begin, begin + length)}
        if self.chance.random() > 0.15 or self.taken & slots:
            return ()
        self.taken |= slots
        step = timedelta(minutes=self.minutes)
        start = MONDAY + begin * step
        return (Booking(artist, start, start + length * step),)

    def dependencies(self, parent: str) -> tuple[Dependency, ...]:
        """Wait for what is defined before, does not hold the task, and is not named yet."""
        chance = self.chance
        tasks = {task.id: task for task in self.tasks}
        taken: set[str] = set()
        above: str | None = parent
        while above is not None:
            taken.add(above)
            taken.update(each.target for each in tasks[above].dependencies)
            above = tasks[above].parent
        others = [name for name in tasks if name not in taken]
        return tuple(
            Dependency(
                name,
                chance.choice((DependencyTarget.ON_END,) * 3 + (DependencyTarget.ON_START,)),
                chance.choice((None, None, Amount(4, HOUR))),
                chance.choice(list(GapModel)),
            )
            for name in chance.sample(others, min(len(others), chance.choice((0, 0, 1, 2))))
        )
