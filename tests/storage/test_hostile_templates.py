"""The attack corpus, rendered in a child process that limits its own time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("resource", reason="the child process limits itself with POSIX calls")
if not Path("/proc/self/statm").exists():
    pytest.skip("the child process reads its size from /proc", allow_module_level=True)

SCRIPT = Path(__file__).with_name("render_hostile.py")


def _load() -> ModuleType:
    spec = spec_from_file_location("render_hostile", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CORPUS: list[tuple[str, str]] = _load().corpus()


@pytest.fixture(scope="module")
def outcomes() -> dict[int, dict[str, Any]]:
    child = subprocess.run(
        [sys.executable, str(SCRIPT)],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    if child.returncode:
        last = next((line["started"] for line in reversed(lines) if "started" in line), None)
        culprit = "the start" if last is None else repr(CORPUS[last][1][:200])
        pytest.fail(f"the child ended with {child.returncode} at {culprit}: {child.stderr[-2000:]}")
    return {line["number"]: line for line in lines if "number" in line}


def test_the_corpus_is_large() -> None:
    """There are at least 300 distinct hostile templates."""
    assert len({text for _, text in CORPUS}) >= 300


@pytest.mark.parametrize("number", range(len(CORPUS)))
def test_a_hostile_template_gets_nothing(number: int, outcomes: dict[int, dict[str, Any]]) -> None:
    """Each attack is refused, or prints nothing, and touches nothing that it must not."""
    expected, text = CORPUS[number]
    outcome = outcomes[number]
    assert outcome["touched"] == []
    assert outcome["kind"] == expected, (text[:200], outcome["detail"])
