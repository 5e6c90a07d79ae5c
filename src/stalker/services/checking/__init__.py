"""Whether a database is in order: schema, references, and what is derived from other rows."""

from stalker.services.checking.finding import Finding
from stalker.services.checking.inspection import check

__all__ = ["Finding", "check"]
