"""Plug-ins: what is installed beside the library is called when somebody asks for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stalker import plugins


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with three plug-ins, one of them broken, as an installer would leave it."""
    (tmp_path / "lenses.py").write_text(
        "called = []\n"
        "def good(): called.append('good')\n"
        "def late(): called.append('late')\n"
        "def broken():\n"
        "    called.append('broken')\n"
        "    if called.count('broken') < 2:\n"
        "        raise OSError('no licence')\n"
    )
    info = tmp_path / "lenses-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lenses\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[stalker.plugins]\nz-late = lenses:late\na-broken = lenses:broken\ngood = lenses:good\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(plugins, "_loaded", set())
    return tmp_path


def test_plugins_are_called_once(installed: Path) -> None:
    """In the order of their names; one that fails warns, and is tried again."""
    assert "lenses" not in sys.modules
    with pytest.warns(UserWarning, match=r"'a-broken' \(lenses:broken\).*OSError: no licence"):
        assert plugins.load() == ["good", "z-late"]
    lenses = sys.modules.pop("lenses")
    assert lenses.called == ["broken", "good", "late"]
    sys.modules["lenses"] = lenses
    assert plugins.load() == plugins.load() == ["a-broken", "good", "z-late"]
    assert lenses.called == ["broken", "good", "late", "broken"]
    del sys.modules["lenses"]
