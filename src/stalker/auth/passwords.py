"""Passwords as Argon2id verifiers (RFC 9106), at the cost that the configuration asks for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import stalker

if TYPE_CHECKING:
    from argon2 import PasswordHasher

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
        return len(raw) <= MAX_PASSWORD_BYTES and _configured().verify(verifier, raw)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def needs_rehash(verifier: str) -> bool:
    """Say whether *verifier* was made at another cost than the one configured now."""
    return _configured().check_needs_rehash(verifier)
