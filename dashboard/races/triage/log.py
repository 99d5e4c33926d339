"""Reads a whole log: counts every entry, and keeps the facts of entries that may have lost rows."""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.races.triage.classes import is_of_leads, signature_of
from dashboard.races.triage.entries import entries_of
from dashboard.races.triage.failures import failures_of
from dashboard.races.triage.masking import shown
from dashboard.races.triage.reports import CONSTRAINTS, Report
from dashboard.races.triage.text import LogText, read_text

# Entries beyond these limits are counted, but nobody looks for their rows.
MOST_ERRORS = 5_000
MOST_SIGNATURES = 200
OTHER_ERRORS = "other errors"
MOST_EXAMPLE_CHARACTERS = 240


@dataclass(frozen=True)
class Key:
    """The key by which entries are grouped, as far as the log alone has it."""

    signature: str
    error: bool | None
    sqlstate: str | None
    constraint: str | None
    row: tuple[bool, bool] | None
    update: bool | None


@dataclass(frozen=True)
class Whose:
    """The submission that an error belongs to, as far as it is known; `at` is UTC without zone.

    `names` may hold the step that could not be written. `tracks`: the failed write was an event.
    """

    session_id: str | None
    host: str | None
    at: datetime | None
    names: frozenset[str] = frozenset()
    tracks: bool = False


@dataclass
class Tally:
    """The entries of one key; `report` and `example` come from the first entry."""

    signature: str
    report: Report
    example: str
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    whose: Counter[Whose] = field(default_factory=Counter)

    def take(self, at: datetime | None) -> None:
        """Count one entry and its time."""
        self.count += 1
        if at:
            self.first = min(self.first or at, at)
            self.last = max(self.last or at, at)


@dataclass
class ErrorLog:
    """A log as read: the number of its `lines`, and of the `entries` in them.

    Further lines of a failure that were `joined` with it are no entries of their own.
    """

    encoding: str
    doubtful: bool
    zone: ZoneInfo
    lines: int = 0
    entries: int = 0
    joined: int = 0
    without_zone: int = 0
    with_time: int = 0
    kept: int = 0
    tallies: dict[Hashable, Tally] = field(default_factory=dict)

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The first and last time in the log; None where no entry has one."""
        firsts = [each.first for each in self.tallies.values() if each.first]
        lasts = [each.last for each in self.tallies.values() if each.last]
        return (min(firsts), max(lasts)) if firsts else None


def read_log(raw: bytes, zone: ZoneInfo) -> ErrorLog:
    """Read a log of any kind; raises LogError where it is too large or packed.

    A time without zone is taken to be in the workspace zone. The log is never stored.
    """
    text = read_text(raw)
    log = ErrorLog(text.encoding, text.doubtful, zone)

    for failure in failures_of(entries_of(_counted(text, log)), zone):
        log.joined += failure.entries - 1
        _take(log, failure.report)
    return log


def _counted(text: LogText, log: ErrorLog) -> Iterator[str]:
    for line in text.lines():
        log.lines += 1
        yield line


def _take(log: ErrorLog, report: Report) -> None:
    log.entries += 1
    if report.moment:
        log.with_time += 1
        log.without_zone += report.moment.assumed
    tally = _tally(log, report)
    tally.take(report.at)
    if is_of_leads(report) and log.kept < MOST_ERRORS:
        log.kept += 1
        whose = Whose(report.session_id, report.host, report.at, report.names, report.tracks)
        tally.whose[whose] += 1


def _tally(log: ErrorLog, report: Report) -> Tally:
    signature = signature_of(report)
    key = _key(report, signature)
    if key in log.tallies:
        return log.tallies[key]
    if len(log.tallies) >= MOST_SIGNATURES and report.constraint not in CONSTRAINTS:
        state = report.sqlstate if is_of_leads(report) else None
        key, signature = (OTHER_ERRORS, state, report.error), OTHER_ERRORS
        report = Report(OTHER_ERRORS, report.error, state)
    example = "" if report.error is False else shown(report.message, MOST_EXAMPLE_CHARACTERS)
    return log.tallies.setdefault(key, Tally(signature, report, example))


def _key(report: Report, signature: str) -> Hashable:
    if report.error is False:
        return signature
    # The failed row and statement matter for one constraint only.
    own = report.sqlstate == "23514"
    return Key(
        signature,
        report.error,
        report.sqlstate,
        report.constraint,
        report.row if own else None,
        report.update if own else None,
    )
