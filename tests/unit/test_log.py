"""The library logs, and leaves it to the application what becomes of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from stalker import log


@pytest.fixture(autouse=True)
def _untouched() -> Iterator[None]:
    level, asked = log.logger.level, log.logging_level
    yield
    log.logger.setLevel(level)
    log.logging_level = asked


def test_the_library_configures_nothing() -> None:
    """Importing the library adds a handler that does nothing; level and propagation stay."""
    assert [type(handler) for handler in log.logger.handlers] == [logging.NullHandler]
    assert log.logger.level == logging.NOTSET
    assert log.logger.propagate
    assert log.logging_level == logging.INFO


def test_loggers_are_named_after_their_modules() -> None:
    """An application finds the logger of a module under its path, below that of the library."""
    module = log.get_logger("stalker.models.task")

    assert module is logging.getLogger("stalker.models.task")
    assert log.logger is logging.getLogger("stalker")


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING, logging.NOTSET])
def test_a_level_counts_for_all_loggers_of_the_library(
    level: int, caplog: pytest.LogCaptureFixture
) -> None:
    """All modules follow a level that is asked for; other libraries do not."""
    other = logging.getLogger("not_stalker").getEffectiveLevel()

    log.set_level(level)

    expected = level or logging.getLogger().level
    assert log.get_logger("stalker.models.task").getEffectiveLevel() == expected
    assert log.logging_level == level
    assert logging.getLogger("not_stalker").getEffectiveLevel() == other


@pytest.mark.parametrize(
    ("level", "error"),
    [
        ("DEBUG", TypeError),
        (10.0, TypeError),
        (None, TypeError),
        (True, TypeError),
        (11, ValueError),
        (-10, ValueError),
    ],
)
def test_a_wrong_level_is_refused_and_changes_nothing(
    level: object, error: type[Exception]
) -> None:
    """Only the levels of `logging` are levels; the message shows what was given."""
    log.set_level(logging.ERROR)

    with pytest.raises(error, match=rf"the log level must be .*{level}"):
        log.set_level(level)  # type: ignore[arg-type]

    assert log.logging_level == log.logger.level == logging.ERROR
