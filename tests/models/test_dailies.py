"""`Daily` and `DailyLink`: what is shown, in which order, and what it was made by."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import Daily, DailyLink, Link, Note, Project, Task, Version
from stalker.db.session import DBSession
from stalker.exceptions import StatusError
from tests.factories import status_list, user
from tests.models.production import Studio, everywhere


def make_links(count: int) -> list[Link]:
    return [Link(full_path=f"/srv/films/{number}.mov") for number in range(1, count + 1)]


def daily(studio: Studio, project: Project | None, **values: object) -> Daily:
    if not studio.stored:
        values.setdefault("status_list", status_list("Daily", ["OPEN", "CLS"]))
    return Daily(**{"name": "Monday", "project": project, **values})


def read_anew(of: Daily) -> Daily:
    key = of.id
    DBSession.expunge_all()
    return Daily.query.filter_by(id=key).one()


def ranks(of: Daily) -> list[tuple[Link | None, int]]:
    return [(row.link, row.rank) for row in of.link_relations]


def count(kind: type) -> int:
    return DBSession.scalar(select(func.count()).select_from(kind)) or 0


# --- The daily ------------------------------------------------------------------------------------


@everywhere
def test_a_daily_is_open_and_in_its_project(studio: Studio) -> None:
    """11 §8: it needs name and project, is open, shows nothing, and is in the project's list."""
    film = studio.project()
    made = daily(studio, film)
    studio.reload()
    assert film.dailies == [made] and made.project is film
    assert made.status.code == "OPEN" and made.is_open
    assert made.links == made.link_relations == made.versions == made.tasks == []
    assert list(made) == [] and made
    assert made.plural_class_name == "Dailies"
    with pytest.raises(TypeError, match=r"Daily\.name"):
        daily(studio, film, name=None)
    with pytest.raises(TypeError, match=r"Daily\.project"):
        daily(studio, None)
    assert film.dailies == [made]


@everywhere
def test_closing_and_reopening(studio: Studio) -> None:
    """11 AD: both may be said twice; a list without the status is refused, and nothing changes."""
    made = daily(studio, studio.project())
    for turn, code in ((made.close, "CLS"), (made.close, "CLS"), (made.reopen, "OPEN")):
        turn()
        studio.reload()
        assert made.status.code == code and made.is_open is (code == "OPEN")
    own = status_list("Daily", ["PLAN", "SHOWN"])
    if not studio.stored:
        planned = daily(studio, made.project, status_list=own)
        for turn in (planned.close, planned.reopen):
            with pytest.raises(StatusError, match=r"Daily\.status.*(CLS|OPEN)"):
                turn()
        assert planned.status.code == "PLAN" and planned.is_open


def test_the_statuses_are_configured(empty_url: str) -> None:
    """03 §4: the list that `init()` makes begins with the first configured status."""
    stalker.defaults.daily_status_names = ["Planned", "Open", "Closed"]
    stalker.defaults.daily_status_codes = ["PLN", "OPEN", "CLS"]
    stalker.db.setup({"sqlalchemy.url": empty_url})
    stalker.db.init()
    made = Daily(name="Monday", project=Project(name="Film", code="F"))
    DBSession.save(made)
    assert made.status == "PLN"
    made.close()
    assert not made.is_open


# --- Links and ranks ------------------------------------------------------------------------------


@everywhere
def test_links_take_the_next_rank(studio: Studio) -> None:
    """11 §8, §9: links come last, whichever side they come from; a link is shown once."""
    film, links = studio.project(), make_links(7)
    made = daily(studio, film, links=links[:2])
    studio.reload()
    made.links.append(links[2])
    made.links.append(links[0])
    made.links.extend(links[3:5])
    made.link_relations.append(DailyLink(link=links[5]))
    studio.reload()
    row = DailyLink(daily=made, link=links[6])
    assert row.rank == 6
    studio.reload()
    assert made.links == list(made) == links
    assert [rank for _, rank in ranks(made)] == list(range(7))


@everywhere
def test_a_row_that_gets_its_daily_later(studio: Studio) -> None:
    """11 §9: a row without a daily has rank 0, and takes the next one when it gets a daily."""
    film, links = studio.project(), make_links(3)
    made = daily(studio, film, links=links[:1])
    row, ranked = DailyLink(link=links[1]), DailyLink(link=links[2], rank=-1)
    assert (row.rank, row.daily) == (0, None)
    studio.reload()
    row.daily = made
    ranked.daily = made
    assert ranks(made) == [(links[2], -1), (links[0], 0), (links[1], 1)]
    studio.reload()
    assert ranks(made) == [(links[2], -1), (links[0], 0), (links[1], 1)]


