"""A small studio around a real cut: something to look at, and to try things with."""

from stalker.services.demo.production import MARK, Track, build

__all__ = ["MARK", "Track", "build"]
