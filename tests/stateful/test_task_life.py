"""Whatever is done to tasks, in whatever order: what follows is what the specification says."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from stalker import User
from stalker.db.session import DBSession
from tests.stateful.machine import PEOPLE, Production

#: on both databases together
STEPS = int(os.environ.get("STALKER_TEST_STEPS", "10000"))
#: fixed where nobody names another one: CI judges a change, not its luck
SEED = int(os.environ.get("STALKER_TEST_SEED", "1"))
#: one seed makes so many productions
PRODUCTIONS = 10

SETTINGS = settings(
    max_examples=PRODUCTIONS,
    stateful_step_count=50,
    deadline=None,
    database=None,
    # why it failed is seen in the steps
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def test_the_library_does_what_the_model_says(database: str) -> None:
    """Model and library agree after each step of random productions, until enough are done."""
    for name in PEOPLE:
        user = User(name=name, login=name, email=f"{name}@example.com", password="secret")
        DBSession.add(user)
    DBSession.commit()
    DBSession.remove()
    Production.steps = 0
    number = SEED
    while Production.steps < STEPS / 2:
        print(f"STALKER_TEST_SEED={number} repeats what comes next")
        production = type("Production", (Production,), {})  # a seed belongs to a class
        run_state_machine_as_test(seed(number)(production), settings=SETTINGS)
        number += 1
    print(f"{Production.steps} steps, {number - SEED} seeds")
    assert Production.steps >= STEPS / 2
