"""What somebody should know about a plan that breaks no rule."""

from __future__ import annotations

from stalker.scheduling.native.state import Plan


def remark(plan: Plan) -> None:
    """Note what is late, and what nobody works on."""
    for job in plan.jobs:
        if job.children:
            continue
        if job.task.maxend is not None and job.end is not None:
            latest = plan.calendar.slot(job.task.maxend)
            if job.end > latest:
                text = (
                    f"ends at {plan.say(job.end)}, later than {plan.say(latest)}, its latest end."
                )
                plan.notice("maxend", job, text, slot=job.end)
        if job.places and not job.work:
            plan.notice("allocate_no_assigned", job, "has artists, but nobody works on it.")
