"""What has been added to a list, or removed from it, that was not loaded."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import History
from sqlalchemy.orm.base import PassiveFlag

_WITHOUT_LOADING = PassiveFlag.PASSIVE_NO_INITIALIZE | PassiveFlag.INCLUDE_PENDING_MUTATIONS


def pending(obj: Any, key: str) -> History:
    """Return the changes of the list *key* that are not written yet, without a query."""
    return inspect(obj).get_history(key, _WITHOUT_LOADING)  # type: ignore[no-any-return]
