"""Charts: where things are, what is written on them, and that nothing else is needed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from math import inf
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from stalker.scheduling import (
    Artist,
    Dependency,
    DependencyTarget,
    Fault,
    Interval,
    Problem,
    Result,
    Task,
    schedule,
    validate,
)
from stalker.scheduling.gantt import render, render_svg
from stalker.scheduling.gantt.arrows import route
from stalker.scheduling.gantt.axis import axis
from stalker.scheduling.gantt.drawing import arrow
from stalker.scheduling.gantt.geometry import Arrow, Bond, Off, Shape
from stalker.scheduling.gantt.layout import lay_out
from stalker.scheduling.gantt.text import text_width
from tests.scheduling.cases import DAY, HOUR, MONDAY, at, problem, work
from tests.scheduling.made_up import Studio
from tests.scheduling.studios import studio as other_studio

HOSTILE = "<b>\"Roto\" & 'paint'</b></script><script>alert(1)</script>\x00\x1b\ud800\u202e名"
VOID = {"meta", "input"}

studios = st.integers(0, 2**32).map(lambda seed: Studio(seed).problem())
zoned = st.integers(0, 2**32).map(other_studio)


def planned(studio: Problem) -> Result:
    assume(not validate(studio))
    return schedule(studio, strict=False, reasons=True, work=True)


def film(shots: int) -> Problem:
    """Return so many shots of four tasks, with a review after each."""
    tasks = [Task("film", label="Film")]
    for number in range(shots):
        shot = f"film.sh{number}"
        tasks.append(Task(shot, "film", label=f"SH{number:04}"))
        before: tuple[Dependency, ...] = ()
        for step, artist in (("layout", "a"), ("animation", "b"), ("comp", "a")):
            tasks.append(
                work(f"{shot}.{step}", 4 + number % 5, artist, parent=shot, dependencies=before)
            )
            before = (Dependency(f"{shot}.{step}"),)
        tasks.append(Task(f"{shot}.review", shot, milestone=True, dependencies=before))
    return problem(*tasks, end=MONDAY + 700 * DAY, now=at(4, 12))


class Page(HTMLParser):
    """What is on a page; elements that are not closed in turn fail."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: defaultdict[str, list[str]] = defaultdict(list)
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.words[self.open[-1]].append(data)

    def count(self, tag: str) -> int:
        return sum(each == tag for each, _ in self.seen)


# --- files ----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(studios)
def test_charts_are_well_formed(studio: Problem) -> None:
    """Whatever the plan, the page closes what it opens, and the drawing is XML."""
    result = planned(studio)
    Page(render(studio, result))
    ElementTree.fromstring(render_svg(studio, result))


def test_nothing_else_is_needed() -> None:
    """A page names no address but the name of SVG itself, and nothing that is loaded."""
    studio = film(3)
    result = schedule(studio, reasons=True, work=True)
    page, svg = render(studio, result), render_svg(studio, result)
    for text in (page, svg.replace('xmlns="http://www.w3.org/2000/svg"', "", 1)):
        assert "://" not in text and "@import" not in text
        assert set(re.findall(r"url\([^)]*\)", text)) == {
            "url(#logged)",
            "url(#over)",
            "url(#away)",
        }
    loading = {"src", "srcset", "data", "action", "xlink:href"}
    for tag, attributes in Page(page).seen:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert not loading & set(attributes)
        assert attributes.get("href", "#")[:1] == "#"


def test_names_are_only_names() -> None:
    """Names of tasks and artists, titles and faults become text, whatever is in them."""
    studio = problem(
        Task("p", label=HOSTILE),
        work("t", parent="p", label=HOSTILE),
        work("u", 4000, parent="p", label=HOSTILE),
        artists=(Artist("a", label=HOSTILE),),
    )
    result = schedule(studio, strict=False, reasons=True, work=True)
    assert result.faults and result.warnings
    page, svg = render(studio, result, title=HOSTILE), render_svg(studio, result, title=HOSTILE)
    read = Page(page.encode("utf-8").decode("utf-8"))
    assert read.count("script") == 1 and "alert" not in "".join(read.words["script"])
    clean = re.sub("[\x00\x1b\ud800]", "\ufffd", HOSTILE)
    assert read.words["h1"] == [clean]
    titles = [given["title"] for tag, given in read.seen if tag == "span" and "title" in given]
    assert titles == [clean] * 3
    drawn = ElementTree.fromstring(svg)
    assert {element.tag.partition("}")[2] for element in drawn.iter()}.isdisjoint({"b", "script"})
    assert clean in "".join(drawn.itertext())


