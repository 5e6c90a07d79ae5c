"""Renders the hostile templates where they can do no harm; run by `test_hostile_templates.py`.

The process limits its own memory and processor time, announces each template before it renders it,
and prints one JSON object per line. Whatever hangs or takes too much memory ends the process, and
the last announcement says which it was.
"""

from __future__ import annotations

import json
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

from stalker.exceptions import TemplateError
from stalker.storage import problems, render, view

#: more than any template needs by a factor of a hundred, so that a busy machine passes
CPU_SECONDS = 120
MEMORY = 50 * 2**20

touched: list[str] = []


class Canary:
    """Sings when a template reaches what it must not."""

    entity_type = "User"
    id = 1
    name = "Canary"
    children: tuple[object, ...] = ()
    date_created = datetime(2026, 1, 2, tzinfo=UTC)

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)

    def __call__(self) -> None:
        touched.append("called")

    def hold(self) -> None:
        touched.append("hold")

    check_password = delete = hold

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        touched.append("__class__")
        return object

    @property
    def __dict__(self) -> dict[str, object]:  # type: ignore[override]
        return {}

    def __str__(self) -> str:
        touched.append("__str__")
        return "secret"

    __repr__ = __format__ = __str__  # type: ignore[assignment]


def _singing(name: str) -> property:
    def sing(self: object) -> str:
        touched.append(name)
        return "secret"

    return property(sing)


SECRETS = (
    "password email metadata registry query session versions time_logs path users tickets budgets "
    "inputs entity fields _x _sa_instance_state"
)
for _name in SECRETS.split():
    setattr(Canary, _name, _singing(_name))


def canary(kind: str, **values: object) -> object:
    return type(kind, (Canary,), {"entity_type": kind, **values})()


def variables() -> dict[str, object]:
    user = canary("User", description="secret", generic_text="secret")
    project = canary("Project", code="NOVA", name="Nova", nice_name="Nova")
    task = canary(
        "Task", id=12, name="Comp", nice_name="Comp", project=project, resources=[user, user],
        created_by=user,
    )  # fmt: skip
    version = canary("Version", task=task, version_number=7, take_name="Main")
    values = {
        "user": user,
        "project": project,
        "task": task,
        "version": version,
        "parent_tasks": [task, task, task],
        "extension": ".ma",
        "type": None,
    }
    return {name: view(value) for name, value in values.items()}


def doubling(start: str, step: str, end: str = "") -> str:
    return start + step * 60 + end


def looped(body: str, before: str = "") -> str:
    return (
        before
        + "{% for i in range(1000) %}{% for j in range(1000) %}"
        + body
        + "{% endfor %}{% endfor %}"
    )


LONG = "{% set a = '" + "ab" * 32 + "' %}{% set a = a ~ a ~ a ~ a ~ a ~ a ~ a ~ a %}"
LONG += "{% set a = a ~ a ~ a ~ a ~ a ~ a ~ a %}"
LIST = "{% set a = range(900)|list %}{% set b = range(900)|list %}"

