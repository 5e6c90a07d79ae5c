"""The garbage collector is as it was, whatever happens meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from stalker.core.collecting import paused


@pytest.fixture(autouse=True)
def _enabled() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_pauses(enabled: bool) -> None:
    """It does not run within, also nested; afterwards it does what it did, also after an error."""
    (gc.enable if enabled else gc.disable)()
    with paused():
        with paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled() is enabled

    def fail() -> None:
        with paused():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert gc.isenabled() is enabled
