"""Pretending to be on another platform."""

from __future__ import annotations

import platform
from collections.abc import Callable

__all__ = ["PlatformPatcher"]


class PlatformPatcher:
    """Makes `platform.system()` say something else: "Linux", "Windows" or "Darwin"."""

    def __init__(self) -> None:
        self._original: Callable[[], str] | None = None

    def patch(self, name: str) -> None:
        """Let `platform.system()` return *name*."""
        if self._original is None:
            self._original = platform.system
        platform.system = lambda: name

    def restore(self) -> None:
        """Undo it, if it was done."""
        if self._original is not None:
            platform.system = self._original
            self._original = None
