"""What users write, for the type checker alone: `mypy --strict` must know every public class.

Nobody runs this file.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import assert_type

from sqlalchemy import select
from sqlalchemy.orm import Mapped

import stalker
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
    LocalSession,
    Message,
    NativeScheduler,
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
    SchedulerBase,
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
    TaskChange,
    TaskDependency,
    TaskJugglerScheduler,
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
    WorkingHoursMixin,
    config,
    db,
    defaults,
    events,
    exceptions,
    log,
    logger,
    models,
)
from stalker.db.session import DBSession, unit_of_work
from stalker.events import Deleted
from stalker.testing import Factory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class LensKit(CodeMixin, Entity):
    """A class of the studio's own."""

    vendor: Mapped[str | None]


class Everything(
    Entity, CodeMixin, StatusMixin, DateRangeMixin, ReferenceMixin, ScheduleMixin, ProjectMixin,
    UnitMixin, AmountMixin, ACLMixin, TargetEntityTypeMixin, DAGMixin, WorkingHoursMixin,
):  # fmt: skip
    """All mixins at once."""


def plans(studio: Studio, projects: list[Project]) -> None:
    """Schedulers, and what they say."""
    assert_type(NativeScheduler(studio, projects=projects).schedule(), str)
    assert_type(TaskJugglerScheduler(studio, timeout=60.0).schedule(), str)


class Planner(SchedulerBase):
    """A scheduler of the studio's own."""

    def schedule(self) -> str | None:
        return None if self.studio is None else self.studio.name


def setting_up() -> None:
    assert_type(defaults, config.Config)
    db.setup({"sqlalchemy.url": "sqlite:///studio.db"})
    db.init()
    db.register(LensKit)
    logger.info("%s %s", stalker.__version__, log.logging_level)
    assert_type(models.make_plural("Shot"), str)
    DBSession.save([LensKit(name="Anamorphics", code="ANA", vendor="Cooke")])


def people(department: Department, client: Client) -> None:
    group = Group(name="TDs", permissions=[Permission("Allow", "Create", "Shot")])
    ada = User(
        name="Ada", login="ada", email="ada@example.com", password="secret",  # noqa: S106
        groups=[group],
        departments=[department], companies=[client], rate=320, efficiency=1.5,
    )  # fmt: skip
    assert_type(ada.check_password("secret"), bool)
    assert_type(ada.has_permission("Create", Shot), bool)
    assert_type(ada.last_login, datetime | None)
    assert_type(ada.authentication_logs, list[AuthenticationLog])
    assert_type(ada.open_tickets, list[Ticket])
    role = Role(name="Lead")
    DepartmentUser(department=department, user=ada, role=role)
    ClientUser(client=client, user=ada, role=role)
    session = LocalSession()
    session.store_user(ada)
    try:
        assert_type(User.authenticate("ada", "secret"), User)
    except exceptions.LoginError as error:
        print(error)


def production(ada: User, client: Client) -> Project:
    template = FilenameTemplate(
        name="Work", target_entity_type=Task, path="{{ project.code }}", filename="{{ task.name }}"
    )
    project = Project(
        name="Lighthouse", code="LHS", fps=23.976,
        structure=Structure(name="Film", templates=[template]),
        image_format=ImageFormat(name="HD", width=1920, height=1080),
        repositories=[Repository(name="Server", code="SRV", linux_path="/mnt/films")],
        users=[ada], clients=[client],
    )  # fmt: skip
    ProjectUser(project=project, user=ada)
    ProjectClient(project=project, client=client)
    ProjectRepository(project=project, repository=project.repository)
    kind = Type(name="Prop", code="PRP", target_entity_type="Asset")
    asset = Asset(name="Rock", code="ROCK", type=kind, project=project)
    shot = Shot(code="SH010", project=project, cut_in=1001, cut_out=1100)
    Sequence(name="Storm", code="SQ10", project=project, shots=[shot])
    Scene(name="Beach", code="SC1", project=project, shots=[shot])
    model = Task(name="Model", parent=asset, resources=[ada], schedule_timing=2, schedule_unit="d")
    comp = Task(name="Comp", parent=shot, depends=[model], start=NOON)
    assert_type(comp.task_depends_to, list[TaskDependency])
    assert_type(comp.history, list[TaskChange])
    assert_type(comp.status, Status)
    assert_type(comp.status_list, StatusList)
    assert_type(comp.duration, timedelta)
    assert_type(project.shots, list[Shot])
    assert_type(project.scenes[0], Scene)
    assert_type(project.budgets[0], Budget)
    assert_type(project.open_tickets, list[Ticket])
    assert_type(shot.cut_duration, int)
    return project


