"""Defaults, a studio's own file, and what is set at run time."""

from __future__ import annotations

import copy
import os
import pickle
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from stalker.config import Config, ConfigBase, UnknownSettingError
from stalker.default_config import DEFAULTS
from stalker.exceptions import ConfigurationError

WriteConfig = Callable[[str], Path]

TABLE: dict[str, Any] = {
    "database_engine_settings": {"sqlalchemy.url": "sqlite://", "sqlalchemy.echo": False},
    "database_session_settings": {},
    "local_storage_path": os.path.expanduser("~/.strc"),
    "local_session_data_file_name": "local_session_data",
    "local_session_validity": timedelta(days=10),
    "login_free_attempts": 5,
    "login_longest_wait": timedelta(minutes=15),
    "budget_status_names": [],
    "budget_status_codes": [],
    "server_side_storage_path": os.path.expanduser("~/Stalker_Storage"),
    "repo_env_var_template": "REPO%(code)s",
    "repo_env_var_template_old": "REPO%(id)s",
    "auto_create_admin": True,
    "admin_name": "admin",
    "admin_login": "admin",
    "admin_password": "admin",
    "admin_email": "admin@admin.com",
    "admin_department_name": "admins",
    "admin_group_name": "admins",
    "key": "stalker_default_key",
    "actions": ["Create", "Read", "Update", "Delete", "List"],
    "version_take_name": "Main",
    "ticket_label": "Ticket",
    "ticket_status_names": ["New", "Accepted", "Assigned", "Reopened", "Closed"],
    "ticket_status_codes": ["NEW", "ACP", "ASG", "ROP", "CLS"],
    "ticket_resolutions": ["fixed", "invalid", "wontfix", "duplicate", "worksforme", "cantfix"],
    "enforce_ticket_resolutions": False,
    "enforce_ticket_permissions": False,
    "timing_resolution": timedelta(hours=1),
    "task_priority": 500,
    "working_hours": {
        "mon": [[540, 1080]],
        "tue": [[540, 1080]],
        "wed": [[540, 1080]],
        "thu": [[540, 1080]],
        "fri": [[540, 1080]],
        "sat": [],
        "sun": [],
    },
    "daily_working_hours": 9,
    "weekly_working_days": 5,
    "weekly_working_hours": 45,
    "yearly_working_days": 261,
    "day_order": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    "datetime_units": ["min", "h", "d", "w", "m", "y"],
    "datetime_unit_names": ["minute", "hour", "day", "week", "month", "year"],
    "datetime_units_to_timedelta_kwargs": {
        "min": {"name": "minutes", "multiplier": 1},
        "h": {"name": "hours", "multiplier": 1},
        "d": {"name": "days", "multiplier": 1},
        "w": {"name": "weeks", "multiplier": 1},
        "m": {"name": "days", "multiplier": 30},
        "y": {"name": "days", "multiplier": 365},
    },
    "task_status_names": [
        "Waiting For Dependency",
        "Ready To Start",
        "Work In Progress",
        "Pending Review",
        "Has Revision",
        "Dependency Has Revision",
        "On Hold",
        "Stopped",
        "Completed",
    ],
    "task_status_codes": ["WFD", "RTS", "WIP", "PREV", "HREV", "DREV", "OH", "STOP", "CMPL"],
    "project_status_names": ["Ready To Start", "Work In Progress", "Completed"],
    "project_status_codes": ["RTS", "WIP", "CMPL"],
    "review_status_names": ["New", "Requested Revision", "Approved"],
    "review_status_codes": ["NEW", "RREV", "APP"],
    "daily_status_names": ["Open", "Closed"],
    "daily_status_codes": ["OPEN", "CLS"],
    "task_schedule_constraints": ["none", "start", "end", "both"],
    "task_schedule_models": ["effort", "length", "duration"],
    "task_dependency_gap_models": ["length", "duration"],
    "task_dependency_targets": ["onend", "onstart"],
    "allocation_strategy": ["minallocated", "maxloaded", "minloaded", "order", "random"],
    "persistent_allocation": True,
    "tj_command": "tj3" if sys.platform == "win32" else "/usr/local/bin/tj3",
    "sequence_format": "%h%p%t %R",
    "file_size_format": "%.2f MB",
    "date_time_format": "%Y.%m.%d %H:%M",
    "default_resolution_preset": "HD 1080",
    "thumbnail_format": "jpg",
    "thumbnail_quality": 70,
    "thumbnail_size": [320, 180],
}

