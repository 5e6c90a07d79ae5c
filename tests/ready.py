"""All that programs of the tests import, and what is made at first use: for who forks them."""

from __future__ import annotations

import gc

from sqlalchemy.orm import configure_mappers

import stalker

for name in stalker.__all__:
    getattr(stalker, name)
configure_mappers()
gc.freeze()  # what all share is not looked at again
