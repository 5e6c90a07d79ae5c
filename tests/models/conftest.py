"""What the tests of the models share."""

from __future__ import annotations

import pytest

from tests.models.production import Studio


@pytest.fixture
def studio(backend: str, request: pytest.FixtureRequest) -> Studio:
    """Makes projects, tasks and people: in a database, or in memory where a test asks for that."""
    if backend != "memory":
        request.getfixturevalue("database")
    return Studio(stored=backend != "memory")
