"""Sessions in which work is looked at, and what is decided there."""

from stalker.models.review.daily import Daily, DailyLink

__all__ = ["Daily", "DailyLink"]