PRESETS = """
    PC Video 640 480 1.0                        A4 Portrait 2480 3508 1.0
    NTSC 720 486 0.91                           A4 Landscape 3508 2480 1.0
    NTSC 16:9 720 486 1.21                      A3 Portrait 3508 4960 1.0
    PAL 720 576 1.067                           A3 Landscape 4960 3508 1.0
    PAL 16:9 720 576 1.46                       A2 Portrait 4960 7016 1.0
    HD 720 1280 720 1.0                         A2 Landscape 7016 4960 1.0
    HD 1080 1920 1080 1.0                       50x70cm Poster Portrait 5905 8268 1.0
    1K Super 35 1024 778 1.0                    50x70cm Poster Landscape 8268 5905 1.0
    2K Super 35 2048 1556 1.0                   70x100cm Poster Portrait 8268 11810 1.0
    4K Super 35 4096 3112 1.0                   70x100cm Poster Landscape 11810 8268 1.0
    1k Square 1024 1024 1.0                     2k Square 2048 2048 1.0
    3k Square 3072 3072 1.0                     4k Square 4096 4096 1.0
"""

TICKET_WORKFLOW = """
    status     resolve  accept    reassign  reopen
    New        Closed   Accepted  Assigned  -
    Accepted   Closed   Accepted  Assigned  -
    Assigned   Closed   Accepted  Assigned  -
    Reopened   Closed   Accepted  Assigned  -
    Closed     -        -         -         Reopened
"""


@pytest.fixture(autouse=True)
def _no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STALKER_PATH", raising=False)


@pytest.fixture
def write_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteConfig:
    """Write the studio's file, and point the environment at its folder."""

    def write(source: str) -> Path:
        path = tmp_path / "config.py"
        path.write_text(source, "utf-8")
        monkeypatch.setenv("STALKER_PATH", str(tmp_path))
        return path

    return write


# --- Defaults ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", TABLE)
def test_settings_have_the_defaults_of_the_contract(key: str) -> None:
    """Without a file, every setting has its documented value, as an item and as an attribute."""
    config = Config()

    assert config[key] == getattr(config, key) == TABLE[key]
    assert type(config[key]) is type(TABLE[key])


def test_resolution_presets_are_those_of_the_contract() -> None:
    """Each preset is width, height and pixel aspect."""
    presets = {}
    for cell in filter(None, (part.strip() for part in PRESETS.replace("\n", "  ").split("  "))):
        name, width, height, aspect = cell.rsplit(" ", 3)
        presets[name] = [int(width), int(height), float(aspect)]

    assert Config().resolution_presets == presets


def test_the_ticket_workflow_is_that_of_the_contract() -> None:
    """Each action leads from the listed statuses to the listed ones, with its side effect."""
    effects = {
        "resolve": "set_resolution",
        "accept": "set_owner",
        "reassign": "set_owner",
        "reopen": "del_resolution",
    }
    head, *rows = (line.split() for line in TICKET_WORKFLOW.strip().splitlines())
    expected = {
        action: {
            row[0]: {"new_status": row[column], "action": effects[action]}
            for row in rows
            if row[column] != "-"
        }
        for column, action in enumerate(head)
        if column
    }

    assert Config().ticket_workflow == expected


@pytest.mark.parametrize("kind", ["ticket", "task", "project", "review", "daily"])
def test_statuses_have_a_name_and_a_code_each(kind: str) -> None:
    """Names and codes are lists of the same length, without repetitions."""
    names, codes = Config()[f"{kind}_status_names"], Config()[f"{kind}_status_codes"]

    assert len(names) == len(codes) == len(set(names)) == len(set(codes))


@pytest.mark.parametrize(
    "key",
    [
        key
        for key, value in DEFAULTS.items()
        if isinstance(value, str) and ("{{" in value or "{%" in value)
    ],
)
def test_templates_are_valid(key: str) -> None:
    """Every default that is a template can be read by Jinja2."""
    assert jinja2.Environment(autoescape=True).parse(DEFAULTS[key]).body


