"""Configuration: documented defaults, a studio's own file, and what is set at run time.

The values themselves are in `stalker.default_config`, with a comment each.
"""

from __future__ import annotations

import copy
import os
import stat
import warnings
import weakref
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

from stalker.core.suggestions import did_you_mean
from stalker.default_config import DEFAULTS
from stalker.exceptions import ConfigurationError

__all__ = ["Config", "ConfigBase", "UnknownSettingError"]

#: settings that nothing else can stand for
_KINDS = {dict: "a dict", timedelta: "a timedelta, or in TOML a number of seconds"}
_MAX_EXPANSIONS = 100
_MAX_PATH = 32767  # no platform opens a longer one; a variable that names itself twice doubles


class UnknownSettingError(KeyError, AttributeError):
    """There is no setting of that name.

    A `KeyError` as the contract says, and an `AttributeError` so that `hasattr()` and copying work.
    """

    def __str__(self) -> str:
        return str(self.args[0])


class ConfigBase:
    """Settings with item and attribute access, overridden by a Python file.

    A subclass names its defaults and the environment variable that holds the folder of `config.py`.
    That file is executed with the rights of the user: keep it where only trusted people can write.
    Who wants no program puts a `config.toml` there instead; a length of time is in seconds in it.
    With `<env_key>_STRICT` set, as in `STALKER_PATH_STRICT=1`, a file that others can write, or in
    whose folder they can, is a `ConfigurationError`.
    """

    default_config_values: ClassVar[dict[str, Any]] = {}
    env_key: ClassVar[str] = ""

    config_values: dict[str, Any]
    user_config: dict[str, Any]
    #: values that count instead of those of `config_values` for the time being
    overrides: dict[str, Any]

    def __init__(self) -> None:
        # nested lists and dicts are copied: changing a setting must not change the defaults
        self.__dict__["config_values"] = copy.deepcopy(self.default_config_values)
        self.__dict__["user_config"] = {}
        self.__dict__["overrides"] = {}
        path = self._user_file()
        if path is not None:
            self._read(path)
        self._read_environment()

    def _user_file(self) -> Path | None:
        folder = os.environ.get(self.env_key)
        if not folder:  # an empty one would execute whatever lies in the working directory
            return None
        for _ in range(_MAX_EXPANSIONS):
            expanded = os.path.expanduser(os.path.expandvars(folder))
            if expanded == folder or len(expanded) > _MAX_PATH:
                break
            folder = expanded
        program, table = Path(folder) / "config.py", Path(folder) / "config.toml"
        # not their own methods: those raise for a path that no file system would have
        return table if os.path.isfile(table) and not os.path.exists(program) else program

    def _read(self, path: Path) -> None:
        try:
            source = path.read_bytes()
        except OSError as error:
            warnings.warn(f"{self.env_key} names no readable file: {error}", stacklevel=4)
            return
        self._refuse_what_others_write(path)
        try:
            namespace = _from_table(source) if path.suffix == ".toml" else _executed(source, path)
        except (Exception, SystemExit) as error:  # nor may it end whatever needs a setting
            line = _line_in(path, error)
            reason = f"{type(error).__name__}: {error}"
            raise ConfigurationError(
                f"the configuration file {str(path)!r} failed{line}: {reason}"
            ) from error
        found = {
            key: _lasting(value) if self._lasts(key) else value
            for key, value in namespace.items()
            if not key.startswith("_") and not isinstance(value, type(os))
        }
        self._refuse_other_kinds(path, found)
        self.user_config.update(found)
        for key in self.user_config:
            if key not in self.default_config_values:
                meant = did_you_mean(key, self.default_config_values)
                # what resembles no setting is one of the studio's own
                if meant:
                    warnings.warn(f"{path} sets {key!r}, which is unknown{meant}", stacklevel=4)
        self.config_values.update(self.user_config)

    def _refuse_other_kinds(self, path: Path, found: Mapping[str, Any]) -> None:
        """Raise where something that cannot be used is given for a table or a length of time."""
        for key, value in found.items():
            kind = type(self.default_config_values.get(key))
            if kind in _KINDS and not isinstance(value, kind):
                raise ConfigurationError(
                    f"the configuration file {str(path)!r} sets {key!r}, which must be "
                    f"{_KINDS[kind]}, to a {type(value).__name__}"
                )

    def _lasts(self, key: str) -> bool:
        return isinstance(self.default_config_values.get(key), timedelta)

    def _refuse_what_others_write(self, path: Path) -> None:
        name = f"{self.env_key}_STRICT"
        strict = os.environ.get(name)
        if not strict or not _parsed(name, strict, bool):
            return
        for each in (path, path.parent):
            if each.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise ConfigurationError(
                    f"others can write {str(each)!r}, which {name} does not allow"
                )

    def override(self, values: Mapping[str, Any], owner: Any = None) -> None:
        """Let *values* count until `drop_overrides()`, or until somebody sets them by hand.

        `override_owner()` returns *owner*, as long as it is alive.
        """
        # exchanged as a whole: a reader in another thread sees all of them or none
        self.__dict__["overrides"] = {**self.overrides, **copy.deepcopy(dict(values))}
        self.__dict__["_owner"] = None if owner is None else weakref.ref(owner)

    def override_owner(self) -> Any:
        """Return whose values count over the others, if anybody's."""
        owner = self.__dict__.get("_owner")
        return None if owner is None else owner()

    def drop_overrides(self) -> None:
        """Let the values count that were there before `override()`."""
        self.__dict__["overrides"] = {}
        self.__dict__["_owner"] = None

    def __getstate__(self) -> dict[str, Any]:
        # a reference to the owner cannot be copied
        return {**self.__dict__, "_owner": None}

    def _read_environment(self) -> None:
        """Take what single environment variables say, where a class has any."""

    def reset(self) -> None:
        """Go back to the defaults as delivered, without the studio's file and the environment."""
        self.config_values.clear()
        self.config_values.update(copy.deepcopy(self.default_config_values))
        self.user_config.clear()
        self.drop_overrides()

    def as_dict(self) -> dict[str, Any]:
        """Return a copy of all values in effect; passwords are among them."""
        return copy.deepcopy({**self.config_values, **self.overrides})

    def __getitem__(self, key: str) -> Any:
        if key in self.overrides:
            return self.overrides[key]
        try:
            return self.config_values[key]
        except KeyError:
            raise UnknownSettingError(
                f"no setting {key!r}" + did_you_mean(str(key), self.config_values)
            ) from None

    def __setitem__(self, key: str, value: Any) -> None:
        self._unhide(key)
        self.config_values[key] = value

    def __delitem__(self, key: str) -> None:
        self[key]
        self._unhide(key)
        self.config_values.pop(key, None)

    def _unhide(self, key: str) -> None:
        if key in self.overrides:
            kept = {name: value for name, value in self.overrides.items() if name != key}
            self.__dict__["overrides"] = kept

    def __contains__(self, key: object) -> bool:
        return key in self.config_values or key in self.overrides

    def __iter__(self) -> Iterator[str]:
        return iter({**self.config_values, **self.overrides})

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__") or key in ("config_values", "overrides"):
            raise AttributeError(key)
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __delattr__(self, key: str) -> None:
        del self[key]

    def __repr__(self) -> str:
        # values may be secrets
        return f"<{type(self).__name__} with {len(self.config_values)} settings>"


