"""Sessions in which work is looked at, and what is decided about it."""

from stalker.models.review.daily import Daily, DailyLink
from stalker.models.review.review import Review

__all__ = ["Daily", "DailyLink", "Review"]