@everywhere
@pytest.mark.parametrize("end", ["daily", "link"])
def test_a_row_that_loses_an_end_is_gone(studio: Studio, end: str) -> None:
    """11 §9: a row ties two ends; without either it leaves the list, and is deleted."""
    links = make_links(2)
    made = daily(studio, studio.project(), links=links)
    studio.reload()
    row = made.link_relations[0]
    setattr(row, end, None)
    assert (row.daily, row.link) == (None, None)
    assert made.links == links[1:]
    studio.reload()
    assert made.links == links[1:]


@everywhere
def test_rows_move_to_another_daily(studio: Studio) -> None:
    """11 §9: a row keeps its rank in the daily it moves to."""
    film, links = studio.project(), make_links(3)
    one, two = (daily(studio, film, name=name) for name in ("One", "Two"))
    one.links, two.links = links[:2], links[2:]
    studio.reload()
    one.link_relations[1].daily = two
    studio.reload()
    assert (one.links, two.links) == (links[:1], [links[2], links[1]])
    one.link_relations[0].rank = -1
    two.link_relations.append(one.link_relations[0])
    studio.reload()
    assert (one.links, two.links) == ([], [links[0], links[2], links[1]])


@everywhere
def test_links_follow_their_ranks(studio: Studio) -> None:
    """11 §8: changing a rank moves a link at once; gaps and equal ranks are allowed."""
    a, b, c, d = make_links(4)
    made = daily(studio, studio.project(), links=[a, b, c])
    studio.reload()
    made.link_relations[0].rank = 10
    assert made.links == [b, c, a]
    made.links.append(d)
    assert ranks(made) == [(b, 1), (c, 2), (a, 10), (d, 11)]
    studio.reload()
    assert ranks(made) == [(b, 1), (c, 2), (a, 10), (d, 11)]
    made.link_relations[3].rank = 1
    assert made.links == [b, d, c, a]
    with pytest.raises(TypeError, match=r"DailyLink\.rank"):
        made.link_relations[0].rank = "2"  # type: ignore[assignment]
    assert made.links == [b, d, c, a]


@everywhere
def test_a_list_says_the_order(studio: Studio) -> None:
    """11 §8: assigned and inserted links stand where the list says; removed ones leave."""
    a, b, c, d = make_links(4)
    made = daily(studio, studio.project(), links=[a, b, c])
    made.link_relations[2].rank = 7
    studio.reload()
    made.links = [a, b, c]
    assert ranks(made) == [(a, 0), (b, 1), (c, 7)]
    made.links = [c, d, a]
    assert ranks(made) == [(c, 0), (d, 1), (a, 2)]
    studio.reload()
    made.links.insert(1, b)
    assert made.links == [c, b, d, a]
    del made.links[0]
    studio.reload()
    assert made.links == [b, d, a]
    made.link_relations.insert(0, DailyLink(link=c, rank=50))
    studio.reload()
    assert made.links == [c, b, d, a]
    made.links = []
    studio.reload()
    assert ranks(made) == []


@everywhere
def test_what_links_refuse(studio: Studio) -> None:
    """11 §8, §9: only a list of links is accepted; what is refused changes nothing."""
    film, [a, b] = studio.project(), make_links(2)
    made = daily(studio, film, links=[a])
    studio.reload()
    for wrong in (None, "ab", (b,), [b, film], [b, None], [1]):
        with pytest.raises(TypeError, match=r"Daily\.links"):
            made.links = wrong
    with pytest.raises(TypeError, match=r"Daily\.link"):
        made.links.extend([b, "x"])
    with pytest.raises(TypeError, match=r"DailyLink\.daily"):
        DailyLink(daily=film, link=b)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"DailyLink\.link"):
        DailyLink(daily=made, link=film)  # type: ignore[arg-type]
    assert ranks(made) == [(a, 0)]
    studio.commit()


def test_a_link_is_shown_once(database: str) -> None:
    """11 §9: the database refuses a second row for a link."""
    made = Daily(name="Monday", project=Project(name="Film", code="F"), links=make_links(1))
    DBSession.save(made)
    [row] = made.link_relations
    again = {"daily_id": row.daily_id, "link_id": row.link_id, "rank": 5}
    with pytest.raises(IntegrityError):
        DBSession.execute(insert(DailyLink), again)
    DBSession.rollback()
    assert len(made.links) == 1