#: what is too long to be written down
GENERATED = [
    doubling("{% set a = 'xx' %}", "{% set a = a ~ a %}"),
    doubling("{% set a = 'xx' %}", "{% set a = a + a %}"),
    doubling("{% set a = 'xx' %}", "{% set a = '%s%s' % (a, a) %}"),
    doubling("{% set a = 'xx' %}", "{% set a = [a, a]|join %}"),
    doubling("{% set a = 'xx' %}", "{% set a = a.replace('x', 'xx') %}"),
    doubling("{% set a = 'xx' %}", "{% set a = a|replace('x', 'xx') %}"),
    doubling("{% set a = 'xx' %}", "{% set a = a.join([a, a]) %}"),
    doubling("{% set a = [1, 1] %}", "{% set a = a + a %}"),
    doubling("{% set a = [1, 1] %}", "{% set a = [a, a] %}"),
    doubling("{% set a = (1, 1) %}", "{% set a = (a, a) %}", "{{ {a: 1}|length }}"),
    doubling("{% set a = [1] %}{% set b = [1] %}", "{% set a = [a, a] %}", "{{ a == b }}"),
    doubling("{% set a = {} %}", "{% set a = {'x': a, 'y': a} %}", "{{ a == a }}"),
    doubling("{% set a = 10 %}", "{% set a = a * a %}"),
    doubling("{% set a = 10.5 %}", "{% set a = a * a %}"),
    doubling("{% set a = '%99d' %}", "{% set a = a % 1 ~ a %}"),
    looped("{% set x = a.lower() %}", LONG),
    looped("{% set x = a|title %}", LONG),
    looped("{% set x = a.strip(a) %}", LONG),
    looped("{% set x = a.count('b' ~ a[:98]) %}", LONG),
    looped("{% set x = a.rfind('b' ~ a[:98]) %}", LONG),
    looped("{% set x = ('a' ~ a[:97]) in a %}", LONG),
    looped("{% set x = a.split('a') %}", LONG),
    looped("{% set x = a[1:] %}", LONG),
    looped("{% set x = a|list %}", LONG),
    looped("{% set x = a == a ~ '' %}", LONG),
    looped("{% set x = a == b %}", LIST),
    looped("{% set x = -1 in a %}", LIST),
    looped("{% set x = a[::-1] %}", LIST),
    looped("{% set x = a|join %}", LIST),
    looped("{% set x = a|map(attribute='x') %}", LIST),
    looped("{% set x = a + [1] %}", LIST),
    looped("{% set x = '" + "%099d" * 30 + "' % (" + "1, " * 30 + ") %}"),
    looped("{% set x = '%.99f' % (1 / 3) %}"),
    looped("{% if loop.length + loop.revindex and loop.nextitem %}{% endif %}"),
    looped("{% set x = task.project.code.lower().strip() %}"),
    looped("{% set x = version.date_created.strftime('" + "%Y" * 500 + "') %}"),
    looped("{{ '' }}" * 700),
    "{{ version.date_created.strftime('%1000000000Y') }}",
    "{{ version.date_created.strftime('%c') }}",
    "{{ version.date_created.replace(year=1) }}",
    "{{ version.date_created.__class__ }}",
    "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}",
    "{{ " + "[" * 2000 + "]" * 2000 + " }}",
    "{{ " + "{1:" * 1000 + "1" + "}" * 1000 + " }}",
    "{{ " + "not " * 1500 + "1 }}",
    "{{ " + "-" * 4000 + "1 }}",
    "{{ a" + ".b" * 3000 + " }}",
    "{{ a" + ".b" * 60 + " }}",
    "{{ a" + "[0]" * 2000 + " }}",
    "{{ 1" + " + 1" * 1500 + " }}",
    "{{ 'a'" + "|upper" * 1000 + " }}",
    "{{ a" + " if b else a" * 500 + " }}",
    "{{ a" + " is none" * 500 + " }}",
    "{% if a %}" * 400 + "{% endif %}" * 400,
    "{% for a in b %}" * 200 + "{% endfor %}" * 200,
    "{{ " + "9" * 8000 + " }}",
    "{{ " + "9_" * 4000 + "9 }}",
    "{{ " + "9" * 3000 + ".5 }}",
    "{{ 1e" + "9" * 4000 + " }}",
    "{{ 0x" + "f" * 4000 + " }}",
    "{{ '" + "\\" * 8001,
    "{{ '" + "x" * 8000,
    "{{ " + "a, " * 2600 + " }}",
    "{" * 8000,
    "{{" * 4000,
    "{%" * 4000,
    "{#" * 4000,
    "{{-" * 2500,
    "{% raw %}" * 900,
    "x" * 5000,
    "x" * 10**6,
    "{{ 1 }}" * 10**6,
    "\ud800" * 5000,
]


def written() -> list[tuple[str, str]]:
    lines = Path(__file__).with_name("data").joinpath("hostile_templates.txt")
    pairs = [line.split(maxsplit=1) for line in lines.read_text("utf-8").splitlines()]
    return [(pair[0], pair[1]) for pair in pairs if pair[0] != "#"]


def corpus() -> list[tuple[str, str]]:
    return written() + [("refused", text) for text in GENERATED]


def outcome(text: str, context: dict[str, object]) -> tuple[str, str]:
    problems(text)
    try:
        printed = render(text, context)
    except TemplateError as error:
        # Running out of memory is refused as well, but only because this process limits itself.
        kind = "memory" if isinstance(error.__cause__, MemoryError) else "refused"
        return kind, str(error)
    return ("printed", printed) if printed else ("blank", "")


def main() -> None:
    context = variables()
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for number, (_, text) in enumerate(corpus()):
        print(json.dumps({"started": number}), flush=True)
        started = time.process_time()
        kind, detail = outcome(text, context)
        result = {
            "number": number,
            "kind": kind,
            "detail": detail,
            "touched": touched[:],
            "seconds": time.process_time() - started,
        }
        print(json.dumps(result), flush=True)
        touched.clear()


if __name__ == "__main__":
    main()
