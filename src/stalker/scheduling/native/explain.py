"""Why tasks lie where they lie: found out after planning, from what was booked.

What holds a task back is looked for where it begins: in the last working slot before, who was to
work on it was doing something else, or away. If there is no such slot since it could begin, it is
what allowed it to begin that counts: a dependency, a fixed date, now, or the frame.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from stalker.scheduling.native.state import Job, Link, Plan, Worker
from stalker.scheduling.result import Cause, Explanation, Reason


def explain(plan: Plan) -> dict[str, Explanation]:
    """Return the reasons of all tasks."""
    diary = _Diary(plan)
    return {job.task.id: _Why(plan, diary, job).explanation() for job in plan.jobs}


class _Diary:
    """What everybody does in each slot."""

    def __init__(self, plan: Plan) -> None:
        self._calendar = plan.calendar
        self._problem = plan.problem
        self._boards: dict[Worker, tuple[bytes, bytearray]] = {}
        entries: defaultdict[Worker, list[tuple[int, int, int, Job]]] = defaultdict(list)
        for job in plan.jobs:
            for worker in job.work:
                for begin, end in _stretches(job, worker):
                    entries[worker].append((begin, end, job.seq, job))
        self._entries = {worker: sorted(each) for worker, each in entries.items()}

    def task(self, worker: Worker, slot: int) -> Job | None:
        """Return what *worker* works on in *slot*."""
        entries = self._entries.get(worker, [])
        position = bisect_right(entries, slot, key=lambda entry: entry[0]) - 1
        if position >= 0 and slot < entries[position][1]:
            return entries[position][3]
        return None

    def boards(self, worker: Worker) -> tuple[bytes, bytearray]:
        """Return the working hours of *worker*, without and with leaves, before any booking."""
        found = self._boards.get(worker)
        if found is None:
            artist = worker.artist
            week = self._calendar.week(self._problem.week if artist.week is None else artist.week)
            found = self._boards[worker] = (week, self._calendar.artist(artist)[0])
        return found


class _Why:
    """The reasons of one task."""

    def __init__(self, plan: Plan, diary: _Diary, job: Job) -> None:
        self.plan = plan
        self.diary = diary
        self.job = job

    def explanation(self) -> Explanation:
        """Return why it starts, why it ends, and what interrupts it."""
        job = self.job
        if job.children and job.scheduled:
            first = min(job.children, key=lambda child: _date(child.start))
            last = max(job.children, key=lambda child: _date(child.end))
            return Explanation(self.part("starts with", first), self.part("ends with", last))
        if not job.scheduled or job.start is None or job.end is None:
            reason = self.unplaced()
            return Explanation(reason, reason)
        delays = tuple(self.delays()) if job.effort else ()
        if job.forward:
            return Explanation(self.begins(job.start), self.lasts(), delays)
        return Explanation(self.lasts(), self.must_end(job.end), delays)

    # --- dates ---------------------------------------------------------------------------------

    def begins(self, start: int) -> Reason:
        """Return why a task that goes forward starts at *start*."""
        job = self.job
        if job.task.bookings and any(times[0] == start for times in job.work.values()):
            return Reason(Cause.LOGGED, f"work was logged from {self.plan.say(start)} on")
        allowed, reason = self.allowed()
        worker = next((each for each, times in job.work.items() if times[0] == start), None)
        if not job.effort or worker is None or start <= allowed:
            return reason
        return _behind(reason, self.held(worker, allowed, start))

    def allowed(self) -> tuple[int, Reason]:
        """Return from when on the task could begin, and what says so."""
        job, plan = self.job, self.plan
        allowed, reason = 0, Reason(Cause.FRAME, f"the plan starts at {plan.say(0)}")
        if job.task.start is not None:
            allowed = plan.calendar.slot(job.task.start)
            reason = Reason(Cause.GIVEN, f"its start is fixed at {plan.say(allowed)}")
        elif job.links:
            allowed, reason = self.latest_link() or (allowed, reason)
        else:
            allowed, reason = self.container() or (allowed, reason)
        if plan.problem.projection and job.effort and plan.now > allowed:
            allowed = plan.now
            reason = Reason(
                Cause.NOW, f"nothing is planned before {plan.say(allowed)}, which is now"
            )
        return allowed, reason

    def latest_link(self) -> tuple[int, Reason] | None:
        """Return when the last dependency lets the task begin."""
        dates = [(self.after(link), link) for link in self.job.links]
        known = [(date, link) for date, link in dates if date is not None]
        if not known:
            return None
        date, link = max(known, key=lambda each: each[0])
        container = self.container()
        if container is not None and container[0] > date:
            return container
        point = "ends" if link.on_end else "starts"
        base = link.base()
        text = f"{link.target.task.name!r} {point} at {self.plan.say(base or 0)}"
        if date != base:
            text += f", and the gap after it at {self.plan.say(date)}"
        return date, Reason(Cause.DEPENDENCY, text, link.target.task.id)

    def container(self) -> tuple[int, Reason] | None:
        """Return from when on a container of the task lets it begin, if one says so."""
        for above in self.job.ancestors():
            if above.task.start is not None:
                start, name = self.plan.calendar.slot(above.task.start), above.task.name
                text = f"{name!r}, which it is a part of, starts at {self.plan.say(start)}"
                return start, Reason(Cause.PARENT, text, above.task.id)
        return None

    def after(self, link: Link) -> int | None:
        base = link.base()
        if base is None:
            return None
        if link.gap_length:
            base = self.plan.calendar.after_work(base, link.gap_length)
        return base + link.gap_duration

    def must_end(self, end: int) -> Reason:
        """Return why a task that goes backwards ends at *end*."""
        job, plan = self.job, self.plan
        given = plan.size if job.task.end is None else plan.calendar.slot(job.task.end)
        reason = Reason(Cause.GIVEN, f"its end is fixed at {plan.say(given)}")
        worker = next((each for each, times in job.work.items() if end in times), None)
        if not job.effort or worker is None or end >= given:
            return reason
        return _behind(reason, self.held(worker, end, given, ahead=True))

    def lasts(self) -> Reason:
        """Return what makes the other end of the task follow from the first."""
        job = self.job
        if job.milestone:
            return Reason(Cause.MILESTONE, "it takes no time")
        if job.task.timing is None:
            return Reason(Cause.GIVEN, "both its dates are fixed")
        names = ", ".join(repr(worker.artist.name) for worker in job.work)
        by = f" of {names}" if job.effort and names else ""
        cause = Cause.EFFORT if job.effort else Cause.LENGTH if job.length else Cause.DURATION
        return Reason(cause, f"it takes {job.task.timing} of {cause}{by}")

    def part(self, does: str, child: Job) -> Reason:
        return Reason(Cause.CHILD, f"it {does} {child.task.name!r}", child.task.id)

    # --- what artists do instead -----------------------------------------------------------------

    def held(self, worker: Worker, begin: int, end: int, ahead: bool = False) -> Reason | None:
        """Return what keeps *worker* from the task next to the end (*ahead*: to the start)."""
        hours = self.diary.boards(worker)[0]
        slot = hours.find(1, begin, end) if ahead else hours.rfind(1, begin, end)
        if slot < 0:
            off = f"after {self.plan.say(begin)}" if ahead else f"before {self.plan.say(end)}"
            text = f"{worker.artist.name!r} does not work {off}"
            return Reason(Cause.WORKING_HOURS, text, artist=worker.artist.id)
        return self.instead(worker, slot)

    def instead(self, worker: Worker, slot: int) -> Reason | None:
        """Return what *worker* does in *slot*, which belongs to the working hours."""
        name, plan = worker.artist.name, self.plan
        other = self.diary.task(worker, slot)
        if other is not None and other is not self.job:
            until = next(end for begin, end in _stretches(other, worker) if begin <= slot < end)
            text = f"{name!r} is busy with {other.task.name!r} until {plan.say(until)}"
            return Reason(Cause.BUSY, text, other.task.id, worker.artist.id, plan.date(until))
        free = self.diary.boards(worker)[1]
        if free[slot]:
            return None
        moment, works = self.back(worker, slot, free)
        away = "busy with what is not in this plan" if works else "on vacation"
        text = f"{name!r} is {away} until {plan.say(moment)}"
        cause = Cause.BUSY if works else Cause.VACATION
        return Reason(cause, text, artist=worker.artist.id, moment=plan.date(moment))

    def back(self, worker: Worker, slot: int, free: bytearray) -> tuple[int, bool]:
        """Return until when *worker* cannot work here in *slot*, and if that is for other work."""
        size, number = self.plan.size, self.plan.calendar.slot
        for each in worker.artist.elsewhere:
            begin, end = number(each.start), number(each.end)
            if begin <= slot < end:
                return min(end, size), True
            size = min(size, begin) if begin > slot else size
        until = free.find(1, slot)  # back at work, and not only the end of the first day away
        return (size if until < 0 else min(until, size)), False

    def delays(self) -> Iterator[Reason]:
        """Yield what interrupts the work of each artist, once for each other task or vacation."""
        for worker in self.job.work:
            found: dict[object, Reason] = {}
            for (_, begin), (end, _) in pairwise(_stretches(self.job, worker)):
                for reason in self.between(worker, begin, end):
                    found[reason.task or reason.moment] = reason  # the last one says until when
            yield from found.values()

    def between(self, worker: Worker, begin: int, end: int) -> Iterator[Reason]:
        """Yield what *worker* does in the working hours from *begin* up to *end*."""
        hours = self.diary.boards(worker)[0]
        slot = hours.find(1, begin, end)
        while slot >= 0:
            reason = self.instead(worker, slot)
            following = slot + 1
            if reason is not None and reason.moment is not None:
                following = self.plan.calendar.slot(reason.moment)
                yield reason
            slot = hours.find(1, following, end) if following < end else -1

    def unplaced(self) -> Reason:
        """Return why the task has no dates, or not both."""
        job = self.job
        if job.runaway:
            return self.runaway()
        for link in job.links:
            if link.base() is None:
                other = link.target.task
                return Reason(Cause.DEPENDENCY, f"{other.name!r} could not be planned", other.id)
        for child in job.children:
            if not child.scheduled:
                other = child.task
                return Reason(
                    Cause.CHILD, f"its part {other.name!r} could not be planned", other.id
                )
        return Reason(Cause.NO_ROOM, "nothing says when it should take place")

    def runaway(self) -> Reason:
        job, plan = self.job, self.plan
        if not job.effort:
            return Reason(Cause.NO_ROOM, f"it would end after the plan, {plan.say(plan.size)}")
        candidates = (worker for place in job.places for worker in place.candidates)
        names = ", ".join(dict.fromkeys(repr(worker.artist.name) for worker in candidates))
        return Reason(
            Cause.NO_ROOM,
            f"only {plan.hours(job.done)} of its {plan.hours(job.effort)} fit into the plan, "
            f"in the time that is left of {names}",
        )


def _stretches(job: Job, worker: Worker) -> list[tuple[int, int]]:
    """Return when *worker* works on *job*, in the order of time."""
    times = job.work[worker]
    return sorted(zip(times[::2], times[1::2], strict=True))


def _behind(reason: Reason, held: Reason | None) -> Reason:
    """Return what holds a task, behind *reason*; only other work makes that one unimportant."""
    if held is None:
        return reason
    if held.cause == Cause.BUSY:
        return held
    return replace(held, text=f"{reason}, and {held}", task=reason.task)


def _date(slot: int | None) -> int:
    return 0 if slot is None else slot
