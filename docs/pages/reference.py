"""The reference of classes and modules, as Markdown with the directives of Sphinx.

A page of `docs/reference` holds lines which say what belongs there, and which are replaced when the
manual is built:

    {classes} Task TimeLog
    {module} stalker.events
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import stalker
from docs.pages import comments
from docs.pages.classes import documented_bases, nearest_bases, own_mixins
from docs.pages.commands import commands
from docs.pages.members import Attribute, Method, attributes, methods
from docs.pages.required import required
from docs.pages.settings import settings
from docs.pages.signatures import shown, signature

__all__ = ["expanded"]

#: a line that stands for what is made from the code
_PLACE = re.compile(r"^\{(\w+)\}(?: (.*))?$", re.M)


def expanded(page: str) -> str:
    """Return a page with what its `{classes}` and `{module}` lines stand for."""
    return _PLACE.sub(lambda place: _MAKERS[place[1]](*(place[2] or "").split()), page)


def _classes(*names: str) -> str:
    found = (f"## {name}\n\n{_class(getattr(stalker, name))}" for name in names)
    return "\n\n".join([_within("stalker"), *found])


def _within(module: str) -> str:
    """Return the directive that says where the names after it are."""
    return f":::{{py:currentmodule}} {module}\n:::"


def _class(cls: type) -> str:
    """Return everything that is told of a class of the model."""
    own = attributes(cls)
    parts = [inspect.getdoc(cls) or ""]
    if bases := nearest_bases(cls):
        links = ", ".join(f"{{py:class}}`{base.__name__}`" for base in bases)
        parts.append(f"Derives from {links}.")
    if keywords := _keywords(cls):
        parts.append(f"Constructor: {keywords}.")
    if needed := required(cls):
        parts.append(f"Cannot do without {_listed(needed)}.")
    parts += _group("Attributes", map(_attribute, (each for each in own if not each.is_key)))
    parts += _group("Methods", map(_method, methods(cls)))
    known = {each.name for each in own} | {each.name for each in methods(cls)}
    for mixin in own_mixins(cls):
        parts += _group(f"From {mixin.__name__}", _brought(cls, mixin, known))
    parts += _group("Keys", [_keys([each for each in own if each.is_key])])
    parts += _group("From its bases", [_inherited(cls)])
    return _directive(5, "py:class", cls.__name__, parts)


def _brought(cls: type, mixin: type, known: set[str]) -> Iterator[str]:
    """Yield the attributes and methods that *cls* has from a mixin, but for those it has itself."""
    for attribute in attributes(cls, mixin):
        if attribute.name not in known and not attribute.is_key:
            yield _attribute(attribute)
    for method in methods(cls, mixin):
        if method.name not in known:
            yield _method(method)


def _keywords(cls: type) -> str:
    """Return the arguments of a constructor, without those of bases that are told elsewhere."""
    init = cls.__dict__.get("__init__")
    if init is None:
        return ""
    names = list(inspect.signature(init).parameters)[1:]
    return _listed(name for name in names if name != "kwargs")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _attribute(attribute: Attribute) -> str:
    marks = {"required": attribute.is_required, "read-only": attribute.is_read_only}
    shown_marks = (f" `{mark}`{{.mark}}" for mark, applies in marks.items() if applies)
    first, *others = attribute.meaning.split("\n\n")
    text = [_sentence(first) + "".join(shown_marks), *others]
    options = {"type": attribute.type, "value": attribute.default}
    return _directive(4, "py:attribute", attribute.name, text, options)


def _sentence(text: str) -> str:
    """Return a text with a capital letter and a full stop."""
    stop = "" if not text or text.endswith((".", ":", "!", "?")) else "."
    return text[:1].upper() + text[1:] + stop


def _method(method: Method) -> str:
    bound = method.kind != "staticmethod"
    call = f"{method.name}{signature(method.function, bound)}"
    options = {method.kind: None} if method.kind else {}
    return _directive(4, "py:method", call, [method.meaning], options)


def _keys(keys: list[Attribute]) -> str:
    return "\n".join(f"* `{key.name}`: {key.meaning}" for key in keys)


def _inherited(cls: type) -> str:
    """Return the names that come from other classes, each with a link."""
    lines = []
    for base in documented_bases(cls):
        if base in own_mixins(cls):
            continue
        names = [each.name for each in attributes(base) if not each.is_key]
        names += [each.name for each in methods(base)]
        links = " ".join(f"{{py:obj}}`{name} <{base.__name__}.{name}>`" for name in names)
        lines.append(f"* {{py:class}}`{base.__name__}`: {links}")
    return "\n".join(lines)


def _group(title: str, entries: Iterable[str]) -> list[str]:
    found = [entry for entry in entries if entry]
    return [f":::{{rubric}} {title}\n:::", *found] if found else []


def _directive(
    colons: int,
    name: str,
    argument: str,
    parts: Iterable[str],
    options: Mapping[str, str | None] | None = None,
) -> str:
    """Return a directive; those inside of others have fewer *colons*."""
    fence = ":" * colons
    given = [
        # quoted, so that it is no YAML of its own
        f":{key}:" if value is None else f":{key}: {json.dumps(value)}"
        for key, value in (options or {}).items()
        if value != ""
    ]
    head = "\n".join([f"{fence}{{{name}}} {argument}", *given])
    return "\n\n".join([head, *(part for part in parts if part), fence])


# --- Modules --------------------------------------------------------------------------------------


def _module(name: str, *only: str) -> str:
    """Return what a module says, and its public functions, classes and values; or some of them."""
    module = import_module(name)
    names = only or [each for each in module.__all__ if _is_of(module, each)]
    found = (_member(module, each) for each in names if each not in stalker.__all__)
    said = "" if only else inspect.getdoc(module) or ""
    return "\n\n".join(each for each in (_within(name), said, *found) if each)


def _is_of(module: ModuleType, name: str) -> bool:
    """Say whether something belongs to a module, which may show it for another one."""
    value = getattr(module, name)
    if not inspect.isfunction(value) and not isinstance(value, type):
        return True
    origin = value.__module__
    return f"{origin}.".startswith(f"{module.__name__}.")


def _member(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    if inspect.isfunction(value):
        text = inspect.getdoc(value) or ""
        return _directive(5, "py:function", f"{name}{signature(value)}", [text])
    if isinstance(value, type):
        return _plain_class(value)
    text = _comment(module, name)
    if not text:  # a constant that nobody has to know
        return ""
    return _directive(5, "py:data", name, [_sentence(text)], {"type": type(value).__name__})


def _comment(module: ModuleType, name: str) -> str:
    return comments.names(Path(str(module.__file__)))[""].get(name, "")


def _plain_class(cls: type) -> str:
    """Return what is told of a class that is not part of the model."""
    parts = [inspect.getdoc(cls) or ""]
    if issubclass(cls, Enum):
        parts += _group("Values", [_values(cls)])
    else:
        parts += _group("Attributes", map(_attribute, _told(cls)))
    parts += _group("Methods", map(_method, methods(cls)))
    kind = "py:exception" if issubclass(cls, Exception) else "py:class"
    return f"### {cls.__name__}\n\n" + _directive(5, kind, cls.__name__, parts)


def _told(cls: type) -> Iterator[Attribute]:
    """Yield the attributes of which there is something to tell."""
    return (each for each in attributes(cls) if each.meaning or each.type)


def _values(cls: type[Enum]) -> str:
    path = Path(str(sys.modules[cls.__module__].__file__))
    meanings = comments.names(path)[cls.__name__]
    lines = (f"* `{shown(each)}`: {meanings[each.name]}".rstrip(": ") for each in cls)
    return "\n".join(lines)


def _installed(module: str, *lines: str) -> str:
    """Return *lines* if there is a module of that name."""
    return "\n".join(lines) if find_spec(module) is not None else ""


_MAKERS: dict[str, Callable[..., str]] = {
    "classes": _classes,
    "module": _module,
    "commands": commands,
    "settings": settings,
    "installed": _installed,
}
