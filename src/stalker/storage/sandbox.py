"""Renders stored templates: text that semi-trusted people wrote, over data that anybody wrote.

Four walls stand between a template and the process. Each holds if the others fail:

1. `syntax` allows a small part of Jinja2's language, before any code is made;
2. `rewrite` and `operations` let no operation of Python happen that is not checked and bounded;
3. `views` are all that a template is given, and a view leads to nothing but its fields;
4. the environment below refuses what Jinja2 would do by itself: attributes, calls, other templates.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NoReturn

from jinja2 import Template, nodes
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.exceptions import TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from stalker.exceptions import TemplateError
from stalker.storage.limits import MAX_OUTPUT, MAX_SOURCE, Metered, refuse
from stalker.storage.operations import OPERATIONS, arithmetic, printed, signed
from stalker.storage.rewrite import rewrite
from stalker.storage.syntax import problems_of
from stalker.storage.values import Blank
from stalker.storage.views import view

#: What a template can provoke. Errors of a database while a field is read are not among them:
#: whoever retries a unit of work must see those as they are.
_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    JinjaError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


def render(
    template_text: str, context: Mapping[str, object], *, max_output: int = MAX_OUTPUT
) -> str:
    """Return *template_text* filled with *context*, whose values become views.

    Unknown names and fields, and `None`, render as nothing. A template that is broken, does what
    templates must not do, or prints more than *max_output* characters raises `TemplateError`.
    """
    with _explained(template_text):
        template = _compiled(template_text)
        variables = {name: view(value) for name, value in context.items()}
        pieces = template.root_render_func(template.new_context(variables))
        return _collected(pieces, max_output)


def problems(template_text: str, names: Container[str] | None = None) -> list[str]:
    """Return what is wrong with *template_text*, found without rendering it.

    With *names* given, variables that are not among them are reported as well.
    """
    try:
        with _explained(template_text):
            tree = _parsed(template_text)
            found = list(problems_of(tree))
            if not found:
                _compiled(template_text)
                if names is not None:
                    found = [f"unknown variable {name!r}" for name in _unknown(tree, names)]
            return found
    except TemplateError as error:
        return [str(error)]


def _unknown(tree: nodes.Template, names: Container[str]) -> list[str]:
    # Jinja2 looks by compiling: only what is rewritten names nothing but known filters
    rewrite(tree)
    return sorted(name for name in find_undeclared_variables(tree) if name not in names)


def _collected(pieces: Iterable[str], most: int) -> str:
    output: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > most:
            refuse(f"it prints more than {most} characters")
        output.append(piece)
    return "".join(output)


@lru_cache(maxsize=256)
def _compiled(template_text: str) -> Template:
    tree = _parsed(template_text)
    for problem in problems_of(tree):
        refuse(problem)
    rewrite(tree)
    return Template.from_code(_SANDBOX, _SANDBOX.compile(tree), {})


def _parsed(template_text: str) -> nodes.Template:
    if len(template_text) > MAX_SOURCE:
        refuse(f"it is longer than {MAX_SOURCE} characters")
    return _SANDBOX.parse(template_text)


@contextmanager
def _explained(template_text: str) -> Iterator[None]:
    if not isinstance(template_text, str):
        raise TypeError(f"a template must be a str, not {template_text!r}")
    try:
        yield
    except TemplateError:
        raise
    except _FAILURES as error:
        excerpt = template_text if len(template_text) <= 80 else f"{template_text[:77]}..."
        raise TemplateError(f"template {excerpt!r}: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, TemplateSyntaxError):
        return f"line {error.lineno}: {error.message}"
    return str(error)[:300] or type(error).__name__


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox with nothing in it but the operations of this package."""

    context_class = Metered
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self) -> None:
        # No optimizer: it would compute constant expressions while compiling, unmetered.
        super().__init__(undefined=Blank, finalize=printed, optimized=False, cache_size=0)
        self.globals = {}
        self.filters = dict(OPERATIONS)
        self.tests = {}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        assert isinstance(context, Metered)
        return arithmetic(context, operator, left, right)

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        assert isinstance(context, Metered)
        return signed(context, operator, arg)

    # Nothing that was rewritten comes here. Should a later Jinja2 compile some node in a new way,
    # it is refused instead of being looked up in Python.
    def getattr(self, obj: Any, attribute: str) -> NoReturn:
        refuse(f"unguarded access to {attribute!r}")

    def getitem(self, obj: Any, argument: Any) -> NoReturn:
        refuse(f"unguarded access to {argument!r}")

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> NoReturn:
        refuse("unguarded call")


_SANDBOX = _Sandbox()
