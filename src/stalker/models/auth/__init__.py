"""People: users, the groups and roles they have, what these permit, and who logs in."""

from stalker.models.auth.group import Group
from stalker.models.auth.local_session import LocalSession
from stalker.models.auth.log import LOGIN, LOGOUT, AuthenticationLog
from stalker.models.auth.permission import Permission
from stalker.models.auth.role import Role
from stalker.models.auth.user import User

__all__ = [
    "LOGIN",
    "LOGOUT",
    "AuthenticationLog",
    "Group",
    "LocalSession",
    "Permission",
    "Role",
    "User",
]
