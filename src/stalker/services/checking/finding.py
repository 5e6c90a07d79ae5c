"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass, field

#: so many faults of a kind are told; nobody reads more, and there may be millions
SHOWN = 100


@dataclass
class Finding:
    """One thing that was looked at, and what is wrong with it."""

    #: what was looked at, as a short name
    name: str
    #: how many there were
    looked_at: int = 0
    #: how many of them are not as they should be
    count: int = 0
    #: the first of them, each in a sentence
    faults: list[str] = field(default_factory=list)

    def add(self, fault: str, count: int = 1) -> None:
        """Note a fault, or *count* of one kind."""
        self.count += count
        if len(self.faults) < SHOWN:
            self.faults.append(fault)
