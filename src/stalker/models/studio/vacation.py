"""`Vacation`: when somebody, or everybody, is away."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from stalker.core.rules import instance_of, optional
from stalker.db.construction import is_constructing
from stalker.db.session import StudioSession
from stalker.models.auth import User
from stalker.models.entity import SimpleEntity
from stalker.models.mixins import DateRangeMixin
from stalker.scheduling.tjp import statement

__all__ = ["Vacation"]

logger = logging.getLogger(__name__)

_DROPPED = "_dropped_from_list"


class Vacation(SimpleEntity, DateRangeMixin):
    """The absence of one user, or of the whole studio where no user is named. Times are in UTC.

    Taken out of the list of its user it is deleted; with `user = None` it becomes the studio's.
    """

    vacation_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("Users.id", ondelete="CASCADE"))
    #: who is away; `None` is the whole studio
    user: Mapped[User | None] = relationship(
        foreign_keys=[user_id],
        back_populates="vacations",
        info={
            "rules": (optional(instance_of("User")),),
            "check": lambda vacation, user: vacation._checked_user(user),
        },
    )

    def __init__(self, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if user is not None:
            self.user = user

    def _checked_user(self, user: Any) -> Any:
        if user is None and not is_constructing(self) and self.user is not None:
            logger.warning("%r does not belong to %r any more", self, self.user)
        return user

    @property
    def to_tjp(self) -> str:
        """The `vacation` statement for TaskJuggler."""
        return statement("tjp_vacation_template", vacation=self)


@event.listens_for(User.vacations, "remove")
def _dropped(user: User, vacation: Vacation, initiator: Any) -> None:
    # not if it was the vacation that let go of its user
    if initiator is not None and initiator.key == "vacations":
        vacation.__dict__[_DROPPED] = True


@event.listens_for(Vacation, "expire")
def _back_in_its_place(vacation: Vacation | None, attributes: Any) -> None:
    # a rollback has put it into the list again
    if vacation is not None:  # else nobody has it any more
        vacation.__dict__.pop(_DROPPED, None)


@event.listens_for(StudioSession, "before_flush")
def _delete_dropped(session: Session, context: Any, instances: Any) -> None:
    for each in (*session.dirty, *session.new):
        if isinstance(each, Vacation) and each.__dict__.pop(_DROPPED, False) and each.user is None:
            if each in session.new:
                session.expunge(each)
            else:
                session.delete(each)