def test_plans_of_nothing() -> None:
    """A plan without tasks, and one whose only task has no room, can be drawn, too."""
    nothing = problem(artists=())
    assert "An empty plan" in "".join(Page(render(nothing, Result({}))).words["h1"])
    studio = problem(Task("p"), work("t", 4000, parent="p", label="Roto"), zone="Europe/Berlin")
    result = schedule(studio, strict=False, reasons=True)
    above, row = lay_out(studio, result).rows
    assert above.holds and above.shape == Shape.NOTHING
    assert not row.holds and row.shape == Shape.NOTHING and row.faulty
    assert row.label.text.startswith("not planned: only 198 h of its 4000 h fit into the plan")
    read = Page(render(studio, result))
    assert result.faults[0].text in read.words["li"]


# --- rows -----------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(studios)
def test_every_task_has_one_row(studio: Problem) -> None:
    """Rows are numbered from the top, parts stand below their container, and the page has all."""
    result = planned(studio)
    rows = lay_out(studio, result).rows
    assert sorted(row.id for row in rows) == sorted(task.id for task in studio.tasks)
    assert [row.number for row in rows] == list(range(len(rows)))
    parents = {task.id: task.parent for task in studio.tasks}
    above: list[str] = []
    for row in rows:
        del above[row.depth :]
        assert above[-1:] == [each for each in [parents[row.id]] if each is not None]
        above.append(row.id)
    names = {task.id: task.name for task in studio.tasks}
    page = render(studio, result)
    body = page.partition('<tbody id="tasks">')[2].partition("</tbody>")[0]
    assert re.findall(r'<span dir="auto" title="(\w+)">\1</span>', body) == [
        names[row.id] for row in rows
    ]


@settings(max_examples=100, deadline=None)
@given(zoned, st.none() | st.floats(200, 5000))
def test_positions_are_dates(studio: Problem, width: float | None) -> None:
    """A pixel is the same time everywhere: bars, milestones and now lie where their dates are."""
    result = planned(studio)
    chart = lay_out(studio, result, width=width)
    assert width is None or chart.axis.width == pytest.approx(width)
    pixel = (chart.axis.end - chart.axis.start) / chart.axis.width

    def date(x: float) -> datetime:
        return chart.axis.start + x * pixel

    def close(one: datetime, other: datetime) -> bool:
        return abs(one - other) < timedelta(seconds=1)

    for row in chart.rows:
        planned_task = result.tasks[row.id]
        if planned_task.start is None or planned_task.end is None:
            assert row.span is None
            continue
        assert row.span is not None
        assert close(date(row.span.x), planned_task.start)
        assert close(date(row.span.end), planned_task.end)
        assert (row.shape == Shape.MILESTONE) <= (planned_task.start == planned_task.end)
        times = [time for each in result.work.get(row.id, ()) for time in each.times]
        if times:
            assert close(date(row.work[0].x), min(time.start for time in times))
            assert close(date(row.work[-1].end), max(time.end for time in times))
    if chart.now is not None:
        assert studio.now is not None and close(date(chart.now), studio.now)


def test_stretches_of_work_are_told_apart() -> None:
    """Nights are bridged where they are too narrow to be seen, weekends and vacations never."""
    away = (Interval(at(4), at(5)),)
    studio = problem(work("t", 60), artists=(Artist("a", leaves=away),), end=MONDAY + 90 * DAY)
    result = schedule(studio, work=True)
    wide, narrow = lay_out(studio, result, width=4000), lay_out(studio, result, width=400)
    assert len(narrow.rows[0].work) == 3  # before the vacation, before the weekend, after it
    assert len(wide.rows[0].work) == 7
    assert [shade.off for shade in narrow.shades] == [Off.HOURS]
    nights = [shade.span.width for shade in wide.shades]
    assert nights[1] == pytest.approx(wide.axis.day * 15 / 24)


# --- the critical chain and arrows ----------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(studios)
def test_the_critical_chain_is_that_of_the_result(studio: Problem) -> None:
    """Marked are the tasks that `Result.chain` names, linked one by one; others if asked for."""
    result = planned(studio)
    chart = lay_out(studio, result)
    roots = [task.id for task in studio.tasks if task.parent is None]
    ends = {root: end for root in roots if (end := result.tasks[root].end) is not None}
    if not ends:
        assert chart.chain == ()
        return
    assert chart.chain == result.chain(max(ends, key=lambda root: ends[root]))
    assert {row.id for row in chart.rows if row.critical} == set(chart.chain)
    assert lay_out(studio, result, chain=roots[-1]).chain == result.chain(roots[-1])
    numbers = {row.id: row.number for row in chart.rows if row.span is not None}
    linked = [(each.source, each.target) for each in chart.arrows if each.bond != Bond.DEPENDENCY]
    assert linked == [
        (numbers[one], numbers[other])
        for one, other in pairwise(chart.chain)
        if one in numbers and other in numbers
    ]


