"""The smallest application there is: its scenes are JSON files. A host to copy from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

from stalker.dcc.base import Host
from stalker.dcc.references import Reference
from stalker.dcc.settings import SceneSettings

__all__ = ["PlainFiles"]


# docs/guides/dcc.md shows this class
class PlainFiles(Host):
    application = "Plain files 1.0"
    extensions: ClassVar[tuple[str, ...]] = (".scene",)

    def __init__(self) -> None:
        self.path: str | None = None
        self.scene: dict[str, Any] = {"text": "", "references": {}, "settings": {}}
        self._saved = json.dumps(self.scene)

    def scene_path(self) -> str | None:
        return self.path

    def open_scene(self, path: str) -> None:
        text = Path(path).read_text("utf-8")
        self.scene, self._saved, self.path = json.loads(text), text, path

    def save_scene(self, path: str) -> None:
        text = json.dumps(self.scene)
        part = Path(f"{path}.part")
        try:
            part.write_text(text, "utf-8")
            part.replace(path)  # what was there is whole until then
        finally:
            part.unlink(missing_ok=True)
        self._saved, self.path = text, path

    def scene_references(self) -> list[Reference]:
        return [Reference(name, path) for name, path in self.scene["references"].items()]

    def add_reference(self, path: str) -> Reference:
        name = f"reference {len(self.scene['references']) + 1}"
        self.scene["references"][name] = path
        return Reference(name, path)

    def repoint(self, reference: Reference, path: str) -> None:
        self.scene["references"][reference.name] = path

    def is_modified(self) -> bool:
        return json.dumps(self.scene) != self._saved

    def apply(self, settings: SceneSettings) -> None:
        self.scene["settings"] = {
            **settings._asdict(),
            "frame_rate": float(settings.frame_rate),
        }