SHOT = SimpleNamespace(code="SH010")
ROCK = SimpleNamespace(code="rock", type=SimpleNamespace(name="Prop"))
FILM = SimpleNamespace(code="LHS", full_path="/srv/LHS", shots=[SHOT], assets=[ROCK])
COMP = SimpleNamespace(id=33, entity_type="Task", nice_name="Comp")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("path_template", ["LHS/SH010/Comp/"]),
        ("filename_template", ["Task_33_Main_v007"]),
        (
            "project_structure",
            [
                *("Shots/SH010" + end for end in ("", "/Plate", "/Reference", "/Texture")),
                *("/srv/LHS/Assets/Prop/rock" + end for end in ("", "/Texture", "/Reference")),
            ],
        ),
    ],
)
def test_templates_that_applications_may_use(key: str, expected: list[str]) -> None:
    """03 §5.1: they print the folders and the file name of the contract."""
    template = jinja2.Environment(autoescape=False).from_string(Config()[key])
    text = template.render(
        project=FILM,
        task=COMP,
        parent_tasks=[SimpleNamespace(nice_name="SH010"), COMP],
        version=SimpleNamespace(take_name="Main", version_number=7),
    )
    assert text.split() == expected


def test_each_configuration_has_its_own_values() -> None:
    """Changing a nested value of one configuration changes neither the defaults nor another."""
    config = Config()
    config.working_hours["sat"].append([0, 60])
    config.actions.clear()
    config.ticket_workflow["accept"]["New"]["new_status"] = "Lost"

    assert {**Config().config_values} == DEFAULTS == Config.default_config_values
    assert DEFAULTS["actions"] == TABLE["actions"]
    assert DEFAULTS["working_hours"]["sat"] == []
    assert DEFAULTS["ticket_workflow"]["accept"]["New"]["new_status"] == "Accepted"


# --- Access --------------------------------------------------------------------------------------


def test_items_and_attributes_are_the_same() -> None:
    """What is written or deleted one way shows the other way, known before or not."""
    config = Config()

    config.task_priority = 400
    assert config["task_priority"] == 400
    config["task_priority"] = 300
    assert config.task_priority == 300
    config.studio_mascot = "otter"
    assert config["studio_mascot"] == "otter"
    assert {"studio_mascot", "task_priority"} <= set(config)

    del config.studio_mascot
    del config["task_priority"]
    for key in ("studio_mascot", "task_priority"):
        assert key not in config
        assert not hasattr(config, key)


@pytest.mark.parametrize(
    "access",
    [
        lambda config: config.task_priorty,
        lambda config: config["task_priorty"],
        lambda config: config.__delitem__("task_priorty"),
        lambda config: delattr(config, "task_priorty"),
    ],
    ids=["attribute", "item", "del item", "del attribute"],
)
def test_an_unknown_setting_is_a_key_error_and_an_attribute_error(
    access: Callable[[Config], object],
) -> None:
    """`hasattr`, `getattr` with a default and `except KeyError` work; the message helps."""
    config = Config()

    with pytest.raises(UnknownSettingError, match=r"^no setting 'task_priorty': did you mean"):
        access(config)

    assert issubclass(UnknownSettingError, KeyError) and issubclass(
        UnknownSettingError, AttributeError
    )
    assert getattr(config, "task_priorty", "fallback") == "fallback"


def test_a_key_that_is_no_text_is_unknown_too() -> None:
    """A wrong key is missing like any other."""
    with pytest.raises(KeyError, match="no setting 5"):
        Config()[5]  # type: ignore[index]


@pytest.mark.parametrize(
    "twin_of", [copy.deepcopy, lambda config: pickle.loads(pickle.dumps(config))]
)
def test_a_configuration_can_be_copied(twin_of: Callable[[Config], Config]) -> None:
    """A copy has the same values, and keeps them when the original changes."""
    config = Config()
    config.task_priority = 400

    twin = twin_of(config)
    config.actions.append("Render")

    assert twin.task_priority == 400
    assert twin.actions == TABLE["actions"]


def test_a_configuration_does_not_show_its_values() -> None:
    """A password in the settings does not get into a log through `repr()`."""
    config = Config()
    config.admin_password = "hunter2"

    assert "hunter2" not in repr(config)


# --- The studio's file ---------------------------------------------------------------------------