def _executed(source: bytes, path: Path) -> dict[str, Any]:
    """Return the names that a Python file leaves."""
    namespace: dict[str, Any] = {"__file__": str(path), "__name__": "stalker_user_config"}
    # the file decides by itself about its __future__
    code = compile(source, str(path), "exec", dont_inherit=True)
    exec(code, namespace)  # noqa: S102 - the contract
    return namespace


def _from_table(source: bytes) -> dict[str, Any]:
    """Return what a TOML file says; only those who need it import its reader."""
    import tomllib

    return tomllib.loads(source.decode("utf-8"))


def _lasting(value: Any) -> Any:
    """Return a number of seconds as the time that it means; TOML has no other way to say it."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return timedelta(seconds=value) if is_number else value


def _line_in(path: Path, error: BaseException) -> str:
    line = None
    # a broken module that the file imports has line numbers of its own
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line = error.lineno
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" in line {line}" if line else ""


_WORDS = {"1": True, "true": True, "yes": True, "on": True}
_WORDS |= {"0": False, "false": False, "no": False, "off": False}
_EXPECTED = {bool: "yes or no", int: "a whole number", float: "a number"}


def _parsed(name: str, text: str, kind: type) -> Any:
    """Return *text*, the value of an environment variable, as the *kind* of a setting."""
    try:
        return _WORDS[text.strip().lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        # the value may be a secret
        expected = _EXPECTED[kind]
        raise ConfigurationError(f"the environment variable {name} must be {expected}") from None


class Config(ConfigBase):
    """The configuration of the library; `stalker.defaults` is the one in effect.

    Library code reads `stalker.defaults` when it needs a value, never a name bound at import, so
    that `stalker.defaults = Config()` resets everything.

    A setting that is a text, a number or a switch can also be set by an environment variable, which
    wins over `config.py`: `STALKER_ADMIN_LOGIN` sets `admin_login`. `STALKER_DATABASE_URL` names
    the database.
    """

    default_config_values = DEFAULTS
    env_key = "STALKER_PATH"

    def _read_environment(self) -> None:
        for key, value in self.default_config_values.items():
            name = f"STALKER_{key.upper()}"
            if os.environ.get(name) and type(value) in (bool, int, float, str):
                self.config_values[key] = _parsed(name, os.environ[name], type(value))
        url = os.environ.get("STALKER_DATABASE_URL")
        if url:
            settings = self.config_values["database_engine_settings"]
            self.config_values["database_engine_settings"] = {**settings, "sqlalchemy.url": url}


_making = RLock()
#: the file of a studio may look at what it is about to make
_is_being_made = False


def keep_first(namespace: dict[str, Any], name: str) -> Config:
    """Return the configuration in *namespace*; one thread makes it when it is first looked at."""
    global _is_being_made
    with _making:
        if name not in namespace:
            if _is_being_made:
                raise ConfigurationError(f"stalker.{name} is what this file makes: not there yet")
            _is_being_made = True
            try:
                namespace[name] = Config()
            finally:
                _is_being_made = False
        made: Config = namespace[name]
        return made
