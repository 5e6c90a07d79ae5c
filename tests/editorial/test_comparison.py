"""What a revision of a cut changes: which clip is which shot, and in what it differs."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.editorial import shot_codes
from stalker.editorial.common_frames import closest
from stalker.editorial.comparison import Difference, Kind, compare, longest_increasing
from stalker.editorial.edit import Edit, StoredShot

#: name of a clip, its first frame, its last one; they follow each other in the timeline
Clip = tuple[str, int, int]
Range = tuple[int, int]


def cut(*clips: Clip, **more: Any) -> list[Edit]:
    """Return the edits of clips that follow each other from record frame 0."""
    codes = shot_codes([name for name, *_ in clips])
    edits, now = [], 0
    for code, (name, first, last) in zip(codes, clips, strict=True):
        values = {"fps": 24.0, "record_track": 1, "clip_name": name, **more}
        edits.append(Edit(code, first, last, first, last, now, **values))
        now += last - first + 1
    return edits


def stored(difference: Difference, *before: StoredShot) -> list[StoredShot]:
    """Return the shots that a project has when that was done."""
    omitted = {shot.id for shot in difference.omitted}
    edits = {change.shot.id: change.edit for change in difference.changed}
    shots = [
        replace(
            shot,
            edit=edits.get(shot.id, shot.edit),
            is_omitted=shot.id in omitted or (shot.is_omitted and shot.id not in edits),
        )
        for shot in before
    ]
    first = len(shots) + 1
    return shots + [StoredShot(n, edit, "RTS") for n, edit in enumerate(difference.new, first)]


def shots_of(*clips: Clip) -> list[StoredShot]:
    return stored(compare(cut(*clips), [], []))


def summary(difference: Difference) -> dict[str, list[Any]]:
    """Return what is said, without shots that only lie elsewhere."""
    return {
        "new": [edit.code for edit in difference.new],
        "omitted": [shot.code for shot in difference.omitted],
        "changed": [
            (change.shot.code, *map(str, change.kinds))
            for change in difference.changed
            if change.kinds != (Kind.SHIFTED,)
        ],
    }


A, B, C, D = ("a", 0, 9), ("b", 20, 29), ("c", 40, 49), ("d", 60, 69)
T1, T2, T3, T4 = (("tape", n, n + 9) for n in (0, 100, 200, 300))
X1, X2, X3 = (("", n, n + 9) for n in (0, 100, 200))

#: before, after, what is new, omitted, changed
REVISIONS: dict[str, tuple[list[Clip], list[Clip], list[str], list[str], list[Any]]] = {
    "nothing": ([A, B, C], [A, B, C], [], [], []),
    "one more": ([A, C], [A, B, C], ["b"], [], []),
    "one less": ([A, B, C], [A, C], [], ["b"], []),
    "all others": ([A, B], [C, D], ["c", "d"], ["a", "b"], []),
    "another version": ([("a_v001", 0, 9), B], [("a_v002.mov", 0, 9), B], [], [], []),
    "another case": ([A, B], [("A", 0, 9), B], [], [], []),
    "longer": ([A, B], [A, ("b", 20, 32)], [], [], [("b", "longer")]),
    "shorter": ([A, B], [A, ("b", 23, 29)], [], [], [("b", "shorter")]),
    "slipped": ([A, B], [A, ("b", 25, 34)], [], [], [("b", "slipped")]),
    "slipped far away": ([A, B], [A, ("b", 900, 909)], [], [], [("b", "slipped")]),
    "moved to the end": ([A, B, C, D], [B, C, D, A], [], [], [("a", "moved")]),
    "moved to the beginning": ([A, B, C, D], [D, A, B, C], [], [], [("d", "moved")]),
    "two that change places": ([A, B], [B, A], [], [], [("b", "moved")]),
    "moved and longer": ([A, B, C], [B, C, ("a", 0, 11)], [], [], [("a", "longer", "moved")]),
    "the first use of a clip goes": (
        [A, B, ("a", 50, 59), C],
        [B, ("a", 50, 59), C],
        [],
        ["a"],
        [],
    ),
    "a use before the others": (
        [A, B, C],
        [("a", 50, 59), A, B, C],
        ["a_2"],
        [],
        [],
    ),
    "both uses slip a little": (
        [A, B, ("a", 50, 59)],
        [("a", 1, 10), B, ("a", 51, 60)],
        [],
        [],
        [("a", "slipped"), ("a_2", "slipped")],
    ),
    "a use that is longer into the next one": (
        [("a", 0, 20), B, ("a", 40, 160)],
        [("a", 0, 100), B, ("a", 50, 150)],
        [],
        [],
        [("a", "longer"), ("a_2", "shorter", "shifted")],
    ),
    "two uses of the same frames": ([A, B, A, C], [A, B, A, C], [], [], []),
    "one of two uses of the same frames": ([A, B, A, C], [A, B, C], [], ["a_2"], []),
    "a new shot between numbered ones": (
        [T1, T2, T3],
        [T1, T4, T2, T3],
        ["SH0015"],
        [],
        [],
    ),
    "a new shot before numbered ones": ([T1, T2, T3], [T4, T1, T2, T3], ["SH0040"], [], []),
    "numbered shots in another order": (
        [T1, T2, T3],
        [T2, T3, ("tape", 0, 7)],
        [],
        [],
        [("SH0010", "shorter", "moved")],
    ),
    "other frames of a tape are another shot": (
        [T1, T2, T3],
        [T1, T2, T4],
        ["SH0040"],
        ["SH0030"],
        [],
    ),
    "clips without a name": ([X1, X2, X3], [X2, X3], [], ["SH0010"], []),
    "clips that are renamed after shots": (
        [T1, T2, T3],
        [("SH0010", 0, 9), ("SH0020_v2", 100, 109), ("SH0030", 200, 209)],
        [],
        [],
        [],
    ),
}


@pytest.mark.parametrize("case", REVISIONS)
def test_a_revision(case: str) -> None:
    """Each shot is recognised, and what is said is all that differs; afterwards nothing does."""
    before, after, new, omitted, changed = REVISIONS[case]
    shots = shots_of(*before)
    found = compare(cut(*after), shots, [])
    assert summary(found) == {"new": new, "omitted": omitted, "changed": changed}
    again = compare(cut(*after), stored(found, *shots), [])
    assert (again.new, again.changed, again.omitted) == ((), (), ())


RENAMED = [("SH0010", 0, 9), ("SH0020_v2", 100, 109), ("SH0030", 200, 209)]


@pytest.mark.parametrize(
    ("clips", "changed"),
    [
        ([*RENAMED, ("tape", 5, 12)], []),
        ([*RENAMED, ("tape", 0, 9)], []),
        ([("tape", 5, 12), *RENAMED], []),
        ([("SH0010", 2, 9), *RENAMED[1:], ("tape", 0, 8)], [("SH0010", "shorter")]),
        ([*RENAMED[1:], ("SH0010", 0, 9), ("tape", 0, 9)], [("SH0010", "moved")]),
    ],
)
def test_clips_that_are_renamed_after_shots_stay_those(
    clips: list[Clip], changed: list[object]
) -> None:
    """A clip of the former name that shows frames of one of them is new, and takes no shot away."""
    shots = shots_of(("tape", 0, 9), ("tape", 100, 109), ("tape", 200, 209))
    shots = stored(compare(cut(*RENAMED), shots, []), *shots)
    found = summary(compare(cut(*clips), shots, []))
    assert (len(found["new"]), found["omitted"], found["changed"]) == (1, [], changed)


def test_what_a_change_tells() -> None:
    """Frames at the head and at the end, the shift in the timeline, and what it comes behind."""
    shots = shots_of(A, B, C, D)
    found = compare(cut(("c", 38, 52), B, D, ("a", 2, 9)), shots, [])
    told = {
        change.shot.code: (change.kinds, change.head, change.tail, change.shift, change.behind)
        for change in found.changed
    }
    assert told == {
        "c": ((Kind.LONGER, Kind.MOVED), 2, 3, -20, ""),
        "b": ((Kind.SHIFTED,), 0, 0, 5, None),
        "d": ((Kind.SHIFTED,), 0, 0, -5, None),
        "a": ((Kind.SHORTER, Kind.MOVED), -2, 0, 35, "d"),
    }


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"fps": 25.0, "cut_out": 9, "source_out": 9}, Kind.RATE),
        ({"clip_speed": 2.0}, Kind.SPEED),
        ({"record_track": 2}, Kind.TRACK),
        ({"clip_media": "/new/a.mov"}, Kind.MEDIA),
        ({"cut_in": -5}, Kind.WIDER),
        ({"cut_out": 12}, Kind.WIDER),
    ],
)
def test_other_kinds(values: dict[str, Any], kind: Kind) -> None:
    """Rate, speed, track, media and what a transition shows are told, too."""
    shots = shots_of(A)
    (edit,) = cut(A)
    (change,) = compare([replace(edit, **values)], shots, []).changed
    assert kind in change.kinds


@pytest.mark.parametrize(
    "values", [{"clip_media": None}, {"clip_speed": None}, {"clip_speed": 1 + 1e-12}, {"fps": 24.0}]
)
def test_what_is_no_change(values: dict[str, Any]) -> None:
    """What a format does not tell is kept, and the last digit of a speed does not matter."""
    (edit,) = cut(A, clip_media="/a.mov", clip_speed=1.0)
    shots = stored(compare([edit], [], []))
    assert compare([replace(edit, **values)], shots, []).unchanged == tuple(shots)


def test_rates_of_ntsc_are_the_same_in_all_spellings() -> None:
    """23.976, 23.98 and 24000/1001 are one rate."""
    shots = stored(compare(cut(A, fps=23.976), [], []))
    for fps in (23.98, 24000 / 1001):
        assert not compare(cut(A, fps=fps), shots, []).changed


def test_handles_are_kept() -> None:
    """A shot keeps the handles that it has and gets at least those that are asked for."""
    (edit,) = cut(A)
    shots = stored(compare([edit.with_handles(8, 2)], [], []))
    for handles, made in ((0, (-8 - 3, 14 + 2)), (5, (-8 - 3, 14 + 5)), (9, (-9 - 3, 14 + 9))):
        (change,) = compare(cut(("a", -3, 14)), shots, [], handles).changed
        assert (change.edit.cut_in, change.edit.cut_out) == made
    assert not compare(cut(A), shots, [], 2).changed


def test_a_shot_that_was_made_by_hand() -> None:
    """It is found by its code and gets its place; one that is in no cut is left alone."""
    by_hand = [
        StoredShot(n, Edit(code, 1, 1, 1, 1, None, 24.0), "RTS")
        for n, code in enumerate(("a", "later"), 1)
    ]
    found = compare(cut(A, B), by_hand, [])
    assert summary(found) == {"new": ["b"], "omitted": [], "changed": [("a", "placed", "longer")]}
    assert found.absent == (by_hand[1],)


def test_a_shot_that_comes_back() -> None:
    """It is the same shot again; as long as it is not in the cut, nothing more is said of it."""
    shots = shots_of(A, B, C)
    shots = stored(compare(cut(A, C), shots, []), *shots)
    away = compare(cut(A, C), shots, [])
    assert (away.omitted, [shot.code for shot in away.absent]) == ((), ["b"])
    assert summary(compare(cut(A, B, C), shots, []))["changed"] == [("b", "back")]


def test_what_is_in_the_cut_comes_before_what_was_omitted() -> None:
    """A shot that only lies elsewhere is not taken for one that was omitted from there."""
    shots = shots_of(A, B, A)
    shots = stored(compare(cut(A, B), shots, []), *shots)
    assert [shot.code for shot in shots if shot.is_omitted] == ["a_2"]
    found = compare(cut(("d", 0, 19), A), shots, [])
    assert [shot.code for shot in found.omitted] == ["b"]
    assert summary(found)["new"] == ["d"] and not summary(found)["changed"]
    assert [shot.code for shot in found.absent] == ["a_2"]


def test_codes_of_other_sequences() -> None:
    """A name that is the code of a shot elsewhere clashes; a number simply goes on from there."""
    assert compare(cut(A, B), [], ["B", "x"]).clashes == ("b",)
    found = compare(cut(T1, T2, T3), [], ["SH0010", "sh0045"])
    assert summary(found)["new"] == ["SH0050", "SH0060", "SH0070"] and not found.clashes
    # the first cut of a sequence keeps its codes, if they are free
    assert summary(compare(cut(A, X1, B), [], ["x"]))["new"] == ["a", "SH0020", "b"]
    # a second use is a shot of this sequence, whatever others are called
    assert summary(compare(cut(A, B, ("a", 50, 59)), [], ["a_2"]))["new"] == ["a", "b", "a_3"]


RANGES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), max_size=8)


@given(RANGES, RANGES)
def test_most_common_frames_come_first(ours: list[Range], theirs: list[Range]) -> None:
    """Of all pairs with frames in common, always the one with most; of several, the first one."""
    ours, theirs = ([(first, first + more) for first, more in side] for side in (ours, theirs))
    pairs = {
        (min(one[1], other[1]) - max(one[0], other[0]) + 1, -place, -behind)
        for place, one in enumerate(ours)
        for behind, other in enumerate(theirs)
    }
    expected = set()
    while pairs := {pair for pair in pairs if pair[0] > 0}:
        _, place, behind = max(pairs)
        expected.add((-place, -behind))
        pairs = {pair for pair in pairs if pair[1] != place and pair[2] != behind}
    found = list(closest(ours, theirs))
    assert len(found) == len(expected) and set(found) == expected


@given(st.lists(st.integers(0, 8), max_size=9))
def test_as_few_as_possible_are_moved(items: list[int]) -> None:
    """What stays is a longest subsequence in order; no other choice of as many or more is."""
    rows = [(item,) for item in items]
    chain = longest_increasing(rows)
    values = [items[index] for index in chain]
    assert chain == sorted(chain) and values == sorted(set(values))
    longer = combinations(items, len(chain) + 1)
    assert not any(list(each) == sorted(set(each)) for each in longer)


REVISED = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "sh010_v1", "", "AX"]), st.integers(0, 90), st.integers(1, 20)
    ),
    min_size=1,
    max_size=12,
)


def as_clips(revision: list[tuple[str, int, int]]) -> list[Clip]:
    return [(name, first, first + length - 1) for name, first, length in revision]


@given(st.lists(REVISED, min_size=1, max_size=4))
def test_any_revisions(revisions: list[list[tuple[str, int, int]]]) -> None:
    """Each clip is one shot with its frames, no shot is lost, codes are unique; then all agrees."""
    shots: list[StoredShot] = []
    for revision in revisions:
        edits = cut(*as_clips(revision))
        found = compare(edits, shots, [])
        told = (*(change.shot for change in found.changed), *found.omitted, *found.unchanged)
        assert sorted(each.id for each in (*told, *found.absent)) == [shot.id for shot in shots]
        shots = stored(found, *shots)
        used = [shot for shot in shots if not shot.is_omitted]
        assert sorted((*shot.edit.source_range, shot.edit.record_in) for shot in used) == sorted(
            (*edit.source_range, edit.record_in) for edit in edits
        )
        assert len({shot.code.casefold() for shot in shots}) == len(shots)
        again = compare(edits, shots, [])
        assert (again.new, again.changed, again.omitted) == ((), (), ())