def test_what_the_chain_waits_for() -> None:
    """A link of the chain says whether a task is waited for, itself or in a container, or a person.

    What interrupts a task points to where it goes on.
    """
    studio = problem(
        Task("shot"),
        work("shot.t", 4, parent="shot"),
        work("u", 4, "b", dependencies=(Dependency("shot"),)),
        work("v", 6, "b", priority=100),
        work("w", 4, "b", priority=50),
    )
    chart = lay_out(studio, schedule(studio, reasons=True, work=True), chain="w")
    assert chart.chain == ("shot.t", "u", "v", "w")
    links = [each for each in chart.arrows if each.bond != Bond.DEPENDENCY]
    assert [each.bond for each in links] == [Bond.CHAIN, Bond.ARTIST, Bond.ARTIST]
    interrupted, ends = chart.rows[3], links[1].points[-1]
    assert interrupted.id == "v" and ends[0] == pytest.approx(interrupted.work[1].x)


rows_apart = st.tuples(st.integers(0, 500), st.integers(0, 500)).filter(
    lambda two: two[0] != two[1]
)
places = st.floats(0, 5000).map(lambda x: round(x, 1))


@given(places, places, rows_apart, st.integers(1, 50))
def test_arrows_can_be_moved(x: float, to_x: float, rows: tuple[int, int], more: int) -> None:
    """Arrows are upright or level, and rows between their ends change only how they begin."""
    source, target = rows
    points = route(x, source, to_x, target)
    assert points[0][0] == x
    assert abs(points[-1][0] - to_x) <= 3
    assert all(one[0] == other[0] or one[1] == other[1] for one, other in pairwise(points))
    further = source + more if source > target else source - more
    drawn = [
        arrow(Arrow(0, 0, Bond.DEPENDENCY, route(x, row, to_x, target)), 20.0 * target)
        for row in (source, further)
    ]
    begin = re.compile(r'd="M\S+ [-\d.]+')
    assert begin.sub("", drawn[0]) == begin.sub("", drawn[1])


def test_every_dependency_has_an_arrow() -> None:
    """Dependencies are drawn once, from the end or the start of what they wait for."""
    studio = problem(
        work("t", 4),
        work("u", 4, "b", dependencies=(Dependency("t"),)),
        work("v", 4, "b", dependencies=(Dependency("t", DependencyTarget.ON_START),)),
    )
    chart = lay_out(studio, schedule(studio))
    spans = [row.span for row in chart.rows]
    assert spans[0] is not None
    found = [(each.source, each.target, each.points[0][0]) for each in chart.arrows]
    assert found == [(0, 1, spans[0].end), (0, 2, spans[0].x)]


# --- load -----------------------------------------------------------------------------------------


def naive_load(studio: Problem, result: Result, artist: Artist) -> dict[str, tuple[float, float]]:
    """Return what *artist* does and could do on each local day: slot by slot, in hours."""
    zone = ZoneInfo(studio.zone)
    week = artist.week or studio.week
    leaves = (*studio.leaves, *studio.artist_leaves, *artist.leaves)
    times = [
        time
        for works in result.work.values()
        for each in works
        if each.artist == artist.id
        for time in each.times
    ]
    days: dict[str, tuple[float, float]] = {}
    piece = timedelta(minutes=5)  # a day can begin within a slot
    moment = studio.start
    while moment < studio.end:
        local = moment.astimezone(zone)
        minute = local.hour * 60 + local.minute
        on = any(begin <= minute < end for begin, end in week[local.weekday()])
        on = on and not any(begin <= moment < end for begin, end in leaves)
        works = any(begin <= moment < end for begin, end in times)
        for number in range(studio.resolution // piece):
            day = str((moment + number * piece).astimezone(zone).date())
            worked, could = days.get(day, (0.0, 0.0))
            days[day] = (worked + works * piece / HOUR, could + on * piece / HOUR)
        moment += studio.resolution
    return days


@settings(max_examples=40, deadline=None)
@given(zoned)
@example(studio=other_studio(297798))  # days begin within a slot
def test_load_is_work_by_working_time(studio: Problem) -> None:
    """Each day's percentage is what counting all slots gives, in any time zone."""
    result = planned(studio)
    chart = lay_out(studio, result)
    zone = ZoneInfo(studio.zone)
    pixel = (chart.axis.end - chart.axis.start) / chart.axis.width
    for artist, load in zip(studio.artists, chart.loads, strict=True):
        expected = naive_load(studio, result, artist)
        found = {}
        for cell in load.cells:
            middle = chart.axis.start + (cell.span.x + cell.span.width / 2) * pixel
            found[str(middle.astimezone(zone).date())] = cell
        busy = {day: both for day, both in expected.items() if both[0]}
        assert found.keys() == busy.keys()
        for day, (worked, could) in busy.items():
            percent = 100 * worked / could if could else inf
            assert found[day].percent == pytest.approx(percent)


def test_plans_without_times() -> None:
    """Of a plan that tells dates alone, whole tasks are drawn, and days are just busy."""
    studio = problem(work("t", 20), work("u", 5, "b"))
    known = schedule(studio, work=True)
    unknown = lay_out(studio, schedule(studio))
    assert all(row.work == () and row.span is not None for row in unknown.rows)
    assert [load.total for load in unknown.loads] == [None, None]
    days = [[cell.span for cell in load.cells] for load in unknown.loads]
    assert days == [[cell.span for cell in load.cells] for load in lay_out(studio, known).loads]
    assert {cell.percent for load in unknown.loads for cell in load.cells} == {None}
    assert unknown.loads[0].cells[0].words == "Mon 2 Mar 2026\nt"


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("width", [None, 300.0, 1500.0])
@pytest.mark.parametrize("days", [1, 2, 5, 20, 60, 200, 500, 2000, 10000])
def test_dates_do_not_overlap(days: int, width: float | None, zone: str) -> None:
    """However long the plan is, dates have room, and some are there; units fill the axis."""
    scale = axis(MONDAY, MONDAY + days * DAY, ZoneInfo(zone), width)
    for ticks in (scale.majors, scale.minors):
        assert sum(tick.width for tick in ticks) == pytest.approx(scale.width)
        assert all(text_width(tick.label, 10) < tick.width for tick in ticks if tick.label)
    assert any(tick.label for tick in scale.minors)


def test_days_follow_the_clock() -> None:
    """A day begins at midnight of the studio, also when clocks change."""
    berlin = ZoneInfo("Europe/Berlin")
    scale = axis(datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC), berlin)
    assert [day.astimezone(berlin).hour for day in scale.days()] == [0] * 4
    assert [(two - one) / HOUR for one, two in pairwise(scale.days())] == [24, 23, 24]


