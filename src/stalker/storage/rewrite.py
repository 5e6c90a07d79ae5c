"""Turns the operations in a checked syntax tree into calls of `operations`.

What Jinja2 compiles into plain Python operators (`a == b`, `x[1:]`, `[a, b]`, `a ~ b`, `for`) has
no hook in its sandbox; as filters with a context they are counted and bounded like the rest. And,
or, not, `if` and `set` stay as they are: they only choose and keep values. Arithmetic stays too,
since the sandbox has a hook for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from stalker.storage.syntax import is_range, map_attribute


def rewrite(tree: nodes.Template) -> None:
    """Guard every operation in *tree*, which `syntax` has found no problem in."""
    _Rewriter().visit(tree)


class _Rewriter(NodeTransformer):
    """Works from the leaves to the root, so that guarded operations get guarded operands."""

    def visit_For(self, node: nodes.For) -> nodes.Node:
        steps = nodes.Const(sum(1 for _ in node.find_all(nodes.Node)))
        self.generic_visit(node)
        node.iter = _guarded("looped", node.iter, [steps])
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        self.generic_visit(node)
        return _guarded("field", node.node, [nodes.Const(node.attr)])

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return _guarded("item", node.node, [node.arg])
        ends = (node.arg.start, node.arg.stop, node.arg.step)
        return _guarded("part", node.node, [end or nodes.Const(None) for end in ends])

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        if is_range(node.node):
            self.generic_visit(node)
            return _guarded("ranged", node.args[0], node.args[1:])
        target = node.node
        assert isinstance(target, nodes.Getattr), "syntax lets nothing else be called"
        subject = self.visit(target.node)
        arguments = [self.visit(argument) for argument in node.args]
        return _guarded("method", subject, [nodes.Const(target.attr), *arguments])

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:
        self.generic_visit(node)
        assert node.node is not None, "syntax refuses filter blocks"
        if (attribute := map_attribute(node)) is not None:
            return _guarded("mapped", node.node, [nodes.Const(attribute)])
        return _guarded("filtered", node.node, [nodes.Const(node.name), *node.args], node.kwargs)

    def visit_Test(self, node: nodes.Test) -> nodes.Node:
        self.generic_visit(node)
        return _guarded("tested", node.node, [nodes.Const(node.name), *node.args], node.kwargs)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        pairs = ((nodes.Const(operand.op), operand.expr) for operand in node.ops)
        return _guarded("compared", node.expr, list(chain.from_iterable(pairs)))

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _guarded("concatenated", node.nodes[0], node.nodes[1:])

    def visit_List(self, node: nodes.List) -> nodes.Node:
        self.generic_visit(node)
        return _guarded("collected", node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:
        self.generic_visit(node)
        return _guarded("collected", node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:
        self.generic_visit(node)
        # `for a, b in …` and `set a, b = …` have a tuple of names to store to.
        return node if node.ctx == "store" else _guarded("collected", node)


def _guarded(
    operation: str,
    first: nodes.Node,
    others: Sequence[nodes.Node] = (),
    options: Sequence[nodes.Node] = (),
) -> nodes.Filter:
    return nodes.Filter(
        first, f"_{operation}", list(others), list(options), None, None, lineno=first.lineno
    )
