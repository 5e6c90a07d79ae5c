"""`AuthenticationLog`: who logged in and out, and who tried to."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.dates import utc_now
from stalker.core.kinds import LoginAction
from stalker.core.rules import as_bool, aware, default, instance_of, wrong_value
from stalker.db.types import GenericDateTime, vocabulary
from stalker.models.entity import SimpleEntity

if TYPE_CHECKING:
    from stalker.models.auth.user import User

__all__ = ["LOGIN", "LOGOUT", "AuthenticationLog"]

LOGIN = LoginAction.LOGIN
LOGOUT = LoginAction.LOGOUT


def _known(value: Any, where: str) -> LoginAction:
    # whatever it is, it is no action: the contract knows no `TypeError` here
    if value not in tuple(LoginAction):
        raise wrong_value(where, "'login' or 'logout'", value)
    return LoginAction(value)


class AuthenticationLog(SimpleEntity):
    """One log-in, log-out, or log-in that failed. Logs sort by their `date`, which is in UTC."""

    log_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    uid: Mapped[int] = mapped_column(ForeignKey("Users.id", ondelete="CASCADE"))
    #: who logged in, out, or tried to
    user: Mapped[User] = relationship(
        foreign_keys=[uid],
        back_populates="authentication_logs",
        info={"rules": (instance_of("User"),), "required": True},
    )
    #: "login" or "logout"
    action: Mapped[LoginAction] = mapped_column(
        vocabulary(LoginAction, "ActionNames"), info={"rules": (default(LOGIN), _known)}
    )
    #: when, in UTC; now, where none is given
    date: Mapped[datetime] = mapped_column(
        GenericDateTime, index=True, info={"rules": (default(utc_now), aware())}
    )
    #: false for a wrong password
    succeeded: Mapped[bool] = mapped_column(default=True, info={"rules": (as_bool(),)})

    def __init__(
        self,
        user: User | None = None,
        date: datetime | None = None,
        action: str | None = LOGIN,
        succeeded: bool = True,
        **kwargs: Any,
    ) -> None:
        instance_of("User")(user, f"{type(self).__name__}.user")
        super().__init__(**kwargs)
        self.date = date  # type: ignore[assignment]
        self.action = action  # type: ignore[assignment]
        self.succeeded = succeeded
        self.user = user  # type: ignore[assignment]

    # by date alone: two of the same moment are neither before nor after each other
    def __lt__(self, other: AuthenticationLog) -> Any:
        return self._compared(other, operator.lt)

    def __le__(self, other: AuthenticationLog) -> Any:
        return self._compared(other, operator.le)

    def __gt__(self, other: AuthenticationLog) -> Any:
        return self._compared(other, operator.gt)

    def __ge__(self, other: AuthenticationLog) -> Any:
        return self._compared(other, operator.ge)

    def _compared(self, other: object, compare: Callable[[Any, Any], bool]) -> Any:
        if not isinstance(other, AuthenticationLog):
            return NotImplemented
        return compare(self.date, other.date)
