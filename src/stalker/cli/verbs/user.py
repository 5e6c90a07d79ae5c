"""`stalker user`: people and their passwords."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from stalker import Department, Group, User
from stalker.cli import days
from stalker.cli.completing import logins
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, console, note, plain, table
from stalker.cli.passwords import ask, password_option
from stalker.cli.refusal import Refused, typed
from stalker.cli.who import deed_of, known, user_named, user_option
from stalker.core.naming import login_name
from stalker.core.suggestions import did_you_mean
from stalker.db.session import DBSession
from stalker.models.department import DepartmentUser


@click.group()
def user() -> None:
    """Add people, list them, change who they are, and say when they are away."""


@user.command()
@database_option
@click.argument("new_login", metavar="LOGIN")
@click.option("--name", metavar="TEXT", help="As people know them; without it the login.")
@click.option("--email", required=True, metavar="ADDRESS", help="No two people have the same.")
@click.option(
    "--department", "departments", multiple=True, metavar="NAME", help="Made if it is not there."
)
@click.option(
    "--group", "groups", multiple=True, metavar="NAME", help="Gives its permissions: admins."
)
@password_option
@user_option
@json_option
def add(
    database_url: str | None,
    new_login: str,
    name: str | None,
    email: str,
    departments: tuple[str, ...],
    groups: tuple[str, ...],
    from_stdin: bool,
    login: str | None,
    as_json: bool,
) -> None:
    """Add a person who can be given work, and log in as LOGIN."""
    with connected(database_url):
        _refuse_taken(new_login, email)
        by = known(login)
        belongs_to = _groups(groups)
        password = ask(from_stdin, twice=True)
        with deed_of(by) as session, typed():
            made = User(
                name=name or new_login,
                login=new_login,
                email=email,
                password=password,
                departments=_departments(departments),
                groups=belongs_to,
                created_by=by,
            )
            session.add(made)
        if as_json:
            answer({"user": _whole(made)})
        else:
            click.echo(f"{made.name} logs in as {made.login!r}.")


@user.command("list")
@database_option
@json_option
def list_(database_url: str | None, as_json: bool) -> None:
    """List everybody: login, name, e-mail address, departments, groups."""
    with connected(database_url):
        query = select(User).order_by(User.login)
        departments = selectinload(User.department_role).joinedload(DepartmentUser.department)
        everybody = DBSession.scalars(query.options(departments, selectinload(User.groups))).all()
        rows = [_described(each) for each in everybody]
    if as_json:
        answer({"users": rows})
        return
    found = table(("Login", "Name", "E-mail", "Departments", "Groups"))
    for row in rows:
        cells = (", ".join(each) if isinstance(each, list) else each for each in row.values())
        _, *shown = cells
        found.add_row(*map(plain, shown))
    console().print(found)


@user.command()
@database_option
@click.argument("whose", metavar="LOGIN", shell_complete=logins)
@json_option
def show(database_url: str | None, whose: str, as_json: bool) -> None:
    """Show a person: name, e-mail address, departments, groups and vacations."""
    with connected(database_url):
        _tell(user_named(whose), as_json)


@user.command()
@database_option
@click.argument("whose", metavar="LOGIN", shell_complete=logins)
@click.option("--name", metavar="TEXT", help="Another name.")
@click.option("--email", metavar="ADDRESS", help="Another address; no two people have the same.")
@click.option(
    "--department", "departments", multiple=True, metavar="NAME", help="One more; see add."
)
@click.option("--group", "groups", multiple=True, metavar="NAME", help="One more: admins.")
@days.vacation_options("Away from FROM on, and back on TO, in UTC.")
@user_option
@json_option
def change(
    database_url: str | None,
    whose: str,
    name: str | None,
    email: str | None,
    departments: tuple[str, ...],
    groups: tuple[str, ...],
    vacations: tuple[str, ...],
    dropped: tuple[str, ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Change who the person LOGIN is, or say when they are away. Then plan again."""
    if name is None and email is None and not (departments or groups or vacations or dropped):
        raise click.UsageError("what? --name, --email, --department, --group or --vacation")
    with connected(database_url):
        person = user_named(whose)
        with deed_of(known(login)), typed():
            if name is not None:
                person.name = name
            if email is not None:
                _refuse_address(email, person)
                person.email = email
            for department in _departments(departments):
                if department not in person.departments:
                    person.departments.append(department)
            for group in _groups(groups):
                if group not in person.groups:
                    person.groups.append(group)
            days.change_vacations(person, vacations, dropped)
        _tell(person, as_json)


@user.command()
@database_option
@click.argument("whose", metavar="LOGIN", shell_complete=logins)
@password_option
@json_option
def passwd(database_url: str | None, whose: str, from_stdin: bool, as_json: bool) -> None:
    """Give the person LOGIN another password. Whoever is logged in as them is not any more."""
    with connected(database_url):
        person = user_named(whose)
        password = ask(from_stdin, twice=True)
        with deed_of(None), typed():
            person.password = password
        if as_json:
            answer({"user": _whole(person)})
        else:
            click.echo(f"{person.login!r} has another password.")


def _refuse_taken(login: str, email: str) -> None:
    possible = login_name(login)
    if possible != login:
        hint = f": did you mean {possible!r}?" if possible else ""
        raise Refused(f"a login is lower case letters and digits, not {login!r}{hint}")
    taken = (User.login == login) | (User.email == email)
    found = DBSession.scalars(select(User).where(taken).limit(1)).first()
    if found is not None:
        what = f"login {login!r}" if found.login == login else f"address {email!r}"
        raise Refused(f"{found.name} has the {what} already")


def _refuse_address(email: str, person: User) -> None:
    query = select(User).where(User.email == email, User.id != person.id).limit(1)
    found = DBSession.scalars(query).first()
    if found is not None:
        raise Refused(f"{found.name} has the address {email!r} already")


def _departments(names: tuple[str, ...]) -> list[Department]:
    wanted = dict.fromkeys(names)
    query = select(Department).where(Department.name.in_(wanted)).order_by(Department.id.desc())
    known = {each.name: each for each in DBSession.scalars(query)}
    for name in wanted:
        if name not in known:
            note(f"{name} is a new department")
    return [known.get(name) or Department(name=name) for name in wanted]


def _groups(names: tuple[str, ...]) -> list[Group]:
    known = {each.name: each for each in DBSession.scalars(select(Group))} if names else {}
    for name in names:
        if name not in known:
            raise Refused(f"there is no group {name!r}{did_you_mean(name, known)}")
    return [known[name] for name in dict.fromkeys(names)]


def _described(person: User) -> dict[str, Any]:
    """Return who a person is, for lists."""
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "email": person.email,
        "departments": sorted(each.name for each in person.departments),
        "groups": sorted(each.name for each in person.groups),
    }


def _whole(person: User) -> dict[str, Any]:
    """Return who a person is, and when they are away."""
    away = [days.described(each) for each in days.vacations_of(person)]
    return {**_described(person), "vacations": away}


def _tell(person: User, as_json: bool) -> None:
    document = _whole(person)
    if as_json:
        answer({"user": document})
        return
    click.echo(f"{document['name']} <{document['email']}>, login {document['login']!r}")
    for title in ("departments", "groups"):
        if document[title]:
            click.echo(f"  {title:<12} {', '.join(document[title])}")
    for each in document["vacations"]:
        click.echo(f"  is away      {days.shown_days(each)}: {each['name']}")
