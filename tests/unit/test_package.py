"""The package can be imported in any order, anywhere, and does nothing by itself."""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import stalker

MODULES = sorted(
    ["stalker", *(found.name for found in pkgutil.walk_packages(stalker.__path__, "stalker."))]
)
#: `stalker.__main__` is a program
IMPORTABLE = [name for name in MODULES if not name.endswith("__main__")]

#: import one module in each child of a process that has imported nothing of ours
PROGRAM = """
import importlib, json, os, sys, traceback
# what takes longest and is not ours, so that each child has to import only ours
import sqlalchemy.orm, sqlalchemy.ext.associationproxy, jinja2, argon2, concurrent.futures
assert not [name for name in sys.modules if name.startswith("stalker")]
failed = {}
first, names = json.load(sys.stdin)
importlib.import_module(first)
for name in names:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            importlib.import_module(name)
        except BaseException:
            os.write(writer, traceback.format_exc()[-4000:].encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        error = pipe.read()
    os.waitpid(child, 0)
    if error:
        failed[name] = error
print(json.dumps(failed))
"""


def run(program: str, stdin: str = "", **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked")
@pytest.mark.parametrize("first", ["os", "stalker.models"])
def test_every_module_can_be_imported_first(first: str) -> None:
    """No module depends on another one having been imported before it.

    `db` and `models` import all classes before any of their modules, and what lies above them is
    never imported by them: those are tried with the classes in place, which take long to make.
    """
    parts = ("db.", "models.", "cli", "dcc", "services", "testing")
    slow = tuple(f"stalker.{each}" for each in parts)
    names = [name for name in IMPORTABLE if name.startswith(slow) == (first != "os")]
    assert len(names) > 50
    assert json.loads(run(PROGRAM, json.dumps([first, names]))) == {}


def test_importing_does_nothing(tmp_path: Path) -> None:
    """Importing connects to nothing, writes nothing, sets and prints nothing.

    The package itself loads no SQLAlchemy, and its classes no driver, no dialect and no Alembic.
    """
    program = """
import logging, os, sys
before = dict(os.environ), logging.getLogger().handlers[:], os.getcwd(), sys.path[:]
files = []
def watch(event, arguments):
    if event in ("socket.connect", "sqlite3.connect", "subprocess.Popen", "os.system"):
        raise AssertionError(event)
    if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        if "__pycache__" not in str(arguments[0]):
            files.append(arguments[0])
sys.addaudithook(watch)
import stalker
assert stalker.defaults.task_status_names and stalker.logger.name
assert "sqlalchemy" not in sys.modules
from stalker import Task
from sqlalchemy.orm import configure_mappers
configure_mappers()
from stalker.db.session import DBSession, is_bound
assert not is_bound(DBSession())
assert before == (dict(os.environ), logging.getLogger().handlers[:], os.getcwd(), sys.path[:])
assert files == [], files
heavy = {"psycopg", "sqlite3", "alembic", "opentimelineio", "sqlalchemy.dialects.postgresql"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    assert run(program, HOME=str(tmp_path)) == ""
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_is_made_at_the_first_look(tmp_path: Path) -> None:
    """The file runs when a setting is asked for: once for all threads, again after it failed."""
    path = tmp_path / "config.py"
    path.write_text("nonsense(")
    program = f"""
import stalker, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
def refused(reason):
    try:
        stalker.defaults
    except stalker.exceptions.ConfigurationError as error:
        assert reason in str(error) and isinstance(error, RuntimeError), error
        return True
path = Path({str(path)!r})
assert refused("failed in line 1: SyntaxError")
path.write_text("import stalker\\nname = stalker.defaults.version_take_name")
assert refused("failed in line 2: ConfigurationError: stalker.defaults is what this file makes")
path.write_text("import time\\nprint('made')\\ntime.sleep(0.1)\\ntask_priority = 7")
with ThreadPoolExecutor(8) as pool:
    looks = [pool.submit(lambda: stalker.defaults) for _ in range(8)]
assert {{id(each.result()) for each in looks}} == {{id(stalker.defaults)}}
assert stalker.defaults.task_priority == 7
"""
    assert run(program, STALKER_PATH=str(tmp_path)) == "made\n"


def test_the_public_names_are_complete() -> None:
    """`__all__` is sorted, names what exists and what the modules export."""
    assert stalker.__all__ == sorted(set(stalker.__all__))
    for name in stalker.__all__:
        assert hasattr(stalker, name), name
    assert set(stalker.__all__) <= set(dir(stalker))
    assert not hasattr(stalker, "Tsak")
    bound = {
        name
        for name, value in vars(stalker.models).items()
        if isinstance(value, type)
        and value.__module__.startswith("stalker.models.")
        and not name.startswith("_")
    }
    assert bound <= set(stalker.__all__), bound - set(stalker.__all__)
    assert bound <= set(stalker.models.__all__)


@pytest.mark.parametrize(
    "first",
    [
        "from stalker import Tag",
        "from stalker import *",
        "from stalker import db",
        "import stalker; stalker.models",
        "import stalker.models.tag",
        "from stalker.db.declarative import Base",
        "from stalker.db.session import DBSession",
        "import stalker.testing",
    ],
)
def test_whoever_sees_one_class_sees_all(first: str) -> None:
    """Whatever is asked for first: all classes are mapped by then, and the same at all places."""
    program = f"""
{first}
import sys
before = set(sys.modules)
import stalker, stalker.models
from stalker.db.declarative import Base
mapped = {{each.class_.__name__: each.class_ for each in Base.registry.mappers}}
for name in stalker.__all__:
    if name in stalker.models.__all__:
        assert getattr(stalker, name) is getattr(stalker.models, name)
    if name in mapped:
        assert getattr(stalker, name) is mapped[name]
assert len(mapped) > 40
late = {{name for name in set(sys.modules) - before if name.startswith("stalker")}}
assert not late, late
"""
    run(program)


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is evaluated when a module is imported: all but the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*child.decorator_list, child.args):
                yield from _at_import(part)
        elif not isinstance(child, ast.Lambda):
            yield child
            yield from _at_import(child)


def test_nobody_keeps_the_configuration() -> None:
    """03 §5, 20 BT-22: no module binds `stalker.defaults`, or reads it, when it is imported."""
    root = Path(stalker.__file__).parent
    kept = []
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "stalker":
                kept += [(path, node.lineno) for each in node.names if each.name == "defaults"]
        if path.parent.name == "migrations":
            continue  # a program of Alembic's
        for node in _at_import(tree):
            if isinstance(node, ast.Attribute) and node.attr == "defaults":
                kept.append((path, node.lineno))
    assert kept == []


#: by the contract, as far as the classes exist
EXPORTED = {
    "stalker.models.asset": "Asset",
    "stalker.models.auth": "AuthenticationLog Group LocalSession Permission Role User",
    "stalker.models.budget": "Budget BudgetEntry Good Invoice Payment PriceList",
    "stalker.models.client": "Client ClientUser",
    "stalker.models.department": "Department DepartmentUser",
    "stalker.models.entity": "Entity EntityGroup SimpleEntity",
    "stalker.models.format": "ImageFormat",
    "stalker.models.link": "Link",
    "stalker.models.message": "Message",
    "stalker.models.mixins": "ACLMixin AmountMixin CodeMixin DAGMixin DateRangeMixin ProjectMixin "
    "ReferenceMixin ScheduleMixin StatusMixin TargetEntityTypeMixin UnitMixin WorkingHoursMixin",
    "stalker.models.note": "Note",
    "stalker.models.project": "Project ProjectClient ProjectRepository ProjectUser",
    "stalker.models.repository": "Repository",
    "stalker.models.review": "Daily DailyLink Review",
    "stalker.models.scene": "Scene",
    "stalker.models.schedulers": "SchedulerBase",
    "stalker.models.sequence": "Sequence",
    "stalker.models.shot": "Shot",
    "stalker.models.status": "Status StatusList",
    "stalker.models.structure": "Structure",
    "stalker.models.studio": "Studio Vacation WorkingHours",
    "stalker.models.tag": "Tag",
    "stalker.models.task": "Task TaskDependency TimeLog",
    "stalker.models.template": "FilenameTemplate",
    "stalker.models.ticket": "Ticket TicketLog",
    "stalker.models.type": "EntityType Type",
    "stalker.models.variant": "Variant",
    "stalker.models.version": "Version",
    "stalker.models.wiki": "Page",
}


@pytest.mark.parametrize(("module", "names"), EXPORTED.items(), ids=list(EXPORTED))
def test_names_are_where_the_contract_says(module: str, names: str) -> None:
    """A class is in its module and at the top level, and both are the same."""
    for name in names.split():
        assert getattr(importlib.import_module(module), name) is getattr(stalker, name)
        assert name in stalker.__all__


def test_the_package_says_what_it_is() -> None:
    """Version and description are text; the version is that of the installed package."""
    from importlib.metadata import version

    assert stalker.__title__ == "stalker"
    for name in ("__version__", "__description__", "__uri__", "__license__", "__copyright__"):
        assert isinstance(getattr(stalker, name), str) and getattr(stalker, name)
    assert stalker.__string_types__ == (str,)
    assert version("stalker") == stalker.__version__
    assert (Path(stalker.__file__).parent / "py.typed").exists()
    for name in ("config", "db", "defaults", "exceptions", "log", "logger", "models"):
        assert name in stalker.__all__


def test_the_type_checker_sees_every_public_name() -> None:
    """`typing_tests/usage.py`, which mypy checks, uses whatever the package exports."""
    source = (Path(__file__).parents[2] / "typing_tests" / "usage.py").read_text()
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    assert set(stalker.__all__) - used == set()
