"""`LocalSession`: who is logged in on this workstation."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import stalker
from stalker.core.dates import EPOCH, as_utc, utc_now
from stalker.core.rules import instance_of
from stalker.db.session import DBSession
from stalker.models.auth.user import User

__all__ = ["LocalSession"]

_MILLISECOND = timedelta(milliseconds=1)
_SIGNATURE = "signature"
_FINGERPRINT = "fingerprint"
_KEY_BYTES = 32


class LocalSession:
    """Remembers a user in a small file that only the account of this workstation can read.

    The file is signed with a secret that lies beside it: one that was forged, damaged, copied from
    another workstation, or has expired counts as none. Loading it needs no database;
    `logged_in_user` asks whether the user still exists.
    """

    def __init__(self) -> None:
        self.logged_in_user_id: int | None = None
        self.valid_to: datetime | None = None
        self.session_data: dict[str, Any] | None = None
        # of the password that the user has, so that another one ends the session
        self._fingerprint: str | None = None
        self.load()

    @classmethod
    def session_file_full_path(cls) -> str:
        """Return where the file is, or would be."""
        defaults = stalker.defaults
        folder = Path(defaults.local_storage_path).expanduser()
        return os.path.normpath(str(folder / defaults.local_session_data_file_name))

    def load(self) -> None:
        """Take over what the file says, if it is whole, ours, and not too old."""
        data = self._read()
        if data is None:
            return
        valid_to = self.millis_to_datetime(data["valid_to"])
        if valid_to > utc_now():
            self.session_data = data
            self.valid_to = valid_to
            self.logged_in_user_id = data["logged_in_user_id"]
            self._fingerprint = data.get(_FINGERPRINT)

    def _read(self) -> dict[str, Any] | None:
        try:
            text = Path(self.session_file_full_path()).read_text(encoding="utf-8")
            data = json.loads(text)
            signature = data.pop(_SIGNATURE)
            if not hmac.compare_digest(signature, _signature(data, _secret())):
                return None
            user_id = data["logged_in_user_id"]
            is_whole = type(data["valid_to"]) is int and type(user_id) in (int, type(None))
            self.millis_to_datetime(data["valid_to"])
            return data if is_whole else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def save(self) -> None:
        """Write the file; it is valid for `stalker.defaults.local_session_validity` from now on."""
        self.valid_to = utc_now() + stalker.defaults.local_session_validity
        data = {
            "valid_to": self.valid_to,
            "logged_in_user_id": self.logged_in_user_id,
            _FINGERPRINT: self._fingerprint,
        }
        data = json.loads(json.dumps(data, default=self.default_json_serializer))
        if self._fingerprint is None:
            del data[_FINGERPRINT]
        self.session_data = dict(data)
        data[_SIGNATURE] = _signature(data, _secret(create=True))
        self._write_data(json.dumps(data))

    def _write_data(self, text: str) -> None:
        """Replace the file by *text* at once; what is not signed will not be believed."""
        _write_privately(Path(self.session_file_full_path()), text.encode())

    def delete(self) -> None:
        """Remove the file, if there is one."""
        Path(self.session_file_full_path()).unlink(missing_ok=True)

    def store_user(self, user: User | None) -> None:
        """Take the id of a stored user; `save()` writes it."""
        if user is not None:
            instance_of("User")(user, f"{type(self).__name__}.store_user()")
            self.logged_in_user_id = user.id
            self._fingerprint = _fingerprint(user)

    @property
    def logged_in_user(self) -> User | None:
        """The user of the database that is remembered here.

        `None` if it does not exist any more, is not the one that was stored, or has got another
        password since then.
        """
        if self.logged_in_user_id is None or not 0 < self.logged_in_user_id < 2**31:
            return None
        user = DBSession.get(User, self.logged_in_user_id)
        if user is None or self._fingerprint not in (None, _fingerprint(user)):
            return None
        return user

    @classmethod
    def datetime_to_millis(cls, dt: datetime) -> int:
        """Return the milliseconds from 1970 to an aware date-time."""
        return (as_utc(dt, f"{cls.__name__}.datetime_to_millis()") - EPOCH) // _MILLISECOND

    @classmethod
    def millis_to_datetime(cls, millis: int) -> datetime:
        """Return the date-time, in UTC, so many milliseconds after 1970."""
        try:
            return (EPOCH + millis * _MILLISECOND).astimezone(UTC)
        except OverflowError:
            raise ValueError(
                f"{cls.__name__}.millis_to_datetime() must lie before the year 10000: {millis}"
            ) from None

    @classmethod
    def default_json_serializer(cls, obj: object) -> int | None:
        """Return what JSON shows of a date-time or of a user; of anything else nothing."""
        if isinstance(obj, datetime):
            return cls.datetime_to_millis(obj)
        if isinstance(obj, User):
            return obj.id
        return obj if isinstance(obj, int) else None


def _signature(data: dict[str, Any], secret: bytes) -> str:
    text = json.dumps(data, sort_keys=True)
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def _fingerprint(user: User) -> str:
    text = f"{user.id} {user.login} {user.password}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _secret(create: bool = False) -> bytes:
    """Return the secret of this workstation's account; without one a new one, or an `OSError`."""
    path = Path(LocalSession.session_file_full_path() + ".key")
    with suppress(FileNotFoundError):
        secret = path.read_bytes()
        if len(secret) == _KEY_BYTES:
            return secret
        path.unlink()  # whoever could make an empty one could sign anything
    if not create:
        raise FileNotFoundError(path)
    _write_privately(path, secrets.token_bytes(_KEY_BYTES), replace=False)
    # of two processes that begin at once, one was first
    return path.read_bytes()


def _write_privately(path: Path, content: bytes, replace: bool = True) -> None:
    """Write a file that only its owner can read; nobody ever sees half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # made with mode 0600
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(temporary, path)
        else:
            with suppress(FileExistsError):
                os.link(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)
