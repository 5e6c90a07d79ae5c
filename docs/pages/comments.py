"""What the source of a module says: its names in order, and the `#:` lines that give a meaning."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__all__ = ["above", "names"]

_MARK = "#:"


@cache
def names(path: Path) -> dict[str, dict[str, str]]:
    """Return what each class of a module defines, with its comments; "" is the module itself."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    module = ast.parse(source)
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    found = {"": dict(_defined(module.body, lines))}
    return found | {node.name: dict(_defined(node.body, lines)) for node in classes}


def above(lines: list[str], number: int) -> str:
    """Return the text of the `#:` lines right above a line, which are counted from 1."""
    first = number - 1
    while first > 0 and lines[first - 1].strip().startswith(_MARK):
        first -= 1
    found = lines[first : number - 1]
    return " ".join(line.strip().removeprefix(_MARK).strip() for line in found)


def _defined(body: list[ast.stmt], lines: list[str]) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, ""
            if node.name == "__init__":
                yield from _of_instances(node, lines)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                yield target.id, above(lines, node.lineno)


def _of_instances(init: ast.FunctionDef, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the attributes that a constructor sets, and that have a comment."""
    for node in ast.walk(init):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            text = above(lines, node.lineno)
            if text:
                yield node.targets[0].attr, text
