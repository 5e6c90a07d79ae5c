"""Which part of Jinja2's language stored templates may use, decided on the syntax tree.

An allow-list: expressions, `if`, `for` and `set`. Whatever names other templates, defines or calls
something of its own, or repeats itself (`include`, `macro`, `**`, recursive loops …) is refused
before any code is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from stalker.storage.filters import FILTERS, TESTS
from stalker.storage.limits import MAX_DEPTH, MAX_LOOP_DEPTH, MAX_NODES, MAX_NUMBER
from stalker.storage.text import METHODS

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Assign,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.Dict,
    nodes.Pair,
    nodes.Keyword,
    nodes.CondExpr,
    nodes.Filter,
    nodes.Test,
    nodes.Call,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.Concat,
    nodes.Compare,
    nodes.Operand,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Mod,
    nodes.Neg,
    nodes.Pos,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
#: names that Jinja2 gives a meaning of its own
_RESERVED = frozenset({"caller", "kwargs", "self", "super", "varargs"})


def walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int, int]]:
    """Yield each node, how deep it is, and how many loops surround it, in the order of the text."""
    # A stack of our own, since the depth is what is being checked.
    stack = [(tree, 0, 0)]
    while stack:
        node, depth, loops = stack.pop()
        yield node, depth, loops
        inside = loops + isinstance(node, nodes.For)
        children = [(child, depth + 1, inside) for child in node.iter_child_nodes()]
        stack.extend(reversed(children))


def problems_of(tree: nodes.Template) -> Iterator[str]:
    """Yield what is wrong with a template, without running any of it."""
    for count, (node, depth, loops) in enumerate(walk(tree), start=1):
        if count > MAX_NODES:
            yield "it has too many parts"
            return
        if depth > MAX_DEPTH:
            yield f"line {node.lineno}: it is nested more than {MAX_DEPTH} deep"
            return
        for reason in _problems_of_node(node, loops):
            yield f"line {node.lineno}: {reason}"


def _problems_of_node(node: nodes.Node, loops: int) -> Iterator[str]:
    if type(node) not in _ALLOWED:
        yield f"{type(node).__name__!r} is not part of the template language"
    elif isinstance(node, nodes.For):
        yield from _problems_of_loop(node, loops)
    elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        yield from _problems_of_name(node)
    elif isinstance(node, nodes.Const):
        yield from _problems_of_constant(node)
    elif isinstance(node, nodes.Filter | nodes.Test | nodes.Call):
        yield from _problems_of_call(node)


def _problems_of_loop(node: nodes.For, loops: int) -> Iterator[str]:
    if node.recursive:
        yield "a loop must not be recursive"
    if loops >= MAX_LOOP_DEPTH:
        yield f"loops are nested more than {MAX_LOOP_DEPTH} deep"


def _problems_of_name(node: nodes.Name | nodes.Getattr | nodes.Getitem) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        name: object = node.name
    elif isinstance(node, nodes.Getattr):
        name = node.attr
    else:
        name = node.arg.value if isinstance(node.arg, nodes.Const) else None
    if isinstance(name, str) and name.startswith("_"):
        yield f"{name!r}: names must not start with an underscore"
    if isinstance(node, nodes.Name) and name in _RESERVED:
        yield f"{name!r} is not a name that templates can use"


def _problems_of_constant(node: nodes.Const) -> Iterator[str]:
    # `not <=` instead of `>`, so that a NaN would be refused too.
    if isinstance(node.value, int | float) and not abs(node.value) <= MAX_NUMBER:
        yield f"a number is greater than {MAX_NUMBER:,}"


def _problems_of_call(node: nodes.Filter | nodes.Test | nodes.Call) -> Iterator[str]:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        yield "arguments must not be unpacked with '*' or '**'"
    if isinstance(node, nodes.Call):
        target = node.node
        if isinstance(target, nodes.Getattr) and target.attr not in METHODS:
            yield f"there is no method {target.attr!r} in templates"
        elif not isinstance(target, nodes.Getattr) and not is_range(target):
            yield "only 'range' and some methods of text can be called"
        elif is_range(target) and not 1 <= len(node.args) <= 3:
            yield "range takes one to three numbers"
        if node.kwargs:
            yield "methods take arguments by position only"
    elif isinstance(node, nodes.Test):
        if node.name not in TESTS:
            yield f"there is no test {node.name!r} in templates"
    elif node.name == "map":
        if map_attribute(node) is None:
            yield "map can only be used as map(attribute='name')"
    elif node.name not in FILTERS:
        yield f"there is no filter {node.name!r} in templates"


def is_range(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "range"


def map_attribute(node: nodes.Filter) -> str | None:
    """Return the field that `map(attribute='field')` takes; `None` for any other use of `map`."""
    if node.args or len(node.kwargs) != 1 or node.kwargs[0].key != "attribute":
        return None
    value = node.kwargs[0].value
    name = value.value if isinstance(value, nodes.Const) else None
    return name if isinstance(name, str) and name.isidentifier() and name[0] != "_" else None
