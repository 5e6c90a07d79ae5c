"""Tables on terminals: what folds, and where."""

from __future__ import annotations

from io import StringIO

from hypothesis import given
from hypothesis import strategies as some
from rich.cells import cell_len
from rich.console import Console

from stalker.cli import output
from stalker.cli.columns import Address, widths

NEEDS = some.lists(
    some.tuples(some.integers(0, 40), some.integers(0, 60)).map(lambda pair: (pair[0], sum(pair))),
    min_size=1,
    max_size=8,
)
NAMES = some.text("abcXYZ01_ 名", min_size=1, max_size=30).map(str.strip).filter(bool)
PATHS = some.lists(NAMES, min_size=1, max_size=6).map("/".join)
CONSOLE = Console(file=StringIO(), width=80)


@given(NEEDS, some.integers(1, 300))
def test_columns_share_the_room(needs: list[tuple[int, int]], room: int) -> None:
    """All that fits in one line does; else words are whole where they fit; else all fits."""
    found = widths(needs, room)
    least, most = ([need[end] for need in needs] for end in (0, 1))
    if sum(most) <= room:
        assert found == most
    elif sum(least) <= room:
        assert sum(found) == room
        assert all(a <= b <= c for a, b, c in zip(least, found, most, strict=True))
    else:
        assert sum(found) == max(room, min(sum(least), len(needs)))
        assert all(a <= b for a, b in zip(found, least, strict=True))


@given(PATHS, some.integers(4, 80))
def test_a_path_folds_between_its_parts(path: str, width: int) -> None:
    """Nothing is lost and no line is too wide; a part that fits on a line is on one line."""
    lines = [line.plain for line in Address(path).wrap(CONSOLE, width)]
    assert "".join(lines).replace(" ", "") == path.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)
    *above, last = path.split("/")
    for part in (*(f"{name}/" for name in above), last):
        if cell_len(part) <= width:
            assert any(part in line for line in lines)


def shown(width: int) -> str:
    found = output.table(("Task", "Status", "Who", "Start", "Planned"), numbers=("Planned",))
    for path, who in (("MER/Cut [/b]/SH010/Animation", "ines, marta"), ("MER/Edit", "marta")):
        cells = output.address(path), output.plain("WIP"), output.plain(who), "2026-11-27 09:00"
        found.add_row(*cells, "1,300h")
    stream = StringIO()
    Console(file=stream, width=width).print(found)
    return "\n".join(["", *(line.rstrip() for line in stream.getvalue().splitlines()), ""])


def test_a_table_that_fits() -> None:
    """Where there is room enough, everything has one line."""
    assert (
        shown(100)
        == """
Task                          Status  Who          Start             Planned
MER/Cut [/b]/SH010/Animation  WIP     ines, marta  2026-11-27 09:00   1,300h
MER/Edit                      WIP     marta        2026-11-27 09:00   1,300h
"""
    )


def test_a_table_that_does_not_fit() -> None:
    """Moments and people fold between words, and the path between its parts; no word is cut."""
    assert (
        shown(57)
        == """
Task                   Status  Who    Start       Planned
MER/Cut [/b]/SH010/    WIP     ines,  2026-11-27   1,300h
Animation                      marta  09:00
MER/Edit               WIP     marta  2026-11-27   1,300h
                                      09:00
"""
    )
