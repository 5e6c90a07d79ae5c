"""Cuts from editorial as shots with frame ranges.

`read_cut` reads an OTIO, EDL or Final Cut XML file into a `Cut`; what becomes of it in a project is
decided elsewhere. Nothing here knows a database, and OpenTimelineIO is imported only while a file
is read.
"""

from stalker.editorial.cut import Cut, CutError, CutShot
from stalker.editorial.naming import shot_code, shot_codes
from stalker.editorial.reader import read_cut
from stalker.editorial.samples import meridian

__all__ = ["Cut", "CutError", "CutShot", "meridian", "read_cut", "shot_code", "shot_codes"]
