"""How a function is called, as one line of text."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from enum import Enum
from typing import Any

__all__ = ["returns", "shown", "signature"]


class _Text:
    """Something whose repr is the text itself."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def shown(value: object) -> str:
    """Return a value as somebody would write it."""
    if isinstance(value, Enum):
        return repr(value.value)
    text = repr(value)
    return "..." if "<" in text or "\n" in text else text


def _annotation(annotation: Any) -> Any:
    if annotation is inspect.Parameter.empty:
        return annotation
    return _Text(
        annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    )


def signature(function: Callable[..., Any], bound: bool = False) -> str:
    """Return the arguments in parentheses, and what is returned; without the first if *bound*."""
    found = inspect.signature(function)
    parameters = list(found.parameters.values())[1 if bound else 0 :]
    empty = inspect.Parameter.empty
    parameters = [
        each.replace(
            annotation=_annotation(each.annotation),
            default=empty if each.default is empty else _Text(shown(each.default)),
        )
        for each in parameters
    ]
    annotation = _annotation(found.return_annotation)
    return str(found.replace(parameters=parameters, return_annotation=annotation))


def returns(function: Callable[..., Any] | None) -> str:
    """Return the type that a function says it returns; `Any` is none."""
    text = str(getattr(function, "__annotations__", {}).get("return", ""))
    return "" if text == "Any" else re.sub(r"^Mapped\[(.*)\]$", r"\1", text)