def test_labels_of_many_rows() -> None:
    """With 500 rows, each label has its row, lies beside its bar, and inside of the chart."""
    studio = film(100)
    chart = lay_out(studio, schedule(studio, reasons=True, work=True))
    assert len(chart.rows) == 501
    assert len({row.y for row in chart.rows}) == 501
    labelled = [row for row in chart.rows if row.label.text]
    assert len(labelled) == 300
    for row in labelled:
        assert row.span is not None
        assert row.label.x >= 0 and row.label.x + row.label.width <= chart.width
        assert row.label.x >= row.span.end or row.label.x + row.label.width <= row.span.x


def test_what_is_counted() -> None:
    """Work, moments and groups are told apart; roots, which stand for projects, are no tasks."""

    def counted(plan: Problem) -> str:
        (found,) = re.findall("<dt>Tasks</dt><dd>([^<]*)</dd>", render(plan, schedule(plan)))
        return str(found)

    assert counted(film(2)) == "10: 6 with work, 2 without time, 2 groups"
    empty = Task("other", label="Nothing in it")
    gate = Task("gate", milestone=True, dependencies=(Dependency("film.sh0.comp"),))
    one = film(1)
    assert counted(replace(one, tasks=(*one.tasks, empty, gate))) == (
        "5: 3 with work, 1 without time, 1 group"
    )
    assert counted(problem(work("a", 4, "a"), work("b", 4, "a"))) == "2: 2 with work"


def test_what_is_said() -> None:
    """A task tells its dates, artists, amount, reasons and faults; above stands the whole plan."""
    studio = problem(
        Task("p", label="Film"),
        work("p.t", 4, parent="p", label="Roto", maxend=at(2, 14)),
        work("p.u", 4, "b", parent="p", label="Comp", dependencies=(Dependency("p.t"),)),
        zone="Europe/Berlin",
        now=at(2, 9),
    )
    result = schedule(studio, reasons=True, work=True)
    fault = Fault("made_up", "p.t", "Roto is wrong.")
    result = replace(result, faults=(fault,))
    chart = lay_out(studio, result)
    assert chart.rows[1].words.splitlines() == [
        "Roto",
        "Mon 2 Mar 2026 10:00 to Mon 2 Mar 2026 14:00",
        "a",
        "4h of effort",
        "Starts there because nothing is planned before 2026-03-02 10:00, which is now.",
        "Ends there because it takes 4h of effort of 'a'.",
        "Due Mon 2 Mar 2026 15:00.",
        "On the critical chain.",
        "Roto is wrong.",
    ]
    words = Page(render(studio, result)).words
    assert words["h1"] == ["Film"]
    assert words["text"].count("now, Mon 2 Mar 2026 10:00") == 1
    assert "Roto is wrong." in words["li"]
