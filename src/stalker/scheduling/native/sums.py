"""Sums of efficiencies, slot by slot: the result of many additions of floats, without making them.

An efficiency of 0.1 needs eleven slots for the work of one, because ten times 0.1 is less than 1.
"""

from __future__ import annotations

#: sums of multiples of this are exact, up to numbers that no plan reaches
EXACT = 1 / 1024


def slots_needed(done: float, effort: int, rates: list[float], slots: int) -> tuple[int, float]:
    """Return how many whole slots are needed, at most *slots*, and what is done after them.

    A slot in which only some of several workers are needed is not a whole one.
    """
    partly = len(rates) > 1
    if _is_exact(done) and all(map(_is_exact, rates)):
        # whole numbers of the smallest part, so that the division is exact as well
        rate, missing = int(sum(rates) / EXACT), int((effort - done) / EXACT)
        count = min(slots, -(-missing // rate) - partly)
        return count, done + count * rate * EXACT
    if partly:
        return _whole_slots(done, effort, rates, slots)
    for count in range(slots):
        done += rates[0]
        if done >= effort:
            return count + 1, done
    return slots, done


def _whole_slots(done: float, effort: int, rates: list[float], slots: int) -> tuple[int, float]:
    for count in range(slots):
        after = done
        for rate in rates:
            after += rate
        if after >= effort:
            return count, done
        done = after
    return slots, done


def repeated_sum(total: float, rate: float, times: int) -> float:
    """Add *rate* so many *times*, as sums of floats depend on the number of additions."""
    if _is_exact(rate) and _is_exact(total):
        return total + rate * times
    for _ in range(times):
        total += rate
    return total


def _is_exact(number: float) -> bool:
    return not number % EXACT
