"""All that a studio's database holds, in a file that any database of ours can be made of.

The file is the way from SQLite to PostgreSQL, and back. It is text in gzip, one JSON value a line:
a header; for each table its name, its rows and their digest; and at last the digest of all before.
See `docs/decisions/0019-backups.md`.
"""

from stalker.services.backup.reading import verify
from stalker.services.backup.restoring import restore
from stalker.services.backup.summary import Summary
from stalker.services.backup.writing import back_up

__all__ = ["Summary", "back_up", "restore", "verify"]
