"""What the attributes of a task may be."""

from __future__ import annotations

from typing import Any

import stalker
from stalker.core.kinds import AllocationStrategy
from stalker.core.rules import (
    as_bool,
    at_least,
    clamped,
    converted,
    default,
    each_of,
    instance_of,
    list_of,
    number,
    one_of,
    option,
    optional,
)

__all__ = [
    "MILESTONE",
    "PERSISTENT",
    "PRIORITY",
    "STRATEGY",
    "TASK",
    "TIMING",
    "USERS",
    "list_of_tasks",
    "list_of_users",
]

TASK = instance_of("Task")
list_of_tasks = each_of(TASK)
list_of_users = list_of(instance_of("User"))

Info = dict[str, Any]

USERS: Info = {"rules": (instance_of("User"),)}
TIMING: Info = {"rules": (optional(number(), at_least(0)),)}
MILESTONE: Info = {"rules": (default(False), instance_of(bool))}
PRIORITY: Info = {
    "rules": (
        default(lambda: stalker.defaults.task_priority),
        number(),
        converted(int),
        clamped(0, 1000),
    )
}
STRATEGY: Info = {
    "rules": (
        default(lambda: stalker.defaults.allocation_strategy[0]),
        one_of(lambda: stalker.defaults.allocation_strategy),
        option(AllocationStrategy),
    )
}
PERSISTENT: Info = {"rules": (default(lambda: stalker.defaults.persistent_allocation), as_bool())}
