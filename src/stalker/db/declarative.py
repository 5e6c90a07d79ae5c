"""The base of everything mapped. A class gives its own columns; the rest is derived.

For `class LensKit(CodeMixin, Entity): vendor: Mapped[str | None]` that is the table `LensKits` with
a key that refers to the table of the nearest base class, the polymorphic identity `LensKit`, and a
constructor that accepts `vendor`. Each of these can be given by hand instead: `__tablename__`,
`__mapper_args__`, a column named `id`. A class that adds no column shares the table of its base.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from inspect import CO_VARARGS, get_annotations, signature, unwrap
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, MetaData, event, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedColumn,
    Mapper,
    RelationshipProperty,
    declared_attr,
    mapped_column,
)
from sqlalchemy.orm.decl_api import DeclarativeAttributeIntercept

from stalker.core.naming import make_plural, snake_case
from stalker.core.suggestions import did_you_mean
from stalker.db.collections import EntityList
from stalker.db.construction import construct, is_constructing
from stalker.db.session import DBSession, quiet
from stalker.db.wiring import refuse_no_list, wire

__all__ = ["Base", "KeywordConstructor", "ORMClass", "named", "read_only"]

#: Every constraint can be dropped by name; unique and foreign keys follow PostgreSQL's own pattern.
NAMING = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}


Effect = Callable[[Any, Callable[[], None]], None]

_set = object.__setattr__


class KeywordConstructor:
    """The end of the chain of constructors, shared by entities and mixins.

    Every constructor passes on the keywords that are not its own. What arrives here is an attribute
    of a class without a constructor, or whose constructor names no argument, and is set; or it
    belongs to nobody and is refused. A keyword of a constructor in the chain only arrives when that
    one was called by hand, once more or instead of another: it is set if nobody did so before.
    """

    #: attributes that the constructor accepts because their class has none of its own
    __keywords__: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs:
            return
        cls: Any = type(self)
        _refuse_unknown(cls, kwargs, _arguments(cls))
        for key, value in kwargs.items():
            if key in self.__keywords__ or (key not in self.__dict__ and key in inspect(cls).attrs):
                setattr(self, key, value)


@cache
def _arguments(cls: type[KeywordConstructor]) -> frozenset[str]:
    """Names of everything that may be given to the constructor of a class."""
    return cls.__keywords__.union(
        parameter.name
        for base in cls.__mro__
        if (init := base.__dict__.get("__init__")) and issubclass(base, KeywordConstructor)
        for parameter in signature(init).parameters.values()
        if parameter.name != "self" and parameter.kind is not parameter.VAR_KEYWORD
    )


@cache
def _takes_nothing_else(cls: type) -> bool:
    """Say whether no constructor of a studio may take keywords that it does not name."""
    inits = (
        getattr(init, "_sa_original_init", init)
        for base in cls.__mro__
        if issubclass(base, KeywordConstructor) and (init := base.__dict__.get("__init__"))
    )
    return not any(
        parameter.kind is parameter.VAR_KEYWORD
        for init in inits
        if not init.__module__.startswith("stalker.")
        for parameter in signature(init).parameters.values()
    )


def _refuse_unknown(cls: type, given: Iterable[str], known: frozenset[str]) -> None:
    for key in given:
        if key not in known:
            raise TypeError(f"{cls.__name__}() has no argument {key!r}{did_you_mean(key, known)}")


class ModelMeta(DeclarativeAttributeIntercept):
    """Makes instances through `construct`."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # before `project` is missed because it was written `projct`
        if kwargs and _takes_nothing_else(cls):
            _refuse_unknown(cls, kwargs, _arguments(cls))
        return construct(cls, args, kwargs)


