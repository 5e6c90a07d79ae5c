"""A stored production, and a check that what is refused leaves no trace in it.

Everything that the production consists of is reached by a short name: `world.comp` is the task of
that name, loaded into the current session. `FILLED` names lists that have a member each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.orm import Mapped, configure_mappers, mapped_column, object_session

from stalker import (
    ACLMixin,
    AmountMixin,
    Asset,
    AuthenticationLog,
    Budget,
    BudgetEntry,
    Client,
    ClientUser,
    CodeMixin,
    DAGMixin,
    Daily,
    DailyLink,
    DateRangeMixin,
    Department,
    DepartmentUser,
    Entity,
    EntityGroup,
    EntityType,
    FilenameTemplate,
    Good,
    Group,
    ImageFormat,
    Invoice,
    Link,
    Message,
    Note,
    Page,
    Payment,
    Permission,
    PriceList,
    Project,
    ProjectClient,
    ProjectMixin,
    ProjectRepository,
    ProjectUser,
    ReferenceMixin,
    Repository,
    Review,
    Role,
    Scene,
    ScheduleMixin,
    Sequence,
    Shot,
    SimpleEntity,
    Status,
    StatusList,
    StatusMixin,
    Structure,
    Studio,
    Tag,
    TargetEntityTypeMixin,
    Task,
    TaskDependency,
    Ticket,
    TicketLog,
    TimeLog,
    Type,
    UnitMixin,
    User,
    Vacation,
    Variant,
    Version,
    WorkingHours,
)
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from tests import factories
from tests.factories import DAY, NOON


class Rig(
    Entity, CodeMixin, StatusMixin, DateRangeMixin, ReferenceMixin, ScheduleMixin,
    ProjectMixin, UnitMixin, AmountMixin, ACLMixin, TargetEntityTypeMixin, DAGMixin,
):  # fmt: skip
    """Every mixin at once."""


class Cable(Base, CodeMixin, ScheduleMixin, UnitMixin, AmountMixin, ACLMixin):
    """The mixins that work without any entity."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


# --- The production -------------------------------------------------------------------------------


