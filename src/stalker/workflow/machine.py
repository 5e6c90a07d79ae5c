"""One interpreter for all workflows: which action leads from which status where.

A workflow is data. For each action it says in which statuses it is possible, which one follows,
which method runs on the way, and which one may still refuse it before:

    {"reopen": {"Closed": {"new_status": "Reopened", "action": "del_resolution", "guard": None}}}

Statuses are named by name or code, in any case. What has no row is not possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stalker.core.rules import wrong_type
from stalker.core.suggestions import did_you_mean

__all__ = ["Step", "Workflow"]

_NEW_STATUS, _EFFECT, _GUARD = "new_status", "action", "guard"
_KEYS = (_NEW_STATUS, _EFFECT, _GUARD)


@dataclass(frozen=True, slots=True)
class Step:
    """What one action does in one status."""

    action: str
    new_status: str
    #: name of a method of what moves on; `None` if nothing else happens
    effect: str | None = None
    #: name of a method that raises if the action must not happen
    guard: str | None = None


class Workflow:
    """A table that has been checked; *where* names it in messages.

    Reading it takes microseconds: whoever lets a studio change the table reads it whenever it is
    used. Raises `TypeError` for what is no table of texts, and `ValueError` for a row without a new
    status or with a key that means nothing.
    """

    def __init__(self, table: object, where: str) -> None:
        self._steps = {
            action: {
                status.casefold(): _step(action, row, f"{where}[{action!r}][{status!r}]")
                for status, row in _items(rows, f"{where}[{action!r}]")
            }
            for action, rows in _items(table, where)
        }

    def step(self, action: str, *status: str) -> Step | None:
        """Return what *action* does in a *status*, given as its name and code; `None` if nothing.

        If the table has rows for the name and for the code, that of the name counts.
        """
        rows = self._steps.get(action, {})
        return next((rows[each] for each in map(str.casefold, status) if each in rows), None)

    @property
    def actions(self) -> list[str]:
        """All actions, in the order of the table."""
        return list(self._steps)

    def steps(self, action: str) -> dict[str, Step]:
        """Return the steps of *action* by status, as the table names them in lower case."""
        return dict(self._steps.get(action, {}))

    def allowed(self, *status: str) -> list[str]:
        """Return the actions that are possible in a *status*, in the order of the table."""
        return [action for action in self._steps if self.step(action, *status) is not None]


def _items(table: object, where: str) -> Iterator[tuple[str, object]]:
    if not isinstance(table, Mapping):
        raise wrong_type(where, "a dict", table)
    for key, value in table.items():
        yield _text(key, f"each key of {where}"), value


def _step(action: str, row: object, where: str) -> Step:
    values = dict(_items(row, where))
    _refuse_unknown(values, where)
    if _NEW_STATUS not in values:
        raise ValueError(f"{where} must have a {_NEW_STATUS!r}")
    methods = [
        None if values.get(key) is None else _text(values[key], f"{where}[{key!r}]")
        for key in (_EFFECT, _GUARD)
    ]
    return Step(action, _text(values[_NEW_STATUS], f"{where}[{_NEW_STATUS!r}]"), *methods)


def _refuse_unknown(keys: Iterable[str], where: str) -> None:
    for key in keys:
        if key not in _KEYS:
            raise ValueError(f"{where} must not have a {key!r}{did_you_mean(key, _KEYS)}")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise wrong_type(where, "a str", value)
    return value
