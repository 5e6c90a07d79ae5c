"""Placing one task: from its first slot on, or from its last slot backwards, to its end.

Slots in which the same artists do the same are taken at once: who works in one slot goes on until
somebody becomes busy, or somebody who is preferred becomes free.
"""

from __future__ import annotations

from stalker.core.kinds import AllocationStrategy
from stalker.scheduling.native.propagation import spread
from stalker.scheduling.native.state import Job, Place, Plan, Worker
from stalker.scheduling.native.sums import repeated_sum, slots_needed


def place(plan: Plan, job: Job) -> None:
    """Give *job* its dates and its artists; what does not fit into the frame is a runaway."""
    walk = _Walk(plan, job)
    if job.effort:
        walk.effort()
    else:
        walk.time()


class _Walk:
    """The way along the slots of the frame, in the direction of the task; `step` is +1 or -1."""

    def __init__(self, plan: Plan, job: Job) -> None:
        self.plan = plan
        self.job = job
        self.forward = job.forward
        self.step = 1 if job.forward else -1
        index = plan.calendar.index
        projection = plan.problem.projection
        #: nothing is booked before
        self.floor = index(plan.now) if projection else 0
        if job.forward:
            assert job.start is not None  # noqa: S101 - it was ready
            late = projection and plan.now > job.start and bool(job.places)
            late = late or (job.done > 0 and bool(job.task.bookings))
            self.slot = index(plan.now if late else job.start)
        else:
            assert job.end is not None  # noqa: S101 - it was ready
            self.slot = index(job.end) - 1

    # --- the three kinds of tasks -----------------------------------------------------------------

    def effort(self) -> None:
        """Book until the work is done."""
        job = self.job
        while job.done < job.effort:
            alone = self.alone()
            if alone is not None:
                self.go_on(alone)
                if job.done >= job.effort:
                    break
            if not self.seek():
                job.runaway = True
                return
            chosen = self.book()
            if job.done < job.effort:
                self.repeat(chosen)
            self.slot += self.step
        self.finish(self.slot - self.step, final=True)

    def time(self) -> None:
        """Book whoever is free until the time is over, and finish there whoever worked."""
        last = self.last_slot()
        if self.is_nothing() and max(self.floor, 0) <= self.slot < self.plan.size:
            self.book()
        while self.before(last) and self.seek():
            if not self.before(last):
                break
            self.repeat(self.book(), abs(last - self.slot))
            self.slot += self.step
        if 0 <= last <= self.plan.size:
            self.finish(last, final=False)
        else:
            self.job.runaway = True

    def is_nothing(self) -> bool:
        """Say whether the task ends where it starts: TaskJuggler lets it take a slot of work."""
        return not self.job.timed and self.job.start == self.job.end

    def last_slot(self) -> int:
        """Return the slot in which the time is over; it may lie outside of the frame."""
        job, calendar = self.job, self.plan.calendar
        if job.duration:
            return self.slot + self.step * max(job.duration - job.counted - 1, 0)
        if not job.length:
            assert job.start is not None  # noqa: S101 - it was ready
            assert job.end is not None  # noqa: S101 - it was ready
            return job.end - 1 if job.forward else job.start
        missing = job.length - job.counted
        if missing <= 0:
            return self.slot
        if self.forward:
            if calendar.work_between(self.slot, self.plan.size) < missing:
                return self.plan.size + 1
            return calendar.after_work(self.slot, missing) - 1
        begin = calendar.before_work(self.slot + 1, missing)
        return -1 if begin is None else begin

    def begin(self, slot: int) -> None:
        """The first work is done in *slot*: that is where an effort starts, or ends if backward."""
        job = self.job
        job.begun = True
        if not self.forward:
            spread(self.plan, job, slot + 1, at_end=True, final=True)
        elif job.start_successors:
            spread(self.plan, job, slot, at_end=False, final=True)
        else:  # the usual case: nobody else has to know
            job.start = slot

    def finish(self, slot: int, final: bool) -> None:
        if not self.job.timed:
            self.job.settle()  # it had both dates before, which settles all other tasks
        if self.forward:
            spread(self.plan, self.job, slot + 1, at_end=True, final=final)
        else:
            spread(self.plan, self.job, slot, at_end=False, final=final)

    # --- where something happens ------------------------------------------------------------------

    def before(self, last: int) -> bool:
        """Say whether the way has not passed *last*."""
        return self.slot <= last if self.forward else self.slot >= last

    def seek(self) -> bool:
        """Move on to the next slot in which somebody could be booked, `False` if there is none."""
        slots = [
            self.next_chance(worker, worker is place.locked)
            for place in self.job.places
            for worker in ([place.locked] if place.locked else place.candidates)
        ]
        found = [slot for slot in slots if slot is not None]
        if not found:
            return False
        self.slot = min(found) if self.forward else max(found)
        return self.forward or self.slot >= self.floor

    def next_chance(self, worker: Worker, locked: bool) -> int | None:
        """Return the next slot in which *worker* is free, or is found to be gone for good."""
        if self.forward:
            slot = worker.board.find(1, max(self.slot, 0))
            gone = max(self.slot, worker.last)
        else:
            slot = worker.board.rfind(1, 0, self.slot + 1)
            gone = min(self.slot, worker.first)
        if slot >= 0:
            return slot
        return gone if locked and 0 <= gone < self.plan.size else None

    # --- one slot ---------------------------------------------------------------------------------

    def book(self) -> list[Worker | None]:
        """Book this slot, and return who was booked at each place."""
        places = self.job.places
        if not self.mandatory_free(places):
            return [None] * len(places)
        return [self.fill(place) for place in places]

    def mandatory_free(self, places: list[Place]) -> bool:
        """Say whether each mandatory place finds somebody of its own."""
        taken: set[Worker] = set()
        for place in places:
            if not place.mandatory:
                continue
            for worker in place.order(self.plan.chance):
                if worker not in taken and worker.board[self.slot]:
                    taken.add(worker)
                    break
            else:
                return False
        return True

    def fill(self, place: Place) -> Worker | None:
        """Book the first candidate who can be booked."""
        locked = place.locked
        if locked is not None:
            if self.take(locked):
                return locked
            if self.slot < locked.last if self.forward else self.slot > locked.first:
                return None
            place.locked = None
            self.plan.notice(
                "broken_persistence",
                self.job,
                f"loses {locked.artist.name!r}, who has no time left in the plan.",
                locked,
                self.slot,
            )
        for worker in place.order(self.plan.chance):
            if self.take(worker):
                if place.persistent:
                    place.locked = worker
                return worker
        return None

    def take(self, worker: Worker) -> bool:
        """Book *worker* in this slot, if that is possible and needed."""
        job, slot = self.job, self.slot
        if not worker.board[slot]:
            return False
        if job.effort:
            if worker.efficiency > 0 and job.done >= job.effort:
                return False
            if job.done == 0:
                self.begin(slot)
        worker.board[slot] = 0
        worker.load += worker.efficiency
        job.done += worker.efficiency
        job.worked(worker, slot, slot + 1)
        return True

    # --- many slots -------------------------------------------------------------------------------

    def repeat(self, chosen: list[Worker | None], most: int | None = None) -> None:
        """Go on with *chosen* in the following slots, for as long as nothing changes.

        At most *most* slots, and no more than are needed.
        """
        job = self.job
        workers = [worker for worker in chosen if worker is not None]
        slots = self.same(chosen, workers)
        if most is not None:
            slots = min(slots, most)
        if slots > 0 and workers and job.effort:
            rates = [worker.efficiency for worker in workers]
            slots, job.done = slots_needed(job.done, job.effort, rates, slots)
        if slots <= 0:
            return
        begin = self.slot + 1 if self.forward else self.slot - slots
        for worker in workers:
            worker.board[begin : begin + slots] = bytes(slots)
            worker.load = repeated_sum(worker.load, worker.efficiency, slots)
            job.worked(worker, begin, begin + slots)
        self.slot += slots * self.step

    def alone(self) -> Worker | None:
        """Return the only artist who can work from here on, if it is one."""
        places = self.job.places
        if len(places) > 1 or not self.forward:
            return None
        candidates = places[0].candidates
        worker = places[0].locked or (candidates[0] if len(candidates) == 1 else None)
        return worker if worker is not None and worker.efficiency else None

    def go_on(self, worker: Worker) -> None:
        """Book *worker* alone, until the work is done or the artist has no time left."""
        job, board = self.job, worker.board
        find = board.find
        begin = first = find(1, self.slot)
        if first < 0:
            return
        if job.done == 0:
            self.begin(first)
        needed, done = slots_needed(job.done, job.effort, [worker.efficiency], self.plan.size)
        missing = needed
        end = first
        stretches = job.work.setdefault(worker, [])
        while missing and begin >= 0:
            end = find(0, begin, begin + missing)
            if end < 0:
                end = begin + missing
            stretches += (begin, end)
            missing -= end - begin
            begin = find(1, end)
        board[first:end] = bytes(end - first)  # everything in between was taken, or not free
        if missing:
            done = repeated_sum(job.done, worker.efficiency, needed - missing)
        job.done = done
        worker.load = repeated_sum(worker.load, worker.efficiency, needed - missing)
        self.slot = end

    def same(self, chosen: list[Worker | None], workers: list[Worker]) -> int:
        """Return in how many of the following slots the places are filled in the same way."""
        places = self.job.places
        if self.job.effort and not all(worker.efficiency for worker in workers):
            return 0  # the start of the task moves with every slot
        if any(place.mandatory for place in places):
            return self.same_for_all(workers)
        if not workers:
            return 0
        least = min(self.stays(worker, 0) for worker in workers)
        for place, filled in zip(places, chosen, strict=True):
            if place.locked is not None:
                if filled is None:
                    least = min(least, self.waits(place.locked))
            elif place.fixed is None:
                least = min(least, self.same_by_load(place, filled))
            else:
                for worker in place.fixed:
                    if worker is filled:
                        break
                    if worker not in workers:
                        least = min(least, self.stays(worker, 1))
        return least

    def same_for_all(self, workers: list[Worker]) -> int:
        """Return in how many of the following slots nobody becomes busy or free, whoever it is."""
        least = self.plan.size
        for place in self.job.places:
            if place.locked is None and place.fixed is None:
                return 0
            for worker in place.candidates:
                is_free = worker in workers or worker.board[self.slot]
                least = min(least, self.stays(worker, 0 if is_free else 1))
            if place.locked is not None and place.locked not in workers:
                least = min(least, self.waits(place.locked))
        return least

    def same_by_load(self, place: Place, filled: Worker | None) -> int:
        """Return in how many of the following slots a place with changing order stays the same.

        It does while nobody else is free, or who was taken as the most loaded gets more so.
        """
        if len(self.job.places) > 1 or filled is None:
            return 0
        least = self.plan.size
        keeps = place.select == AllocationStrategy.MAX_LOADED and filled.efficiency
        for worker in place.candidates:
            if worker is filled:
                continue
            if not worker.board[self.slot]:
                least = min(least, self.stays(worker, 1))
            elif not keeps:
                return 0
        return least

    def stays(self, worker: Worker, until: int) -> int:
        """Return how many of the following slots of *worker* come before the first *until*."""
        if self.forward:
            slot = worker.board.find(until, self.slot + 1)
            return self.plan.size if slot < 0 else slot - self.slot - 1
        slot = worker.board.rfind(until, 0, max(self.slot, 0))
        least = max(self.floor, slot + 1)
        return self.slot - least

    def waits(self, worker: Worker) -> int:
        """Return for how many of the following slots a place waits for *worker*."""
        gone = worker.last - self.slot if self.forward else self.slot - worker.first
        return min(self.stays(worker, 1), gone - 1)