def life(task: Task, ada: User) -> list[str]:
    log = TimeLog(task=task, resource=ada, start=NOON, duration=timedelta(hours=2))
    assert_type(log.start, datetime)
    assert_type(task.create_time_log(ada, NOON), TimeLog)
    assert_type(task.total_logged_seconds, int)
    assert_type(task.request_review(), list[Review])
    assert_type(task.request_revision(ada, "Too dark", 4, "h"), Review)
    assert_type(task.approve(ada), Review)
    review = Review(task=task, reviewer=ada)
    review.approve()
    assert_type(review.review_set, list[Review])
    task.hold()
    task.resume()
    task.stop()
    return task.allowed_actions


def files(task: Task) -> Path:
    version = Version(task=task, take_name="Main", inputs=[Link(full_path="/plate.####.exr")])
    version.update_paths()
    version.tags.append(Tag(name="night"))
    version.notes = [Note(content="The sun is too low.")]
    assert_type(version.latest_version, Version | None)
    assert_type(version.task, Task)
    assert_type(version.upstream(depth=2), list[Link])
    assert_type(version.downstream()[0].outdated_inputs(), dict[Version, Version])
    assert_type(version.is_safe_to_delete, bool)
    assert_type(Version.deletable(task.versions), list[Version])
    latest = Version.latest_of([task], take_name="Main", published=True)
    assert_type(latest, dict[Task, dict[str, Version]])
    return Path(version.absolute_full_path)


def looking_at(project: Project, version: Version) -> list[Task]:
    Variant(name="Damaged", parent=version.task)
    daily = Daily(name="Monday", project=project, links=version.outputs)
    DailyLink(daily=daily, link=Link(full_path="/reel.mov")).rank = -1
    assert_type(daily.link_relations, list[DailyLink])
    assert_type(daily.versions, list[Version])
    assert_type(project.dailies, list[Daily])
    assert_type(project.assets[0].used_in_shots(), list[Shot])
    daily.close()
    return daily.tasks


def money(project: Project, client: Client) -> Decimal:
    good = Good(name="Comp", cost=400, msrp=900.5, unit="EUR", client=client)
    PriceList(name="2026", goods=[good])
    budget = Budget(name="Main", project=project)
    entry = BudgetEntry(budget=budget, good=good, price=1000, amount=2.5)
    invoice = Invoice(budget=budget, client=client, amount=2500, unit="EUR")
    Payment(invoice=invoice, amount=100)
    assert_type(entry.total, Decimal)
    assert_type(invoice.is_paid, bool)
    return budget.totals(with_children=True)["EUR"].outstanding


def the_rest(project: Project, ada: User) -> None:
    ticket = Ticket(project=project, summary="Flicker", links=[project], priority="MAJOR")
    assert_type(ticket.accept(ada), TicketLog | None)
    assert_type(EntityGroup(name="Hot", entities=[project, ada]).name, str)
    Page(title="Colour", content="ACES", project=project)
    Message(description="Hello")
    SimpleEntity(name="Anything").generic_text = "{}"
    hours = WorkingHours({"sat": []}, daily_working_hours=8)
    studio = Studio(name="Cliff", working_hours=hours, timing_resolution=timedelta(minutes=30))
    Vacation(user=ada, start=NOON)
    studio.scheduler = Planner()
    assert_type(studio.schedule(scheduled_by=ada), str | None)
    assert_type(hours["mon"], list[list[int]])


@events.entity_deleted.connect
def announce(gone: Deleted) -> None:
    print(gone.entity_type, gone.name)


def queries() -> None:
    with unit_of_work() as session:
        query = select(Task).where(Task.priority > 500, Task.start > NOON)
        assert_type(session.scalars(query).all()[0], Task)
        names = session.scalars(select(EntityType.name)).all()
        assert_type(names[0], str)


def testing(make: Factory) -> None:
    assert_type(make.shot(code="SH010"), Shot)
