"""Test files on disk, real ones and broken ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"

Written = Callable[[str, "str | bytes"], Path]


@pytest.fixture
def data() -> Path:
    return DATA


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a file for one test and return its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
