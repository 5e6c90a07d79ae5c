"""Write the page about the workflow of tasks, and the diagrams: `python -m docs.pages [FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

from docs.pages.diagram import diagram
from docs.pages.layers import layers
from docs.pages.workflow import page


def main(folder: Path) -> None:
    """Write all of them below *folder*."""
    for name, content in (
        ("workflow.md", page()),
        ("workflow.svg", diagram()),
        ("explanation/architecture.svg", layers()),
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])
