"""What legitimate templates print."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest

from stalker.storage import context, problems, render


def rendered(text: str, **values: Any) -> str:
    assert problems(text) == []
    return render(text, context(**values))


def test_the_example_of_the_contract(production: SimpleNamespace) -> None:
    """The documented path and file name come out exactly."""
    path = (
        "$REPO{{ project.repository.code }}/{{ project.code }}/work"
        "{% for t in parent_tasks %}/{{ t.nice_name }}{% endfor %}"
    )
    filename = (
        "{{ task.nice_name }}-{{ version.take_name }}-"
        "r{{ '%04d' | format(version.version_number) }}"
    )
    assert rendered(path, **production.variables) == "$REPOMAIN/NOVA/work/SQ10/SH020/Comp"
    assert rendered(filename, **production.variables) == "Comp-Main-r0007"


def test_the_template_of_the_readme(production: SimpleNamespace) -> None:
    """White space marks take the line breaks of a template away."""
    path = (
        "{{project.repository.path}}/{{project.code}}/\n"
        "    {%- for parent_task in parent_tasks -%}\n"
        "        {{parent_task.nice_name}}/\n"
        "    {%- endfor -%}\n"
    )
    assert rendered(path, **production.variables) == "/mnt/T//NOVA/SQ10/SH020/Comp/"


def test_a_folder_recipe(production: SimpleNamespace) -> None:
    """A structure's custom template walks from the project to its sequences and shots."""
    recipe = """
        assets
        {% for sequence in project.sequences %}
            {% set folder = 'sequences/' + sequence.code %}
            {{ folder }}/edit
            {% for shot in sequence.shots %}
                {{ folder }}/shots/{{ shot.code }}
            {% endfor %}
        {% endfor %}
    """
    lines = rendered(recipe, project=production.project).split()
    assert lines == ["assets", "sequences/SQ10/edit", "sequences/SQ10/shots/SH020"]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        # names, fields, items
        ("{{ parent_tasks[-2].name }}", "SH020"),
        ("{{ parent_tasks[0].children[0].children[0].name }}", "Comp"),
        ("{{ task.parent.parent.code }}", "SQ10"),
        ("{{ project['code'] }}{{ task['type']['code'] }}", "NOVACMP"),
        ("{{ project.repository.id }}", "33"),
        ("{{ project.repositories[0].code }}", "MAIN"),
        ("{{ task.resources[0].login }}", "ada"),
        ("{{ 'abc'[1] }}{{ 'abc'[-1] }}{{ 'abc'[9] }}", "bc"),
        ("{{ parent_tasks['x'] }}{{ 'abc'.x }}{{ 5 .real }}", ""),
        ("{{ {'Compositing': 'cmp'}[task.type.name] }}", "cmp"),
        ("{{ {'a': 1}.a }}{{ {'a': 1}['b'] }}{{ {'a': 1}.b }}", "1"),
        ("{{ (1, 2)[0] }}{{ [1, 2][1] }}", "12"),
        ("{{ 'abcdef'[1:3] }}{{ 'abc'[::-1] }}{{ parent_tasks[1:]|length }}", "bccba2"),
        # what is not there
        ("|{{ nothing }}|{{ nothing.at.all[3]['x'] }}|{{ nothing[1:] }}|", "||||"),
        ("|{{ type }}|{{ type.name }}|{{ version.type.name.x }}|", "||||"),
        ("|{{ task.no_such_field }}|{{ task.status.code }}|", "|||"),
        ("{{ nothing.name.lower() }}{{ none.strip() }}", ""),
        ("{% for x in nothing %}x{% else %}none{% endfor %}", "none"),
        ("{% for x in type %}x{% endfor %}", ""),
        ("{{ nothing|default('a') }}{{ type|d('b') }}{{ ''|default('c', true) }}", "abc"),
        ("{{ nothing is defined }}{{ task is defined }}{{ type is none }}", "FalseTrueTrue"),
        ("{{ nothing is undefined }}{{ 'x' in nothing }}", "TrueFalse"),
        ("{{ nothing in 'abc' }}{{ nothing ~ 'x' ~ none }}", "Falsex"),
        ("{{ 'x' if false }}", ""),
        ("{{ nothing|length }}{{ nothing|join('/') }}{{ [nothing, 1]|join('/') }}", "0/1"),
        ("|{{ []|first }}|{{ ''|last }}|", "|||"),
        # statements
        ("{% if task.entity_type == 'Task' %}t{% elif shot %}s{% else %}x{% endif %}", "t"),
        ("{% for t in parent_tasks if t.entity_type == 'Shot' %}{{ t.code }}{% endfor %}", "SH020"),
        (
            "{% for t in parent_tasks %}{{ loop.index }}{{ t.name }}"
            "{% if not loop.last %},{% endif %}{% endfor %}",
            "1SQ10,2SH020,3Comp",
        ),
        (
            "{% for t in parent_tasks %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.length }}"
            "{{ loop.previtem.name }}{{ loop.nextitem.name }} {% endfor %}",
            "033SH020 123SQ10Comp 213SH020 ",
        ),
        ("{% for a, b in [('x', 1), ('y', 2)] %}{{ a }}{{ b }}{% endfor %}", "x1y2"),
        ("{% for k in {'a': 1, 'b': 2} %}{{ k }}{% endfor %}", "ab"),
        ("{% for c in 'abc' %}{{ c }}.{% endfor %}", "a.b.c."),
        ("{% for i in range(3) %}{% for j in range(i) %}{{ j }}{% endfor %}{% endfor %}", "001"),
        ("{% for i in range(2, 8, 2) %}{{ i }}{% endfor %}", "246"),
        ("{% set a, b = 1, 2 %}{{ b }}{{ a }}", "21"),
        ("{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}", "2"),
        ("{# a comment #}{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        # operators
        (
            "{{ 1 + 2 * 3 - 4 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 1 / 4 }} {{ -2 }} {{ +2 }}",
            "3 3 3 0.25 -2 2",
        ),
        ("{{ 'a' + 'b' ~ 3 }}{{ 'v%03d' % 7 }}{{ '%s_%d%%' % ('a', 2) }}", "ab3v007a_2%"),
        ("{{ ([1] + [2, 3])|join('-') }}{{ (parent_tasks + [task])|length }}", "1-2-34"),
        ("{{ 1 < 2 <= 2 }}{{ 2 < 1 < nothing }}{{ 'a' < 'b' }}{{ 1 != 2 }}", "TrueFalseTrueTrue"),
        (
            "{{ 'b' in 'abc' }}{{ 'x' not in 'abc' }}{{ 2 in [1, 2] }}{{ 'a' in {'a': 1} }}",
            "TrueTrueTrueTrue",
        ),
        (
            "{{ task in parent_tasks }}{{ task == parent_tasks[-1] }}{{ task == shot.parent }}",
            "TrueTrueFalse",
        ),
        ("{{ true and not false or nothing }}", "True"),
        # filters, tests, methods
        ("{{ parent_tasks|map(attribute='nice_name')|join('/') }}", "SQ10/SH020/Comp"),
        ("{{ (parent_tasks|first).name }}{{ (parent_tasks|last).name }}", "SQ10Comp"),
        ("{{ (parent_tasks|reverse|first).name }}{{ 'ab'|reverse }}", "Compba"),
        ("{{ parent_tasks|length }}{{ 'abc'|count }}{{ 'ab'|list|join('.') }}", "33a.b"),
        ("{{ 'a b'|title }}{{ 'ab'|upper }}{{ 'AB'|lower }}{{ 'ab'|capitalize }}", "A BABabAb"),
        (
            "{{ ' a '|trim }}{{ 'xax'|trim('x') }}{{ 'a'|center(3) }}|"
            "{{ 'a b'|replace(' ', '_') }}",
            "aa a |a_b",
        ),
        ("{{ '%03d'|format(7) }}{{ '%-4s|%+.1f'|format('a', 2.25) }}", "007a   |+2.2"),
        ("{{ '%*d|%.*f'|format(3, 7, 1, 2.26) }}", "  7|2.3"),
        ("{{ '12'|int + 1 }}{{ 'x'|int }}{{ 'x'|int(5) }}{{ '1.9'|int }}{{ 2.9|int }}", "130512"),
        ("{{ '1.5'|float }}{{ 'x'|float }}{{ ('9' * 1)|int if false else 3|float }}", "1.50.03.0"),
        (
            "{{ 2.567|round(1) }}{{ 2.1|round(0, 'ceil') }}{{ 2.9|round(0, 'floor') }}"
            "{{ 2.5|round }}",
            "2.63.02.02.0",
        ),
        ("{{ -3|abs }}{{ 3|string ~ '4' }}{{ 5|string is string }}", "334True"),
        (
            "{{ 3 is odd }}{{ 4 is even }}{{ 9 is divisibleby(3) }}{{ 1 is number }}",
            "TrueTrueTrueTrue",
        ),
        (
            "{{ true is true }}{{ false is false }}{{ true is boolean }}{{ [1] is sequence }}",
            "TrueTrueTrueTrue",
        ),
        ("{{ 'SH020'[2:].zfill(5) }}{{ 'a'.ljust(3, '_') }}{{ 'a'.rjust(2) }}", "00020a__ a"),
        (
            "{{ 'a-b-c'.split('-')[-1] }}{{ 'a-b-c'.rsplit('-', 1)[0] }}{{ 'a b'.split()|length }}",
            "ca-b2",
        ),
        ("{{ 'a_b'.replace('_', '-') }}{{ 'aaa'.replace('a', 'b', 1) }}", "a-bbaa"),
        (
            "{{ '/'.join(['a', 'b']) }}{{ 'abc'.startswith('a') }}{{ 'a1'.isalpha() }}",
            "a/bTrueFalse",
        ),
        ("{{ 'v003'.removeprefix('v') }}{{ 'Ab'.swapcase() }}{{ 'abc'.find('c') }}", "003aB2"),
    ],
)
def test_ordinary_syntax(template: str, expected: str, production: SimpleNamespace) -> None:
    """Plain Jinja2 works, and what is unknown prints nothing."""
    assert rendered(template, **production.variables) == expected


