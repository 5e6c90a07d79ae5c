"""Base classes for `unittest`."""

from __future__ import annotations

import unittest
from contextlib import ExitStack
from typing import Any

from sqlalchemy.pool import NullPool

import stalker
from stalker.models.auth import User
from stalker.testing.databases import create_random_db, drop_db
from stalker.testing.scope import initialised

__all__ = ["UnitTestDBBase", "UnitTestSQLiteBase"]


class UnitTestSQLiteBase(unittest.TestCase):
    """A test with an initialised SQLite database in memory, and a configuration of its own."""

    config: dict[str, Any]
    database_url: str | None = None
    database_name: str | None = None
    _scope: ExitStack | None = None

    def setUp(self) -> None:
        """Bind a new database."""
        super().setUp()
        self._leave()
        # also if a `setUp()` that extends this one fails
        self.addCleanup(self._leave)
        self._scope = scope = ExitStack()
        try:
            self.config = self._database(scope)
            self.database_url = self.config["sqlalchemy.url"]
            scope.enter_context(initialised(self.config))
        except BaseException:
            self._leave()
            raise

    def _database(self, scope: ExitStack) -> dict[str, Any]:
        """Return the settings of a new database; *scope* removes it in the end."""
        return {"sqlalchemy.url": "sqlite://"}

    def tearDown(self) -> None:
        """Let go of the database; may be called more than once."""
        self._leave()
        super().tearDown()

    def _leave(self) -> None:
        if self._scope is not None:
            scope, self._scope = self._scope, None
            scope.close()

    @property
    def admin(self) -> User:
        """The administrator."""
        admin: User = User.query.filter_by(login=stalker.defaults.admin_login).one()
        return admin


class UnitTestDBBase(UnitTestSQLiteBase):
    """A test with an initialised PostgreSQL database of its own; see `stalker.testing.databases`.

    `setUp()` and `tearDown()` may be called within a test, to begin again with other defaults.
    Tests may run in several processes.
    """

    def _database(self, scope: ExitStack) -> dict[str, Any]:
        url, name = create_random_db()
        self.database_name = name
        scope.callback(drop_db, name)
        return {"sqlalchemy.url": url, "sqlalchemy.poolclass": NullPool}
