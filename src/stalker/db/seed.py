"""What every database contains from the start: permissions, the administrator, statuses, types."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

import stalker
from stalker.core.kinds import Access
from stalker.core.naming import single_spaced
from stalker.db.declarative import Base, named
from stalker.db.locks import AdvisoryLock, lock
from stalker.db.schema import create_missing_tables, note_alembic_version
from stalker.db.session import DBSession

__all__ = ["create_entity_statuses", "create_ticket_statuses", "init", "register"]

logger = logging.getLogger(__name__)

#: The classes that `init()` registers, as far as they exist.
CLASSES = (
    "Asset",
    "AuthenticationLog",
    "Budget",
    "BudgetEntry",
    "Client",
    "Daily",
    "Department",
    "Entity",
    "EntityGroup",
    "FilenameTemplate",
    "Good",
    "Group",
    "ImageFormat",
    "Invoice",
    "Link",
    "Message",
    "Note",
    "Page",
    "Payment",
    "Permission",
    "PriceList",
    "Project",
    "Repository",
    "Review",
    "Role",
    "Scene",
    "Sequence",
    "Shot",
    "SimpleEntity",
    "Status",
    "StatusList",
    "Structure",
    "Studio",
    "Tag",
    "Task",
    "Ticket",
    "TicketLog",
    "TimeLog",
    "Type",
    "User",
    "Vacation",
    "Version",
)

#: Flags of an `EntityType`, and the mixin that sets them.
FLAGS = {
    "statusable": "StatusMixin",
    "dateable": "DateRangeMixin",
    "schedulable": "ScheduleMixin",
    "accepts_references": "ReferenceMixin",
}

_BUILT_IN_PASSWORD = "admin"  # noqa: S105 - the documented default, warned about below


def init(admin_password: str | None = None) -> None:
    """Fill an empty or partly filled database, in one transaction.

    May be called any number of times and by any number of processes at once: what is there stays
    as it is. If the administrator has to be created, *admin_password* counts, then the environment
    variable `STALKER_ADMIN_PASSWORD`, then the configuration.
    """
    defaults = stalker.defaults
    session = DBSession()
    with session.no_autoflush:
        try:
            lock(session.connection(), AdvisoryLock.SEED)
            _register(session, [named(name) for name in CLASSES if name in Base.__by_name__])
            admin = _administrator(session, admin_password) if defaults.auto_create_admin else None
            _ticket_statuses(session, admin)
            for target in ("Daily", "Project", "Task", "Asset", "Shot", "Sequence", "Review"):
                kind = "task" if target in ("Asset", "Shot", "Sequence") else target.lower()
                names = defaults[f"{kind}_status_names"]
                _entity_statuses(session, target, names, defaults[f"{kind}_status_codes"], admin)
            if defaults.budget_status_names:
                codes = defaults.budget_status_codes
                _entity_statuses(session, "Budget", defaults.budget_status_names, codes, admin)
            session.flush()
            note_alembic_version(session.connection())
            session.commit()
        except BaseException:
            session.rollback()
            raise


def register(class_: type) -> None:
    """Create entity type, permissions and table of a class, as far as they are missing.

    Works for any class, mapped or not; a studio calls it for the classes it adds. Commits.
    """
    if not isinstance(class_, type):
        raise TypeError(f"register() takes a class, not {type(class_).__name__}: {class_!r}")
    session = DBSession()

    def work() -> None:
        # the class may have been defined after `setup()`
        create_missing_tables(session.connection())
        _register(session, [class_])

    _store(session, work)


def create_ticket_statuses() -> None:
    """Create the statuses, the status list and the types of tickets, as far as they are missing."""
    session = DBSession()

    def work() -> None:
        _ticket_statuses(session, _find(session, "User", login=stalker.defaults.admin_login))

    _store(session, work)


def create_entity_statuses(
    entity_type: str = "",
    status_names: Sequence[str] | None = None,
    status_codes: Sequence[str] | None = None,
    user: Any = None,
) -> None:
    """Create the statuses and the status list of *entity_type*, as far as they are missing.

    A status that has one of the names already is reused. An existing list keeps its order and
    gets what it lacks at its end. Raises `ValueError` for missing arguments and for lists of
    different length.
    """
    session = DBSession()
    if not entity_type or not status_names or not status_codes:
        session.rollback()
        raise ValueError(
            "create_entity_statuses() needs entity_type, status_names and status_codes, "
            f"not {entity_type!r}, {status_names!r}, {status_codes!r}"
        )
    _store(
        session, lambda: _entity_statuses(session, entity_type, status_names, status_codes, user)
    )


def _store(session: Session, work: Callable[[], None]) -> None:
    """Do *work*, which adds what it does not find, and commit.

    When somebody else was faster with the same rows, theirs are as good: the second try finds them.
    Any other error is raised.
    """
    others = bool(session.new or session.dirty or session.deleted)
    try:
        with session.no_autoflush:
            lock(session.connection(), AdvisoryLock.SEED)
            work()
            try:
                session.commit()
            except (IntegrityError, OperationalError) as error:
                if others:  # it may be the caller's objects that are refused: they must not vanish
                    raise
                session.rollback()
                logger.warning("somebody else was faster, trying again: %s", type(error).__name__)
                work()
                session.commit()
    except BaseException:
        session.rollback()
        raise


def _find(session: Session, class_name: str, **values: str) -> Any:
    return session.scalars(select(named(class_name)).filter_by(**values).limit(1)).first()


def _register(session: Session, classes: Iterable[type]) -> None:
    kind, permission = named("EntityType"), named("Permission")
    classes = list(classes)
    names = [class_.__name__ for class_ in classes]
    known = set(session.scalars(select(kind.name).where(kind.name.in_(names))))
    rows = [
        {"name": class_.__name__, **_flags(class_)}
        for class_ in classes
        if class_.__name__ not in known
    ]
    columns = (permission.access, permission.action, permission.class_name)
    wanted = [
        (access, action, name)
        for name in names
        for action in stalker.defaults.actions
        for access in Access
    ]
    granted = {tuple(row) for row in session.execute(select(*columns).where(columns[2].in_(names)))}
    missing = [
        {"access": access, "action": action, "class_name": name}
        for access, action, name in wanted
        if (access, action, name) not in granted
    ]
    if rows:
        session.execute(insert(kind.__table__), rows)
    if missing:
        session.execute(insert(permission.__table__), missing)


def _flags(class_: type) -> dict[str, bool]:
    bases = {base.__name__ for base in class_.__mro__}
    return {flag: mixin in bases for flag, mixin in FLAGS.items()}


def _administrator(session: Session, password: str | None) -> Any:
    defaults = stalker.defaults
    admin = _find(session, "User", login=defaults.admin_login)
    department = _find(session, "Department", name=defaults.admin_department_name)
    group = _find(session, "Group", name=defaults.admin_group_name)
    # created in this order: the ids of a fresh database follow it
    if department is None:
        department = named("Department")(name=defaults.admin_department_name)
        session.add(department)
    if group is None:
        group = named("Group")(name=defaults.admin_group_name)
        session.add(group)
    if admin is None:
        admin = named("User")(
            name=defaults.admin_name,
            login=defaults.admin_login,
            password=_admin_password(password),
            email=defaults.admin_email,
            departments=[department],
            groups=[group],
        )
        session.add(admin)
    for entity in (admin, department, group):
        if entity.created_by is None:
            entity.created_by = admin
            entity.updated_by = admin
    return admin


def _admin_password(given: str | None) -> str:
    password: str = (
        given or os.environ.get("STALKER_ADMIN_PASSWORD") or stalker.defaults.admin_password
    )
    if password == _BUILT_IN_PASSWORD:
        logger.warning(
            "the administrator has the built-in password: change it before others connect"
        )
    return password


def _ticket_statuses(session: Session, admin: Any) -> None:
    defaults = stalker.defaults
    names, codes = defaults.ticket_status_names, defaults.ticket_status_codes
    _entity_statuses(session, "Ticket", names, codes, admin, "Ticket Statuses")
    kind = named("Type")
    for name in ("Defect", "Enhancement"):
        if _find(session, "Type", name=name, target_entity_type="Ticket") is None:
            session.add(kind(name=name, code=name, target_entity_type="Ticket", created_by=admin))


def _entity_statuses(
    session: Session,
    target: str,
    names: Sequence[str],
    codes: Sequence[str],
    user: Any,
    list_name: str = "",
) -> None:
    if len(names) != len(codes):
        raise ValueError(
            f"each status of {target} needs a name and a code: {len(names)} names, "
            f"{len(codes)} codes"
        )
    status, status_list = named("Status"), named("StatusList")
    names = [single_spaced(name) for name in names]
    # the oldest one counts where several have the name
    query = select(status).where(status.name.in_(names)).order_by(status.id.desc())
    known = {each.name: each for each in session.scalars(query)}
    for each in session.new:
        if isinstance(each, status):
            known.setdefault(each.name, each)
    for name, code in zip(names, codes, strict=True):
        if name not in known:
            known[name] = status(name=name, code=code, created_by=user)
            session.add(known[name])
        elif known[name].code != code:
            logger.warning("status %r keeps its code %r, not %r", name, known[name].code, code)
    statuses = [known[name] for name in names]
    existing = _find(session, "StatusList", target_entity_type=target)
    if existing is None:
        session.add(
            status_list(
                name=list_name or f"{target} Statuses",
                target_entity_type=target,
                statuses=statuses,
                created_by=user,
            )
        )
    else:
        existing.statuses.extend(statuses)
