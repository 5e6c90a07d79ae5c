"""The reference of the configuration: every setting, as its file tells about it."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from docs.pages.comments import above
from stalker import default_config

__all__ = ["Setting", "all_settings", "settings"]

_SECTION = re.compile(r"\s+# --- (.*?) -+$")
#: what an environment variable can say
_SIMPLE = (bool, int, float, str)
#: longer defaults are shown below, not beside the name
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting."""

    section: str
    name: str
    #: as it is written in the file
    default: str
    meaning: str
    #: name of the environment variable that sets it; empty where there is none
    variable: str


def all_settings() -> Iterator[Setting]:
    """Yield the settings in the order of their file."""
    source = inspect.getsource(default_config)
    lines = source.splitlines()
    sections = {
        number: match[1] for number, line in enumerate(lines, 1) if (match := _SECTION.match(line))
    }
    for key, value in _entries(ast.parse(source)):
        name = str(ast.literal_eval(key))
        section = sections[max(number for number in sections if number < key.lineno)]
        default = ast.get_source_segment(source, value) or ""
        yield Setting(section, name, default, above(lines, key.lineno), _variable(name))


def _entries(module: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if key is not None:
                    yield key, value


def _variable(name: str) -> str:
    simple = type(default_config.DEFAULTS[name]) in _SIMPLE
    return f"STALKER_{name.upper()}" if simple else ""


def settings() -> str:
    """Return all settings, by section."""
    parts: list[str] = []
    section = ""
    for each in all_settings():
        if each.section != section:
            section = each.section
            parts.append(f"## {section}")
        parts.append(_entry(each))
    return "\n\n".join(parts)


def _entry(setting: Setting) -> str:
    short = len(setting.default) <= _SHORT and "\n" not in setting.default
    parts = [f":::::{{py:attribute}} defaults.{setting.name}"]
    if short:
        parts[0] += f"\n:value: {json.dumps(setting.default)}"
    if setting.meaning:
        parts.append(setting.meaning[:1].upper() + setting.meaning[1:])
    if setting.variable:
        parts.append(f"`{setting.variable}`{{.variable}}")
    if not short:
        parts.append(f"```py\n{setting.default}\n```")
    return "\n\n".join([*parts, ":::::"])
