"""What docs/guides/dcc.md shows."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import pytest

from stalker.dcc import Host, plain
from stalker.dcc.plain import PlainFiles
from tests.dcc.production import Production

PAGE = (Path(__file__).parents[2] / "docs" / "guides" / "dcc.md").read_text("utf-8")


def blocks(mark: str) -> list[str]:
    return re.findall(rf"^```{mark}\n(.*?)^```", PAGE, re.S | re.M)


def story() -> str:
    return "\n".join(blocks("python"))


def test_the_day_of_the_guide(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it runs, one block after the other, also in an application without Blender."""
    program = story().replace("from stalker.dcc.blender import Blender", "")
    exec(compile(program, "dcc.md", "exec"), {"Blender": PlainFiles})
    first, outdated = capsys.readouterr().out.splitlines()
    assert first == f"1 {production.root}/LHS/Lamp/Model/Lamp_Model_Main_v001.scene"
    assert outdated == "reference 1 is 1 of 2"


def test_the_hosts_of_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole host is the one that is tested, and Maya's lacks nothing a host must have."""
    whole, maya = (each for each in blocks("py") if "(Host)" in each)
    assert whole in Path(plain.__file__).read_text("utf-8")
    module = ModuleType("maya")
    module.cmds = MagicMock()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "maya", module)
    namespace: dict[str, type[Host]] = {}
    exec(compile(maya, "dcc.md", "exec"), namespace)
    host = namespace["Maya"]()
    assert host.scene_path() is not None and host.application.startswith("Maya ")
