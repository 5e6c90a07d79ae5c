"""`Permission`: may somebody do something with the objects of a class?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, synonym

import stalker
from stalker.core.kinds import Access
from stalker.core.rules import not_blank, one_of, option, text
from stalker.db.declarative import Base, read_only
from stalker.db.types import vocabulary

__all__ = ["Permission"]


class Permission(Base):
    """One grant or denial of one action on one class; it cannot be changed.

    `stalker.db.register()` creates them for a class; users and groups get them.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    _access: Mapped[Access] = mapped_column(
        "access", vocabulary(Access, "AccessNames"), info={"rules": (option(Access),)}
    )
    # the actions are configured, so that no constraint can know them
    _action: Mapped[str] = mapped_column(
        "action", String(32), info={"rules": (text(32), one_of(lambda: stalker.defaults.actions))}
    )
    _class_name: Mapped[str] = mapped_column(
        "class_name", String(128), info={"rules": (text(128), not_blank())}
    )
    #: "Allow" or "Deny"
    access: Mapped[Access] = synonym("_access", descriptor=read_only("_access"))
    #: one of `stalker.defaults.actions`
    action: Mapped[str] = synonym("_action", descriptor=read_only("_action"))
    #: name of a class; it need not exist
    class_name: Mapped[str] = synonym("_class_name", descriptor=read_only("_class_name"))

    __table_args__ = (UniqueConstraint("access", "action", "class_name"),)

    def __init__(self, access: str, action: str, class_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._access = access  # type: ignore[assignment]
        self._action = action
        self._class_name = class_name

    def _describe(self) -> str:
        return f"<{self.access} {self.action}_{self.class_name} (Permission)>"
