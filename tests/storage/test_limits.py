"""How templates are refused, and what is left to their callers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import nodes

from stalker.exceptions import TemplateError
from stalker.storage import context, problems, render, sandbox
from stalker.storage.limits import MAX_OUTPUT, MAX_SOURCE
from stalker.storage.operations import OPERATIONS
from stalker.storage.rewrite import rewrite


def test_the_message_has_an_excerpt_and_a_reason() -> None:
    """An error shows the start of the template and says what is wrong with it."""
    with pytest.raises(TemplateError) as caught:
        render("{{ 1 }}" + "\n" * 200 + "{{ 1 / 0 }}", {})
    assert str(caught.value) == f"template {'{{ 1 }}' + chr(10) * 70 + '...'!r}: division by zero"
    with pytest.raises(TemplateError, match=r"'\{\{ a b': line 1: expected token 'end of print"):
        render("{{ a b", {})


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("", []),
        ("{{ a.b }}", []),
        (
            "{{ a",
            [
                "template '{{ a': line 1: unexpected end of template, "
                "expected 'end of print statement'."
            ],
        ),
        (
            "{% include 'x' %}\n{{ a.__class__ }}",
            [
                "line 1: 'Include' is not part of the template language",
                "line 2: '__class__': names must not start with an underscore",
            ],
        ),
        ("{{ 1 ** 2 }}", ["line 1: 'Pow' is not part of the template language"]),
        (
            "{{ a|attr('b')|nice }}",
            [
                "line 1: there is no filter 'nice' in templates",
                "line 1: there is no filter 'attr' in templates",
            ],
        ),
        (
            "{% for loop in a %}{{ loop.index }}{% endfor %}",
            [
                "template '{% for loop in a %}{{ loop.index }}{% endfor %}': line 1: "
                "Can't assign to special loop variable in for-loop target"
            ],
        ),
        (
            "x" * (MAX_SOURCE + 1),
            [f"template {'x' * 77 + '...'!r}: it is longer than 8192 characters"],
        ),
    ],
)
def test_problems_are_listed_without_rendering(template: str, found: list[str]) -> None:
    """Everything that can be known without data is reported at once, in the order of the text."""
    assert problems(template) == found


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ a, a" + ", a" * 2000 + " }}", "it has too many parts"),
        ("{{ a" + ".b" * 50 + " }}", "it is nested more than 40 deep"),
        ("{{ " + "(" * 1000 + "a" + ")" * 1000 + " }}", "it is nested too deeply"),
        ("{% for a in b recursive %}{% endfor %}", "a loop must not be recursive"),
        ("{% for a in b %}" * 3 + "{% endfor %}" * 3, "loops are nested more than 2 deep"),
        ("{{ self }}", "'self' is not a name that templates can use"),
        ("{{ 10000000000000000 }}", "a number is greater than"),
        ("{{ a|upper(*b) }}", "arguments must not be unpacked"),
        ("{{ a.hold() }}", "there is no method 'hold'"),
        ("{{ a() }}", "only 'range' and some methods of text can be called"),
        ("{{ range() }}", "range takes one to three numbers"),
        ("{{ a.lower(b=1) }}", "methods take arguments by position only"),
        ("{{ a is callable }}", "there is no test 'callable'"),
        ("{{ a|map('upper') }}", r"map can only be used as map\(attribute='name'\)"),
        ("{{ a|tojson }}", "there is no filter 'tojson'"),
        ("{% for i in range(1001) %}{% endfor %}", "range is limited to 1000 numbers"),
        ("{% for i in 5 %}{% endfor %}", "a value of type int has no items"),
        ("{% for i in range(900) %}" * 2 + "{% endfor %}" * 2, "it needs more than 200,000 steps"),
        ("{{ task }}", "<view of Task> cannot be written as text"),
        ("{{ 5[1:] }}", "a value of type int cannot be sliced"),
        ("{{ 'a'['b':] }}", "is a whole number, not a value of type str"),
        ("{{ 1 < 'a' }}", "is neither more nor less than a value of type str"),
        ("{{ none < 1 }}", "None is neither more nor less"),
        ("{{ what + 1 }}", r"'\+' needs numbers, not the undefined 'what'"),
        ("{{ ([]|first) + 1 }}", r"'\+' needs numbers, not an undefined value"),
        ("{{ -'a' }}", "a number is needed"),
        ("{{ 999999999 * 999999999 }}", "a number is not between"),
        ("{{ 'a'.zfill(100) }}", "a width or precision is not a whole number up to 99"),
        ("{{ 1|round(99) }}", "round takes up to 15 digits"),
        ("{{ ('9' * 1)|int }}", r"'\*' needs numbers"),
        ("{{ '%d %d' % 1 }}", "a pattern has more places"),
        ("{{ '%d' % (1, 2) }}", "has fewer places"),
        ("{{ '%r' % task }}", "'%r' is not a pattern that templates can use"),
        ("{{ text.replace('x', 'yyyyy') }}", "a text is longer than 4096 characters"),
        ("{{ [text, text, text]|join }}", "a text is longer than 4096 characters"),
        ("{{ ligatures.upper() }}", "a text is longer than 4096 characters"),
        ("{{ ','.join('ab') }}", "only a list can be joined, not a value of type str"),
        ("{{ at.strftime('%c') }}", "strftime knows"),
        ("{{ at.lower() }}", "has no method 'lower'"),
        ("{% set a = range(600)|list %}{{ a + a }}", "a list has more than 1000 items"),
        ("{% set a = [[1]] %}{% set b = [a] %}", "lists are nested more than two deep"),
    ],
)
def test_refusals_say_why(template: str, reason: str, entity: Any) -> None:
    """Each bound has a reason that whoever wrote the template understands."""
    values = {
        "task": entity("Task"),
        "text": "x" * 2000,
        "ligatures": "\ufb03" * 2000,
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    with pytest.raises(TemplateError, match=reason):
        render(template, values)
    # What is wrong with the text itself is also found without rendering.
    assert all(re.search(reason, problem) for problem in problems(template)[:1])


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ ('1' + '9' * 0) if false else ('1' ~ '0' * 0) if false else 'x' }}", "x"),
        ("{{ long|int }}{{ long|float(2) }}", "02"),
    ],
)
def test_what_is_never_computed_is_not_refused(template: str, expected: str) -> None:
    """Branches that are not taken cost nothing, and text that is no number is not an error."""
    assert render(template, {"long": "9" * 5000}) == expected


def test_unknown_variables_are_problems_if_the_known_ones_are_given() -> None:
    """Only names that the template reads and does not set itself are reported."""
    text = (
        "{% set a = b.c %}{{ a }}{{ d }}{% for i in range(3) %}{{ i }}{{ loop.index }}{% endfor %}"
        '{{ "%03d"|format(3) }}{{ a|upper ~ [1][0] }}'
    )
    assert problems(text, {"d"}) == ["unknown variable 'b'"]
    assert problems(text, {"b", "d"}) == []


@pytest.mark.parametrize("text", [None, 1, b"{{ a }}", ["a"]])
def test_a_template_is_text(text: Any) -> None:
    """Anything else is a `TypeError` at once."""
    with pytest.raises(TypeError, match="must be a str"):
        render(text, {})
    with pytest.raises(TypeError, match="must be a str"):
        problems(text)


def test_output_stops_while_it_is_made() -> None:
    """The bound is exact, can be raised by a caller, and counts all text."""
    text = "{% for i in range(1000) %}abcde{% endfor %}"
    with pytest.raises(TemplateError, match="it prints more than 4096 characters"):
        render(text, {})
    assert len(render(text, {}, max_output=5000)) == 5000
    with pytest.raises(TemplateError, match="more than 4999"):
        render(text, {}, max_output=4999)
    assert len(render("{{ a }}", {"a": "x" * MAX_OUTPUT})) == MAX_OUTPUT


def test_long_data_can_be_shortened() -> None:
    """A long description does not break a template that uses its beginning."""
    assert render("{{ a[:3] }}{% if a %}y{% endif %}", {"a": "abc" * 30_000}) == "abcy"


def test_values_that_are_not_for_templates_are_refused() -> None:
    """Mappings, modules, functions and classes do not get into a template."""
    for value in ({}, pytest, len, int, object(), b"x", [object()], [[1]], 1j):
        with pytest.raises(TemplateError, match="cannot be given a value of type"):
            render("", {"a": value})


def test_errors_of_the_database_pass(entity: Any) -> None:
    """A failing field is an error of the template, but what is no failure of Python passes."""

    class DatabaseError(Exception):
        pass

    class Task(type(entity("Task"))):  # type: ignore[misc]
        @property
        def name(self) -> str:
            raise DatabaseError

        @property
        def code(self) -> str:
            raise ValueError("no code")

        @property
        def status(self) -> str:
            raise TemplateError("an inner template")

    values = context(task=Task())
    with pytest.raises(DatabaseError):
        render("{{ task.name }}", values)
    with pytest.raises(TemplateError, match=r"task\.code.*: no code"):
        render("{{ task.code }}", values)
    with pytest.raises(TemplateError, match=r"^an inner template$"):
        render("{{ task.status }}", values)


def test_templates_are_compiled_once() -> None:
    """The same text is compiled once, broken text is not kept, and the cache is bounded."""
    sandbox._compiled.cache_clear()
    for _ in range(3):
        render("{{ 1 }}", {})
        with pytest.raises(TemplateError):
            render("{{ a.__class__ }}", {})
    info = sandbox._compiled.cache_info()
    assert (info.hits, info.currsize) == (2, 1)
    assert info.maxsize is not None


def test_one_rendering_does_not_pay_for_another() -> None:
    """Steps are counted per rendering, not per template."""
    text = "{% for i in range(900) %}{% for j in range(20) %}{% endfor %}{% endfor %}"
    for _ in range(5):
        assert render(text, {}) == ""


def test_what_was_not_rewritten_is_refused() -> None:
    """Should a later Jinja2 reach for an attribute, an item or a call by itself, it gets none."""
    sandboxed = sandbox._SANDBOX
    for attempt in (
        lambda: sandboxed.getattr("", "upper"),
        lambda: sandboxed.getitem([1], 0),
        lambda: sandboxed.call(None, len, "x"),  # type: ignore[arg-type]
    ):
        with pytest.raises(Exception, match="unguarded"):
            attempt()


def test_no_operation_is_left_to_python() -> None:
    """The compiled code of a template with all of the language has no operator of its own."""
    text = (
        "{{ a.b[c][1:2] }}{{ a|upper }}{{ a is none }}{{ a ~ b }}{{ [a, (b,), {c: d}]|length }}"
        "{{ a < b <= c in d }}{{ a.lower() }}{{ range(3)|first }}{{ a|map(attribute='x')|join }}"
        "{% for x, y in a if x %}{{ loop.index }}{% endfor %}{% set v, w = a %}"
    )
    tree = sandbox._parsed(text)
    rewrite(tree)
    unguarded = (nodes.Getattr, nodes.Getitem, nodes.Call, nodes.Test, nodes.Compare, nodes.Concat)
    assert not list(tree.find_all(unguarded))
    assert {node.name for node in tree.find_all(nodes.Filter)} <= set(OPERATIONS)
    for loop in tree.find_all(nodes.For):
        assert isinstance(loop.iter, nodes.Filter) and loop.iter.name == "_looped"


WORDS = (
    "{{ }} {% %} {%- -%} {# #} if else elif endif for in endfor set range ( ) [ ] { } . , : | = "
    "== ~ + - * ** / // % < > not and or is a b task user loop _x __class__ password upper format "
    "join map attribute default int round center zfill 'a' '%9d' '' 0 1 99 1e9 none true include "
    "macro self"
)
FRAGMENTS = [*WORDS.split(), "\n"]
values = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=25).map(" ".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join).map("{{{{ {} }}}}".format),
    st.text(max_size=60),
    st.text("{}%#-'\"|.()[] a1", max_size=60),
)


@settings(max_examples=400, deadline=None, database=None)
@given(text=values)
def test_any_text_is_rendered_or_refused(text: str) -> None:
    """Whatever is written in a template, only `TemplateError` comes out, and no secret."""
    user = SimpleNamespace(entity_type="User", name="a", password="s3cr3t")
    task = SimpleNamespace(entity_type="Task", name="a", parent=None, children=[], resources=[user])
    known = problems(text)
    try:
        printed = render(text, {"task": task, "user": user, "a": [1, "b"], "b": "x"})
    except TemplateError as error:
        printed = str(error)
    else:
        assert known == []
    assert "s3cr3t" not in printed
