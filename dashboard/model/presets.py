"""The header's period: days that stay, or a preset whose days follow the clock; and its link."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.model.filters import CUSTOM_RANGE
from dashboard.model.limits import DEFAULT_RANGE_DAYS, DEFAULT_WINDOW, RANGE_DAYS
from dashboard.model.periods import ONE_DAY
from dashboard.model.times import TimeError, to_local

# The first and the last local day, both included.
Days = tuple[date, date]

# Links contain these words and those of preset_days, so they must not change.
DEFAULT_PRESET = f"{DEFAULT_RANGE_DAYS} days"
ALL_TIME = "all time"
# The parameters of links from before they had a period.
OLD_LINK = ("range", "from", "to")
BETWEEN = ".."
# The first and the last day that the header's calendars offer.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def preset_days(clock: datetime, zone: ZoneInfo) -> dict[str, Days]:
    """Return the days of each preset at a clock, in the order of the menu.

    Weeks begin on Monday. A week or a month that is not over ends with the clock's day. Of the
    latest closed days, every default conversion window has passed.
    """
    today = to_local(clock, zone).date()
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    # The day that holds the newest closed window is closed only in part.
    closed = to_local(clock - DEFAULT_WINDOW, zone).date() - ONE_DAY
    return {
        "today": (today, today),
        "yesterday": (today - ONE_DAY, today - ONE_DAY),
        **{f"{days} days": _days_until(today, days) for days in RANGE_DAYS},
        "last week": (monday - timedelta(days=7), monday - ONE_DAY),
        "this month": (month, today),
        "last month": ((month - ONE_DAY).replace(day=1), month - ONE_DAY),
        f"latest closed {DEFAULT_RANGE_DAYS} days": _days_until(closed, DEFAULT_RANGE_DAYS),
    }


def preset_label(preset: str) -> str:
    """Return a preset as the menu shows it: “Last 7 days” of “7 days”."""
    return f"Last {preset}" if preset[0].isdigit() else preset.capitalize()


def preset_named(days: Days | None, clock: datetime, zone: ZoneInfo) -> str | None:
    """Return the first preset that has these days at a clock, or None."""
    if days is None:
        return ALL_TIME
    return next((name for name, each in preset_days(clock, zone).items() if each == days), None)


def dated(preset: str, clock: datetime, zone: ZoneInfo) -> str:
    """Return a preset's link with its days in place of its name, so that it stays."""
    return preset if preset == ALL_TIME else days_link(preset_days(clock, zone)[preset])


def days_link(days: Days) -> str:
    """Return the period of a link that keeps these days."""
    return BETWEEN.join(day.isoformat() for day in days)


def linked_days(period: str, clock: datetime, zone: ZoneInfo) -> Days | None:
    """Return the days of a link's period, None for all time. Raises TimeError."""
    if period == ALL_TIME:
        return None
    presets = preset_days(clock, zone)
    if period in presets:
        return presets[period]
    first, _, last = period.partition(BETWEEN)
    return _linked_day(first), _linked_day(last)


def old_linked_period(link: Mapping[str, str], clock: datetime, zone: ZoneInfo) -> str | None:
    """Return the period of an old link, or None where it has none.

    Days that are left out or can't be read are those of the default preset.
    """
    presets = preset_days(clock, zone)
    named = link.get("range")
    if named in {*presets, ALL_TIME}:
        return named
    if named != CUSTOM_RANGE and not {"from", "to"} & link.keys():
        return None
    first, last = presets[DEFAULT_PRESET]
    return days_link((_old_day(link.get("from"), first), _old_day(link.get("to"), last)))


def _days_until(last: date, days: int) -> Days:
    return last - timedelta(days=days - 1), last


def _linked_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise TimeError(f"{text!r} is no day; write it as 2026-01-26") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise TimeError(f"{text} is not from {FIRST_DAY} to {LAST_DAY}; choose a day that is")
    return day


def _old_day(text: str | None, default: date) -> date:
    try:
        return _linked_day(text) if text else default
    except TimeError:
        return default
