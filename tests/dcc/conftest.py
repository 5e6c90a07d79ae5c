"""A production for each test of hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dcc.production import Production


@pytest.fixture
def production(database: str, tmp_path: Path) -> Production:
    """A production in a database, with a folder for its files."""
    return Production(tmp_path / "films")
