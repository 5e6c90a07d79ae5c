"""`Project` and the rows that tie people, clients and repositories to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from stalker import (
    Asset,
    Budget,
    BudgetEntry,
    Client,
    CodeMixin,
    DateRangeMixin,
    Entity,
    FilenameTemplate,
    Good,
    ImageFormat,
    Invoice,
    Link,
    Page,
    Payment,
    Project,
    ProjectClient,
    ProjectRepository,
    ProjectUser,
    ReferenceMixin,
    Repository,
    Scene,
    Sequence,
    Shot,
    SimpleEntity,
    Status,
    StatusList,
    StatusMixin,
    Structure,
    TargetEntityTypeMixin,
    Task,
    TaskDependency,
    Ticket,
    TicketLog,
    Type,
    User,
    Version,
)
from stalker.db.session import DBSession
from stalker.models.progress import Progress
from tests.factories import (
    budget,
    client,
    good,
    image_format,
    invoice,
    least,
    link,
    project,
    project_in_memory,
    repository,
    role,
    status_list,
    structure,
    tag,
    task,
    template,
    ticket,
    type_for,
    user,
)
from tests.models.production import Studio, in_memory

# --- Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("fps", 24, 24.0),
        ("fps", 23.976, 23.976),
        ("fps", None, TypeError),
        ("fps", "2.3", TypeError),
        ("fps", [24], TypeError),
        ("fps", True, TypeError),
        ("fps", 0, ValueError),
        ("fps", -1.0, ValueError),
        ("fps", float("nan"), ValueError),
        ("is_stereoscopic", 0, False),
        ("is_stereoscopic", "", False),
        ("is_stereoscopic", None, False),
        ("is_stereoscopic", 1.2, True),
        ("is_stereoscopic", "x", True),
        ("is_stereoscopic", [1], True),
        ("image_format", None, None),
        ("image_format", 1, TypeError),
        ("image_format", "HD", TypeError),
        ("image_format", tag(), TypeError),
        ("structure", None, None),
        ("structure", 1.5, TypeError),
        ("structure", {}, TypeError),
        ("code", None, TypeError),
        ("code", 1, TypeError),
        ("code", "", ValueError),
        ("code", " L-H S", " L-H S"),
        ("name", None, TypeError),
        ("name", "", ValueError),
        ("references", None, TypeError),
        ("references", [1], TypeError),
        ("status_list", status_list("Task"), TypeError),
        *(
            (attribute, value, TypeError)
            for attribute, kind in (
                ("users", User), ("clients", Client), ("repositories", Repository),
            )
            for value in (None, "abc", 1, [1], [kind], [tag()], [None])
        ),
    ],
)  # fmt: skip
def test_values_of_a_project(attribute: str, value: Any, expected: Any) -> None:
    """What is given is converted or refused, alike in the constructor and on assignment."""
    changed = project_in_memory()
    if not isinstance(expected, type):
        setattr(changed, attribute, value)
        for obj in (project_in_memory(**{attribute: value}), changed):
            found = getattr(obj, attribute)
            assert found == expected and type(found) is type(expected)
        return
    before = getattr(changed, attribute)
    with pytest.raises(expected, match=rf"Project\.{attribute}"):
        setattr(changed, attribute, value)
    assert getattr(changed, attribute) == before
    if value is not None or attribute in ("name", "code", "fps"):
        with pytest.raises(expected, match=rf"Project\.{attribute}"):
            project_in_memory(**{attribute: value})


def test_defaults_of_a_project() -> None:
    """It is active, flat, at 25 frames per second, and empty."""
    film = project_in_memory()
    assert (film.active, film.is_active, film.fps, film.is_stereoscopic) == (
        True,
        True,
        25.0,
        False,
    )
    assert (film.structure, film.image_format, film.repository) == (None, None, None)
    assert film.status is film.status_list[0]
    for attribute in ("users", "clients", "repositories", "tasks", "references", "scenes"):
        assert list(getattr(film, attribute)) == []
    film.active = False
    assert film.is_active is False


@pytest.mark.parametrize(
    "attribute",
    [
        "is_active", "repository", "root_tasks", "assets", "sequences", "shots", "to_tjp", "tjp_id",
        "total_logged_seconds", "schedule_seconds", "percent_complete", "open_tickets",
    ],
)  # fmt: skip
def test_computed_members_cannot_be_set(attribute: str) -> None:
    """Assigning one is an `AttributeError`."""
    with pytest.raises(AttributeError):
        setattr(project_in_memory(), attribute, None)


def test_whether_a_project_is_active(database: str) -> None:
    """20 §2.1, D2: it is when it is made, there is no argument for it, and the flag is stored."""
    with pytest.raises(TypeError, match="'active'"):
        project(active=False)
    film = project()
    assert film.active is film.is_active is True
    film.active = False
    DBSession.save(film)
    DBSession.expire_all()
    assert film.active is film.is_active is False
    assert Project.query.filter_by(active=False).one() is film


@pytest.mark.parametrize(
    ("kind", "bases", "key"),
    [
        (Project, (ReferenceMixin, StatusMixin, DateRangeMixin, CodeMixin), "project_id"),
        (Repository, (CodeMixin,), "repository_id"),
        (Structure, (), "structure_id"),
        (FilenameTemplate, (TargetEntityTypeMixin,), "filenameTemplate_id"),
        (ImageFormat, (), "imageFormat_id"),
    ],
)
def test_what_the_classes_are(kind: Any, bases: tuple[type, ...], key: str) -> None:
    """20 §1: bases, identity, key and switches; all of them insist on a name."""
    assert issubclass(kind, (Entity, *bases)) and all(issubclass(kind, each) for each in bases)
    mapper = inspect(kind)
    assert mapper.polymorphic_identity == kind.__name__
    assert [column.name for column in kind.__table__.primary_key] == ["id"]
    assert mapper.attrs[key].columns[0] is kind.__table__.c.id
    assert kind.__auto_name__ is kind.__strictly_typed__ is False
    obj = project_in_memory() if kind is Project else least(kind)
    plurals = {"Repository": "Repositories"}
    assert obj.plural_class_name == plurals.get(kind.__name__, f"{kind.__name__}s")


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        (ProjectUser, {"user_id", "project_id"}),
        (ProjectClient, {"client_id", "project_id"}),
        (ProjectRepository, {"project_id", "repository_id"}),
    ],
)
def test_both_ends_are_the_key_of_a_membership(kind: Any, keys: set[str]) -> None:
    """20 §1: a row ties two ends once."""
    assert {inspect(kind).get_property_by_column(each).key for each in kind.__table__.primary_key
            } == keys  # fmt: skip


def test_names_and_codes_may_repeat(database: str) -> None:
    """Two projects of one name and code are two projects."""
    one, other = project(), project()
    DBSession.save([one, other])
    assert Project.query.filter_by(code="LHS").count() == 2 and one != other


def test_misspelt_arguments_are_refused() -> None:
    """The message shows the right one."""
    with pytest.raises(TypeError, match=r"repository.*repositories"):
        project_in_memory(repository=repository())


# --- Members --------------------------------------------------------------------------------------


def test_repositories_keep_their_order(database: str) -> None:
    """As assigned, through every kind of change, in memory and after a reload."""
    a, b, c, d = (repository(f"ORDER{letter}") for letter in "ABCD")
    film = project(repositories=[c, a, b])
    DBSession.save(film)

    def check(expected: list[Repository]) -> None:
        assert film.repositories == expected
        DBSession.commit()
        DBSession.expire_all()
        assert film.repositories == expected == list(film.repositories)
        assert [row.position for row in film.repositories_proxy] == list(range(len(expected)))
        assert film.repository is (expected[0] if expected else None)

    check([c, a, b])
    film.repositories.insert(0, d)
    check([d, c, a, b])
    film.repositories = [b, d, a]
    check([b, d, a])
    film.repositories.remove(b)
    check([d, a])
    film.repositories[0] = c
    check([c, a])
    film.repositories.append(a)
    film.repositories = [a, c, a]
    check([a, c])
    ProjectRepository(project=film, repository=b)
    check([a, c, b])
    del film.repositories[1]
    check([a, b])
    film.repositories = []
    check([])
    assert Repository.query.count() == 4


def rates(film: Project) -> dict[str, float]:
    return {row.user.name: row.rate for row in film.user_role}


@pytest.mark.parametrize(
    "join",
    [
        lambda film, ada: ProjectUser(project=film, user=ada),
        lambda film, ada: ProjectUser(film, ada, role()),
        lambda film, ada: setattr(film, "users", [ada]),
        lambda film, ada: film.users.append(ada),
        lambda film, ada: film.users.extend([ada]),
        lambda film, ada: setattr(ada, "projects", [film]),
        lambda film, ada: ada.projects.append(film),
    ],
)
def test_the_rate_is_a_snapshot(join: Callable[..., Any], database: str) -> None:
    """It is the rate of the day on which a user joins, from whichever side."""
    film, ada = project(), user(rate=320)
    DBSession.save([film, ada])
    join(film, ada)
    assert ada in film.users and film in ada.projects and rates(film) == {"Ada": 320.0}
    ada.rate = 400
    DBSession.commit()
    DBSession.expire_all()
    assert rates(film) == {"Ada": 320.0} and film.users == [ada] and ada.projects == [film]


def test_staying_keeps_the_rate() -> None:
    """A list that is assigned again keeps the rows of those who stay, with what they carry."""
    ada, bob = user("Ada", rate=100), user("Bob", rate=200)
    film = project_in_memory(users=[ada, bob])
    (row,) = (each for each in film.user_role if each.user is ada)
    row.role = role()
    ada.rate = bob.rate = 900
    film.users = [ada, ada]
    assert film.user_role == [row] and row.rate == 100.0 and bob.projects == []
    film.users.append(ada)
    film.users.append(bob)
    assert rates(film) == {"Ada": 100.0, "Bob": 900.0}


def test_attaching_a_user_does_not_flush(database: str) -> None:
    """Copying the rate reads it, and writes nothing."""
    film, ada = project(), user(rate=320)
    DBSession.save([film, ada])
    DBSession.expire_all()
    DBSession.add(pending := SimpleEntity())
    ProjectUser(project=film, user=ada)
    assert pending in DBSession.new


@pytest.mark.parametrize(
    ("kind", "attribute", "value", "error"),
    [
        (ProjectUser, "project", 1, TypeError),
        (ProjectUser, "user", "Ada", TypeError),
        (ProjectUser, "role", "Lead", TypeError),
        (ProjectClient, "project", tag(), TypeError),
        (ProjectClient, "client", tag(), TypeError),
        (ProjectClient, "role", 1, TypeError),
        (ProjectRepository, "project", 1, TypeError),
        (ProjectRepository, "repository", "x", TypeError),
    ],
)
def test_membership_rows_refuse(
    kind: Any, attribute: str, value: Any, error: type[Exception]
) -> None:
    """Each end is of its class or `None`."""
    with pytest.raises(error, match=rf"{kind.__name__}\.{attribute}"):
        kind(**{attribute: value})
    row = kind(**{attribute: None})
    with pytest.raises(error, match=rf"{kind.__name__}\.{attribute}"):
        setattr(row, attribute, value)


def test_rates_of_a_membership() -> None:
    """`None` is nothing; a rate is a number and not negative."""
    row = ProjectUser(project_in_memory(), user(rate=3))
    row.rate = None  # type: ignore[assignment]
    assert row.rate == 0.0
    for value, error in (("1", TypeError), (-1, ValueError)):
        with pytest.raises(error, match=r"ProjectUser\.rate"):
            row.rate = value  # type: ignore[assignment]
    with pytest.raises(TypeError, match="rate"):
        ProjectUser(rate=3)


def test_clients_are_seen_from_both_sides(database: str) -> None:
    """Leaving from one side is seen at once from the other, and joining again works."""
    film, north = project(), client()
    DBSession.save([film, north])
    ProjectClient(project=film, client=north, role=role())
    assert film.clients == [north] and north.projects == [film]
    DBSession.commit()
    north.projects.remove(film)
    assert list(film.clients) == [] and film.client_role == []
    DBSession.commit()
    film.clients.append(north)
    DBSession.commit()
    DBSession.expire_all()
    assert north.projects == [film] and film.client_role[0].role is None


# --- Tasks ----------------------------------------------------------------------------------------


def test_tasks_of_a_project_by_kind(database: str) -> None:
    """Tasks of every depth, in memory as in the database; the lists are in the order of ids."""
    film, other = project(), project("Other", "OTH")
    rock = Asset(name="Rock", code="rock", project=film, type=type_for(Asset))
    model, storm = task(rock, "Model"), Sequence(name="Storm", code="SQ", project=film)
    shot = Shot(code="SH010", parent=storm, project=film)
    comp, elsewhere = task(shot, "Comp"), task(other)

    def check() -> None:
        assert film.tasks == [rock, model, storm, shot, comp]
        assert film.root_tasks == [rock, storm]
        assert (film.assets, film.sequences, film.shots) == ([rock], [storm], [shot])
        assert other.root_tasks == [elsewhere]

    check()
    DBSession.save([film, other])
    DBSession.expire_all()
    check()


def test_asking_for_root_tasks_does_not_flush(database: str) -> None:
    """What waits in the session keeps waiting; a shot that waits is written to be found."""
    DBSession.save(film := project())
    assert film.id
    DBSession.add(pending := SimpleEntity())
    assert film.root_tasks == [] and film.to_tjp
    assert pending in DBSession.new
    made = Shot(code="SH010", project=film)
    assert film.shots == [made] and film.assets == film.sequences == []
    assert pending not in DBSession.new


def test_sums_over_the_tasks(database: str) -> None:
    """Containers count by their children: 2 h, 3 h, and 1 h + 4 h below a third."""
    film = project()
    assert (film.schedule_seconds, film.total_logged_seconds, film.percent_complete) == (0, 0, 0)
    assert isinstance(film.schedule_seconds, int)
    task(film, schedule_timing=2, schedule_unit="h")
    task(film, schedule_timing=3, schedule_unit="h")
    container = task(film, schedule_timing=99, schedule_unit="d")
    task(container, schedule_timing=1, schedule_unit="h")
    task(container, schedule_timing=4, schedule_unit="h")
    for _ in range(2):
        assert (film.schedule_seconds, film.percent_complete) == (36000, 0.0)
        DBSession.save(film)
        DBSession.expire_all()


def test_sums_of_many_projects(database: str, statements: Callable[[], list[str]]) -> None:
    """The sums of a list of projects take as many statements as those of one, and count all.

    What is pending counts, what is measured by time goes on with it, and a sum that is missing is
    formed.
    """
    idle, unsaved = project("Idle", "IDL"), project("Unsaved", "UNS")
    task(unsaved, schedule_timing=5, schedule_unit="h")
    films = [project(f"Film {n}", f"F{n}") for n in range(3)]
    for number, film in enumerate(films, 1):
        task(task(film), schedule_timing=number, schedule_unit="h")
        for _ in range(2):
            task(film, schedule_timing=2, schedule_unit="h", schedule_model="duration",
                 start=datetime(2020, 1, 1, tzinfo=UTC))  # fmt: skip
    DBSession.save([*films, idle])
    hour = 3600
    task(films[0], schedule_timing=1, schedule_unit="h")
    films[1].root_tasks[0]._schedule_seconds = None
    assert Project.totals_for([*films, idle, unsaved]) == {
        films[0]: Progress(6 * hour, 4 * hour),
        films[1]: Progress(6 * hour, 4 * hour),
        films[2]: Progress(7 * hour, 4 * hour),
        idle: Progress(),
        unsaved: Progress(5 * hour),
    }
    assert films[2].percent_complete == 4 / 7 * 100
    assert Project.totals_for([]) == {}
    DBSession.commit()
    counts = []
    for some in (films[:1], films):
        DBSession.expire_all()
        assert all(film.id for film in films)
        recorded = statements()
        Project.totals_for(some)
        counts.append(len(recorded))
    assert counts[0] == counts[1] <= 4, recorded


def note_logged(kept: Task, seconds: int | None) -> None:
    """Write by hand what is noted about the work done in a task."""
    column = inspect(Task).attrs["_total_logged_seconds"].columns[0]
    table: Any = Task.__table__
    DBSession.execute(table.update().where(table.c.id == kept.id).values({column: seconds}))
    DBSession.commit()
    DBSession.expire_all()


def test_percent_of_the_plan(database: str) -> None:
    """20 §2.2: what was logged below counts by its root, and more than planned is more than 100."""
    film = project()
    task(film, schedule_timing=2, schedule_unit="h")
    task(film, schedule_timing=3, schedule_unit="h")
    container = task(film)
    task(container, schedule_timing=1, schedule_unit="h")
    task(container, schedule_timing=4, schedule_unit="h")
    DBSession.save(film)
    for logged, percent in ((3600, 10.0), (72000, 200.0)):
        note_logged(container, logged)
        assert (film.schedule_seconds, film.total_logged_seconds) == (36000, logged)
        assert film.percent_complete == percent


def test_a_sum_that_is_not_noted_is_found_out(database: str) -> None:
    """20 §2.2: a root task that knows no sum is asked for it."""
    film = project()
    roots = [task(film, schedule_timing=hours, schedule_unit="h") for hours in (2, 3)]
    DBSession.save(film)
    note_logged(roots[0], None)
    assert (film.schedule_seconds, film.total_logged_seconds) == (18000, 0)
    note_logged(roots[0], None)
    assert film.percent_complete == 0.0


@in_memory
def test_what_a_project_tells_without_a_database(studio: Studio) -> None:
    """20 §2.2, AD-3: lists and sums are those of the objects."""
    film = studio.project()
    rock = studio.task(film, kind=Asset, name="Rock", code="rock", type=studio.type("Asset"))
    model = studio.task(rock, schedule_timing=2, schedule_unit="h")
    storm = studio.task(film, kind=Sequence, name="Storm", code="SQ")
    shot = studio.make(Shot, code="SH010", parent=storm)
    comp = studio.task(shot, schedule_timing=3, schedule_unit="h")
    assert film.tasks == [rock, model, storm, shot, comp]
    assert film.root_tasks == [rock, storm]
    assert (film.assets, film.sequences, film.shots) == ([rock], [storm], [shot])
    assert (film.schedule_seconds, film.total_logged_seconds) == (18000, 0)
    assert film.percent_complete == 0 and film.open_tickets == []


def test_taskjuggler_text(database: str) -> None:
    """A block with the root tasks in order; nothing of name, code, dates and people."""
    film = project(users=[user()])
    DBSession.save(film)
    assert film.tjp_id == f"Project_{film.id}"
    assert film.to_tjp.split() == ["task", film.tjp_id, f'"{film.tjp_id}"', "{", "}"]
    first, second = task(film, "First"), task(film, "Second")
    child = task(first, "Child")
    DBSession.commit()
    text = film.to_tjp
    positions = [text.index(f"task {each.tjp_id} ") for each in (film, first, child, second)]
    assert positions == sorted(positions) and text.count("{") == text.count("}")
    assert "Lighthouse" not in text and "LHS" not in text and "Ada" not in text


# --- Deletion -------------------------------------------------------------------------------------


def production() -> Project:
    """Return a project with something of everything."""
    film = project(
        users=[user("Ada"), user("Bob")],
        clients=[client()],
        repositories=[repository()],
        structure=structure(template()),
        image_format=image_format(),
        references=[link()],
    )
    storm = Sequence(name="Storm", code="SQ", project=film)
    shot = Shot(code="SH010", parent=storm, project=film, sequences=[storm])
    shot.scenes = [Scene(name="Beach", code="SC1", project=film)]
    comp = task(shot, "Comp", resources=[film.users[0]], responsible=[film.users[1]])
    comp.depends = [task(shot, "Roto"), task(film, "Look")]
    Asset(name="Rock", code="rock", project=film, type=type_for(Asset), references=[link()])
    first = Version(task=comp)
    Version(task=comp, parent=first, inputs=[first])
    return film


def with_money_and_talk() -> Project:
    """Return a project with budgets, tickets and pages, too."""
    film = production()
    comp = film.tasks[2]
    Page(title="Colour", project=film)
    money = budget(film)
    BudgetEntry(budget=budget(film, "Part", parent=money), good=good())
    Payment(invoice=invoice(budget=money, client=film.clients[0]))
    seen = ticket(film, links=[comp])
    seen.accept(film.users[0])
    return film


GOES = [
    Asset, Budget, BudgetEntry, Invoice, Page, Payment, Project, ProjectClient, ProjectRepository,
    ProjectUser, Scene, Sequence, Shot, Task, TaskDependency, Ticket, TicketLog, Version,
]  # fmt: skip
STAYS = [
    Client, FilenameTemplate, Good, ImageFormat, Repository, Status, StatusList, Structure, Type,
    User,
]  # fmt: skip
KINDS = [*GOES, *STAYS, Link]


def counts() -> dict[type, int]:
    return {kind: DBSession.query(kind).count() for kind in KINDS}


@pytest.mark.parametrize("loaded", [False, True])
def test_deleting_a_project(database: str, loaded: bool) -> None:
    """20 §2.5: what belongs to it alone goes; people, clients, goods and conventions stay.

    Another project is untouched, and it makes no difference what was loaded.
    """
    DBSession.save(with_money_and_talk())
    once = counts()
    film = with_money_and_talk()
    DBSession.save(film)
    before = counts()
    assert all(before[kind] == 2 * once[kind] > 0 for kind in GOES)
    for name in inspect(Project).relationships.keys() if loaded else ():
        getattr(film, name)
    DBSession.delete(film)
    DBSession.commit()
    after = counts()
    for kind in GOES:
        assert after[kind] == once[kind], kind
    for kind in STAYS:
        assert after[kind] == before[kind], kind
    # versions are links; the two references stay
    assert after[Link] == once[Link] + 2
    assert DBSession.query(Project.references.property.secondary).count() == 1


def test_deleting_takes_the_same_statements_for_any_size(
    database: str, statements: Callable[[], list[str]]
) -> None:
    """The database removes the tasks: nobody walks through them."""
    numbers = []
    for size in (1, 30):
        film = project()
        parent: Any = film
        for _ in range(size):
            parent = task(parent, "Task")
        DBSession.save(film)
        number = film.id
        DBSession.remove()
        film = DBSession.get(Project, number)
        recorded = statements()
        DBSession.delete(film)
        DBSession.commit()
        numbers.append(len(recorded))
    assert numbers[0] == numbers[1]
    assert Task.query.count() == 0


@pytest.mark.parametrize("attribute", ["repository", "structure", "image_format"])
def test_what_a_project_uses_cannot_be_deleted(database: str, attribute: str) -> None:
    """The database refuses, and nothing has changed."""
    film = production()
    DBSession.save(film)
    DBSession.delete(getattr(film, attribute))
    with pytest.raises(IntegrityError):
        DBSession.commit()
    DBSession.rollback()
    assert getattr(film, attribute) is not None


def test_people_and_clients_leave_a_project(database: str) -> None:
    """When they are deleted their rows go, and the project stays; likewise for a role."""
    film = production()
    lead = film.user_role[1].role = film.client_role[0].role = role()
    DBSession.save(film)
    DBSession.delete(lead)
    DBSession.commit()
    assert [row.role for row in (*film.user_role, *film.client_role)] == [None] * 3
    for obj in (film.users[0], film.clients[0]):
        DBSession.delete(obj)
    DBSession.commit()
    DBSession.expire_all()
    assert len(film.users) == 1 and list(film.clients) == [] and film.name == "Lighthouse"


@pytest.mark.parametrize(
    ("attribute", "make"),
    [
        ("tasks", task),
        ("tickets", ticket),
        ("scenes", lambda film: Scene(name="Beach", code="SC1", project=film)),
        ("budgets", budget),
        ("pages", lambda film: Page(title="Colour", project=film)),
    ],
)
def test_leaving_a_list_of_a_project_deletes(
    database: str, attribute: str, make: Callable[[Project], Any]
) -> None:
    """20 §2.5: what cannot be without a project goes with its place in the list."""
    film = project()
    gone, kept = make(film), make(film)
    DBSession.save(film)
    assert getattr(film, attribute) == [gone, kept]
    getattr(film, attribute).remove(gone)
    DBSession.commit()
    DBSession.expire_all()
    assert getattr(film, attribute) == [kept] == DBSession.query(type(kept)).all()
