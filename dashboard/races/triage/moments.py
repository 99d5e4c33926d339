"""The time of a log line, with the zone that it names, if any."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

# The time in a log prefix or a console's line.
MOST_TIME_CHARACTERS = 400
STAMP = re.compile(
    r"(?<!\d)(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    r"(?: ?(Z\b|[+-]\d\d(?::?\d\d)?(?!\d)|[A-Z]{2,5}(?![A-Za-z])))?"
)
# An epoch time: seconds with thousandths (%n), or milliseconds in a program's own JSON.
EPOCH_SECONDS = re.compile(r"(?<![\d.])(1\d{9})\.(\d{3})(?!\d)")
JSON_EPOCH = re.compile(r'"(?:time|timestamp|ts)":\s?(1\d{9})(\d{3})(?!\d)')
# The offset in hours of each unambiguous zone abbreviation that PostgreSQL prints.
ABBREVIATIONS = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AKST": -9,
    "AKDT": -8,
    "HST": -10,
    "JST": 9,
    "KST": 9,
    "AWST": 8,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
}
LABELS = {"LOG", "INFO", "ERROR", "WARN", "FATAL", "DEBUG", "PANIC", "TRACE", "CRIT"}


@dataclass(frozen=True)
class Moment:
    """A time in UTC without zone; `assumed` where the line names no known zone."""

    at: datetime
    assumed: bool


def moment_of(text: str, zone: ZoneInfo) -> Moment | None:
    """Return the first time near the beginning of a line; None where there is none.

    A time without zone is taken to be in the workspace zone.
    """
    match = STAMP.search(text, 0, MOST_TIME_CHARACTERS)
    if match is None:
        return _epoch(text)
    try:
        return _moment(match, zone)
    except (ValueError, OverflowError):
        return None


def _moment(match: re.Match[str], zone: ZoneInfo) -> Moment:
    year, month, day, hour, minute, second = (int(match[number]) for number in range(1, 7))
    micro = int((match[7] or "0").ljust(6, "0")[:6])
    local = datetime(year, month, day, hour, minute, min(second, 59), micro)
    offset = _offset(match[8], local, zone)
    if offset is not None:
        return Moment(local - offset, assumed=False)
    there = local.replace(tzinfo=zone).astimezone(UTC)
    return Moment(there.replace(tzinfo=None), assumed=True)


def _offset(given: str | None, local: datetime, zone: ZoneInfo) -> timedelta | None:
    """Return how far a named zone is ahead of UTC; None for an unknown zone or none."""
    if given is None or given in LABELS:
        return None
    if given[0] in "+-":
        size = timedelta(hours=int(given[1:3]), minutes=int(given[3:].lstrip(":") or 0))
        return -size if given[0] == "-" else size
    # Some abbreviations mean several zones, so the workspace zone's own abbreviations come first.
    for fold in (0, 1):
        there = local.replace(tzinfo=zone, fold=fold)
        if there.tzname() == given:
            return there.utcoffset()
    hours = ABBREVIATIONS.get(given)
    return None if hours is None else timezone(timedelta(hours=hours)).utcoffset(None)


def _epoch(text: str) -> Moment | None:
    match = EPOCH_SECONDS.search(text, 0, MOST_TIME_CHARACTERS) or JSON_EPOCH.search(
        text, 0, MOST_TIME_CHARACTERS
    )
    if match is None:
        return None
    at = datetime(1970, 1, 1) + timedelta(seconds=int(match[1]), milliseconds=int(match[2]))
    return Moment(at, assumed=False)
