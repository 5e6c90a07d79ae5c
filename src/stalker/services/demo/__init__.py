"""A small studio around a real cut: something to look at, and to try things with."""

from stalker.services.demo.production import MARK, Production, Track, build

__all__ = ["MARK", "Production", "Track", "build"]
