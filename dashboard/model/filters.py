"""The filters of every question: a range of local days as UTC bounds, an as-of time, the zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.model.times import (
    TimeError,
    day_end,
    day_start,
    end_moment,
    iso,
    moment,
    now,
    to_local,
)
from dashboard.settings import UTC_ZONE

# Links contain it, so it must not change.
CUSTOM_RANGE = "custom range"


@dataclass(frozen=True)
class Filters:
    """The part of the history that a question covers.

    `start_at` is inclusive, `end_at` and `as_of` are exclusive; all are UTC without zone, and None
    means unbounded. Rows written at or after `as_of` are dropped.
    """

    start_at: datetime | None = None
    end_at: datetime | None = None
    as_of: datetime | None = None
    zone: ZoneInfo = UTC_ZONE

    def __post_init__(self) -> None:
        """Refuse a range that ends before it begins."""
        if self.start_at and self.start_at == self.end_at:
            raise TimeError("The range is empty: it ends the moment it begins. Choose a later end.")
        if self.start_at and self.end_at and self.start_at > self.end_at:
            last = self.end_at - timedelta(microseconds=1)
            raise TimeError(
                f"The range begins on {self._day(self.start_at)}, after it ends on "
                f"{self._day(last)}: exchange the two."
            )

    @property
    def binds(self) -> dict[str, datetime | None]:
        """The bounds under the names that the SQL files use."""
        return {"start_at": self.start_at, "end_at": self.end_at, "as_of": self.as_of}

    @property
    def clock(self) -> datetime:
        """The as-of time, or now: what is in progress has its age at this time."""
        return self.as_of or now()

    def shown(self, stored: datetime) -> str:
        """Write a stored time in the workspace zone, to the minute."""
        return f"{to_local(stored, self.zone):%Y-%m-%d %H:%M}"

    @property
    def last_day(self) -> date | None:
        """The last local day of the range, or None where it has no end."""
        if self.end_at is None:
            return None
        return to_local(self.end_at - timedelta(microseconds=1), self.zone).date()

    @property
    def period(self) -> str:
        """The period in words, for the text beside a number; both days are included."""
        return f"{self._range()}{f', as of {self.shown(self.as_of)}' if self.as_of else ''}"

    def _range(self) -> str:
        first = self._day(self.start_at)
        last = f"{self.last_day:%Y-%m-%d}" if self.last_day else None
        if first and last:
            return first if first == last else f"{first} to {last}"
        return f"since {first}" if first else f"until {last}" if last else "all time"

    def _day(self, stored: datetime | None) -> str | None:
        return None if stored is None else f"{to_local(stored, self.zone):%Y-%m-%d}"

    def as_json(self) -> dict[str, str | None]:
        """Return the bounds as the command line's JSON writes them."""
        return {"from": iso(self.start_at), "to": iso(self.end_at)}


def typed_filters(start: str | None, end: str | None, as_of: str | None, zone: ZoneInfo) -> Filters:
    """Read the command line's --from, --to and --as-of; raises TimeError."""
    return Filters(
        moment(start, zone) if start else None,
        end_moment(end, zone) if end else None,
        moment(as_of, zone) if as_of else None,
        zone,
    )


def day_filters(
    first: date | None, last: date | None, as_of: datetime | None, zone: ZoneInfo
) -> Filters:
    """Return the range from one local day to another, both included; raises TimeError."""
    return Filters(
        day_start(first, zone) if first else None,
        day_end(last, zone) if last else None,
        as_of,
        zone,
    )
