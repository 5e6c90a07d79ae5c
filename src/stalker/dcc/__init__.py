"""Stalker inside the applications that artists work in.

`Host` is what every application is to a production: something with an open scene, which is a
version, refers to other versions, and becomes the next one. `stalker.dcc.blender` is Blender,
`stalker.dcc.plain` an application that fits on a page; docs/guides/dcc.md says how to write others.
"""

from stalker.dcc.base import Host
from stalker.dcc.references import Reference, Used
from stalker.dcc.settings import SceneSettings

__all__ = ["Host", "Reference", "SceneSettings", "Used"]
