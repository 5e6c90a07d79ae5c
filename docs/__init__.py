"""What is written about Stalker, and what makes some of it."""
