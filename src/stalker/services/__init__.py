"""Use cases that combine entities, files and rules in one unit of work; none prints."""