class ORMClass(KeywordConstructor):
    """What every mapped class can do."""

    #: what assigning an attribute of a finished object means for others: called with the object and
    #: a function that does the assignment
    __effects__: ClassVar[Mapping[str, Effect]] = {}
    #: keys of collections, of these with effects, of two-sided relationships, and of all of them;
    #: filled when the mapper is configured
    __collections__: ClassVar[frozenset[str]] = frozenset()
    __watched__: ClassVar[frozenset[str]] = frozenset()
    __two_sided__: ClassVar[tuple[str, ...]] = ()
    __relations__: ClassVar[tuple[str, ...]] = ()

    query = DBSession.query_property()

    @property
    def plural_class_name(self) -> str:
        """Plural of the name of the concrete class."""
        return make_plural(type(self).__name__)

    def __repr__(self) -> str:
        # it may stand in a message about something that is only being made
        try:
            with quiet:
                return self._describe()
        except (AttributeError, SQLAlchemyError):  # half-made, or cut off from its row
            return object.__repr__(self)

    def _describe(self) -> str:
        """Return what `repr` shows."""
        return object.__repr__(self)

    def _take_effect(self) -> None:
        """Change what others know of this object, now that it is complete. Must not fail."""

    def _enrolment(self) -> Iterator[Any]:
        """Yield the objects whose session a new object joins."""
        return self._related(type(self).__two_sided__)

    def _related(self, keys: Iterable[str]) -> Iterator[Any]:
        """Yield what this is known to be related to, at the far ends of associations."""
        for key in keys:
            related = self.__dict__.get(key)
            if isinstance(related, list):
                for other in related:
                    yield from other._ends()
            elif related is not None:
                yield related

    def _ends(self) -> Iterable[Any]:
        """Return what one who is related to this really means: of an association, its ends."""
        return (self,)

    def _may_enrol(self, coming: str | None = None) -> bool:
        """Say whether the object is complete enough to be stored, once *coming* is set."""
        return True

    def __setattr__(self, key: str, value: Any) -> None:
        cls = type(self)
        if key in cls.__watched__ and (key in cls.__collections__ or not is_constructing(self)):
            self._assign(key, value)
        else:
            _set(self, key, value)

    def _assign(self, key: str, value: Any) -> None:
        """Assign an attribute that takes only a list, or whose change has effects."""
        cls = type(self)
        effect = cls.__effects__.get(key)
        # replacing a list loads the old one, and a message may load what it names
        with quiet:
            is_list = key in cls.__collections__
            if is_list:
                refuse_no_list(self, key, value)
            if effect is None or is_constructing(self):
                _set(self, key, value)
            elif is_list:  # refused before it changes
                effect(self, lambda: _set(self, key, value))
            else:
                self._try(effect, key, value)
            held = self.__dict__.get(key)
            if isinstance(held, EntityList):
                held.drop_repetitions()

    def _try(self, effect: Effect, key: str, value: Any) -> None:
        """Assign with an effect; if that refuses, the attribute keeps its value."""
        before = getattr(self, key)
        try:
            effect(self, lambda: _set(self, key, value))
        except BaseException:
            if getattr(self, key) is not before:
                _set(self, key, before)
            raise


