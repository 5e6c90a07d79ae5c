"""Which clip of a new revision is which shot of the project.

The code of a clip cannot tell alone: of two uses of one clip the first may go, and a cut without
names numbers its shots by place, so that one more clip at the beginning would shift them all.
What is compared is, in this order:

1. the name that the shot was made from, less its version. Where several have the same name: the
   frames they use and their place in the timeline, then the frames, both first of what is in the
   cut and then of what was omitted; then the pairs with most frames in common;
2. in order, those that are left with the same name, if the code of the shot comes from it;
3. the code of the shot with the name of the clip: editors rename clips after shots. A name that no
   shot was made from can mean nothing else, and comes before frames that are merely in common.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from stalker.editorial.common_frames import closest
from stalker.editorial.edit import Edit, StoredShot
from stalker.editorial.naming import shot_code

__all__ = ["match"]


class _Side(NamedTuple):
    """An edit that is looked for, or one that a project has."""

    #: of the edit in its list, or of the shot
    number: int
    edit: Edit
    #: what stays the same of a clip through revisions; without a name, its media
    origin: Hashable
    #: its code comes from the name of the clip, and not from its place
    is_named: bool
    #: it was in a cut and is no more
    is_omitted: bool = False

    @property
    def frames(self) -> tuple[int, int]:
        return self.edit.source_in, self.edit.source_out


_Key = Callable[[_Side], Hashable]


class _Pairing:
    """What is still to be matched, in the order of the timeline, and what was found."""

    def __init__(self, edits: Sequence[Edit], shots: Iterable[StoredShot]) -> None:
        placed = sorted(enumerate(edits), key=lambda item: (item[1].place, item[0]))
        self.edits = {number: _side(number, edit) for number, edit in placed}
        # what is in the cut has a better claim than what went before
        ordered = sorted(shots, key=lambda shot: (shot.is_omitted, shot.edit.place, shot.id))
        self.shots = {
            shot.id: _side(shot.id, shot.edit)._replace(is_omitted=shot.is_omitted)
            for shot in ordered
        }
        self.origins = {shot.origin for shot in self.shots.values()}
        #: number of an edit -> id of its shot
        self.found: dict[int, int] = {}

    def pair(self, edit: _Side, shot: _Side) -> None:
        self.found[edit.number] = shot.number
        del self.edits[edit.number], self.shots[shot.number]

    def by(self, key: _Key, of_shot: _Key | None = None) -> None:
        """Pair what has the same key, in order; ``None`` is no key."""
        waiting: dict[Hashable, deque[_Side]] = defaultdict(deque)
        for shot in self.shots.values():
            waiting[(of_shot or key)(shot)].append(shot)
        for edit in list(self.edits.values()):
            if (wanted := key(edit)) is not None and waiting[wanted]:
                self.pair(edit, waiting[wanted].popleft())

    def by_code(self, key: _Key) -> None:
        """Pair clips that are renamed after shots, which have the code for an origin, with them."""
        self.by(
            lambda edit: None if edit.origin in self.origins else key(edit),
            lambda shot: key(shot._replace(origin=shot.edit.code.casefold())),
        )

    def by_frames(self) -> None:
        """Pair what has the same origin and the same frames, at the same place first."""
        for key in (_use, _frames):
            self.by_code(key)
            self.by(key, _if_in_the_cut(key))
        for key in (_use, _frames):
            self.by(key)

    def by_common_frames(self) -> None:
        """Pair what has the same origin and most frames in common."""
        shots = _by_origin(self.shots)
        for origin, edits in _by_origin(self.edits).items():
            pairs = closest(
                [side.frames for side in edits], [side.frames for side in shots[origin]]
            )
            for edit, shot in pairs:
                self.pair(edits[edit], shots[origin][shot])


def match(edits: Sequence[Edit], shots: Iterable[StoredShot]) -> dict[int, int]:
    """Return the id of the shot for the place of each of *edits*; a new one is not in it."""
    pairing = _Pairing(edits, shots)
    pairing.by_frames()
    pairing.by_code(_origin)
    pairing.by_common_frames()
    pairing.by(_origin, lambda shot: shot.origin if shot.is_named else None)
    pairing.by(lambda side: side.edit.clip_name, lambda shot: shot.edit.code)
    pairing.by(_origin, lambda shot: shot.edit.code.casefold())
    return pairing.found


def _side(number: int, edit: Edit) -> _Side:
    name = edit.code if edit.clip_name is None else edit.clip_name
    stem = shot_code(name).casefold()
    is_named = bool(stem) and edit.code.casefold().startswith(stem)
    return _Side(number, edit, stem or (edit.clip_media,), is_named)


def _origin(side: _Side) -> Hashable:
    return side.origin


def _use(side: _Side) -> Hashable:
    return side.origin, side.frames, side.edit.place


def _frames(side: _Side) -> Hashable:
    return side.origin, side.frames


def _if_in_the_cut(key: _Key) -> _Key:
    return lambda shot: None if shot.is_omitted else key(shot)


def _by_origin(sides: Mapping[int, _Side]) -> Mapping[Hashable, list[_Side]]:
    found: dict[Hashable, list[_Side]] = defaultdict(list)
    for side in sides.values():
        found[side.origin].append(side)
    return found
