"""What a chart says about tasks and artists, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from stalker.scheduling.gantt.text import say_moment
from stalker.scheduling.problem import Problem, Task
from stalker.scheduling.result import Planned, Result


class Speaker:
    """Knows names and dates."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self._zone = ZoneInfo(problem.zone)
        self._result = result
        self._artists = {artist.id: artist.name for artist in problem.artists}
        self._remarks: dict[str, list[str]] = {}
        for fault in result.faults:
            self._remarks.setdefault(fault.entity, []).append(fault.text)
        for notice in result.warnings:
            self._remarks.setdefault(notice.task, []).append(notice.text)

    def names(self, artists: Iterable[str]) -> str:
        """Return the names of artists."""
        return ", ".join(self._artists.get(each, each) for each in artists)

    def task(self, task: Task, planned: Planned, critical: bool) -> str:
        """Return all that is known about *task*, in lines."""
        return "\n".join(self._lines(task, planned, critical))

    def why(self, task_id: str) -> str:
        """Return why a task has no dates."""
        explanation = self._result.reasons.get(task_id)
        if explanation is not None:
            return str(explanation.start)
        return next(iter(self._remarks.get(task_id, ())), "it does not fit")

    def _lines(self, task: Task, planned: Planned, critical: bool) -> Iterator[str]:
        yield task.name
        if planned.start is not None and planned.end is not None:
            start = say_moment(planned.start, self._zone)
            end = say_moment(planned.end, self._zone)
            yield start if planned.start == planned.end else f"{start} to {end}"
        else:
            yield f"Not planned: {self.why(task.id)}."
        if planned.artists:
            yield self.names(planned.artists)
        if task.timing is not None and task.model is not None:
            yield f"{task.timing} of {task.model}"
        explanation = self._result.reasons.get(task.id)
        if explanation is not None and planned.start is not None and planned.end is not None:
            yield f"Starts there because {explanation.start}."
            if planned.start != planned.end:
                yield f"Ends there because {explanation.end}."
            for delay in explanation.delays:
                yield f"Interrupted: {delay}."
        if task.maxend is not None:
            yield f"Due {say_moment(task.maxend, self._zone)}."
        if critical:
            yield "On the critical chain."
        yield from self._remarks.get(task.id, ())
