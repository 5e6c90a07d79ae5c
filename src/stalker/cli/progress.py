"""Bars on stderr, while somebody is looking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")


class Report:
    """Moves a bar: call it with what is done, and with all there is to do."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._bar = progress.add_task(title, total=None)

    def __call__(self, done: int, total: int | None) -> None:
        self._progress.update(self._bar, completed=done, total=total)


@contextmanager
def bar(title: str) -> Iterator[Report]:
    """Yield what moves a bar; until the total is known it only shows that work goes on."""
    with _progress() as progress:
        yield Report(progress, title)


def track(title: str, items: Iterable[T], total: int, /) -> Iterable[T]:
    """Go through *items* with a bar."""
    with _progress() as progress:
        yield from progress.track(items, total=total, description=title)


def _progress() -> Progress:
    errors = Console(stderr=True)
    return Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )
