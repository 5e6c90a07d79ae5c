"""Why tasks lie where they lie: found out after planning, from what was booked.

What holds a task back is looked for where it begins: in the last working slot before, who was to
work on it was doing something else, or away. If there is no such slot since it could begin, it is
what allowed it to begin that counts: a dependency, a fixed date, now, or the frame.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from stalker.scheduling.native.propagation import earliest_start
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
            for worker, stretches in job.work.items():
                for begin, end in zip(stretches[::2], stretches[1::2], strict=True):
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
        if job.forward:
            delays = tuple(self.delays(job.start, job.end))
            return Explanation(self.begins(job.start), self.lasts(), delays)
        delays = tuple(self.delays(job.start, job.end))
        return Explanation(self.lasts(), self.must_end(job.end), delays)

    # --- dates ---------------------------------------------------------------------------------

    def begins(self, start: int) -> Reason:
        """Return why a task that goes forward starts at *start*."""
        job = self.job
        logged = next((each for each in job.task.bookings), None)
        if logged is not None and any(each[0] == start for each in job.work.values()):
            return Reason(Cause.LOGGED, f"work was logged from {self.plan.say(start)} on")
        allowed, reason = self.allowed()
        worker = next((each for each, times in job.work.items() if times[0] == start), None)
        if not job.effort or worker is None or start <= allowed:
            return reason
        return self.held(worker, allowed, start) or reason

    def allowed(self) -> tuple[int, Reason]:
        """Return from when on the task could begin, and what says so."""
        job, plan = self.job, self.plan
        allowed, reason = 0, Reason(Cause.FRAME, f"the plan starts at {plan.say(0)}")
        if job.task.start is not None:
            allowed = plan.calendar.slot(job.task.start)
            reason = Reason(Cause.GIVEN, f"its start is fixed at {plan.say(allowed)}")
        elif job.links:
            allowed, reason = self.latest_link() or (allowed, reason)
        if plan.problem.projection and job.places and plan.now > allowed:
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
        whole = earliest_start(self.plan, self.job)
        if whole is not None and whole > date:
            above = next(each for each in self.job.ancestors() if each.start == whole)
            return whole, Reason(
                Cause.PARENT,
                f"{above.task.name!r}, which it is a part of, starts at {self.plan.say(whole)}",
                above.task.id,
            )
        point = "ends" if link.on_end else "starts"
        base = link.base()
        text = f"{link.target.task.name!r} {point} at {self.plan.say(base or 0)}"
        if date != base:
            text += f", and the gap after it at {self.plan.say(date)}"
        return date, Reason(Cause.DEPENDENCY, text, link.target.task.id)

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
        worker = next((each for each, times in job.work.items() if end in times), None)
        held = None
        if job.effort and worker is not None and end < given:
            held = self.held(worker, end, given, ahead=True)
        return held or Reason(Cause.GIVEN, f"its end is fixed at {plan.say(given)}")

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
            return Reason(
                Cause.WORKING_HOURS,
                f"{worker.artist.name!r} does not work from {self.plan.say(begin)} "
                f"to {self.plan.say(end)}",
                artist=worker.artist.id,
            )
        return self.instead(worker, slot)

    def instead(self, worker: Worker, slot: int) -> Reason | None:
        """Return what *worker* does in *slot*, which belongs to the working hours."""
        name, plan = worker.artist.name, self.plan
        other = self.diary.task(worker, slot)
        if other is not None and other is not self.job:
            until = next(
                end
                for begin, end in zip(
                    other.work[worker][::2], other.work[worker][1::2], strict=True
                )
                if begin <= slot < end
            )
            text = f"{name!r} is busy with {other.task.name!r} until {plan.say(until)}"
            return Reason(Cause.BUSY, text, other.task.id, worker.artist.id, plan.date(until))
        hours, free = self.diary.boards(worker)
        if free[slot]:
            return None
        until = slot
        while hours[until] and not free[until]:
            until += 1
        text = f"{name!r} is on vacation until {plan.say(until)}"
        return Reason(Cause.VACATION, text, artist=worker.artist.id, moment=plan.date(until))

    def delays(self, start: int, end: int) -> Iterator[Reason]:
        """Yield what interrupts the work of each artist, once for each other task or vacation."""
        if not self.job.effort:
            return
        for worker, times in self.job.work.items():
            hours = self.diary.boards(worker)[0]
            seen: set[tuple[str, str]] = set()
            for begin, following in zip(times[1:-1:2], times[2::2], strict=True):
                slot = hours.find(1, begin, following)
                while slot >= 0:
                    reason = self.instead(worker, slot)
                    if reason is not None and (reason.cause, reason.task) not in seen:
                        seen.add((reason.cause, reason.task))
                        yield reason
                    nxt = slot + 1
                    if reason is not None and reason.moment is not None:
                        nxt = max(nxt, self.plan.calendar.slot(reason.moment))
                    slot = hours.find(1, nxt, following) if nxt < following else -1

    def unplaced(self) -> Reason:
        """Return why the task has no dates, or not both."""
        job = self.job
        if job.runaway:
            names = ", ".join(
                dict.fromkeys(
                    repr(worker.artist.name) for place in job.places for worker in place.candidates
                )
            )
            done = f"{job.done:g} of {job.effort} steps" if job.effort else "not all of it"
            who = f"; {names} have no more time" if names else ""
            return Reason(Cause.NO_ROOM, f"only {done} fit into the plan{who}")
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


def _date(slot: int | None) -> int:
    return 0 if slot is None else slot
