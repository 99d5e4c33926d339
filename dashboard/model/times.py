"""Times: people type and see them in one zone; the product stores them as UTC without zone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashboard.settings import InputError

TIME_EXAMPLE = "write it as 2026-01-26 or 2026-01-26 02:30, with Z at the end for UTC"


class TimeError(InputError):
    """A time can't be read or used; the text says which and how to write it."""


def now() -> datetime:
    """Return the clock as UTC without zone, the form in which times are stored."""
    return datetime.now(UTC).replace(tzinfo=None)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a date or a date with time as UTC without zone; a date alone is its local midnight.

    Raises TimeError.
    """
    try:
        stored = to_utc(datetime.fromisoformat(text.strip()), zone)
        # At the calendar's ends, a time may exist in UTC but not in the workspace zone.
        to_local(stored, zone)
        return stored
    except (ValueError, OverflowError):
        raise TimeError(f"{text!r} is no date or time; {TIME_EXAMPLE}") from None


def end_moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a range's end, exclusive: a date alone includes that whole day. Raises TimeError."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return moment(text, zone)
    return day_end(day, zone)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the UTC time at which a local day begins; TimeError before the calendar's start."""
    try:
        return to_utc(datetime.combine(day, time.min), zone)
    except OverflowError:
        raise TimeError(f"{day.isoformat()} is before the first day there is in UTC") from None


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """Return the UTC time at which a local day ends; TimeError past the calendar's end."""
    try:
        return day_start(day + timedelta(days=1), zone)
    except OverflowError:
        raise TimeError(f"{day.isoformat()} is past the last day that can be looked at") from None


def to_utc(given: datetime, zone: ZoneInfo) -> datetime:
    """Turn a local time, or one with an offset, into UTC without zone."""
    aware = given if given.tzinfo else given.replace(tzinfo=zone)
    return aware.astimezone(UTC).replace(tzinfo=None)


def to_local(stored: datetime, zone: ZoneInfo) -> datetime:
    """Turn a stored time (UTC without zone) into the workspace zone."""
    return stored.replace(tzinfo=UTC).astimezone(zone)


def wall_clock(stored: "pd.Series[Any]", zone: ZoneInfo) -> "pd.Series[Any]":
    """Turn a column of stored times into the zone's wall-clock times, without zone."""
    local: pd.Series[Any] = stored.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    return local


def iso(stored: datetime | None) -> str | None:
    """Write a stored time exactly, as ISO 8601 with Z; None stays None."""
    return None if stored is None else f"{stored.isoformat()}Z"
