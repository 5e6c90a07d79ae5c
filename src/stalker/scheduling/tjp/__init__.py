"""TaskJuggler's language: what it is told about people, projects and tasks."""

from stalker.scheduling.tjp.text import statement

__all__ = ["statement"]
