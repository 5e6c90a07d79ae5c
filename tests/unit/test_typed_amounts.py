"""Moments as people type them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import click
import pytest
from hypothesis import given
from hypothesis import strategies as some

from stalker.cli import amounts

ZONES = some.integers(-12 * 60, 14 * 60).map(lambda each: timezone(timedelta(minutes=each)))


@given(some.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=ZONES | some.just(UTC)))
def test_a_moment_is_read_as_iso_8601_writes_it(moment: datetime) -> None:
    """With an offset, with seconds and parts of them, and without any zone as UTC."""
    assert amounts.moment(moment.isoformat()) == moment
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    assert amounts.moment(plain.isoformat(" ")) == moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-3-2 9:00", "2026-03-02T09:00+00:00"),
        ("2026-3-12 19:05", "2026-03-12T19:05+00:00"),
        (" 2026-03-02T9:05 ", "2026-03-02T09:05+00:00"),
        ("2026-3-2 9:00+2:00", "2026-03-02T07:00+00:00"),
        ("2026-03-02 9:00:07.5Z", "2026-03-02T09:00:07.5+00:00"),
        ("2026-3-2", "2026-03-02T00:00+00:00"),
    ],
)
def test_one_digit_is_enough(text: str, expected: str) -> None:
    """Months, days and hours may have one digit, as people write them."""
    assert amounts.moment(text) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["9:05", "09:05", "9:05:00", "11:05+2:00"])
def test_a_time_alone_is_that_of_today(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the day that it is in UTC."""
    now = datetime(2026, 11, 27, 23, 59, tzinfo=UTC)
    monkeypatch.setattr(amounts, "utc_now", lambda: now)
    assert amounts.moment(text) == datetime(2026, 11, 27, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["03/04/2026", "3.4.2026 9:00", "3-4-2026", "26-3-4", "2026/03/04", "noon", "", "25:00", "9"],
)
def test_what_could_be_another_day_is_refused(text: str) -> None:
    """The message says which form is wanted."""
    with pytest.raises(click.BadParameter, match="'2026-11-27 09:00', the year first, or '9:00'"):
        amounts.moment(text)