def test_the_file_overrides_and_adds(write_config: WriteConfig) -> None:
    """Each public name of the file is a setting; run-time values win over it."""
    path = write_config(
        "import os\n"
        "from datetime import timedelta as _timedelta\n"
        "task_priority = 400\n"
        "timing_resolution = _timedelta(minutes=10)\n"
        "farm = {'name': 'Zoë', 'here': os.path.dirname(__file__)}\n"
        "_private = 1\n"
    )
    config = Config()

    assert config.task_priority == 400
    assert config.timing_resolution == timedelta(minutes=10)
    assert config.farm == {"name": "Zoë", "here": str(path.parent)}
    assert config.admin_name == "admin"
    assert set(config.user_config) == {"task_priority", "timing_resolution", "farm"}
    assert set(config) == {*DEFAULTS, "farm"}

    config.task_priority = 300
    assert config["task_priority"] == 300
    assert DEFAULTS["task_priority"] == 500


def test_the_file_is_ordinary_python(write_config: WriteConfig) -> None:
    """Classes, dataclasses among them, comprehensions and functions work as in any module."""
    write_config(
        "from dataclasses import dataclass\n"
        "base = 100\n"
        "@dataclass\n"
        "class Show:\n"
        "    code: str = 'NOVA'\n"
        "    priority: int = base\n"
        "def double(number):\n"
        "    return number * base\n"
        "table = [double(each) for each in range(3)]\n"
        "first = Show()\n"
        "kind = Show.__annotations__['priority']\n"
    )
    config = Config()

    assert config.table == [0, 100, 200]
    assert (config.first.code, config.first.priority) == ("NOVA", 100)
    assert config.kind is int


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("task_priority = 400\nif\n", 2, "SyntaxError"),
        ("task_priority = 400\n\n1 / 0\n", 3, "ZeroDivisionError"),
        ("task_priority = 400\nimport not_there_at_all\n", 2, "ModuleNotFoundError"),
        ("task_priority = 400\nopen('/not/there')\n", 2, "FileNotFoundError"),
        ("task_priority = 400\nimport json\njson.loads('{')\n", 3, "JSONDecodeError"),
        ("task_priority = 400\ndef f():\n    raise KeyError('x')\nf()\n", 3, "KeyError"),
        ("import sys\nsys.exit(0)\n", 2, "SystemExit"),
    ],
)
def test_an_error_in_the_file_is_explained(
    write_config: WriteConfig, source: str, line: int, reason: str
) -> None:
    """Whatever fails in the file is a `ConfigurationError` that names file, line and reason."""
    path = write_config(source)

    with pytest.raises(ConfigurationError) as caught:
        Config()

    assert f"{str(path)!r} failed in line {line}: {reason}" in str(caught.value)
    assert type(caught.value.__cause__).__name__ == reason


