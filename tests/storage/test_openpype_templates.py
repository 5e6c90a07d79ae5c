"""The default templates of another pipeline, written in our language, give the same paths."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stalker.storage import checked_rendered, render

TEMPLATES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("data").joinpath("openpype_templates.json").read_text()
)
DEFAULTS = {name: str(value) for name, value in TEMPLATES["defaults"].items()}
OPTIONAL = re.compile(r"<([^<>]*?(\w+)(?:\)? \}\})[^<>]*)>")
VARIABLE = re.compile(r"\{(\w+)(?:\[(\w+)\])?(?::0>(\d+))?\}")


def translated(template: str, group: dict[str, str]) -> str:
    """Turn `{name[key]:0>3}`, `{@reference}` and `<optional>` into Jinja2."""
    known = {**DEFAULTS, **group}
    while "{@" in template:
        template = re.sub(r"\{@(\w+)\}", lambda match: known[match[1]], template)
    return OPTIONAL.sub(r"{% if \2 %}\1{% endif %}", VARIABLE.sub(_expression, template))


def _expression(match: re.Match[str]) -> str:
    name, key, digits = match.groups()
    field = f"{name}.{key}" if key else name
    return f"{{{{ '%0{digits}d'|format({field}) }}}}" if digits else f"{{{{ {field} }}}}"


@pytest.fixture
def variables(entity: Any) -> dict[str, Any]:
    return {
        "project": entity("Project", name="nova", code="nv"),
        "task": entity("Task", name="comp"),
        "hierarchy": "seq10/sh020",
        "asset": "robot",
        "family": "render",
        "subset": "beauty",
        "version": 7,
        "ext": "exr",
    }


@pytest.mark.parametrize(
    ("group", "extra", "expected"),
    [
        ("work", {}, "nova/seq10/sh020/robot/work/comp/nv_robot_comp_v007.exr"),
        (
            "work",
            {"comment": "wip"},
            "nova/seq10/sh020/robot/work/comp/nv_robot_comp_v007_wip.exr",
        ),
        (
            "render",
            {"frame": 12, "output": "rgba"},
            "nova/seq10/sh020/robot/publish/render/beauty/v007/nv_robot_beauty_v007_rgba.0012.exr",
        ),
        (
            "publish",
            {"udim": 1001},
            "nova/seq10/sh020/robot/publish/render/beauty/v007/nv_robot_beauty_v007_1001.exr",
        ),
        (
            "hero",
            {"frame": 12},
            "nova/seq10/sh020/robot/publish/render/beauty/hero/nv_robot_beauty_hero.12.exr",
        ),
        ("unreal", {}, "nova/unreal/comp/nv_robot.exr"),
    ],
)
def test_a_foreign_template(
    group: str, extra: dict[str, Any], expected: str, variables: dict[str, Any]
) -> None:
    """References, padding and optional parts can all be expressed, and the path is accepted."""
    template = translated(TEMPLATES[group]["path"], TEMPLATES[group])
    template = template.replace("{{ root.work }}", "{{ root }}")
    rendered = render(template, {**variables, **extra, "root": "/mnt/T/"})
    assert checked_rendered(rendered, ["/mnt/T/"]) == f"/mnt/T/{expected}"
