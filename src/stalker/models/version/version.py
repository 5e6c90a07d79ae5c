"""`Version`: one saved state of the work on a task."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship, synonym

import stalker
from stalker import storage
from stalker.core.graph import walk
from stalker.core.kinds import TraversalDirection
from stalker.core.naming import nice_name, take_name
from stalker.core.rules import as_bool, converted, instance_of, integer, not_blank, optional
from stalker.core.rules import text as text_rule
from stalker.db.association import pairs
from stalker.db.construction import is_constructing
from stalker.db.declarative import named
from stalker.db.pending import pending
from stalker.db.session import quiet
from stalker.exceptions import CircularDependencyError
from stalker.models.link import Link
from stalker.models.mixins import DAGMixin
from stalker.models.paths import absolute, rendered_folder, template_of, template_variables
from stalker.models.version import graph
from stalker.models.version.circles import is_made_from
from stalker.storage import checked_segment

if TYPE_CHECKING:
    from stalker.models.review import Review
    from stalker.models.task import Task

__all__ = ["Version"]

_NOT_GIVEN: Any = object()
_number = integer()

version_inputs = pairs("Version_Inputs", ("version_id", "Versions"), ("link_id", "Links"))
version_outputs = pairs("Version_Outputs", ("version_id", "Versions"), ("link_id", "Links"))


class Version(Link, DAGMixin):
    """One saved state of the work on a task, within a take.

    Versions of a task and take are numbered from 1. The number is provisional until the version is
    written: if somebody else was faster, it gets the next free one, and a path that was rendered
    from it is rendered again.
    """

    __auto_name__: ClassVar[bool] = True
    __targeted_type__: ClassVar[bool] = True
    __dag_cascade__: ClassVar[str] = "save-update, merge"
    __id_column__: ClassVar[str] = "version_id"

    version_id: Mapped[int] = mapped_column(
        "id", ForeignKey("Links.id", ondelete="CASCADE"), primary_key=True
    )
    task_id: Mapped[int] = mapped_column(ForeignKey("Tasks.id", ondelete="CASCADE"))
    #: what the work is on
    task: Mapped[Task] = relationship(
        foreign_keys=[task_id],
        back_populates="versions",
        info={
            "rules": (instance_of("Task"),),
            "required": True,
        },
    )
    #: separates lines of work on one task; letters, digits, `_`, `-` and `@` stay of what is given
    take_name: Mapped[str] = mapped_column(
        String(256), info={"rules": (text_rule(256), converted(take_name), not_blank())}
    )
    _version_number: Mapped[int] = mapped_column("version_number")
    #: released for others to use; a constructor never sets it
    is_published: Mapped[bool] = mapped_column(default=False, info={"rules": (as_bool(),)})
    #: name of the application that wrote the file
    created_with: Mapped[str | None] = mapped_column(
        String(256), info={"rules": (optional(text_rule(256)),)}
    )
    #: what was used to make this: links, and versions of other tasks
    inputs: Mapped[list[Link]] = relationship(
        secondary=version_inputs,
        primaryjoin=lambda: Version.__table__.c.id == version_inputs.c.version_id,
        secondaryjoin=lambda: Link.__table__.c.id == version_inputs.c.link_id,
        passive_deletes=True,
        info={
            "rules": (instance_of("Link"),),
            "check": lambda version, link: version._checked_input(link),
        },
    )
    #: what was made from this, for example rendered frames
    outputs: Mapped[list[Link]] = relationship(
        secondary=version_outputs,
        primaryjoin=lambda: Version.__table__.c.id == version_outputs.c.version_id,
        secondaryjoin=lambda: Link.__table__.c.id == version_outputs.c.link_id,
        passive_deletes=True,
        info={"rules": (instance_of("Link"),)},
    )

    #: the reviews that were about this version
    reviews: Mapped[list[Review]] = relationship(
        foreign_keys="Review.version_id",
        back_populates="version",
        passive_deletes=True,
        order_by="Review.review_id",
        info={"rules": (instance_of("Review"),)},
    )

    __table_args__ = (
        UniqueConstraint("task_id", "take_name", "version_number"),
        # for the latest published version of a series
        Index(None, "task_id", "take_name", "is_published", "version_number"),
    )

    def __init__(
        self,
        task: Task | None = None,
        take_name: str = _NOT_GIVEN,
        inputs: list[Link] | None = None,
        outputs: list[Link] | None = None,
        parent: Version | None = None,
        full_path: str | None = None,
        created_with: str | None = None,
        is_published: bool = False,
        **kwargs: Any,
    ) -> None:
        # nothing is published before it is there
        del is_published
        instance_of("Task")(task, f"{type(self).__name__}.task")
        if take_name is _NOT_GIVEN:
            take_name = stalker.defaults.version_take_name
        self.take_name = take_name
        self.created_with = created_with
        self.is_published = False
        super().__init__(full_path=full_path, parent=parent, **kwargs)
        if inputs is not None:
            self.inputs = inputs
        if outputs is not None:
            self.outputs = outputs
        self._version_number = _next_number(task, self.take_name)  # type: ignore[arg-type]
        self.task = task  # type: ignore[assignment]

    # --- Rules ------------------------------------------------------------------------------------

    def _checked_input(self, link: Any) -> Any:
        # nothing can be made from what is only being made
        if link is self or (not is_constructing(self) and is_made_from(link, self)):
            raise CircularDependencyError(
                f"{type(self).__name__}.inputs of {self!r} must not hold {link!r}, which is made "
                "from it",
                version=self,
                link=link,
            )
        return link

    # --- Numbers ----------------------------------------------------------------------------------

    def _get_number(self) -> int:
        return self._version_number

    def _set_number(self, number: int | None) -> None:
        where = f"{type(self).__name__}.version_number"
        if number is not None:
            _number(number, where)
        if number == self._version_number:
            return
        if self.is_published and inspect(self).has_identity:
            raise ValueError(f"{where} of {self!r} must stay: it is published")
        highest = _highest(self.task, self.take_name, besides=self)
        if number is None or number <= highest or number < 1:
            # the latest keeps its number, any other one becomes the latest
            number = self._version_number if self._version_number > highest else highest + 1
        if number != self._version_number:
            self._version_number = number
            self.__dict__["_explicit_number"] = True

    #: the place in the series; setting one that is taken, or `None`, takes the next free one
    version_number: Mapped[int] = synonym(
        "_version_number", descriptor=property(_get_number, _set_number)
    )

    def _needs_number(self) -> bool:
        """Say whether this comes into a series with the next flush."""
        state = inspect(self)
        if state.has_identity and not any(
            state.attrs[key].history.has_changes()
            for key in ("task", "take_name", "_version_number")
        ):
            return False
        # taken out of the list of its task, it will be deleted
        return self.task is not None

    def _asks_for_number(self) -> bool:
        return bool(self.__dict__.get("_explicit_number"))

    def _settle_number(self, number: int) -> None:
        """Take the final number, and render again what was rendered from another one."""
        if number != self._version_number:
            self._version_number = number
            rendered = self.__dict__.get("_rendered")
            # not what somebody has written over it, apart from the extension
            if rendered and _stem(self.full_path) in (rendered, _stem(rendered)):
                self.update_paths()

    @property
    def latest_version(self) -> Version | None:
        """The version with the highest number in this series."""
        return max(_series(self), key=lambda each: each.version_number, default=None)

    @property
    def max_version_number(self) -> int:
        """The highest number in this series."""
        latest = self.latest_version
        return 0 if latest is None else latest.version_number

    @property
    def latest_published_version(self) -> Version | None:
        """The published version with the highest number in this series."""
        published = (each for each in _series(self, published=True) if each.is_published)
        return max(published, key=lambda each: each.version_number, default=None)

    def is_latest_published_version(self) -> bool:
        """Say whether this is published, and the latest of those that are."""
        return self.is_published and self.latest_published_version is self

    # --- Names and paths --------------------------------------------------------------------------

    @property
    def naming_parents(self) -> list[Task]:
        """The tasks that name this: from the nearest asset, shot or sequence down, else all."""
        chain = [*self.task.parents, self.task]
        naming = tuple(map(named, ("Asset", "Shot", "Sequence")))
        for index in range(len(chain) - 1, -1, -1):
            if isinstance(chain[index], naming):
                return chain[index:]
        return chain

    @property
    def nice_name(self) -> str:
        """The names of the naming parents and the take, as in a file name."""
        names = [task.nice_name for task in self.naming_parents]
        return nice_name("_".join([*names, self.take_name]))

    def _template_variables(self) -> dict[str, Any]:
        return {
            **template_variables(self.task),
            "version": self,
            "type": self.type,
            "extension": self.extension,
        }

    def update_paths(self) -> None:
        """Render path and file name from the template of the task; keep the extension.

        Raises `RuntimeError` without a structure, without a template, or if the template is broken;
        `ValueError` if a part of the path is empty or unsafe. Nothing is changed then.
        """
        with quiet:
            template = template_of(self.task)
            variables = self._template_variables()
            extension = self.extension
            filename = checked_segment(storage.render(template.filename, variables))
            folder = rendered_folder(self.task.project, template, variables)
        if extension and not filename.endswith(extension):
            filename += extension
        self.full_path = f"{folder}/{filename}"
        self.__dict__["_rendered"] = self.full_path

    @property
    def absolute_full_path(self) -> str:
        """`full_path`, with the variables of the project's repositories expanded."""
        return absolute(self.task.project, self.full_path)

    @property
    def absolute_path(self) -> str:
        """`path`, with the variables of the project's repositories expanded."""
        return absolute(self.task.project, self.path)

    # --- Reviews ----------------------------------------------------------------------------------

    def request_review(self) -> list[Review]:
        """Ask everybody who is responsible for the task to look at this version."""
        return self.task.request_review(version=self)

    # --- Graphs -----------------------------------------------------------------------------------

    def walk_inputs(
        self, method: int | str | TraversalDirection = TraversalDirection.DEPTH_FIRST
    ) -> Iterator[Link]:
        """Yield this and what it was made from, however far, once per way that leads there."""
        return walk(self, _inputs_of, method)

    def upstream(self, depth: int | None = None) -> list[Link]:
        """Return the links and versions this was made from, each once, up to *depth* steps away."""
        return graph.upstream(self, depth)

    def downstream(self, depth: int | None = None) -> list[Version]:
        """Return the versions that were made from this, each once, up to *depth* steps away."""
        return graph.downstream(self, depth)

    def outdated_inputs(self, depth: int | None = None) -> dict[Version, Version]:
        """Return those of `upstream()` that have a later published version, each with the latest.

        With a depth of 1 only what this was made from directly.
        """
        return graph.outdated_inputs(self, depth)

    @staticmethod
    def outdated(versions: Iterable[Version]) -> dict[Version, Version]:
        """Return those of *versions* whose series has a later published one, with the latest."""
        return graph.outdated(versions)

    @property
    def is_safe_to_delete(self) -> bool:
        """Whether this alone is `deletable()`."""
        return bool(graph.deletable([self]))

    @staticmethod
    def deletable(versions: Iterable[Version]) -> list[Version]:
        """Return those of *versions* that may be deleted together.

        These are not published, not the latest of their series, and nothing that stays was made
        from them.
        """
        return graph.deletable(versions)

    @staticmethod
    def latest_of(
        tasks: Iterable[Task], take_name: str | None = None, published: bool = False
    ) -> dict[Task, dict[str, Version]]:
        """Return for each of *tasks* its latest version by take, for lists of tasks.

        Of one take if it is named; of the published ones only if asked for.
        """
        return graph.latest_of(tasks, take_name, published)

    def _describe(self) -> str:
        code = self.task.project.code
        return f"<{code}_{self.nice_name}_v{self.version_number:03d} (Version)>"


