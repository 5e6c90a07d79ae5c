"""Pure rules and arithmetic: standard library only, no ORM, no I/O."""
