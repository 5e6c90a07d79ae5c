"""What a cut changes in a project: a plan to read, made of values, that nothing has done yet."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from stalker.editorial.edit import Edit, StoredShot
from stalker.editorial.matching import match
from stalker.editorial.numbering import new_codes

__all__ = ["Change", "Difference", "Kind", "compare"]


class Kind(StrEnum):
    """In what way a shot differs, the most important first."""

    #: it was omitted and is in the cut again
    BACK = "back"
    #: it was made by hand and gets its place in the edit
    PLACED = "placed"
    RATE = "rate"
    LONGER = "longer"
    SHORTER = "shorter"
    #: other frames, as many
    SLIPPED = "slipped"
    #: a transition, or handles, show more on a side than is made so far
    WIDER = "wider"
    SPEED = "speed"
    #: it comes before or behind others than before
    MOVED = "moved"
    TRACK = "track"
    MEDIA = "media"
    #: only its place in the timeline is another, because what comes before it has changed
    SHIFTED = "shifted"


@dataclass(frozen=True, slots=True)
class Change:
    """One shot that a cut changes."""

    shot: StoredShot
    #: what it will be
    edit: Edit
    kinds: tuple[Kind, ...]
    #: code of what it comes behind now, if it was moved; empty if it is the first now
    behind: str | None = None

    @property
    def head(self) -> int:
        """Frames that it begins earlier in the media; negative is later."""
        return self.shot.edit.source_in - self.edit.source_in

    @property
    def tail(self) -> int:
        """Frames that it ends later in the media; negative is earlier."""
        return self.edit.source_out - self.shot.edit.source_out

    @property
    def shift(self) -> int:
        """Frames of the timeline that it begins later."""
        return (self.edit.record_in or 0) - (self.shot.edit.record_in or 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """All shots of a cut and of a sequence, each once; in the order of the cut."""

    new: tuple[Edit, ...]
    changed: tuple[Change, ...]
    #: they are in the cut no more, in the order that they had
    omitted: tuple[StoredShot, ...]
    unchanged: tuple[StoredShot, ...]
    #: they are in no cut, as before: made by hand, or omitted earlier
    absent: tuple[StoredShot, ...]
    #: codes of the cut that shots of other sequences have
    clashes: tuple[str, ...]


def compare(
    edits: Sequence[Edit], shots: Collection[StoredShot], others: Collection[str], handles: int = 0
) -> Difference:
    """Compare the *edits* of a cut with the *shots* of a sequence.

    *others* are the codes in the rest of the project. A shot keeps the handles that it has, and
    gets at least *handles*.
    """
    by_id = {shot.id: shot for shot in shots}
    found = {place: by_id[key] for place, key in match(edits, shots).items()}
    known = {place: shot.code for place, shot in found.items()}
    codes, clashes = new_codes(edits, known, [shot.code for shot in shots], others)
    codes |= known
    wanted = {}
    for place, edit in enumerate(edits):
        edit = replace(edit, code=codes[place]).with_handles(handles, handles)
        wanted[place] = _keeping(edit, found[place].edit) if place in found else edit
    behind = _moved(wanted, found)
    kinds = {place: _kinds(shot, wanted[place], place in behind) for place, shot in found.items()}
    changed = [
        Change(found[place], wanted[place], kinds[place], behind.get(place))
        for place in wanted
        if kinds.get(place)
    ]
    omitted, absent = _left(shots, {shot.id for shot in found.values()})
    return Difference(
        new=tuple(wanted[place] for place in wanted if place not in found),
        changed=tuple(changed),
        omitted=tuple(omitted),
        unchanged=tuple(found[place] for place in wanted if place in found and not kinds[place]),
        absent=tuple(absent),
        clashes=tuple(clashes),
    )


def _left(
    shots: Collection[StoredShot], matched: Collection[int]
) -> tuple[list[StoredShot], list[StoredShot]]:
    """Return the shots that were in the cut until now, and those that were not."""
    omitted: list[StoredShot] = []
    absent: list[StoredShot] = []
    for shot in sorted(shots, key=lambda shot: (shot.edit.place, shot.id)):
        if shot.id not in matched:
            was_in_the_cut = not shot.is_omitted and shot.edit.record_in is not None
            (omitted if was_in_the_cut else absent).append(shot)
    return omitted, absent


def _keeping(edit: Edit, before: Edit) -> Edit:
    """Return *edit* with the handles of *before*, and with its media where the cut tells none."""
    edit = edit.with_handles(before.source_in - before.cut_in, before.cut_out - before.source_out)
    return edit if edit.clip_media else replace(edit, clip_media=before.clip_media)


def _kinds(shot: StoredShot, edit: Edit, is_moved: bool) -> tuple[Kind, ...]:
    before = shot.edit
    is_placed = before.record_in is None and not shot.is_omitted
    longer = edit.source_range.seconds(edit.rate) - before.source_range.seconds(before.rate)
    is_wider = (
        edit.source_in - edit.cut_in > before.source_in - before.cut_in
        or edit.cut_out - edit.source_out > before.cut_out - before.source_out
    )
    true = {
        Kind.BACK: shot.is_omitted,
        Kind.PLACED: is_placed,
        Kind.RATE: edit.rate != before.rate,
        Kind.LONGER: longer > 0,
        Kind.SHORTER: longer < 0,
        Kind.SLIPPED: longer == 0 and edit.source_in != before.source_in,
        Kind.WIDER: is_wider,
        Kind.SPEED: not math.isclose(edit.speed, before.speed, rel_tol=1e-6),
        Kind.MOVED: is_moved,
        Kind.TRACK: before.record_track not in (None, edit.record_track),
        Kind.MEDIA: before.clip_name is not None and before.clip_media != edit.clip_media,
        Kind.SHIFTED: not (is_moved or is_placed) and edit.record_in != before.record_in,
    }
    return tuple(kind for kind in Kind if true[kind])


def _moved(wanted: Mapping[int, Edit], found: Mapping[int, StoredShot]) -> dict[int, str]:
    """Return the places of shots whose order has changed, as few as possible, with what is before.

    What stays is a longest subsequence that is in the same order before and after.
    """
    order = sorted(wanted, key=lambda place: (wanted[place].place, place))
    comparable = [
        place
        for place in order
        if place in found
        and not found[place].is_omitted
        and found[place].edit.record_in is not None
    ]
    former = [(found[place].edit.place, found[place].id) for place in comparable]
    stays = {comparable[index] for index in longest_increasing(former)}
    previous = dict(zip(order[1:], order, strict=False))
    return {
        place: wanted[previous[place]].code if place in previous else ""
        for place in comparable
        if place not in stays
    }


def longest_increasing(items: Sequence[tuple[object, ...]]) -> list[int]:
    """Return the indices of a longest strictly increasing subsequence of *items*."""
    # the last item of the best subsequence of each length, and where each item came from
    tails: list[tuple[object, ...]] = []
    ends: list[int] = []
    before: list[int] = []
    for index, item in enumerate(items):
        length = bisect_left(tails, item)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [item]
        ends[length : length + 1] = [index]
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]
