"""What is checked in the XML of Final Cut before an adapter reads it.

Both dialects refer to elements by id, so a small file can stand for a huge edit, just as with
entities. The size after all references are followed is computed before anything follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

from stalker.editorial.text import RefusedError, quoted

#: what declares text that the parser repeats, and the bracket that such declarations follow; the
#: length is bounded so that a file full of beginnings is not searched again and again
_ENTITIES = re.compile(r"<!(?:ENTITY|ATTLIST)|<!DOCTYPE[^>\[]{0,1000}\[", re.IGNORECASE)

#: a real edit uses its sequences and media a few times each, a bomb doubles at every level
_MAX_GROWTH = 20
_FREE_GROWTH = 20_000


def check(text: str, root: str) -> None:
    """Raise `RefusedError` unless *text* is harmless XML with the element *root* at the top."""
    if _ENTITIES.search(text):
        raise RefusedError("it declares XML entities, which no editing program writes")
    try:
        # Entities are refused above, and expat loads nothing from outside.
        tree = fromstring(text)  # noqa: S314
    except ParseError as error:
        raise RefusedError(f"it is not well-formed XML: {error}") from error
    if tree.tag != root:
        raise RefusedError(_wrong_root(tree.tag, root))
    _check_growth(tree)


def _wrong_root(tag: str, wanted: str) -> str:
    if tag == "fcpxml":
        return "it is Final Cut Pro X XML: name it .fcpxml, or export as Final Cut Pro 7 XML"
    return f"it is XML with the root {quoted(tag)}, not {quoted(wanted)}"


def _check_growth(tree: Element) -> None:
    elements = _by_id(tree)
    limit = _FREE_GROWTH + _MAX_GROWTH * len(elements)
    sizes: dict[str, int] = {}
    if _size(tree, elements, sizes) > limit:
        raise RefusedError("its sequences refer to each other so often that it would not end")


def _by_id(tree: Element) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for element in tree.iter():
        if (key := element.get("id")) is not None and len(element):
            found.setdefault(key, []).append(element)
    return found


def _size(element: Element, elements: dict[str, list[Element]], sizes: dict[str, int]) -> int:
    """Count the elements with an id below *element* after references are followed."""
    total = 1
    for key in _nearest_ids(element):
        if key not in sizes:
            # Zero breaks circles: an adapter that runs in one ends at Python's recursion limit.
            sizes[key] = 0
            sizes[key] = max(
                (_size(target, elements, sizes) for target in elements.get(key, ())), default=1
            )
        total += sizes[key]
    return total


def _nearest_ids(element: Element) -> Iterator[str]:
    pending = list(element)
    while pending:
        child = pending.pop()
        key = child.get("ref") or child.get("id")
        if key is None:
            pending.extend(child)
            continue
        yield key
        if child.get("ref"):
            pending.extend(child)
