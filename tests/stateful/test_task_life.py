"""Whatever is done to tasks, in whatever order, follows from a table on one page."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from stalker import User
from stalker.db.session import DBSession
from tests.stateful.machine import PEOPLE, Production

#: of both databases together
STEPS = int(os.environ.get("STALKER_TEST_STEPS", "10000"))
#: fixed where nobody asks for another one, so that CI judges a change and not its luck
SEED = int(os.environ.get("STALKER_TEST_SEED", "1"))
PER_EXAMPLE, EXAMPLES = 50, 20


def test_the_library_does_what_the_model_says(database: str) -> None:
    """Model and library agree after each step of random productions, until `STEPS` are done."""
    for name in PEOPLE:
        user = User(name=name, login=name, email=f"{name}@example.com", password="secret")
        DBSession.add(user)
    DBSession.commit()
    DBSession.remove()
    Production.steps = 0
    number = SEED
    while Production.steps < STEPS / 2:
        print(f"STALKER_TEST_SEED={number} fails at once, if this is the last line")
        machine = seed(number)(type("Production", (Production,), {}))
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=PER_EXAMPLE,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )
        number += 1
    assert Production.steps >= STEPS / 2
