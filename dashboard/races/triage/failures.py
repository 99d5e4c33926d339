"""Joins the entries of one failure: a console prints one failure as several lines without a time.

A program prints the fields of an error one a line, or each of its layers prints the error again. A
line with a time, with a beginning that the failure has already, or of another session id, website
or row belongs to another failure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dashboard.model.session_ids import SESSION_ID
from dashboard.races.triage.entries import Entry
from dashboard.races.triage.reports import HOST, UUID, Report, report_of

# The part of a line that can be its beginning.
BEGINNING_CHARACTERS = 400
# The fields of an error as node-postgres and other drivers name them, alone on a line.
ERROR_FIELD = re.compile(
    r"[^\w{]{0,8}(?:(?:pg|postgres|postgresql|database|db|sql|error|err)[ ._-]{1,3}){0,2}"
    r"(?:length|severity|code|sqlstate|message|details?|hint|position|internal_?position"
    r"|internal_?query|where|schema|table|column|data_?type|constraint|file|line|routine|stack"
    r"|query|params|parameters|meta)(?:_?name)?[\"']?\s{0,3}[:=]",
    re.I,
)
STACK = re.compile(r"at (?:async )?\S{1,200} ?\(|at \S{1,200}:\d{1,6}:\d{1,6}")
# PostgreSQL's own words, before which a program puts its own.
DATABASE_WORDS = re.compile(
    r"new row for relation|duplicate key value|invalid input|deadlock detected"
    r"|could not serialize|new multixact"
)
ERROR_NAME = re.compile(r"\W{0,4}\w{0,60}(?:error|exception):", re.I)
# A session id, an id, a number or a website, but not the name of a source file.
VARYING_PART = re.compile(
    rf"{SESSION_ID.pattern}|{UUID.pattern}|\d{{1,20}}"
    rf"|(?!\S{{1,80}}\.(?:[cm]?[jt]sx?|py)\b)(?:https?://)?{HOST}\S{{0,200}}",
    re.I,
)
NO_CLUES = (None,) * 5
# The beginning of the row or key that PostgreSQL refused.
ROW = re.compile(r"Failing row contains \([^\n)]{1,200}|Key \([^\n)]{1,100}\)=\([^\n)]{1,200}")


@dataclass
class LoggedFailure:
    """A failure: its report, and the number of entries that were joined into it."""

    report: Report
    entries: int


@dataclass
class _Open:
    """A failure that may still get more lines.

    `clues` are its SQLSTATE, constraint, session id, website and row, as far as they are known.
    """

    entry: Entry
    report: Report
    beginnings: set[str]
    clues: tuple[str | None, ...]
    entries: int = 1

    def take(self, other: "_Open") -> None:
        """Join another one's lines into this one."""
        for line in (other.entry.head, *other.entry.rest):
            self.entry.add(line)
        self.entries += other.entries
        self.beginnings |= other.beginnings
        pairs = zip(self.clues, other.clues, strict=True)
        self.clues = tuple(mine or others for mine, others in pairs)

    def agrees(self, other: "_Open") -> bool:
        """Tell whether no clue says that the two are different failures."""
        pairs = zip(self.clues, other.clues, strict=True)
        return all(mine == others for mine, others in pairs if mine and others)


def failures_of(entries: Iterable[Entry], zone: ZoneInfo) -> Iterator[LoggedFailure]:
    """Yield the failures of a log, and each entry that is none as one of its own."""
    current: _Open | None = None
    for entry in entries:
        opened = _opened(entry, report_of(entry, zone))
        if current:
            joined = _joined(current, opened)
            if joined is None:
                yield _closed(current, zone)
            opened = joined or opened
        current = opened
    if current:
        yield _closed(current, zone)


def _opened(entry: Entry, report: Report) -> _Open:
    if report.error is False and not ERROR_FIELD.match(entry.head):
        return _Open(entry, report, set(), NO_CLUES)
    text = "\n".join((entry.head, *entry.rest))
    row = ROW.search(text)
    clues = (report.sqlstate, report.constraint, report.session_id, report.host)
    return _Open(entry, report, {_beginning(entry.head)}, (*clues, row[0] if row else None))


def _closed(failure: _Open, zone: ZoneInfo) -> LoggedFailure:
    report = report_of(failure.entry, zone) if failure.entries > 1 else failure.report
    return LoggedFailure(report, failure.entries)


def _joined(failure: _Open, line: _Open) -> _Open | None:
    """Return the failure with the line in it; None where the line belongs to another one."""
    if failure.report.error is False or not (_is_open(failure.entry) and _is_open(line.entry)):
        return None
    if _announces(failure, line):
        line.take(failure)
        return line
    if failure.agrees(line) and (_is_part(failure, line) or _repeats(failure, line)):
        failure.take(line)
        failure.entry.gap = line.entry.gap
        return failure
    return None


def _is_open(entry: Entry) -> bool:
    """Tell whether a program printed it; PostgreSQL's own entries are complete."""
    return entry.form != "csv" and entry.label is None


def _is_part(failure: _Open, line: _Open) -> bool:
    """Tell whether a line right below a failure is a field that it lacks, or of its stack."""
    head = line.entry.head
    if failure.entry.gap or not (STACK.match(head) or ERROR_FIELD.match(head)):
        return False
    return bool(STACK.match(head)) or not line.beginnings & failure.beginnings


def _repeats(failure: _Open, line: _Open) -> bool:
    """Tell whether a line is the same error of the database again, from another layer."""
    return (
        bool(line.report.sqlstate)
        and line.report.sqlstate == failure.clues[0]
        and not (line.report.moment or failure.report.moment)
        and not line.beginnings & failure.beginnings
    )


def _announces(failure: _Open, line: _Open) -> bool:
    """Tell whether a program said that something failed, and the error follows right below."""
    return (
        failure.entries == 1
        and not (failure.clues[0] or failure.entry.gap or failure.report.moment)
        and not ERROR_NAME.match(failure.entry.head)
        and bool(line.report.sqlstate and ERROR_NAME.match(line.entry.head))
        and line.report.moment is None
    )


def _beginning(head: str) -> str:
    """Return what a program puts before the database's words, without its varying parts."""
    head = head[:BEGINNING_CHARACTERS]
    end = DATABASE_WORDS.search(head) or ERROR_FIELD.match(head)
    if end:
        head = head[: end.start() if end.re is DATABASE_WORDS else end.end()]
    return VARYING_PART.sub("…", head)
