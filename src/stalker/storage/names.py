"""Which names of files and folders are safe on Linux, Windows and macOS alike.

Names come from data that anybody may write. The rules do not depend on the running platform: what
one workstation accepts, every other can open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NoReturn

from stalker.exceptions import UnsafePathError

MAX_NAME_BYTES = 200

_FORBIDDEN = frozenset('<>:"|?*/\\')
#: Characters that some font, code page or file system takes for a separator, a colon or a dot, and
#: that no Unicode normal form reveals. In Japan and Korea a currency sign stands for a backslash.
_LOOK_ALIKES = frozenset(
    "\N{YEN SIGN}\N{WON SIGN}"
    "\N{FRACTION SLASH}\N{DIVISION SLASH}\N{SET MINUS}\N{REVERSE SOLIDUS OPERATOR}"
    "\N{BIG SOLIDUS}\N{BIG REVERSE SOLIDUS}\N{MATHEMATICAL RISING DIAGONAL}"
    "\N{MATHEMATICAL FALLING DIAGONAL}\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}"
    "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER LEFT TO LOWER RIGHT}"
    "\N{COMBINING SHORT SOLIDUS OVERLAY}\N{COMBINING LONG SOLIDUS OVERLAY}"
    "\N{COMBINING REVERSE SOLIDUS OVERLAY}"
    "\N{RATIO}\N{MODIFIER LETTER COLON}\N{MODIFIER LETTER RAISED COLON}\N{ARMENIAN FULL STOP}"
    "\N{HEBREW PUNCTUATION SOF PASUQ}\N{SYRIAC SUPRALINEAR COLON}\N{SYRIAC SUBLINEAR COLON}"
    "\N{LISU LETTER TONE MYA TI}\N{ARABIC FULL STOP}\N{SYRIAC SUPRALINEAR FULL STOP}"
    "\N{SYRIAC SUBLINEAR FULL STOP}\N{VAI FULL STOP}\N{MUSICAL SYMBOL COMBINING AUGMENTATION DOT}"
)
#: Marks, letters and signs that show nothing, so that two names would look the same.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\ufffc\ufffd"
    "\U000e0100-\U000e01ef]"
)
#: control, format (zero width, direction), surrogate, private, unassigned, and other white space
_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
_VARIABLE = re.compile(r"\$[A-Za-z_{(]|%[A-Za-z_][A-Za-z0-9_]*%")
_DEVICE = re.compile(r"con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9]")


def checked_segment(name: str) -> str:
    """Return *name* in normal form C if it may be the name of one file or folder.

    Else raises `UnsafePathError`, which names the offender and the rule.
    """
    if not isinstance(name, str):
        raise TypeError(f"a file or folder name must be a str, not {name!r}")
    text = unicodedata.normalize("NFC", name)
    rule = next(_broken_rules(text), None)
    if rule is not None:
        refuse(name, rule)
    return text


def refuse(text: str, rule: str) -> NoReturn:
    shown = repr(text) if len(text) <= 80 else f"{text[:77]!r}..."
    raise UnsafePathError(f"unsafe path: {shown} {rule}")


def _broken_rules(text: str) -> Iterator[str]:
    yield from (rule for broken, rule in _RULES if broken(text))
    for character in text:
        if character in _FORBIDDEN:
            yield f"has a {character!r}, which file systems give a meaning of its own"
        elif character != " " and unicodedata.category(character) in _CATEGORIES:
            yield f"has a control, invisible or unassigned character (U+{ord(character):04X})"
        elif character in _LOOK_ALIKES or _hides_forbidden(character):
            yield f"has U+{ord(character):04X}, which looks like a separator or a dot"


def _hides_forbidden(character: str) -> bool:
    plain = unicodedata.normalize("NFKC", character)
    return plain != character and not _FORBIDDEN.union(_LOOK_ALIKES, ".").isdisjoint(plain)


def _is_device(text: str) -> bool:
    # Windows ignores an extension and spaces before it, and reads a superscript one as a one.
    stem = text.split(".")[0].rstrip(" ")
    return _DEVICE.fullmatch(unicodedata.normalize("NFKC", stem).casefold()) is not None


_RULES: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda text: not text, "is an empty name"),
    (lambda text: text in (".", ".."), "leads to another folder"),
    (
        lambda text: len(text.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES,
        f"is longer than {MAX_NAME_BYTES} bytes",
    ),
    (lambda text: text[0] == " ", "starts with a space"),
    (lambda text: text[-1] in ". ", "ends with a dot or a space, which Windows drops"),
    (lambda text: text[0] == "~", "starts with '~', which shells take for a home folder"),
    (
        lambda text: unicodedata.category(text[0]) in ("Mn", "Mc", "Me"),
        "starts with a mark that joins what is before",
    ),
    (_VARIABLE.search, "has a variable in it"),
    (_INVISIBLE.search, "has an invisible character"),
    (_is_device, "is the name of a device on Windows"),
)
