"""The production to build, as plain data, so that every way writes the same rows."""

from __future__ import annotations

from dataclasses import dataclass, field

#: children of one container
WIDTH = 9
PEOPLE = 10


@dataclass
class Item:
    """One task: everything else it refers to comes before it in the list."""

    name: str
    parent: int | None = None
    depends: list[int] = field(default_factory=list)
    resources: list[int] = field(default_factory=list)


def production(size: int) -> list[Item]:
    """Return *size* tasks: containers with nine children each, every child after the one before."""
    items: list[Item] = []
    while len(items) < size:
        container = len(items)
        items.append(Item(f"Shot {container:05d}"))
        for step in range(min(WIDTH, size - len(items))):
            number = len(items)
            depends = [number - 1] if step else []
            people = [number % PEOPLE, (number + 3) % PEOPLE]
            items.append(Item(f"Task {number:05d}", container, depends, people))
    return items
