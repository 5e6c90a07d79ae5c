"""Cuts from editorial as shots with frame ranges.

`read_cut` reads an OTIO, EDL or Final Cut XML file into a `Cut`; what that changes in a project is
told by `comparison`, and done by `stalker.services.conforming`. Nothing here knows a database, and
OpenTimelineIO is imported only while a file is read or written.
"""

from stalker.editorial.cut import Cut, CutError, CutShot
from stalker.editorial.export import write_cut
from stalker.editorial.naming import shot_code, shot_codes
from stalker.editorial.reader import read_cut
from stalker.editorial.samples import meridian

__all__ = [
    "Cut",
    "CutError",
    "CutShot",
    "meridian",
    "read_cut",
    "shot_code",
    "shot_codes",
    "write_cut",
]
