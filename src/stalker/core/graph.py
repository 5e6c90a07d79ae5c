"""Walking object graphs without recursion, and finding out whether a step would close a circle."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from itertools import chain
from typing import Generic, TypeVar

from stalker.core.kinds import TraversalDirection
from stalker.exceptions import CircularDependencyError

Node = TypeVar("Node")
Key = TypeVar("Key", bound=Hashable)
Neighbours = Callable[[Key], Iterable[Key]]


def direction(method: int | str | TraversalDirection) -> TraversalDirection:
    """Return the traversal that *method* names: 0 or 1, a member, or a member's name."""
    if isinstance(method, str):
        try:
            return TraversalDirection[method.upper()]
        except KeyError:
            raise ValueError(
                f"walk method must be depth_first or breadth_first: {method!r}"
            ) from None
    if isinstance(method, bool) or not isinstance(method, int):
        raise TypeError(f"walk method must be an int or a TraversalDirection, not {method!r}")
    try:
        return TraversalDirection(method)
    except ValueError:
        raise ValueError(
            f"walk method must be 0 (depth first) or 1 (breadth first): {method}"
        ) from None


def walk(
    start: Node,
    neighbours: Callable[[Node], Iterable[Node]],
    method: int | str | TraversalDirection = TraversalDirection.DEPTH_FIRST,
) -> Iterator[Node]:
    """Yield *start* and what follows from it, once per path, in pre-order or level by level.

    Meeting a node again below itself raises `CircularDependencyError` instead of never ending.
    """
    if direction(method) is TraversalDirection.DEPTH_FIRST:
        return _depth_first(start, neighbours)
    return _breadth_first(start, neighbours)


def _depth_first(start: Node, neighbours: Callable[[Node], Iterable[Node]]) -> Iterator[Node]:
    yield start
    path = {id(start)}
    stack = [(start, iter(neighbours(start)))]
    while stack:
        parent, rest = stack[-1]
        for child in rest:
            if id(child) in path:
                raise CircularDependencyError(f"{child!r} is met again below itself")
            yield child
            path.add(id(child))
            stack.append((child, iter(neighbours(child))))
            break
        else:
            stack.pop()
            path.remove(id(parent))


def _breadth_first(start: Node, neighbours: Callable[[Node], Iterable[Node]]) -> Iterator[Node]:
    queue = deque([_Step(start, None)])
    while queue:
        step = queue.popleft()
        if step.repeats():
            raise CircularDependencyError(f"{step.node!r} is met again below itself")
        yield step.node
        queue.extend(_Step(child, step) for child in neighbours(step.node))


class _Step(Generic[Node]):
    """A node and the way that led to it; siblings share the way."""

    __slots__ = ("above", "node")

    def __init__(self, node: Node, above: _Step[Node] | None) -> None:
        self.node = node
        self.above = above

    def repeats(self) -> bool:
        above = self.above
        while above is not None:
            if above.node is self.node:
                return True
            above = above.above
        return False


def reaches(
    start: Key,
    goal: Key,
    successors: Neighbours[Key],
    predecessors: Neighbours[Key],
    prepare: Callable[[Collection[Key]], None] | None = None,
) -> bool:
    """Say whether *goal* can be reached from *start*.

    Searches from both sides, level by level, and stops when either side is exhausted, so that a
    node at the edge of a large graph (the usual case: a task that was just made) costs next to
    nothing. *prepare* is called with all nodes of a level before any of them is asked.
    """
    if start == goal:
        return True
    ahead, behind = {start}, {goal}
    forward: Collection[Key] = [start]
    backward: Collection[Key] = [goal]
    while forward and backward:
        # by what was seen, not by what waits: along a chain only one node ever waits
        goes_forward = len(ahead) <= len(behind)
        frontier = forward if goes_forward else backward
        seen, other = (ahead, behind) if goes_forward else (behind, ahead)
        step = successors if goes_forward else predecessors
        if prepare is not None:
            prepare(frontier)
        found = dict.fromkeys(chain.from_iterable(map(step, frontier)))
        if not other.isdisjoint(found):
            return True
        frontier = [node for node in found if node not in seen]
        seen.update(frontier)
        if goes_forward:
            forward = frontier
        else:
            backward = frontier
    return False
