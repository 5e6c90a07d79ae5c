"""Reviews of tasks."""

from stalker.models.review.review import Review

__all__ = ["Review"]
