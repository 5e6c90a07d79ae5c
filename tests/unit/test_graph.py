"""Walking object graphs, and finding out whether one thing can be reached from another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.core.graph import direction, reaches, walk
from stalker.core.kinds import TraversalDirection
from stalker.exceptions import CircularDependencyError

DEPTH_FIRST, BREADTH_FIRST = TraversalDirection


class Node:
    """Equal to every other node: what is met again must be known by identity."""

    def __init__(self, name: object) -> None:
        self.name = name
        self.following: list[Node] = []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node)

    __hash__ = None  # type: ignore[assignment]


def graph(edges: dict[str, str]) -> dict[str, Node]:
    nodes = {name: Node(name) for name in sorted({*edges, *"".join(edges.values())})}
    for name, following in edges.items():
        nodes[name].following = [nodes[each] for each in following]
    return nodes


def names(start: Node, method: int | str | TraversalDirection) -> str:
    return "".join(str(node.name) for node in walk(start, lambda node: node.following, method))


@st.composite
def edge_lists(draw: st.DrawFn, acyclic: bool) -> list[list[int]]:
    """Draw for each of a few numbered nodes the nodes that follow it."""
    count = draw(st.integers(1, 7))
    return [
        draw(
            st.lists(st.integers(number + 1 if acyclic else 0, count - 1), max_size=3, unique=True)
        )
        if number + 1 < count or not acyclic
        else []
        for number in range(count)
    ]


def paths(edges: list[list[int]], start: int) -> Iterator[tuple[int, ...]]:
    """Yield all paths from *start*, in pre-order, by plain recursion; only for acyclic graphs."""
    yield (start,)
    for following in edges[start]:
        yield from ((start, *path) for path in paths(edges, following))


def closure(edges: list[list[int]], start: int) -> set[int]:
    """Return all that can be reached from *start* in one step or more."""
    found: set[int] = set()
    waiting = list(edges[start])
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(edges[node])
    return found


@pytest.mark.parametrize(
    ("edges", "method", "expected"),
    [
        ({"a": "b", "b": "cd", "d": "c", "c": "ef"}, BREADTH_FIRST, "abcdefcef"),
        ({"a": "b", "b": "cd", "d": "c", "c": "ef"}, DEPTH_FIRST, "abcefdcef"),
        ({"a": "bc", "b": "de", "c": "f"}, DEPTH_FIRST, "abdecf"),
        ({"a": "bc", "b": "de", "c": "f"}, BREADTH_FIRST, "abcdef"),
        ({"a": ""}, DEPTH_FIRST, "a"),
        ({"a": ""}, BREADTH_FIRST, "a"),
    ],
)
def test_walk_takes_the_order_of_the_contract(
    edges: dict[str, str], method: TraversalDirection, expected: str
) -> None:
    """The start comes first, then what follows: pre-order or level by level, shared parts again."""
    assert names(graph(edges)["a"], method) == expected


@given(edge_lists(acyclic=True))
def test_walk_yields_a_node_once_per_path(edges: list[list[int]]) -> None:
    """Both orders yield the end of every path: depth first in pre-order, the other by length."""
    nodes = [Node(number) for number in range(len(edges))]
    for node, following in zip(nodes, edges, strict=True):
        node.following = [nodes[number] for number in following]
    pre_order = list(paths(edges, 0))
    by_level = sorted(pre_order, key=len)  # stable: on a level, the order of the level above

    for method, expected in ((DEPTH_FIRST, pre_order), (BREADTH_FIRST, by_level)):
        walked = walk(nodes[0], lambda node: node.following, method)
        assert [node.name for node in walked] == [path[-1] for path in expected]


@given(edge_lists(acyclic=False), st.sampled_from(TraversalDirection))
def test_walk_raises_exactly_on_cycles(edges: list[list[int]], method: TraversalDirection) -> None:
    """A walk ends by itself, or raises `CircularDependencyError` if it comes across a cycle."""
    nodes = [Node(number) for number in range(len(edges))]
    for node, following in zip(nodes, edges, strict=True):
        node.following = [nodes[number] for number in following]
    cyclic = any(number in closure(edges, number) for number in {0} | closure(edges, 0))

    walked = walk(nodes[0], lambda node: node.following, method)
    if cyclic:
        with pytest.raises(CircularDependencyError, match="met again below itself"):
            list(walked)
    else:
        assert {node.name for node in walked} == {0} | closure(edges, 0)


@pytest.mark.parametrize("method", TraversalDirection)
def test_walk_is_neither_recursive_nor_eager(method: TraversalDirection) -> None:
    """A chain longer than Python's stack is walked step by step, asking only for what is needed."""
    asked = []

    def following(number: int) -> Iterator[int]:
        asked.append(number)
        yield number + 1

    chain = walk(0, following, method)

    assert [next(chain) for _ in range(3000)] == list(range(3000))
    assert len(asked) <= 3000


