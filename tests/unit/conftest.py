"""Unit tests need no database; most of them are tables or properties."""

from __future__ import annotations

from hypothesis import settings

# a busy machine must not fail a test, and no run leaves anything for the next
settings.register_profile("patient", deadline=None, database=None)
settings.load_profile("patient")
