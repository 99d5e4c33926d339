"""Parses an entry by its form: PostgreSQL's text, csvlog or jsonlog, or a program's line."""

import csv
import json
import re
from dataclasses import dataclass

from dashboard.races.triage.entries import ERRORS, QUIET, TRACEBACK, Entry

# The positions of a csvlog's columns; later versions add columns at the end.
CSV_LABEL, CSV_STATE, CSV_MESSAGE, CSV_DETAIL, CSV_QUERY, CSV_LEAST = 11, 12, 13, 14, 19, 14
STATE = re.compile(r"[0-9A-Z]{5}")
# PostgreSQL reports an update that met a rollback like this; no other internal error is a race.
INTERNAL_RACE = "new multixact has more than one updating member"
WORDS = (
    ("23514", re.compile(r"violates check constraint")),
    ("23505", re.compile(r"duplicate key value violates unique constraint")),
    # For dates and times, the same words have another SQLSTATE.
    ("22P02", re.compile(r"invalid input syntax for (?!type (?:date|time|interval))")),
    ("22P02", re.compile(r"invalid input value for enum")),
    ("40P01", re.compile(r"deadlock detected")),
    ("40001", re.compile(r"could not serialize access")),
    ("XX000", re.compile(INTERNAL_RACE)),
)


@dataclass(frozen=True)
class Said:
    """A parsed entry; `label` is PostgreSQL's, in any language."""

    message: str
    rest: str
    label: str | None = None
    sqlstate: str | None = None
    constraint: str | None = None


def state_by_words(text: str) -> str | None:
    """Return the SQLSTATE of an English message."""
    return next((state for state, words in WORDS if words.search(text)), None)


def _text(entry: Entry) -> Said:
    rest = "\n".join(entry.rest)
    if entry.label is None:
        return Said(_joined(entry), rest)
    message, prefix = entry.head[entry.label.end() :], entry.head[: entry.label.start()]
    label = entry.label[1]
    if label not in ERRORS and label not in QUIET:
        return Said(entry.head, rest)
    verbose = re.match(r"([0-9A-Z]{5}): ", message)
    if verbose:
        return Said(message[verbose.end() :], rest, label, verbose[1])
    return Said(message, rest, label, _state_in_prefix(prefix, message))


def _joined(entry: Entry) -> str:
    """Return the line with the error; in a traceback, it follows the frames."""
    if not entry.head.startswith(TRACEBACK):
        return entry.head
    return next((line for line in entry.rest if line and not line[0].isspace()), entry.head)


def _state_in_prefix(prefix: str, message: str) -> str | None:
    """Return the SQLSTATE (%e) of a prefix.

    Five digits may also be a process id. They count outside of brackets, or in brackets after
    another number. A known English message decides without the prefix.
    """
    if state_by_words(message):
        return None
    found = [
        (match.start(), match[0])
        for match in re.finditer(r"(?<![\w.:/-])[0-9A-Z]{5}(?![\w.:/-])", prefix)
        if re.match(r"\d\d|[0FHPXY]", match[0]) and any(map(str.isdigit, match[0]))
    ]
    for start, state in reversed(found):
        bracketed = prefix[start - 1 : start] in ("[", "(")
        if not state.isdigit() or not bracketed or re.search(r"[\[(]\d{1,9}[\])]", prefix[:start]):
            return state
    return None


def _csv(entry: Entry) -> Said | None:
    try:
        row = next(csv.reader(["\n".join((entry.head, *entry.rest))]), [])
    except csv.Error:
        return None
    if len(row) < CSV_LEAST or not STATE.fullmatch(row[CSV_STATE]):
        return None
    rest = "\n".join(row[CSV_DETAIL : CSV_QUERY + 1])
    return Said(row[CSV_MESSAGE], rest, row[CSV_LABEL], row[CSV_STATE])


def _json(entry: Entry) -> Said | None:
    """Parse PostgreSQL's jsonlog; a program's own JSON becomes text with unescaped quotes."""
    try:
        found = json.loads(entry.head)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "error_severity" not in found:
        return Said(entry.head.replace('\\"', '"'), "\n".join(entry.rest))
    rest = "\n".join(
        str(found.get(name, "")) for name in ("detail", "hint", "context", "statement")
    )
    state = str(found.get("state_code", ""))
    return Said(
        str(found.get("message", "")),
        rest,
        str(found["error_severity"]),
        state if STATE.fullmatch(state) else None,
    )


LOG_READERS = {"csv": _csv, "json": _json, "text": _text}


def said_in(entry: Entry) -> Said:
    """Parse an entry; one that does not have its supposed form is parsed as text."""
    return LOG_READERS[entry.form](entry) or _text(entry)