def test_many_links_take_few_statements(database: str, statements: Callable[[], list[str]]) -> None:
    """A daily of a thousand links is written and read by as many statements as one of ten."""
    counts = set()
    for size in (10, 1000):
        made = Daily(name="Monday", project=Project(name="Film", code="F"), links=make_links(size))
        recorded = statements()
        DBSession.save(made)
        made = read_anew(made)
        assert [link.full_path for link in made] == [link.full_path for link in make_links(size)]
        counts.add(len(recorded))
    assert max(counts) - min(counts) <= 3  # the ends of rows are loaded 500 at a time


# --- Versions and tasks ---------------------------------------------------------------------------


@everywhere
def test_what_is_shown_was_made_by_versions(studio: Studio) -> None:
    """11 §8: the versions with an output in the daily, and their tasks, each once."""
    film, links = studio.project(), make_links(6)
    comp, grade = studio.task(film, name="Comp"), studio.task(film, name="Grade")
    first = Version(task=comp, outputs=links[:3])
    again = Version(task=comp, outputs=links[2:3])
    other = Version(task=grade, outputs=links[3:4])
    Version(task=grade, inputs=links[:2], outputs=links[4:5])
    made = daily(studio, film, links=[links[0], links[1]])
    assert (made.versions, made.tasks) == ([first], [comp])
    studio.reload()
    assert (made.versions, made.tasks) == ([first], [comp])
    made.links = [links[3], links[5], links[2]]
    # in the order in which they are shown, and what is not committed yet counts
    assert (made.versions, made.tasks) == ([other, first, again], [grade, comp])
    studio.reload()
    assert (made.versions, made.tasks) == ([other, first, again], [grade, comp])


def test_versions_and_tasks_take_a_statement_each(
    database: str, statements: Callable[[], list[str]]
) -> None:
    """11 §8: for a daily of any size."""
    for size in (1, 40):
        film = Project(name="Film", code="F")
        links = make_links(size)
        for link in links:
            Version(task=Task(name="Comp", project=film), outputs=[link])
        made = Daily(name="Monday", project=film, links=links)
        DBSession.save(made)
        made = read_anew(made)
        recorded = statements()
        assert len(made.versions) == size
        assert len(recorded) == 1
        assert len(made.tasks) == size
        assert len(recorded) == 2


# --- Deleting -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_statement", [False, True])
def test_what_is_deleted_with_whom(database: str, by_statement: bool) -> None:
    """11 §8, BT-22, 12 BT-10: rows go with either end; links, versions and tasks stay."""
    film, links = Project(name="Film", code="F"), make_links(3)
    Version(task=Task(name="Comp", project=film), outputs=links)
    one, two = (Daily(name=name, project=film, links=links) for name in ("One", "Two"))
    DBSession.save([one, two])

    def remove(entity: Link | Daily | Project) -> None:
        if by_statement:
            table = stalker.SimpleEntity.__table__
            DBSession.execute(delete(table).where(table.c.id == entity.id))
        else:
            DBSession.delete(entity)
        DBSession.commit()
        DBSession.expire_all()

    remove(links[1])
    assert one.links == two.links == [links[0], links[2]]
    assert ranks(one) == [(links[0], 0), (links[2], 2)]
    remove(one)
    assert film.dailies == [two] and two.links == [links[0], links[2]]
    # a version is a link, too
    assert [count(kind) for kind in (Daily, DailyLink, Link, Version, Task)] == [1, 2, 3, 1, 1]
    remove(film)
    assert [count(kind) for kind in (Daily, DailyLink, Link, Version)] == [0, 0, 2, 0]


def test_a_note_of_a_daily(database: str) -> None:
    """11 §8: a note on both a daily and a link tells in which daily it was made about what."""
    film, [a, b] = Project(name="Film", code="F"), make_links(2)
    monday = Daily(name="Monday", project=film, links=[a, b], created_by=user())
    tuesday = Daily(name="Tuesday", project=film, links=[a])
    dark, late = Note(content="too dark"), Note(content="too late")
    monday.notes, tuesday.notes, a.notes = [dark], [late], [dark, late]
    DBSession.save([monday, tuesday])
    DBSession.expire_all()
    assert set(monday.notes) & set(a.notes) == {dark}
    assert set(monday.notes) & set(b.notes) == set()
