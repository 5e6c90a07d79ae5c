"""Work that has been done: it takes its slots before anything is placed."""

from __future__ import annotations

from stalker.scheduling.native.calendars import clear
from stalker.scheduling.native.state import Job, Plan, Worker
from stalker.scheduling.native.sums import repeated_sum
from stalker.scheduling.problem import Booking


def book_logged(plan: Plan, job: Job) -> None:
    """Take the slots of all bookings of *job*, and the dates that follow from them."""
    if job.task.milestone and job.task.bookings:
        plan.fault("milestone_booking", job, "is a milestone and cannot have bookings.")
        return
    first: int | None = None
    last = -1
    for booking in job.task.bookings:
        worker = plan.workers[booking.artist]
        begin, end = plan.calendar.slot(booking.start), plan.calendar.slot(booking.end)
        if not _lies_inside(plan, job, begin, end):
            continue
        if not job.forward:
            plan.fault(
                "booking_forward_only",
                job,
                "has bookings and a fixed end; only tasks that go forward can have bookings.",
            )
            return
        _take(plan, job, worker, booking, begin, end)
        first = begin if first is None else min(first, begin)
        last = max(last, end - 1)
    if first is not None:
        _date(plan, job, first, last)


def _lies_inside(plan: Plan, job: Job, begin: int, end: int) -> bool:
    for rule, slot in (("interval_start_in_range", begin), ("interval_end_in_range", end)):
        if not 0 <= slot <= plan.size:
            plan.fault(rule, job, "has a booking outside of the frame of the plan.", begin, end)
            return False
    return True


def _take(plan: Plan, job: Job, worker: Worker, booking: Booking, begin: int, end: int) -> None:
    if booking.overtime < 2 and not _on_duty(plan, job, worker, booking, begin, end):
        return
    slots = range(begin, end)
    if not worker.booked.isdisjoint(slots):
        taken = next(slot for slot in slots if slot in worker.booked)
        plan.fault(
            "booking_conflict",
            job,
            f"has a booking of {worker.artist.name!r} at {plan.say(taken)}, "
            "who is booked at that time already.",
            taken,
            taken + 1,
        )
        return
    worker.booked.update(slots)
    worker.free -= clear(worker.board, begin, end)
    worker.load = repeated_sum(worker.load, worker.efficiency, len(slots))
    job.done = repeated_sum(job.done, worker.efficiency, len(slots))
    job.worked(worker, begin, end)
    job.begun = True


def _on_duty(plan: Plan, job: Job, worker: Worker, booking: Booking, begin: int, end: int) -> bool:
    """Say whether the artist works at that time; overtime 1 counts outside of working hours."""
    problem, artist = plan.problem, worker.artist
    week = plan.calendar.week(problem.week if artist.week is None else artist.week)
    leaves = (*problem.leaves, *problem.artist_leaves, *artist.leaves)
    for slot in range(begin, end):
        rule = ""
        if plan.calendar.covers(leaves, slot):
            rule = "booking_on_vacation"
        elif not booking.overtime and not week[slot]:
            rule = "booking_no_duty"
        if rule:
            plan.fault(
                rule,
                job,
                f"has a booking of {artist.name!r} at {plan.say(slot)}, when the artist is off.",
                slot,
                slot + 1,
            )
            return False
    return True


def _date(plan: Plan, job: Job, first: int, last: int) -> None:
    if job.start is None or (job.effort and job.done > 0 and first > job.start):
        job.start = first
    if job.effort:
        _date_effort(plan, job, last)
    elif job.length:
        _date_length(plan, job, last)
    elif job.duration:
        _date_duration(plan, job, last)


def _date_effort(plan: Plan, job: Job, last: int) -> None:
    if job.done >= job.effort:
        job.end = last + 1
        job.settle()
        if job.done > job.effort:
            plan.notice(
                "overbooked_effort",
                job,
                f"has bookings of {plan.hours(job.done)}, more than its effort of "
                f"{plan.hours(job.effort)}.",
            )


def _date_length(plan: Plan, job: Job, last: int) -> None:
    calendar = plan.calendar
    assert job.start is not None  # noqa: S101 - it has bookings
    begin, now = calendar.index(job.start), calendar.index(plan.now)
    passed = calendar.work_between(begin, max(begin, now + 1))
    end = max(calendar.after_work(begin, job.length), last + 1)
    if passed >= job.length and end <= now + 1:
        job.end = end
        job.settle()
    else:
        job.counted = passed
    booked = calendar.work_between(job.start, max(job.start, last + 1))
    if booked > job.length:
        plan.notice(
            "overbooked_length",
            job,
            f"has bookings over {plan.hours(booked)} of working time, more than its length of "
            f"{plan.hours(job.length)}.",
        )


def _date_duration(plan: Plan, job: Job, last: int) -> None:
    assert job.start is not None  # noqa: S101 - it has bookings
    job.counted = last + 1 - job.start
    if job.counted >= job.duration:
        job.end = last + 1
        job.settle()
    elif job.duration < plan.now - job.start:
        job.end = job.start + job.duration
        job.settle()
    if job.counted > job.duration:
        plan.notice(
            "overbooked_duration",
            job,
            f"has bookings over {plan.hours(job.counted)}, more than its duration of "
            f"{plan.hours(job.duration)}.",
        )
