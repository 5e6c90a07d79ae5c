"""`ScheduleMixin`: takes a certain time, in a unit, measured by a model."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Float, Integer
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

import stalker
from stalker.core.kinds import ScheduleModel, TimeUnit
from stalker.core.rules import all_of, at_least, clamped, integer, number, option, wrong_value
from stalker.core.units import FIXED_SECONDS, WorkTime, least_meaningful_unit, unit_seconds
from stalker.db.declarative import KeywordConstructor
from stalker.db.types import vocabulary


def work_time() -> WorkTime:
    """Return how much the studio works, as configured now."""
    defaults = stalker.defaults
    return WorkTime(
        defaults.daily_working_hours, defaults.weekly_working_days, defaults.yearly_working_days
    )


_number = number()
_at_least = cache(at_least)
_unit = option(TimeUnit)
_model = option(ScheduleModel)


class ScheduleMixin(KeywordConstructor):
    """Adds `schedule_timing`, `schedule_unit`, `schedule_model` and `schedule_constraint`.

    The class attributes make it fit: `__default_schedule_attr_name__` is the prefix of the columns
    and in messages (the Python attributes keep their names), the others are defaults. The mixin's
    own default is the timing resolution in minutes, but counted in hours: a class that is really
    scheduled must set both.
    """

    __default_schedule_attr_name__: ClassVar[str] = "schedule"
    #: `None` is the timing resolution in minutes, as configured when it is asked for
    __default_schedule_timing__: ClassVar[float | None] = None
    __default_schedule_unit__: ClassVar[str] = TimeUnit.HOUR
    __default_schedule_models__: ClassVar[tuple[str, ...]] = tuple(ScheduleModel)
    #: the least timing, `None` if even a negative one means something
    __least_schedule_timing__: ClassVar[float | None] = None

    @declared_attr
    def schedule_timing(cls: Any) -> Mapped[float | None]:
        """How long, counted in `schedule_unit`."""
        name = f"{cls.__default_schedule_attr_name__}_timing"
        return mapped_column(name, Float, default=0, info={"check": _timing_for})

    @declared_attr
    def schedule_unit(cls: Any) -> Mapped[TimeUnit | None]:
        """Its unit: min, h, d, w, m or y. How long a day of work is, the studio says."""
        name = f"{cls.__default_schedule_attr_name__}_unit"
        return mapped_column(
            name,
            vocabulary(TimeUnit, f"{cls.__default_schedule_attr_name__}_TimeUnit"),
            default=TimeUnit.HOUR,
            info={"check": _unit_for},
        )

    @declared_attr
    def schedule_model(cls: Any) -> Mapped[ScheduleModel]:
        """What is measured: "effort" of people, "length" in working hours, or "duration"."""
        prefix = cls.__default_schedule_attr_name__
        return mapped_column(
            f"{prefix}_model",
            vocabulary(ScheduleModel, f"{cls.__name__}{prefix.capitalize()}Model"),
            default=lambda: cls.__default_schedule_models__[0],
            info={"check": _model_for},
        )

    @declared_attr
    def schedule_constraint(cls: Any) -> Mapped[int]:
        """Which ends must not move: 0 none, 1 the start, 2 the end, 3 both; else the nearest."""
        name = f"{cls.__default_schedule_attr_name__}_constraint"
        return mapped_column(
            name,
            Integer,
            CheckConstraint(f'"{name}" BETWEEN 0 AND 3', name),
            default=0,
            info={"check": _constraint_for},
        )

    def __init__(
        self,
        schedule_timing: float | None = None,
        schedule_unit: str | None = None,
        schedule_model: str | None = None,
        schedule_constraint: int | None = 0,
        **kwargs: Any,
    ) -> None:
        self.schedule_constraint = schedule_constraint or 0
        self.schedule_model = schedule_model
        self.schedule_timing = schedule_timing
        self.schedule_unit = schedule_unit
        super().__init__(**kwargs)

    @property
    def schedule_seconds(self) -> float | None:
        """The timing in seconds; working time only, unless the model is `duration`."""
        return self.to_seconds(self.schedule_timing, self.schedule_unit, self.schedule_model)

    @classmethod
    def to_seconds(cls, timing: float | None, unit: str | None, model: str | None) -> float | None:
        """Return the seconds of a timing, `None` without a unit."""
        if not unit:
            return None
        return (timing or 0) * _seconds_of(unit, model)

    @classmethod
    def to_unit(cls, seconds: float, unit: str | None, model: str | None) -> float | None:
        """Return *seconds* in a unit, possibly a fraction; `None` without a unit."""
        if not unit:
            return None
        return seconds / _seconds_of(unit, model)

    @classmethod
    def least_meaningful_time_unit(
        cls, seconds: float, as_work_time: bool = True
    ) -> tuple[int, TimeUnit]:
        """Return *seconds* in the largest unit that divides them, else in whole minutes."""
        return least_meaningful_unit(seconds, as_work_time, work_time())


def _seconds_of(unit: str, model: str | None) -> float:
    # an hour is one however long the day of a studio is
    return FIXED_SECONDS.get(unit) or unit_seconds(unit, model, work_time())


def _where(obj: Any, part: str) -> str:
    return f"{type(obj).__name__}.{obj.__default_schedule_attr_name__}_{part}"


def _timing_for(obj: Any, value: Any) -> Any:
    if value is None:
        obj.schedule_unit = None
        value = obj.__default_schedule_timing__
        if value is None:
            value = stalker.defaults.timing_resolution.total_seconds() / 60
        return value
    where = _where(obj, "timing")
    value = _number(value, where)
    least = obj.__least_schedule_timing__
    return value if least is None else _at_least(least)(value, where)


def _unit_for(obj: Any, value: Any) -> Any:
    return _unit(obj.__default_schedule_unit__ if value is None else value, _where(obj, "unit"))


def _model_for(obj: Any, value: Any) -> Any:
    models = obj.__default_schedule_models__
    where = _where(obj, "model")
    # zero, an empty text and the like stand for the default
    model = _model(value or models[0], where)
    if model not in models:
        raise wrong_value(where, "one of " + ", ".join(map(repr, map(str, models))), value)
    return model


_constraint = all_of(integer(), clamped(0, 3))


def _constraint_for(obj: Any, value: Any) -> Any:
    return _constraint(value or 0, _where(obj, "constraint"))
