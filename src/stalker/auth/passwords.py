"""Passwords as Argon2id verifiers (RFC 9106), at the cost that the configuration asks for."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING

import stalker

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
#: longer ones only cost time; nobody types them
MAX_PASSWORD_BYTES = 1024


@lru_cache(maxsize=8)
def _hasher(time_cost: int, memory_cost: int, parallelism: int) -> PasswordHasher:
    # most programs that import the library never see a password
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost, memory_cost, parallelism)


def costs() -> tuple[int, int, int]:
    """Return what a verifier costs, as configured now: passes, memory in KiB, lanes."""
    defaults = stalker.defaults
    return (
        defaults.password_time_cost,
        defaults.password_memory_cost,
        defaults.password_parallelism,
    )


def _configured() -> PasswordHasher:
    return _hasher(*costs())


def hash_password(password: str) -> str:
    """Return a verifier from which the password cannot be read; a new salt each time."""
    return _configured().hash(password)


def verify_password(verifier: str, password: object) -> bool:
    """Say whether *password* is the one of *verifier*; anything that is no such text is not.

    The time it takes tells nothing about the password.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    if not isinstance(password, str) or not password:
        return False
    try:
        raw = password.encode()
        if len(raw) > MAX_PASSWORD_BYTES:
            return False
        if _is_legacy(verifier):
            return hmac.compare_digest(b64encode(raw), verifier.encode())
        return _configured().verify(verifier, raw)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def needs_rehash(verifier: str) -> bool:
    """Say whether *verifier* was made otherwise, or at another cost, than configured now."""
    return _is_legacy(verifier) or _configured().check_needs_rehash(verifier)


def _is_legacy(verifier: str) -> bool:
    """Say whether a row was written by Stalker 0.2, which stored passwords in base64.

    Nothing of today is: every verifier begins with `$`, which base64 does not have.
    """
    return bool(_BASE64.fullmatch(verifier))
