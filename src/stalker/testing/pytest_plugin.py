"""Fixtures for pytest, which finds this file by itself.

`stalker_session`   the session of an initialised SQLite database in memory; nothing of it is left
`stalker_database`  the same in a file, for tests that start other processes: the URL
`make`              a `Factory` for what a test needs, in the one or the other: `make.shot()`

Each test has a configuration of its own, as delivered.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stalker.db.session import ExtendedScopedSession
    from stalker.testing.factory import Factory

# the library is imported when a test asks for it, not whenever pytest begins


@pytest.fixture
def stalker_session() -> Iterator[ExtendedScopedSession]:
    """Give the session of an initialised database in memory."""
    from stalker.db.session import DBSession
    from stalker.testing.scope import initialised

    with initialised({"sqlalchemy.url": "sqlite://"}):
        yield DBSession


@pytest.fixture
def stalker_database(tmp_path: Path) -> Iterator[str]:
    """Give the URL of an initialised database in a file, to which the session is bound."""
    from stalker.testing.scope import initialised

    url = f"sqlite:///{tmp_path}/stalker.db"
    with initialised({"sqlalchemy.url": url}):
        yield url


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Factory:
    """Give what makes users, projects, tasks, shots and the like."""
    from stalker.testing.factory import Factory

    in_file = "stalker_database" in request.fixturenames
    request.getfixturevalue("stalker_database" if in_file else "stalker_session")
    return Factory()