def test_dates() -> None:
    """Dates have fields, can be compared, and print with directives that are numbers."""
    moment = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    values = {"at": moment, "day": date(2026, 3, 4), "later": moment.replace(hour=9)}
    assert (
        rendered("{{ at.year }}/{{ at.month }}/{{ at.minute }}{{ day.hour }}", **values)
        == "2026/3/6"
    )
    assert rendered("{{ at.strftime('%Y%m%d-%H%M%S%%') }}", **values) == "20260304-050607%"
    assert (
        rendered("{{ day.strftime('%y') }}{{ at < later }}{{ day < day }}", **values)
        == "26TrueFalse"
    )
    assert rendered("{{ day }}", **values) == "2026-03-04"
    assert rendered("{{ at.timestamp }}", **values) == ""


def test_enumerations_print_their_value(entity: Any) -> None:
    """A member of a text enumeration prints as the text, whatever its class says."""

    class Unit(StrEnum):
        HOUR = "h"

        def __str__(self) -> str:
            return "never"

    task = entity("Task", schedule_unit=Unit.HOUR)
    assert rendered("{{ task.schedule_unit }}{{ task.schedule_unit == 'h' }}", task=task) == "hTrue"


def test_nothing_is_escaped(entity: Any) -> None:
    """Text goes into a path as it is; there is no HTML here."""
    assert rendered("{{ task.name }}", task=entity("Task", name="<a> & 'b'")) == "<a> & 'b'"


def test_the_context_may_hold_plain_objects(production: SimpleNamespace) -> None:
    """Entities that were not wrapped before are wrapped when rendering."""
    assert render("{{ user.login }}{{ user.password }}", {"user": production.user}) == "ada"