def production() -> dict[str, Any]:
    """Return the objects of a new production by name; each class has one named like itself."""
    film = factories.project(clients=[], code="LHS")
    other = factories.project("Other", "OTH")
    ada, eda = factories.user("Ada"), factories.user("Eda")
    link = factories.link()
    tag, note = factories.tag(), factories.note()
    permission = factories.permission(class_name="World")
    role = factories.role()
    department, client = factories.department(users=[ada]), factories.client(users=[ada])
    group = factories.group(users=[ada], permissions=[permission])
    repository = factories.repository("WORLD")
    work = factories.template("Task")
    structure = factories.structure(work)
    hd = factories.image_format()
    film.users, film.clients, film.repositories = [ada], [client], [repository]
    film.structure, film.image_format, film.references = structure, hd, [link]
    ada.permissions = [permission]

    asset_type = factories.type_for("Asset", "Prop")
    lists = {"rigs": factories.status_list("Rig", ["NEW", "OLD"])}
    foreign = factories.status("FRGN")

    # build > model > sculpt; comp waits for model, and so for all of build's beginning
    build = factories.task(film, "Build")
    model = factories.task(build, "Model", references=[link])
    sculpt = factories.task(model, "Sculpt")
    layout = factories.task(film, "Layout")
    comp = factories.task(
        film,
        "Comp",
        depends=[layout],
        resources=[ada],
        alternative_resources=[eda],
        responsible=[ada],
        watchers=[ada],
        references=[link],
        tags=[tag],
        notes=[note],
        created_by=ada,
    )
    comp.generic_data = [link]
    grade = factories.task(film, "Grade", depends=[comp, build])
    milestone = factories.task(film, "Delivery", is_milestone=True)
    done = factories.task(film, "Done")
    cloud = factories.task(other, "Cloud")
    part = factories.task(comp.project, "Part")

    asset = Asset(name="Rock", code="rock", project=film, type=asset_type)
    sequence = Sequence(name="Storm", code="SQ10", project=film)
    scene = Scene(name="Beach", code="SC1", project=film)
    shot = Shot(
        code="SH010",
        project=film,
        cut_in=10,
        cut_out=20,
        source_in=12,
        source_out=18,
        sequences=[sequence],
        scenes=[scene],
    )
    shot2 = Shot(code="SH020", project=film)
    sequence2 = Sequence(name="Calm", code="SQ20", project=film)
    scene2 = Scene(name="Dunes", code="SC2", project=film)
    variant = Variant(name="Damaged", project=film)
    far_shot = Shot(code="SH010", project=other)
    far_sequence = Sequence(name="Far", code="SQ10", project=other)
    far_scene = Scene(name="Far", code="SC1", project=other)

    shoot = factories.task(film, "Shoot")
    log = TimeLog(task=shoot, resource=ada, start=NOON, end=NOON + DAY)
    review = Review(task=shoot, reviewer=ada)

    v1 = Version(task=comp)
    v2 = Version(task=comp, parent=v1, inputs=[v1, link], outputs=[link])
    v3 = Version(task=comp, parent=v2, inputs=[v2])
    published = Version(task=layout)
    published.is_published = True

    good = factories.good(client=client)
    price_list = PriceList(name="2026", goods=[good])
    budget = factories.budget(film)
    part_budget = factories.budget(film, "Part", parent=budget)
    far_budget = factories.budget(other, "Far")
    entry = BudgetEntry(budget=budget, good=good, price=3)
    invoice = factories.invoice(budget=budget, client=client)
    payment = Payment(invoice=invoice, amount=1)

    daily = factories.daily(film, links=[link])

    login = ada.log_login()
    entity_group = EntityGroup(name="Group", entities=[link, tag])
    message = factories.least(Message)
    page = Page(title="Colour", project=film)
    hours = WorkingHours()
    vacation = Vacation(user=ada)
    studio = Studio(name="Cliff", working_hours=hours)

    ticket2, far_ticket = factories.ticket(film), factories.ticket(other)
    ticket = factories.ticket(film, links=[link], related_tickets=[far_ticket], reported_by=ada)
    ticket_log = ticket.accept(ada)

    rig_values = {"project": film, "status_list": lists["rigs"], "target_entity_type": "Shot"}
    rig = Rig(code="a", references=[link], permissions=[permission], **rig_values)
    rig2 = Rig(code="b", parent=rig, **rig_values)
    rig3 = Rig(code="c", parent=rig2, **rig_values)
    simple = SimpleEntity(name="Simple", created_by=ada, updated_by=ada)
    simple.generic_data = [link]
    names = dict(locals())
    names |= names.pop("lists")
    del names["rig_values"]
    return names | {
        "cable": Cable(code="x", permissions=[permission]),
        "entity": Entity(name="Entity", tags=[tag], notes=[note]),
        "entity_type": EntityType(name="World"),
        "department_user": department.user_role[0],
        "client_user": client.user_role[0],
        "project_user": film.user_role[0],
        "project_client": film.client_role[0],
        "project_repository": film.repositories_proxy[0],
        "task_dependency": comp.task_depends_to[0],
        "daily_link": daily.link_relations[0],
    }


#: Under which name an object of a class is found.
NAMES: dict[type, str] = {
    SimpleEntity: "simple",
    Entity: "entity",
    Tag: "tag",
    Note: "note",
    Type: "asset_type",
    EntityType: "entity_type",
    Status: "foreign",
    StatusList: "rigs",
    Link: "link",
    Permission: "permission",
    Group: "group",
    Role: "role",
    User: "ada",
    Department: "department",
    DepartmentUser: "department_user",
    Client: "client",
    ClientUser: "client_user",
    Repository: "repository",
    FilenameTemplate: "work",
    Structure: "structure",
    ImageFormat: "hd",
    Project: "film",
    ProjectUser: "project_user",
    ProjectClient: "project_client",
    ProjectRepository: "project_repository",
    Task: "comp",
    TaskDependency: "task_dependency",
    Asset: "asset",
    Sequence: "sequence",
    Scene: "scene",
    Shot: "shot",
    Variant: "variant",
    Daily: "daily",
    DailyLink: "daily_link",
    Version: "v2",
    Good: "good",
    PriceList: "price_list",
    Budget: "part_budget",
    BudgetEntry: "entry",
    Invoice: "invoice",
    Payment: "payment",
    TimeLog: "log",
    Review: "review",
    Ticket: "ticket",
    TicketLog: "ticket_log",
    AuthenticationLog: "login",
    EntityGroup: "entity_group",
    Message: "message",
    Page: "page",
    WorkingHours: "hours",
    Vacation: "vacation",
    Studio: "studio",
    Rig: "rig2",
    Cable: "cable",
}


