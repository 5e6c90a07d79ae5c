"""Where files belong: from a stored template and the data of a production to a path that is safe.

`view` and `context` show entities to templates, `render` fills a template in a sandbox, and what
comes out is text until `checked_rendered` accepts it as a path and `safe_join` puts it below a
root. `Roots` and its helpers translate such paths between platforms. Nothing here knows the
database; models hand in their objects and get text back.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from stalker.storage.names import checked_segment
from stalker.storage.paths import (
    checked_relative,
    checked_rendered,
    folded,
    safe_join,
    split_root,
)
from stalker.storage.roots import Roots, expand, longest, normalise, normalise_root

if TYPE_CHECKING:
    from stalker.storage.sandbox import problems, render
    from stalker.storage.views import context, view

__all__ = [
    "Roots",
    "checked_relative",
    "checked_rendered",
    "checked_segment",
    "context",
    "expand",
    "folded",
    "longest",
    "normalise",
    "normalise_root",
    "problems",
    "render",
    "safe_join",
    "split_root",
    "view",
]

#: These bring Jinja2 along, which only those have to load who render something.
_LATE = {"problems": "sandbox", "render": "sandbox", "context": "views", "view": "views"}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATE[name]}"), name)
