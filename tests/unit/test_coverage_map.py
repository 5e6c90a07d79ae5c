"""The maps in `docs/coverage` name tests that exist, each once in a row."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAPS = sorted((ROOT / "docs" / "coverage").glob("*.md"))
TEST = re.compile(r"tests/[\w/]+\.py(?:::\w+)*")


@cache
def defined(path: Path) -> frozenset[str]:
    """Return the names of the tests in a file; those of a class have its name before them."""
    names = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
            names |= {f"{node.name}::{each.name}" for each in methods}
    return frozenset(names)


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.name)
def test_named_tests_exist(path: Path) -> None:
    """Each file is there, and each function is defined in it, at the top or in the class."""
    for found in TEST.findall(path.read_text("utf-8")):
        file, _, name = found.partition("::")
        assert (ROOT / file).is_file(), found
        if name:
            assert name.rpartition("::")[2].startswith("test_"), found
            assert name in defined(ROOT / file), found


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.name)
def test_rows_name_a_test_once(path: Path) -> None:
    """A row repeats no test, and every backticked path in it is a whole one."""
    for row in rows(path.read_text("utf-8")):
        found = TEST.findall(row)
        assert len(found) == len(set(found)), row
        assert row.count("::test_") == len([each for each in found if "::" in each]), row


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.name)
def test_a_map_says_what_it_is(path: Path) -> None:
    """The first line is a sentence, and a map of a part of the specification has rows."""
    text = path.read_text("utf-8")
    assert text.splitlines()[0].endswith((".", ":"))
    if path.name != "README.md":
        assert TEST.search(text) and len(rows(text)) > 5


def test_there_are_maps() -> None:
    """The folder is found."""
    assert {"README.md", "20-project-and-files.md"} <= {path.name for path in MAPS}
