"""How Sphinx builds the manual: `make docs`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

# `docs.pages` is no part of what is installed
sys.path.insert(0, str(Path(__file__).parents[1]))

from sphinx.application import Sphinx

import stalker
from docs.pages.reference import expanded

project = "Stalker"
author = stalker.__copyright__
copyright = f"{author}, LGPL-3.0-or-later"
release = version = stalker.__version__

extensions = ["myst_parser"]
exclude_patterns = ["pages", "**/__pycache__"]
if find_spec("stalker.dcc") is None:
    exclude_patterns.append("reference/dcc.md")
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3

# options of the command line keep their two hyphens
smartquotes = False

html_theme = "furo"
html_title = f"Stalker {release}"
html_static_path = ["static"]
html_css_files = ["manual.css"]
html_copy_source = False
html_show_sphinx = False
# without the rest of the sources there is nothing that it could lead to
html_theme_options = {"top_of_page_buttons": []}

add_module_names = False
toc_object_entries = False
python_use_unqualified_type_names = True
maximum_signature_line_length = 88
nitpicky = True
_PYTHON = r"datetime|timedelta|Decimal|Fraction|Path|os\.PathLike|logging\.Logger"
_ROWS = "EntityGroupEntity|PriceListGood|StatusListStatus|StructureTemplate"
_NAMES_OF_TYPES = "Engine|Key|Progress|Receiver|Report|Session|Track|Week"
#: what has no entry of its own: types of Python and SQLAlchemy, whose manuals cannot be reached
#: while building, rows of associations that nobody makes by hand, and names that stand for types
nitpick_ignore_regex = [("py:class", f"{_PYTHON}|{_ROWS}|{_NAMES_OF_TYPES}")]


def _expand(app: Sphinx, name: str, source: list[str]) -> None:
    title = "" if source[0].startswith("#") else f"# {Path(name).name}\n\n"
    source[0] = title + expanded(source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Let the reference be made from the code."""
    app.connect("source-read", _expand)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