def test_the_line_of_a_broken_import_is_that_of_the_import(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A syntax error in a module that the file imports is not looked for in the file."""
    path = write_config("\nimport broken_studio_module\n")
    path.with_name("broken_studio_module.py").write_text("\n" * 98 + "if\n")
    monkeypatch.syspath_prepend(str(path.parent))

    with pytest.raises(ConfigurationError, match="failed in line 2: SyntaxError"):
        Config()


@pytest.mark.parametrize("content", [b"name = '\xff'\n", b"name = 'a\0b'\n"])
def test_a_file_that_is_no_text_is_explained(write_config: WriteConfig, content: bytes) -> None:
    """Bytes that are no Python source are an error of the file like any other."""
    path = write_config("")
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match="failed") as caught:
        Config()
    assert str(path) in str(caught.value)
    assert "None" not in str(caught.value)


def test_a_table_instead_of_a_program(write_config: WriteConfig) -> None:
    """03 BT-9: `config.toml` counts where no `config.py` is; lengths of time are in seconds."""
    program = write_config("task_priority = 400\n")
    table = program.with_name("config.toml")
    table.write_text(
        "task_priority = 300\ntiming_resolution = 600\nallocation_strategies = ['order']\n"
        "[working_hours]\nsat = [[540, 720]]\n"
    )
    assert Config().task_priority == 400
    program.unlink()
    with pytest.warns(UserWarning, match=r"config\.toml .*did you mean 'allocation_strategy'"):
        found = Config()
    assert (found.task_priority, found.timing_resolution) == (300, timedelta(minutes=10))
    assert found.working_hours == {"sat": [[540, 720]]}
    for broken in ("task_priority = \n", "task_priority = 'a\n'", "\x00"):
        table.write_text(broken)
        with pytest.raises(ConfigurationError, match=r"config\.toml' failed: TOMLDecodeError"):
            Config()


def test_a_failing_file_changes_nothing(write_config: WriteConfig) -> None:
    """A file counts as a whole or not at all."""
    write_config("task_priority = 400\nactions.append('Render')\n")

    class Kept(Config):
        def __init__(self) -> None:
            self.__dict__["error"] = None
            try:
                super().__init__()
            except ConfigurationError as error:
                self.__dict__["error"] = error

    kept = Kept()

    assert "NameError" in str(kept.error)
    assert kept.user_config == {}
    assert kept.config_values == DEFAULTS


@pytest.mark.parametrize("is_folder", [False, True], ids=["missing", "a folder"])
def test_a_file_that_cannot_be_read_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_folder: bool
) -> None:
    """Without a readable file the defaults count, and a warning names the variable and the path."""
    monkeypatch.setenv("STALKER_PATH", str(tmp_path))
    if is_folder:
        (tmp_path / "config.py").mkdir()

    with pytest.warns(UserWarning, match=r"STALKER_PATH names no readable file: .*config\.py"):
        config = Config()

    assert config.config_values == DEFAULTS


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these permissions")
@pytest.mark.parametrize("strict", ["1", "true"])
@pytest.mark.parametrize(
    ("of_file", "of_folder", "refused"),
    [
        (0o644, 0o755, None),
        (0o664, 0o755, "file"),
        (0o646, 0o755, "file"),
        (0o600, 0o777, "folder"),
    ],
)
def test_a_file_that_others_can_write_may_be_refused(
    write_config: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
    of_file: int,
    of_folder: int,
    refused: str | None,
    strict: str,
) -> None:
    """03 BT-9: `STALKER_PATH_STRICT` asks for it; the message names what is writable."""
    path = write_config("task_priority = 400\n")
    path.chmod(of_file)
    path.parent.chmod(of_folder)
    for off in (None, "", "0"):
        if off is not None:
            monkeypatch.setenv("STALKER_PATH_STRICT", off)
        assert Config().task_priority == 400
    monkeypatch.setenv("STALKER_PATH_STRICT", strict)
    if refused is None:
        assert Config().task_priority == 400
        return
    culprit = path if refused == "file" else path.parent
    with pytest.raises(ConfigurationError, match=r"others can write") as caught:
        Config()
    assert repr(str(culprit)) in str(caught.value)


def test_an_empty_variable_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens to lie in the working directory is not executed."""
    (tmp_path / "config.py").write_text("task_priority = 400\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STALKER_PATH", "")

    assert Config().task_priority == 500


@pytest.mark.parametrize(
    "folder",
    ["~/pipeline", "$STUDIO/pipeline", "${STUDIO}/pipeline", "$INNER", "$HOP_0", "$TILDE"],
)
def test_the_path_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """`~` and variables are expanded, also in the values of variables, a chain of them included."""
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "config.py").write_text("task_priority = 400\n")
    for name, value in {
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
        "STUDIO": str(tmp_path),
        "INNER": "$STUDIO/pipeline",
        "TILDE": "~/pipeline",
        **{f"HOP_{number}": f"$HOP_{number + 1}" for number in range(50)},
        "HOP_50": "$INNER",
        "STALKER_PATH": folder,
    }.items():
        monkeypatch.setenv(name, value)

    assert Config().task_priority == 400


@pytest.mark.parametrize("folder", ["$STALKER_PATH", "$STALKER_PATH/x", "$STALKER_PATH" * 2])
def test_a_variable_that_names_itself_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """Expansion is bounded, in rounds and in length; what is left of it names no file."""
    monkeypatch.setenv("STALKER_PATH", folder)

    with pytest.warns(UserWarning, match="STALKER_PATH names no readable file"):
        assert Config().task_priority == 500


