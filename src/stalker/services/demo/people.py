"""Who works in the demo. The people are invented."""

from __future__ import annotations

from secrets import token_urlsafe

from stalker.core.naming import login_name
from stalker.models.auth import Role, User
from stalker.models.department import Department, DepartmentUser

__all__ = ["Crew", "hire"]

#: department -> people, the lead first
DEPARTMENTS = {
    "Supervision": ("Noor Haddad",),
    "Editorial": ("Ines Duarte",),
    "Modelling": ("Tomasz Wilk", "Aiko Hara"),
    "Rigging": ("Femi Okoro",),
    "Look": ("Clara Nyman",),
    "Matchmove": ("Ravi Menon", "Lea Brandt"),
    "Animation": ("Marta Oliveira", "Jonas Keller", "Sun-hee Park"),
    "Lighting": ("Daniel Osei", "Petra Novak"),
    "Compositing": ("Yusuf Demir", "Hanna Lind"),
}

#: department -> its people
Crew = dict[str, list[User]]


def hire() -> Crew:
    """Return the people of each department, with a role in it. Nobody knows their passwords."""
    lead, artist = Role(name="Lead"), Role(name="Artist")
    crew: Crew = {}
    for name, people in DEPARTMENTS.items():
        department = Department(name=name)
        crew[name] = [_user(person) for person in people]
        for user in crew[name]:
            DepartmentUser(department, user, lead if user is crew[name][0] else artist)
    return crew


def _user(name: str) -> User:
    login = login_name(name)
    return User(
        name=name, login=login, email=f"{login}@studio.example", password=token_urlsafe(), rate=400
    )
