"""A production with a folder for its files: a lamp is modelled and rigged, a shot is animated."""

from __future__ import annotations

from pathlib import Path

from stalker import (
    Asset,
    FilenameTemplate,
    ImageFormat,
    Project,
    Repository,
    Shot,
    Structure,
    Task,
    Type,
)
from stalker.db.session import DBSession

#: the root of the repository on the two platforms that are not this one; nothing is there
FOREIGN = "R:/films", "/Volumes/films"


class Production:
    """Stored and committed; the files belong below *root*."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        repository = Repository(
            name="Films", code="FLM", windows_path=FOREIGN[0], osx_path=FOREIGN[1]
        )
        repository.path = str(root)
        templates = [
            FilenameTemplate(
                name=kind,
                target_entity_type=kind,
                path="$REPO{{ project.repository.code }}/{{ project.code }}"
                "{% for each in parent_tasks %}/{{ each.nice_name }}{% endfor %}",
                filename='{{ version.nice_name }}_v{{ "%03d"|format(version.version_number) }}',
            )
            for kind in ("Task", "Asset", "Shot")
        ]
        project = Project(
            name="Lighthouse",
            code="LHS",
            repositories=[repository],
            structure=Structure(name="Film", templates=templates),
            image_format=ImageFormat(name="Scope", width=2048, height=858),
            fps=23.976,
        )
        prop = Type(name="Prop", code="Prop", target_entity_type="Asset")
        self.project = project
        self.lamp = Asset(name="Lamp", code="LMP", project=project, type=prop)
        self.model = Task(name="Model", parent=self.lamp)
        self.rig = Task(name="Rig", parent=self.lamp)
        self.shot = Shot(name="SH010", code="SH010", project=project, cut_in=1001, cut_out=1048)
        self.animation = Task(name="Animation", parent=self.shot)
        DBSession.save(project)

    def files(self) -> list[str]:
        """Return everything below the root that is no folder."""
        found = (each for each in self.root.rglob("*") if not each.is_dir())
        return sorted(each.relative_to(self.root).as_posix() for each in found)