class Base(ORMClass, DeclarativeBase, metaclass=ModelMeta):
    """The declarative base: derive from it, or from any entity, to extend the model."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)

    #: marks the classes that rules may ask for by name
    __is_entity__: ClassVar[bool] = True
    #: every mapped class by name, for code below the models that has to find one
    __by_name__: ClassVar[dict[str, type[Any]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not cls.__dict__.get("__abstract__", False):
            _derive(cls)
        super().__init_subclass__(**kwargs)
        if not cls.__dict__.get("__abstract__", False):
            Base.__by_name__.setdefault(cls.__name__, cls)
            if cls.__dict__.get("__table__") is not None:
                _index_foreign_keys(cls.__table__)


def named(name: str) -> Any:
    """Return the mapped class of that name."""
    return Base.__by_name__[name]


event.listen(Base, "attribute_instrument", wire, propagate=True)


def _derive(cls: type[Any]) -> None:
    own = list(_own_attributes(cls))
    cls.__keywords__ = cls.__keywords__ | {
        key for owner, key, _ in own if not key.startswith("_") and not _takes_arguments(owner)
    }
    parent = next((base for base in cls.__mro__[1:] if "__mapper__" in base.__dict__), None)
    if parent is None:
        if "__tablename__" not in cls.__dict__:
            cls.__tablename__ = make_plural(cls.__name__)
        return
    given = dict(cls.__dict__.get("__mapper_args__", {}))
    given.setdefault("polymorphic_identity", cls.__name__)
    if "__tablename__" in cls.__dict__ or any(is_column for _, _, is_column in own):
        if "__tablename__" not in cls.__dict__:
            cls.__tablename__ = make_plural(cls.__name__)
        parent_id = parent.__table__.c.id  # type: ignore[attr-defined]
        given.setdefault("inherit_condition", _key_column(cls, parent_id) == parent_id)
        given.setdefault("polymorphic_load", "selectin")
        # deleting the row of the base is the work of a trigger, see db.guards
        given.setdefault("confirm_deleted_rows", False)
    else:
        cls.__tablename__ = None
    cls.__mapper_args__ = given


def _takes_arguments(cls: type) -> bool:
    """Say whether a class has a constructor with arguments of its own."""
    code = getattr(unwrap(cls.__dict__.get("__init__", _no_init)), "__code__", None)
    # asked for every class at import: `signature` takes fifty times as long
    return code is not None and (
        code.co_argcount + code.co_kwonlyargcount > 1 or bool(code.co_flags & CO_VARARGS)
    )


def _no_init(self: Any) -> None:
    """Stand for a constructor that a class does not have."""


def _own_attributes(cls: type[Any]) -> Iterator[tuple[type, str, bool]]:
    """Yield what a class and its own mixins map: owner, key, and whether it is a column."""
    inherited = {
        base for parent in cls.__bases__ if hasattr(parent, "__mapper__") for base in parent.__mro__
    }
    for owner in cls.__mro__:
        if owner in inherited or owner is Base or owner in Base.__mro__:
            continue
        annotations = get_annotations(owner)
        for key in {**annotations, **owner.__dict__}:
            value = owner.__dict__.get(key)
            if isinstance(value, MappedColumn | Column):
                yield owner, key, True
            elif isinstance(value, declared_attr) and not key.startswith("__"):
                # it may be a relationship only; then the table has no more than a key
                yield owner, key, True
            elif key in annotations and _is_mapped(annotations[key]):
                yield owner, key, value is None


def _is_mapped(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation.startswith(("Mapped[", "orm.Mapped[", "sqlalchemy.orm.Mapped["))
    return getattr(annotation, "__origin__", None) is Mapped


def _key_column(cls: type[Any], parent_id: Column[Any]) -> Any:
    for value in cls.__dict__.values():
        column = value.column if isinstance(value, MappedColumn) else value
        if isinstance(column, Column) and column.primary_key:
            return value
    name = cls.__dict__.get("__id_attribute__", f"{snake_case(cls.__name__)}_id")
    key: MappedColumn[int] = mapped_column(
        "id", ForeignKey(parent_id, ondelete="CASCADE"), primary_key=True
    )
    setattr(cls, name, key)
    return key


def _index_foreign_keys(table: Any) -> None:
    """Index each foreign key that is not the beginning of the primary key already."""
    indexed = {next(iter(index.columns)) for index in table.indexes}
    indexed.add(next(iter(table.primary_key)))
    for column in table.columns:
        if column.foreign_keys and column not in indexed:
            Index(None, column)


def read_only(name: str) -> Any:
    """Return a property that shows the attribute *name*, and cannot be assigned under its own."""
    shown = property(lambda self: getattr(self, name))
    # its name in the error that an assignment raises
    shown.__set_name__(object, name.lstrip("_"))  # type: ignore[attr-defined]
    return shown


@event.listens_for(Mapper, "mapper_configured")
def _remember_relationships(mapper: Mapper[Any], cls: type[Any]) -> None:
    if issubclass(cls, ORMClass):
        _remember(mapper, cls)
        for relation in mapper.relationships:
            if relation.backref:  # it has just added a list to the other class
                for other in relation.mapper.self_and_descendants:
                    _remember(other, other.class_)


def _remember(mapper: Mapper[Any], cls: type[Any]) -> None:
    relations = [
        relation
        for relation in mapper.iterate_properties
        if isinstance(relation, RelationshipProperty) and not relation.viewonly
    ]
    cls.__collections__ = frozenset(each.key for each in relations if each.uselist)
    cls.__watched__ = cls.__collections__.union(cls.__effects__)
    cls.__two_sided__ = tuple(each.key for each in relations if each.back_populates)
    cls.__relations__ = tuple(each.key for each in relations)
