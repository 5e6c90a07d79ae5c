"""What the manual shows, does what it says."""

from __future__ import annotations

import codeop
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

import stalker
from stalker import Version
from stalker.db.session import DBSession
from tests.acceptance.manual import blocks, run

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL = DOCS / "tutorial.md"
#: but that of applications, whose programs run in tests of their own, inside of them
GUIDES = sorted(page for page in (DOCS / "guides").glob("*.md") if page.stem != "dcc")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a page writes go away."""
    monkeypatch.chdir(tmp_path)


def test_the_tutorial_runs_in_memory() -> None:
    """Every block of the tutorial runs without any preparation, and prints what is shown."""
    run(TUTORIAL)
    assert DBSession.scalar(select(func.count(Version.version_id))) == 3


def test_the_tutorial_runs_on_each_database(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints the same on an SQLite file and on PostgreSQL, when the configuration names one."""
    settings = {"sqlalchemy.url": empty_url}
    monkeypatch.setitem(stalker.defaults.config_values, "database_engine_settings", settings)
    run(TUTORIAL)
    assert str(DBSession.get_bind().engine.url.database) in empty_url


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_runs(guide: Path) -> None:
    """Every block of a guide runs, and prints what is shown.

    In a process of its own: guides map classes, and listen to signals.
    """
    program = [sys.executable, "-W", "error", "-m", "tests.acceptance.manual", str(guide)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(DOCS.parent), *sys.path])}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda path: path.stem)
def test_what_is_shown_is_python(page: Path) -> None:
    """What is shown and not run could be: no block has an error of syntax."""
    shown = re.findall(r"^```py\n(.*?)^```", page.read_text("utf-8"), re.S | re.M)
    for program in [*shown, *(block.program for block in blocks(page))]:
        compile(program, str(page), "exec")


@pytest.mark.parametrize(
    "page", [DOCS.parent / "README.md", TUTORIAL, *GUIDES], ids=lambda path: path.stem
)
def test_what_runs_can_be_typed(page: Path) -> None:
    """Typed into the shell of Python line by line, no block of a page is an error of syntax."""
    for block in blocks(page):
        lines: list[str] = []
        for line in [*block.program.splitlines(), ""]:
            lines.append(line)
            if codeop.compile_command("\n".join(lines), f"{page}:{block.line}") is not None:
                lines.clear()
        assert lines == []
