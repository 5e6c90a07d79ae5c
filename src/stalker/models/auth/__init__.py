"""People: users, the groups and roles they have, and what these permit."""

from stalker.models.auth.group import Group
from stalker.models.auth.permission import Permission
from stalker.models.auth.role import Role
from stalker.models.auth.user import User

__all__ = ["Group", "Permission", "Role", "User"]
