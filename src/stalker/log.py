"""Logging: the library writes to loggers named after its modules and configures nothing."""

from __future__ import annotations

import logging

__all__ = ["get_logger", "logger", "logging_level", "set_level"]

#: The level the application asked for with `set_level()`.
logging_level = logging.INFO

logger = logging.getLogger("stalker")
logger.addHandler(logging.NullHandler())


def get_logger(name: str) -> logging.Logger:
    """Return the logger of a module of the library, or of a plug-in below it."""
    return logging.getLogger(name)


def set_level(level: int) -> None:
    """Set the level of all loggers of the library."""
    global logging_level
    if isinstance(level, bool) or not isinstance(level, int):
        raise TypeError(f"the log level must be an int, not {type(level).__name__}: {level!r}")
    if level not in logging.getLevelNamesMapping().values():
        raise ValueError(f"the log level must be one of logging's levels, not {level}")
    logging_level = level
    logger.setLevel(level)