class World:
    """The stored production of one database, and what its tables hold."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        configure_mappers()
        DBSession.remove()
        DBSession.configure(bind=engine)
        made = production()
        DBSession.save(made.values())
        done = made["done"]
        done.status = done.status_list["CMPL"]
        DBSession.commit()
        self._keys = {name: (type(each), inspect(each).identity) for name, each in made.items()}
        DBSession.remove()
        tables = sorted(inspect(engine).get_table_names())
        counts = ", ".join(f'(SELECT count(*) FROM "{name}")' for name in tables)
        self._counts = text(f"SELECT {counts}")
        self.rows = self.count()

    def __getattr__(self, name: str) -> Any:
        try:
            kind, identity = self._keys[name]
        except KeyError:
            raise AttributeError(name) from None
        return DBSession.get(kind, identity)

    def __getitem__(self, kind: type) -> Any:
        """Return the object of a class."""
        return getattr(self, NAMES[kind])

    def count(self) -> list[int]:
        """Return the number of rows of each table."""
        with self.engine.connect() as own:
            return list(own.execute(self._counts).one())


# --- The check ------------------------------------------------------------------------------------


def related(objects: Iterable[Any]) -> dict[int, dict[str, Any]]:
    """Return what is loaded of each object; lists as copies."""
    return {id(each): _loaded(each) for each in objects}


def _loaded(each: Any) -> dict[str, Any]:
    mapped = inspect(each).mapper.attrs
    return {
        key: list(value) if isinstance(value, list) else value
        for key, value in each.__dict__.items()
        if key in mapped
    }


def same(left: Any, right: Any) -> bool:
    """Compare by identity, lists element by element."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left is right or (not isinstance(left, Base) and bool(left == right))


def failed_objects(error: BaseException) -> list[Any]:
    """Return the objects whose constructors *error* passed through."""
    found = []
    traceback = error.__traceback__
    while traceback is not None:
        values = traceback.tb_frame.f_locals
        if traceback.tb_frame.f_code.co_name == "construct" and "obj" in values:
            found.append(values["obj"])
        traceback = traceback.tb_next
    return found


def refuse(
    world: World,
    attempt: Callable[[], Any],
    error: type[Exception],
    words: str,
    involved: Iterable[Any] = (),
) -> None:
    """Check that *attempt* raises *error* with *words* in its message, and changes nothing.

    Also what is pending in the session beforehand is still pending afterwards. That no table has
    got or lost a row is looked at when the test has ended.
    """
    session = DBSession()
    pending = Tag(name="pending")
    session.add(pending)
    written: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if re.match(r"\s*(INSERT|UPDATE|DELETE|SELECT .*FOR UPDATE)", statement):
            written.append(statement)

    known = list({id(each): each for each in [*session, *involved]}.values())
    before, dirty = related(known), set(session.dirty)
    sessions = [object_session(each) for each in known]
    event.listen(world.engine, "before_cursor_execute", note)
    try:
        with pytest.raises(error) as caught:
            attempt()
        message = str(caught.value)
        assert re.search(words, message), f"{message!r} does not say {words!r}"
        for each in failed_objects(caught.value):
            assert object_session(each) is None, f"{type(each)} is in a session"
            relations = {relation.key for relation in inspect(each).mapper.relationships}
            assert not relations & {k for k, v in each.__dict__.items() if v not in (None, [])}
        assert set(session.new) == {pending}
        assert {each for each in session.dirty if session.is_modified(each)} == dirty
        assert not session.deleted
        assert [object_session(each) for each in known] == sessions
        after = related(known)
        for each in known:
            for key, value in before[id(each)].items():
                now = after[id(each)].get(key, "nothing")
                assert same(value, now), f"{each!r}.{key} was {value!r} and is {now!r}"
        session.expunge(pending)
        session.commit()
    finally:
        event.remove(world.engine, "before_cursor_execute", note)
    assert written == []