def test_an_application_can_have_a_configuration_of_its_own(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A subclass names its defaults and its variable, and shares nothing with the library."""
    write_config("colour = 'blue'\n")
    monkeypatch.setenv("PAINTER_PATH", str(tmp_path))
    monkeypatch.delenv("STALKER_PATH")

    class Painter(ConfigBase):
        default_config_values = {"colour": "red", "brushes": [1, 2]}
        env_key = "PAINTER_PATH"

    assert Painter().config_values == {"colour": "blue", "brushes": [1, 2]}
    assert Painter.default_config_values["colour"] == "red"
    assert "colour" not in Config()


# --- The environment, and what counts for a while -------------------------------------------------


def test_the_environment_sets_single_values(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """03 AD-3: texts, numbers and switches; the environment wins over the file."""
    write_config("admin_login = 'file'\nadmin_name = 'file'\ntask_priority = 3\n")
    for name, value in {
        "ADMIN_LOGIN": "environment",
        "TASK_PRIORITY": "700",
        "AUTO_CREATE_ADMIN": "No",
        "ADMIN_EMAIL": "",
        "WORKING_HOURS": "{}",
        "NO_SUCH_SETTING": "1",
        "DATABASE_URL": "sqlite:///studio.db",
    }.items():
        monkeypatch.setenv(f"STALKER_{name}", value)
    config = Config()
    assert (config.admin_login, config.admin_name) == ("environment", "file")
    assert config.task_priority == 700 and config.auto_create_admin is False
    assert config.admin_email == "admin@admin.com"
    assert config.working_hours == DEFAULTS["working_hours"] and "no_such_setting" not in config
    assert config.database_engine_settings == {
        "sqlalchemy.url": "sqlite:///studio.db",
        "sqlalchemy.echo": False,
    }
    assert DEFAULTS["database_engine_settings"]["sqlalchemy.url"] == "sqlite://"


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("TASK_PRIORITY", "s3cret", "a whole number"),
        ("AUTO_CREATE_ADMIN", "s3cret", "yes or no"),
    ],
)
def test_a_variable_that_cannot_be_read_is_explained(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, kind: str
) -> None:
    """The message names the variable and what it must be, not what it is."""
    monkeypatch.setenv(f"STALKER_{name}", value)
    with pytest.raises(ConfigurationError, match=f"STALKER_{name} must be {kind}") as caught:
        Config()
    assert value not in str(caught.value)


def test_a_misspelt_setting_is_a_warning(write_config: WriteConfig) -> None:
    """What resembles a setting is named with it; what does not is the studio's own."""
    path = write_config("timing_resolutoin = 1\nlens_kit_vendor = 'x'\n")
    with pytest.warns(UserWarning, match=r"'timing_resolutoin'.*'timing_resolution'") as caught:
        config = Config()
    assert len(caught) == 1 and str(path) in str(caught[0].message)
    assert config.timing_resolutoin == 1 and config.lens_kit_vendor == "x"


def test_values_that_count_for_a_while() -> None:
    """03 D12: overriding leaves what was there before; setting by hand is for good."""
    config = Config()
    given = {"daily_working_hours": 8, "thumbnail_size": [1, 2], "weekly_working_days": 4}
    config.override(given)
    config.thumbnail_size.append(3)
    assert given["thumbnail_size"] == [1, 2]
    assert config.daily_working_hours == config["daily_working_hours"] == 8
    twin = copy.deepcopy(config)
    config.daily_working_hours = 7
    config.drop_overrides()
    assert config.daily_working_hours == 7 and config.weekly_working_days == 5
    assert config.thumbnail_size == DEFAULTS["thumbnail_size"]
    assert twin.daily_working_hours == 8
    config.override({"weekly_working_days": 4, "no_setting": 1})
    assert config.as_dict()["weekly_working_days"] == 4
    del config["weekly_working_days"], config["no_setting"]
    assert "weekly_working_days" not in config
    config.reset()
    assert config.as_dict() == DEFAULTS


def test_the_defaults_come_back(write_config: WriteConfig) -> None:
    """03 AD-3: `reset()` forgets the file, and what was set."""
    write_config("admin_login = 'file'\nown = 1\n")
    config = Config()
    config.working_hours["mon"] = []
    config.reset()
    assert config.as_dict() == DEFAULTS and config.user_config == {}
    assert config.working_hours is not DEFAULTS["working_hours"]
