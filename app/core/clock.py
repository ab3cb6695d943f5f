"""The time, asked in one place so that tests can travel."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The instant, with its time zone (UTC)."""
    return datetime.now(UTC)


def today() -> date:
    """The date where the server stands."""
    return datetime.now(UTC).astimezone().date()
