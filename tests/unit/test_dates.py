"""Date ranges on a grid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.core import dates
from stalker.core.dates import (
    EPOCH,
    DateRange,
    as_utc,
    layout_range,
    resolve_range,
    round_time,
    utc_now,
)
from stalker.core.kinds import ScheduleConstraint, TimeUnit
from stalker.core.units import LAYOUT_SECONDS

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NOW = datetime(2024, 5, 6, 7, 29, 59, 999_999, tzinfo=UTC)


def at(text: str) -> datetime:
    """Return the moment *text* of March 2021, for example "14 23:08"."""
    return datetime.strptime(f"2021-03-{text} +0000", "%Y-%m-%d %H:%M %z")


def between(text: str) -> DateRange:
    """Return the range that *text* writes as "14 23:00 - 15 00:00"."""
    start, end = map(at, text.split(" - "))
    return DateRange(start, end, end - start)


resolutions = st.sampled_from(
    [timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=5), HOUR, 8 * HOUR, DAY]
) | st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
durations = st.timedeltas(timedelta(days=-400), timedelta(days=400)) | st.just(timedelta())
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "utc_now", lambda: NOW)


# --- Moments -------------------------------------------------------------------------------------


def test_now_is_utc() -> None:
    """The present is aware, in the UTC of the standard library."""
    assert utc_now().tzinfo is UTC


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=offsets))
def test_as_utc_keeps_the_instant(moment: datetime) -> None:
    """Any offset is converted: the same instant, in the UTC of the standard library."""
    converted = as_utc(moment, "Task.start")

    assert converted == moment
    assert converted.tzinfo is UTC


class Nowhere(tzinfo):
    """Gives no offset, which makes a datetime naive although it has a tzinfo."""

    def utcoffset(self, moment: datetime | None) -> None:
        return None


@pytest.mark.parametrize("zone", [None, Nowhere()])
def test_a_naive_moment_is_refused(zone: tzinfo | None) -> None:
    """What has no offset is never taken for local time; the error says where it was given."""
    with pytest.raises(TypeError, match=r"Task\.start must be a timezone-aware .*2021, 3, 14"):
        as_utc(datetime(2021, 3, 14, tzinfo=zone), "Task.start")


@pytest.mark.parametrize(
    ("moment", "hours"), [(datetime.max, -1), (datetime.min, 1)], ids=["after", "before"]
)
def test_a_moment_beyond_the_calendar_is_refused(moment: datetime, hours: int) -> None:
    """What has no year in UTC is a wrong value."""
    with pytest.raises(ValueError, match=r"Task\.start must lie between the years 1 and 9999"):
        as_utc(moment.replace(tzinfo=timezone(timedelta(hours=hours))), "Task.start")


@given(moments, resolutions)
def test_round_time_takes_the_nearest_step(moment: datetime, resolution: timedelta) -> None:
    """The result is a multiple of the step since the epoch, half a step away at most, halves up."""
    rounded = round_time(moment, resolution)
    whole = moment.replace(microsecond=0)

    assert (rounded - EPOCH) % resolution == timedelta()
    assert -resolution < 2 * (rounded - whole) <= resolution
    assert round_time(rounded, resolution) == rounded
    assert rounded.tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "minutes", "expected"),
    [
        (datetime(2021, 3, 14, 10, 29, 59, 999_999), 60, datetime(2021, 3, 14, 10)),
        (datetime(2021, 3, 14, 10, 30), 60, datetime(2021, 3, 14, 11)),
        (datetime(2021, 3, 14, 23, 8), 5, datetime(2021, 3, 14, 23, 10)),
        (datetime(2021, 3, 14, 23, 7, 30), 5, datetime(2021, 3, 14, 23, 10)),
        (datetime(2021, 3, 14, 12), 24 * 60, datetime(2021, 3, 15)),
        # weeks are counted from the epoch, a Thursday
        (datetime(2021, 3, 14), 7 * 24 * 60, datetime(2021, 3, 11)),
        # halves go up before the epoch too
        (datetime(1969, 12, 31, 23, 30), 60, datetime(1970, 1, 1)),
        (datetime(1969, 12, 31, 22, 29, 59, 500_000), 60, datetime(1969, 12, 31, 22)),
        # no step is finer than a second
        (datetime(2021, 3, 14, 10, 29, 59, 999_999), 0, datetime(2021, 3, 14, 10, 29, 59)),
    ],
)
def test_round_time_counts_from_the_epoch(
    moment: datetime, minutes: int, expected: datetime
) -> None:
    """Exact halves go up, fractions of a second do not count."""
    rounded = round_time(moment.replace(tzinfo=UTC), timedelta(minutes=minutes))

    assert rounded == expected.replace(tzinfo=UTC)


# --- Ranges --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "duration", "minutes", "expected"),
    [
        # step 3: the end and a duration, or a step
        (None, "15 12:00", None, 60, "15 11:00 - 15 12:00"),
        (None, "15 12:00", 3 * HOUR, 60, "15 09:00 - 15 12:00"),
        # step 4: the start and a duration, or a step
        ("15 12:00", None, None, 60, "15 12:00 - 15 13:00"),
        ("15 12:00", None, 3 * HOUR, 60, "15 12:00 - 15 15:00"),
        ("15 12:00", None, timedelta(), 60, "15 12:00 - 15 13:00"),
        # both ends: the duration does not matter
        ("15 12:00", "15 14:00", None, 60, "15 12:00 - 15 14:00"),
        ("15 12:00", "15 14:00", 9 * DAY, 60, "15 12:00 - 15 14:00"),
        # step 5: the wrong way round, the start is the anchor
        ("15 12:00", "14 12:00", None, 60, "15 12:00 - 16 12:00"),
        ("15 12:00", "15 11:00", HOUR, 60, "15 12:00 - 16 12:00"),
        ("15 12:00", "15 11:00", -9 * DAY, 60, "15 12:00 - 16 12:00"),
        ("15 12:00", "15 11:00", 3 * DAY, 60, "15 12:00 - 18 12:00"),
        ("15 12:00", None, -HOUR, 60, "15 12:00 - 16 12:00"),
        (None, "15 12:00", -HOUR, 60, "15 13:00 - 16 13:00"),
        # steps 6 and 7: on the grid, and a step at least
        ("14 23:08", "14 23:15", None, 60, "14 23:00 - 15 00:00"),
        ("14 23:08", "14 23:17", None, 5, "14 23:10 - 14 23:15"),
        ("14 23:08", "14 23:08", None, 5, "14 23:10 - 14 23:15"),
        ("15 12:00", "15 12:00", None, 60, "15 12:00 - 15 13:00"),
        ("15 12:00", "15 13:29", None, 60, "15 12:00 - 15 13:00"),
        ("15 12:00", "15 13:30", None, 60, "15 12:00 - 15 14:00"),
    ],
)
def test_ranges_resolve_as_the_contract_says(
    start: str | None, end: str | None, duration: timedelta | None, minutes: int, expected: str
) -> None:
    """Start wins over end, end over duration, and what is missing is made up from the step."""
    resolved = resolve_range(
        None if start is None else at(start),
        None if end is None else at(end),
        duration,
        timedelta(minutes=minutes),
    )

    assert resolved == between(expected)


@pytest.mark.parametrize(
    ("duration", "hours"), [(None, 1), (timedelta(), 1), (3 * HOUR, 3), (-HOUR, 24)]
)
def test_a_range_without_ends_starts_now(duration: timedelta | None, hours: int) -> None:
    """The present is the start when neither end is given."""
    start = datetime(2024, 5, 6, 7, tzinfo=UTC)

    resolved = resolve_range(None, None, duration, HOUR)

    assert resolved == (start, start + hours * HOUR, hours * HOUR)


@given(st.none() | moments, st.none() | moments, st.none() | durations, resolutions)
def test_a_range_is_always_whole(
    start: datetime | None, end: datetime | None, duration: timedelta | None, resolution: timedelta
) -> None:
    """Whatever is given, both ends are on the grid, a step apart or more, and fit the duration."""
    resolved = resolve_range(start, end, duration, resolution)

    assert resolved.start == round_time(resolved.start, resolution)
    assert resolved.end == round_time(resolved.end, resolution)
    assert resolved.end - resolved.start == resolved.duration >= resolution
    assert resolve_range(*resolved, resolution) == resolved
    if start is not None:
        assert resolved.start == round_time(start, resolution)


@pytest.mark.parametrize(
    "given_parts",
    [
        (datetime.max.replace(tzinfo=UTC), None, None),
        (None, datetime.min.replace(tzinfo=UTC), None),
        (at("14 12:00"), None, timedelta.max),
        (datetime.max.replace(tzinfo=UTC), at("14 12:00"), None),
    ],
)
def test_a_range_beyond_the_calendar_is_a_wrong_value(
    given_parts: tuple[datetime | None, datetime | None, timedelta | None],
) -> None:
    """What ends after the last year, or starts before the first, is a `ValueError`."""
    with pytest.raises(ValueError, match="between the years 1 and 9999"):
        resolve_range(*given_parts, HOUR)


# --- The range of a leaf -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timing", "unit", "constraint", "expected"),
    [
        (90, "min", 0, "14 12:00 - 14 14:00"),
        (3, "h", 0, "14 12:00 - 14 15:00"),
        (1, "d", 1, "14 12:00 - 15 12:00"),
        (1, "w", 1, "14 12:00 - 21 12:00"),
        (0.5, "m", 0, "14 12:00 - 29 12:00"),
        (0, "h", 0, "14 12:00 - 14 13:00"),
        (3, "h", 2, "15 09:00 - 15 12:00"),
        (1, "w", 2, "08 12:00 - 15 12:00"),
        (0, "h", 2, "15 11:00 - 15 12:00"),
        (10, "min", 2, "15 11:00 - 15 12:00"),
        (29, "min", ScheduleConstraint.END, "15 11:00 - 15 12:00"),
        (3, "h", 3, "14 12:00 - 15 12:00"),
        (0, "y", ScheduleConstraint.BOTH, "14 12:00 - 15 12:00"),
    ],
)
def test_a_leaf_is_laid_out_from_its_fixed_end(
    timing: float, unit: str, constraint: int, expected: str
) -> None:
    """A constrained end stays and moves the start, both ends stay, else the start stays."""
    current = between("14 12:00 - 15 12:00")

    assert layout_range(current, timing, unit, constraint, HOUR) == between(expected)


@given(
    moments,
    st.floats(0, 5000),
    st.sampled_from(TimeUnit),
    st.sampled_from(ScheduleConstraint),
    resolutions,
)
def test_laying_out_is_stable(
    start: datetime,
    timing: float,
    unit: TimeUnit,
    constraint: ScheduleConstraint,
    resolution: timedelta,
) -> None:
    """What is kept stays where it was, a step is the least, and a repetition moves nothing."""
    before = resolve_range(start, None, None, resolution)
    try:
        after = layout_range(before, timing, unit, constraint, resolution)
    except ValueError:  # a start thousands of years ago
        assert timing * LAYOUT_SECONDS[unit] > timedelta(days=300_000).total_seconds()
        return

    if constraint == ScheduleConstraint.END or constraint == ScheduleConstraint.BOTH:
        assert after.end == before.end
    if constraint != ScheduleConstraint.END:
        assert after.start == before.start
    if constraint != ScheduleConstraint.BOTH:
        wanted = max(timedelta(seconds=timing * LAYOUT_SECONDS[unit]), resolution)
        assert abs(after.duration - wanted) <= resolution / 2 + SECOND
    assert layout_range(after, timing, unit, constraint, resolution) == after


@pytest.mark.parametrize("constraint", [0, 2])
@pytest.mark.parametrize("timing", [9000, 1e15])
def test_a_layout_beyond_the_calendar_is_a_wrong_value(timing: float, constraint: int) -> None:
    """A timing that no calendar holds is a `ValueError`, however large it is."""
    with pytest.raises(ValueError, match="between the years 1 and 9999"):
        layout_range(between("14 12:00 - 15 12:00"), timing, "y", constraint, HOUR)
