"""Errors carry a text and the data a caller needs."""

from __future__ import annotations

import copy
import pickle

import pytest

from stalker import exceptions

every_error = pytest.mark.parametrize("name", exceptions.__all__)


@every_error
def test_an_error_has_a_text_and_data(name: str) -> None:
    """The text is `value` and `str()`, each keyword an attribute; nothing at all is fine too."""
    kind = getattr(exceptions, name)
    error = kind("no such take", task="Comp", clash=[1])

    assert (str(error), error.value, error.task, error.clash) == (
        "no such take",
        "no such take",
        "Comp",
        [1],
    )
    assert str(kind()) == kind().value == ""


@every_error
def test_an_error_survives_copies(name: str) -> None:
    """A worker process can hand an error back with all that it carries."""
    error = getattr(exceptions, name)("no such take", task="Comp")

    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is type(error)
        assert (str(twin), twin.value, twin.task) == ("no such take", "no such take", "Comp")


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("ConfigurationError", RuntimeError),
        ("LoginError", Exception),
        ("CircularDependencyError", Exception),
        ("OverBookedError", Exception),
        ("StatusError", Exception),
        ("DependencyViolationError", Exception),
        ("ProtectedError", RuntimeError),
        ("SceneError", RuntimeError),
        ("SchedulingError", RuntimeError),
        ("TemplateError", RuntimeError),
        ("UnsafePathError", ValueError),
        ("BackupError", RuntimeError),
        ("SchemaVersionError", ValueError),
        ("SelfReferenceError", ValueError),
    ],
)
def test_an_error_is_caught_as_what_the_contract_says(name: str, base: type[Exception]) -> None:
    """The bases are those of the contract: `except ValueError` catches no workflow error."""
    kind = getattr(exceptions, name)

    assert issubclass(kind, base)
    assert not (base is Exception and issubclass(kind, TypeError | ValueError | RuntimeError))
