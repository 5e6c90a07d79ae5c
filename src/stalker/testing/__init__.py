"""For the tests of those who build on Stalker: databases of their own, and small productions.

With pytest nothing has to be imported: the plug-in comes with the package, and brings the
fixtures `stalker_session`, `stalker_database` and `make`; see `stalker.testing.pytest_plugin`. With
unittest, derive from `UnitTestDBBase`, or from `UnitTestSQLiteBase`, which needs no server.
"""

from stalker.testing.databases import create_db, create_random_db, drop_db
from stalker.testing.factory import Factory
from stalker.testing.platforms import PlatformPatcher
from stalker.testing.unit import UnitTestDBBase, UnitTestSQLiteBase

__all__ = [
    "Factory",
    "PlatformPatcher",
    "UnitTestDBBase",
    "UnitTestSQLiteBase",
    "create_db",
    "create_random_db",
    "drop_db",
]
