"""What TaskJuggler says, by the names of the rules it speaks of.

It prints sentences without names. The table has those of TaskJuggler 3.7 that a problem can bring
about; a sentence that is not in it keeps its text and gets the name ``tj3_error``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from stalker.scheduling.hints import hint
from stalker.scheduling.problem import Problem
from stalker.scheduling.result import Fault, Notice
from stalker.scheduling.tjp.outline import Outline

#: rule, and how the sentence about it is recognised
ERRORS = (
    # while reading
    ("misaligned_date", r"The date must be aligned to the timing resolution"),
    ("date_in_range", r"Date .* must be within the project time frame"),
    ("date_in_range", r"Year \d+ out of range"),
    ("interval_start_in_range", r"Start date .* must be within the project time frame"),
    ("interval_end_in_range", r"End date .* must be within the project time frame"),
    ("zero_duration", r"The interval duration may not be 0"),
    ("iv_duration_not_aligned", r"The interval duration must be a multiple"),
    ("effort_zero", r"Effort value must at least as large"),
    ("working_duration_too_small", r"Duration values must be at least"),
    ("milestone_duration", r"This duration criteria is overwriting"),
    ("milestone_booking", r"You cannot add bookings to a milestone"),
    ("booking_interval", r"The end date .* must be after the start date"),
    ("week", r"End time of interval must be larger"),
    ("resolution", r"Timing resolution must be one of"),
    ("zone", r"The maximum allowed timing resolution for the timezone"),
    ("priority", r"Priority must have a value between"),
    ("artist_unknown", r"\S+ is not a defined resource"),
    ("temporary_folder", r"Cannot write to file"),
    ("no_tasks", r"No tasks defined"),
    # before scheduling
    ("booking_conflict", r"Resource .* has multiple conflicting bookings"),
    ("booking_no_duty", r"Resource .* has no duty at"),
    ("booking_on_vacation", r"Resource .* is on vacation at"),
    ("booking_forward_only", r"Only forward scheduled tasks may have booking"),
    ("task_depend_unknown", r"Task .* has unknown depends"),
    ("task_depend_self", r"Task .* cannot depend on self"),
    ("task_depend_child", r"Task .* cannot depend on child"),
    ("task_depend_parent", r"Task .* cannot depend on parent"),
    ("task_depend_multi", r"No need to specify dependency .* multiple times"),
    ("impossible_start_dep", r"Task .* has start date dependencies that conflict"),
    ("container_booking", r"Container task .* may not have bookings"),
    ("container_duration", r"Container task .* may not have a duration"),
    ("effort_no_allocations", r"Task .* has an effort but no resource allocations"),
    ("milestone_start_end", r"Start .* and end .* dates of milestone task .* must be identical"),
    ("task_underspecified", r"Task .* has too few specifations"),
    ("task_overspecified", r"Task .* has a start, an end and a duration"),
    ("onstart_wrong_direction", r"Tasks with on-start dependencies must be ASAP"),
    # a circle that the check for loops has not seen, or a plan that is too deep for it
    ("tj3_overflow", r"stack level too deep"),
    # after scheduling
    ("sched_runaway", r"Some tasks did not fit into the project time frame"),
    ("not_scheduled", r"Task .* has not been marked as scheduled"),
    ("task_start_range", r"The start time .* of task .* is outside the project interval"),
    ("task_end_range", r"The end time .* of task .* is outside the project interval"),
    ("start_after_end", r"The start time .* of task .* is after the end time"),
    ("task_pred_before", r"Task .* must start .*after (?:start|end) .* of task"),
)
#: the last error says only that TaskJuggler gives up; these say why
REASONS = (
    ("loop_end", r"Dependency loop detected"),
    ("sched_runaway", r"\S+ of effort of task \S+ does not fit"),
)
WARNINGS = (
    ("maxend", r"The end time .* of task .* is too late"),
    ("allocate_no_assigned", r"Task .* has resource allocation requested, but did not get any"),
    ("overbooked_effort", r"The total effort .* of the provided bookings for task"),
    ("overbooked_length", r"The total length .* of the provided bookings for task"),
    ("overbooked_duration", r"The total duration .* of the provided bookings for task"),
    ("broken_persistence", r"Persistence broken for Task"),
    ("priority_inversion", r"Due to a mix of ALAP and ASAP scheduled tasks"),
)

_LINE = re.compile(r"(?:[^:]*:(\d+): )?(Error|Fatal Error|Fatal|Warning): (.*)")
_PATH = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_TASK = re.compile(rf"([Tt]ask) ({_PATH})")
_ARTIST = re.compile(r"([Rr]esource) ([A-Za-z_]\w*)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d-\d\d:\d\d-[+-]\d{4}")
_TASK_BEGINS = re.compile(r"\s*task (\w+) ")


@dataclass(frozen=True, slots=True)
class Message:
    """One message, with the line of the project file that it is about, if it says."""

    serious: bool
    text: str
    line: int | None


def messages(output: str) -> Iterator[Message]:
    """Yield the messages in the standard error of tj3; quoted lines of the file are left out."""
    for printed in output.splitlines():
        if found := _LINE.fullmatch(printed.rstrip()):
            line, kind, text = found.groups()
            yield Message(kind != "Warning", text, int(line) if line else None)


class Interpreter:
    """Says in the words of a problem what TaskJuggler says about its project file."""

    def __init__(self, problem: Problem, outline: Outline, project_text: str) -> None:
        self.problem = problem
        self.by_id = {task.id: task for task in problem.tasks}
        self.tasks = {outline.paths[task.id]: task for task, _ in outline.tasks}
        self.artists = {artist.id: artist.name for artist in problem.artists}
        self.names = {path: task.name for path, task in self.tasks.items()}
        self.project_text = project_text

    def faults(self, output: str) -> tuple[Fault, ...]:
        """Return why tj3 failed, with the reason for its end first; empty where it says none."""
        said = list(messages(output))
        last = next((each for each in said if each.serious), None)
        if last is None:
            return ()
        reasons = [(rule, each) for each in said if (rule := _rule(REASONS, each.text))]
        rule = _rule(ERRORS, last.text)
        head = self._fault(rule or "tj3_error", last)
        rest = [self._fault(*reason) for reason in reasons]
        if rest and rule in (None, "sched_runaway"):
            # what ended the run is told by its reasons, in better words
            return tuple(sorted(rest, key=lambda fault: fault.entity != head.entity))
        return (head, *rest)

    def notices(self, output: str) -> tuple[Notice, ...]:
        """Return the warnings that have a name; the others tell of a failure."""
        found = []
        for each in messages(output):
            rule = None if each.serious else _rule(WARNINGS, each.text)
            if rule is not None:
                moment = next(_dates(each.text), None)
                text = self._in_words(each.text)
                found.append(Notice(rule, self._task(each), text, self._artist(each), moment))
        return tuple(found)

    def _fault(self, rule: str, message: Message) -> Fault:
        entity = self._task(message) or self._artist(message)
        start, end, *_ = *_dates(message.text), None, None
        text = self._in_words(message.text)
        if entity in self.by_id and (more := hint(rule, self.by_id[entity], self.problem)):
            text = f"{text.rstrip('.')}{more}."
        return Fault(rule, entity, text, start, end)

    def _task(self, message: Message) -> str:
        """Return the id of the task that the message names first, or whose line it names."""
        named = (found[2] for found in _TASK.finditer(message.text) if found[2] in self.tasks)
        path = next(named, None) or self._task_at(message.line)
        return self.tasks[path].id if path else ""

    def _artist(self, message: Message) -> str:
        found = _ARTIST.search(message.text)
        return found[2] if found and found[2] in self.artists else ""

    def _task_at(self, line: int | None) -> str | None:
        """Return the path of the task in which *line* of the project file lies."""
        if line is None:
            return None
        above: list[tuple[int, str]] = []
        for text in self.project_text.splitlines()[:line]:
            if found := _TASK_BEGINS.match(text):
                indent = len(text) - len(text.lstrip())
                while above and above[-1][0] >= indent:
                    above.pop()
                above.append((indent, found[1]))
        path = ".".join(name for _, name in above)
        return path if path in self.tasks else None

    def _in_words(self, text: str) -> str:
        """Return *text* with the labels of tasks and artists in the place of their names."""
        return _ARTIST.sub(_labelled(self.artists), _TASK.sub(_labelled(self.names), text))


def _labelled(names: dict[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{found[1]} {names[found[2]]!r}" if found[2] in names else found[0]


def _rule(table: Iterable[tuple[str, str]], text: str) -> str | None:
    return next((rule for rule, pattern in table if re.match(pattern, text)), None)


def _dates(text: str) -> Iterator[datetime]:
    for found in _DATE.findall(text):
        yield datetime.strptime(found, "%Y-%m-%d-%H:%M-%z")