@pytest.mark.parametrize("method", TraversalDirection)
def test_walk_takes_any_node(method: TraversalDirection) -> None:
    """`None` among the nodes does not hide those after it."""
    following: dict[object, list[object]] = {"a": [None, "b"], None: [], "b": []}

    assert list(walk("a", following.__getitem__, method)) == ["a", None, "b"]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (0, DEPTH_FIRST),
        (1, BREADTH_FIRST),
        (BREADTH_FIRST, BREADTH_FIRST),
        ("depth_first", DEPTH_FIRST),
        ("BREADTH_FIRST", BREADTH_FIRST),
    ],
)
def test_the_method_is_a_number_a_member_or_a_name(
    method: int | str, expected: TraversalDirection
) -> None:
    """All spellings of a method name the same member."""
    assert direction(method) is expected


@pytest.mark.parametrize(
    ("method", "error"),
    [(2, ValueError), (-1, ValueError), ("sideways", ValueError), ("", ValueError)]
    + [(wrong, TypeError) for wrong in (None, True, 1.0, [0])],
)
def test_a_wrong_method_is_refused_at_once(method: object, error: type[Exception]) -> None:
    """The call itself raises and shows the value, not the first step of the walk."""
    with pytest.raises(error, match=r"walk method must be") as caught:
        walk("a", lambda _: (), method)  # type: ignore[arg-type,return-value]
    assert str(method) in str(caught.value)


def successors(edges: list[list[int]]) -> Callable[[int], list[int]]:
    return edges.__getitem__


def predecessors(edges: list[list[int]]) -> Callable[[int], list[int]]:
    return lambda number: [each for each, following in enumerate(edges) if number in following]


@given(edge_lists(acyclic=False), st.data())
def test_reaches_agrees_with_a_plain_search(edges: list[list[int]], data: st.DataObject) -> None:
    """Searching from both sides finds the same as following all edges from the start."""
    start = data.draw(st.integers(0, len(edges) - 1))
    goal = data.draw(st.integers(0, len(edges) - 1))

    found = reaches(start, goal, successors(edges), predecessors(edges))

    assert found == (goal == start or goal in closure(edges, start))


def test_reaches_compares_by_equality() -> None:
    """Keys that are made anew at each step are known again."""
    edges = dict(pairwise([("task", number) for number in range(5)]))
    back = {after: before for before, after in edges.items()}

    def ahead(key: tuple[str, int]) -> list[tuple[str, int]]:
        return [(kind, number) for kind, number in [edges[key]]] if key in edges else []

    def behind(key: tuple[str, int]) -> list[tuple[str, int]]:
        return [(kind, number) for kind, number in [back[key]]] if key in back else []

    assert reaches(("task", 0), ("task", 4), ahead, behind)
    assert not reaches(("task", 4), ("task", 0), ahead, behind)


@pytest.mark.parametrize("at_the_edge", ["start", "goal"])
def test_reaches_hardly_looks_when_one_side_is_at_the_edge(at_the_edge: str) -> None:
    """Next to a node without neighbours a large graph is not searched, whichever side it is on."""
    asked: list[int] = []
    lonely, middle, size = -1, 50_000, 100_000

    def chain(step: int) -> Callable[[int], list[int]]:
        def neighbours(number: int) -> list[int]:
            asked.append(number)
            return [] if number == lonely else [(number + step) % size]

        return neighbours

    start, goal = (lonely, middle) if at_the_edge == "start" else (middle, lonely)

    assert not reaches(start, goal, chain(1), chain(-1))
    assert len(asked) < 5