def _inputs_of(link: Link) -> list[Link]:
    return link.inputs if isinstance(link, Version) else []


def _stem(path: str | None) -> str:
    return posixpath.splitext(path or "")[0]


def _series(version: Version, published: bool = False) -> list[Version]:
    """Return the versions of a series that may be the latest: of those stored the highest only."""
    task, take = version.task, version.take_name
    found = [each for each in _unwritten(task) if each.take_name == take]
    session = object_session(task)
    if session is not None and inspect(task).has_identity:
        query = _stored(task, take, besides=_changed(session))
        if published:
            query = query.where(Version.is_published)
        with session.no_autoflush:
            found += session.scalars(query)
    return found


def _next_number(task: Task, take: str) -> int:
    """Return the number that a new version of a series shows until it is written."""
    new = [
        each._version_number
        for each in _unwritten(task)
        if each.take_name == take and not inspect(each).has_identity
    ]
    # what is new comes after everything that was stored when it was made
    return 1 + (max(new) if new else _highest(task, take))


def _highest(task: Task, take: str, besides: Version | None = None) -> int:
    """Return the highest number of a series, 0 if it is empty; counts what is not written, too."""
    numbers = [
        each._version_number
        for each in _unwritten(task)
        if each is not besides and each.take_name == take
    ]
    session = object_session(task)
    if session is not None and inspect(task).has_identity:
        changed = _changed(session)
        stored = _stored(task, take, changed if besides is None else [besides, *changed])
        with session.no_autoflush:
            numbers.append(session.scalar(stored.with_only_columns(Version._version_number)) or 0)
    return max(numbers, default=0)


def _stored(task: Task, take: str, besides: Iterable[Version]) -> Select[Version]:
    """Return the query for the stored version of a series with the highest number."""
    identities = [inspect(each).identity for each in besides]
    query = select(Version).where(
        Version.task_id == task.id,
        Version.take_name == take,
        Version.version_id.not_in([each[0] for each in identities if each]),
    )
    return query.order_by(Version._version_number.desc()).limit(1)


def _changed(session: Session) -> list[Version]:
    """Return the stored versions that are not what the database says."""
    return [each for each in session.dirty if isinstance(each, Version)]


def _unwritten(task: Task) -> list[Version]:
    """Return the versions of *task* that the database does not know as they are."""
    if "versions" not in task.__dict__ and inspect(task).has_identity:
        new = pending(task, "versions").added
    else:
        new = task.versions
    session = object_session(task)
    changed = [] if session is None else _changed(session)
    return [
        *(each for each in new if not inspect(each).has_identity),
        *(each for each in changed if each.task is task),
    ]
