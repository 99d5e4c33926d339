"""The limits of a triage in words: encoding, zones, language, and the time the source covers."""

from dashboard.model.formats import count, counted
from dashboard.model.times import to_local
from dashboard.races.triage.data import Facts
from dashboard.races.triage.log import MOST_ERRORS, ErrorLog
from dashboard.races.triage.matching import RecordedSpan, without_time


def notes_of(log: ErrorLog, found: Facts) -> list[str]:
    """Return one sentence for each limit of the figures."""
    return [*_of_text(log), *_of_time(log), *_of_errors(log), *_of_source(log, found)]


def _of_text(log: ErrorLog) -> list[str]:
    if not log.lines:
        return ["The log is empty."]
    if log.doubtful:
        return [
            f"Not all of the log is valid UTF-8: it was read as {log.encoding}, so that "
            "letters beyond ASCII may be wrong."
        ]
    return []


def _of_time(log: ErrorLog) -> list[str]:
    found = []
    timeless = sum(without_time(tally.whose) for tally in log.tallies.values())
    if timeless:
        errors = counted(timeless, "error has", "errors have")
        found.append(
            f"{errors} no time stamp: can’t be matched with rows, so whether rows are lost is "
            "inconclusive. The class needs no time."
        )
    if log.without_zone:
        found.append(
            f"Times that name no zone that is known, taken as {log.zone.key}: "
            f"{count(log.without_zone)} of {count(log.with_time)}."
        )
    return found


def _of_errors(log: ErrorLog) -> list[str]:
    foreign = sum(each.count for each in log.tallies.values() if each.report.error is None)
    found = []
    if foreign:
        errors = counted(foreign, "error is", "errors are")
        found.append(
            f"{errors} in a language that is not read and without SQLSTATE: unknown. "
            "With %e in log_line_prefix, or as csvlog, they can be told."
        )
    if log.joined:
        lines = counted(log.joined, "line belongs", "lines belong")
        found.append(
            f"{lines} to a failure that is counted once: a console prints several lines of it. "
            "Two failures in a row of one line each, from different places of a program, count as "
            "one."
        )
    if log.kept >= MOST_ERRORS:
        found.append(
            f"Rows were looked for of the first {count(MOST_ERRORS)} errors only; "
            "the others are inconclusive."
        )
    return found


def _of_source(log: ErrorLog, found: Facts) -> list[str]:
    if found.stored is None:
        return [
            "The database could not be asked: nothing is matched with rows, and the "
            "constraint’s form is not known."
        ]
    notes = []
    if not found.stored.complete:
        notes.append("Too many rows lie in the log’s time to match them: cut out a shorter time.")
    return [*notes, *_outside(log, found.stored.coverage)]


def _outside(log: ErrorLog, coverage: RecordedSpan) -> list[str]:
    """Say where the source's rows end before the log does, or begin after it."""
    if log.span is None or not log.kept:
        return []
    if coverage.oldest is None or coverage.newest is None:
        return ["The source holds no rows: nothing can be matched."]
    first, last = log.span
    shown = {
        at: f"{to_local(at, log.zone):%Y-%m-%d %H:%M}"
        for at in (first, last, coverage.oldest, coverage.newest)
    }
    log_time = f"the log’s time is {shown[first]} to {shown[last]}"
    if coverage.newest < last:
        return [
            f"The source’s rows end at {shown[coverage.newest]}, {log_time}: after the last "
            "row nothing can be shown to be lost."
        ]
    if coverage.oldest > first:
        return [
            f"The source’s rows begin at {shown[coverage.oldest]}, {log_time}: before the "
            "first row nothing can be shown to be lost."
        ]
    return []
