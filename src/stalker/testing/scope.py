"""A configuration and a database for one test, and everything as before afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import close_all_sessions

import stalker
from stalker import db, events
from stalker.config import Config
from stalker.db.session import DBSession

__all__ = ["fresh_defaults", "initialised", "unbind"]


def fresh_defaults() -> Config:
    """Return the configuration as delivered, with passwords that cost no time."""
    defaults = Config()
    defaults.reset()
    defaults.timing_resolution = timedelta(hours=1)
    defaults.password_time_cost = 1
    defaults.password_memory_cost = 8
    defaults.password_parallelism = 1
    return defaults


def unbind() -> None:
    """Close all sessions, and let go of the database."""
    bind = DBSession.session_factory.kw.get("bind")
    DBSession.remove()
    close_all_sessions()
    DBSession.configure(bind=None)
    if isinstance(bind, Engine):
        bind.dispose()


@contextmanager
def initialised(settings: Mapping[str, Any]) -> Iterator[None]:
    """Bind `DBSession` to a database, initialised, with a configuration of its own.

    Configuration, environment, the database that was bound and the receivers of signals are what
    they were afterwards.
    """
    environment, defaults = dict(os.environ), stalker.defaults
    former = DBSession.session_factory.kw.get("bind")
    receivers = {signal: signal.receivers for signal in events.SIGNALS}
    DBSession.remove()
    DBSession.configure(bind=None)
    try:
        os.environ.pop("STALKER_PATH", None)
        stalker.defaults = fresh_defaults()
        db.setup(settings)
        # the password is the documented one, and warning of it in every test helps nobody
        os.environ.setdefault("STALKER_ADMIN_PASSWORD", "test")
        db.init()
        yield
    finally:
        unbind()
        DBSession.configure(bind=former)
        stalker.defaults = defaults
        for signal, connected in receivers.items():
            signal.receivers = connected
        os.environ.clear()
        os.environ.update(environment)
