"""The report of an entry: SQLSTATE, constraint, time, and the submission it belongs to."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from dashboard.model.hosts import host_of
from dashboard.model.session_ids import SESSION_ID as SESSION
from dashboard.races.triage.entries import QUIET, Entry
from dashboard.races.triage.forms import Said, said_in, state_by_words
from dashboard.races.triage.moments import Moment, moment_of

SUCCESS = ("00", "01", "02")  # success, warning, no data
# The constraints of the three tables; their names are the same in every language.
CONSTRAINTS = {"chk_organizations_user_or_session": "23514", "organizations_slug_key": "23505"}
NO_VIOLATION = re.compile(r"already exists|does not exist|is violated by some row")
CONSTRAINT = re.compile(
    r"""constraint[\\"']{0,4}(?:_?name)?[\\"']{0,4}\s{0,3}[:=]?\s{0,3}[\\"'«»„“]{1,4}\s?"""
    r"""([^\s"'\\«»„“]{1,63})"""
)
# A constraint's name alone on a line, without quotes.
CONSTRAINT_LINE = re.compile(
    r"^[^\w\n]{0,8}(?:\w{1,20} )?constraint(?:_?name)?: (?!undefined|null|none)([\w$]{1,63}),?$",
    re.I | re.M,
)
TYPE = re.compile(r"invalid input (?:syntax for|value for) (?:type )?([a-z][\w ]{0,40})")
CODE = re.compile(
    r"""(?:\bcode|sqlstate|state_code|pgcode)\b[\\"']{0,4}\s{0,3}[:=]?\s{0,3}[\[(]?[\\"']{0,4}"""
    r"([0-9A-Z]{5})(?![0-9A-Za-z])",
    re.I,
)
MOST_NAMES_READ = 50
# Prisma's codes, which are as long as a SQLSTATE but are none.
PROGRAMS_OWN = re.compile(r"P[1-9]\d{3}")
EXCEPTION = re.compile(
    r"\b(CheckViolation|UniqueViolation|InvalidTextRepresentation|DeadlockDetected"
    r"|SerializationFailure)"
)
EXCEPTIONS = {
    "CheckViolation": "23514",
    "UniqueViolation": "23505",
    "InvalidTextRepresentation": "22P02",
    "DeadlockDetected": "40P01",
    "SerializationFailure": "40001",
}
LOUD = re.compile(
    r"error|exception|fatal|panic|fail|violat|deadlock|duplicate key|invalid input|serializ"
    r"|chk_organizations|organizations_slug|sqlstate|fehler|erreur|ошибка"
    r"|code[\\\"']{0,4}\s?:",
    re.I,
)
FAILING_ROW = re.compile(r"Failing row contains \(")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HOST = r"((?:[a-z0-9-]{1,63}\.){1,8}[a-z0-9-]{2,63})"
URL = re.compile(rf"https?://{HOST}", re.I)
WEBSITE = re.compile(
    rf"""website_?(?:url|domain)?[\\"')]{{0,5}}\s{{0,3}}[:=]\s{{0,3}}[\\"'(]{{0,5}}"""
    rf"(?:https?://)?{HOST}",
    re.I,
)
TRACKS = re.compile(r"\binto\s{1,20}(?:\"?\w{1,63}\"?\.)?\"?conversion_tracking\b", re.I)
STEP_NAME = re.compile(r"""['"=:]\s?([a-z][a-z0-9]{0,40}(?:_[a-z0-9]{1,40}){0,6})\b""")
BARE = re.compile(rf"(?<=[ (]){HOST}(?=[,)/])", re.I)


@dataclass(frozen=True)
class Report:
    """The report of one entry. `error` is None where it is unknown, as in an unknown language.

    `row` tells whether the refused row has an owner and a session, where the entry prints it.
    `names` are words that may be step names. `tracks`: the failed statement writes an event.
    """

    message: str
    error: bool | None
    sqlstate: str | None = None
    constraint: str | None = None
    moment: Moment | None = None
    session_id: str | None = None
    host: str | None = None
    row: tuple[bool, bool] | None = None
    update: bool | None = None
    names: frozenset[str] = frozenset()
    tracks: bool = False

    @property
    def at(self) -> datetime | None:
        """The time, UTC without zone."""
        return self.moment.at if self.moment else None


def report_of(entry: Entry, zone: ZoneInfo) -> Report:
    """Return the report of an entry; any text gives one."""
    moment = moment_of(entry.head, zone)
    if entry.form == "text" and not (entry.label or entry.rest or LOUD.search(entry.head)):
        return Report("", error=False, moment=moment)
    said = said_in(entry)
    if said.label in QUIET or (said.sqlstate or "")[:2] in SUCCESS:
        return Report(said.message, error=False, moment=moment)
    if said.label is None and not said.sqlstate and not _is_loud(said):
        return Report(said.message, error=False, moment=moment)
    return _error(said, moment)


def _is_loud(said: Said) -> bool:
    return bool(LOUD.search(said.message) or CODE.search(said.rest))


def _error(said: Said, moment: Moment | None) -> Report:
    sqlstate, constraint = _sqlstate(said), said.constraint or _constraint(said)
    whole = f"{said.message}\n{said.rest}"
    session = SESSION.search(whole)
    return Report(
        said.message,
        _is_error(said, sqlstate),
        sqlstate,
        _type(said) if sqlstate == "22P02" else constraint,
        moment,
        session[0] if session else None,
        _host(whole),
        _row(whole),
        _is_update(said.rest),
        _names(whole),
        bool(TRACKS.search(whole)),
    )


def _is_error(said: Said, sqlstate: str | None) -> bool | None:
    """Tell whether the entry is an error; None where its language is unknown."""
    return True if sqlstate or said.label is None or _is_english(said) else None


def _is_english(said: Said) -> bool:
    return (
        said.label in ("ERROR", "FATAL", "PANIC")
        and re.sub(r'"[^"]*+"', "", said.message).isascii()
    )


def _sqlstate(said: Said) -> str | None:
    if said.sqlstate:
        return said.sqlstate
    if found := state_by_words(said.message):
        return found
    if said.label is None:
        code = CODE.search(said.message) or CODE.search(said.rest)
        if code and any(map(str.isdigit, code[1])) and not PROGRAMS_OWN.fullmatch(code[1]):
            return code[1].upper()
        if found := state_by_words(said.rest):
            return found
        exception = EXCEPTION.search(said.rest) or EXCEPTION.search(said.message)
        if exception:
            return EXCEPTIONS[exception[1]]
    known = (state for name, state in CONSTRAINTS.items() if name in said.message)
    return None if NO_VIOLATION.search(said.message) else next(known, None)


def _constraint(said: Said) -> str | None:
    match = CONSTRAINT.search(said.message)
    if match is None and said.label is None:
        whole = f"{said.message}\n{said.rest}"
        match = CONSTRAINT.search(said.rest) or CONSTRAINT_LINE.search(whole)
    known = (name for name in CONSTRAINTS if name in said.message)
    return match[1] if match else next(known, None)


def _type(said: Said) -> str | None:
    """Return the type that a bad value does not fit."""
    match = TYPE.search(said.message) or TYPE.search(said.rest)
    return match[1].strip() if match else None


def _row(text: str) -> tuple[bool, bool] | None:
    """Return (owner is set, session is set) of a refused organization, where its row is printed.

    The first UUID of the row is its own id; a second one is its owner's.
    """
    match = FAILING_ROW.search(text)
    if match is None:
        return None
    values = text[match.end() :].split("\n", 1)[0]
    has_session = bool(SESSION.search(values))
    return len(UUID.findall(values)) > 1, has_session


def _host(text: str) -> str | None:
    """Return the website (host without `www.`) that an entry names.

    A row may have other hosts, in a name or a logo. If it has several, the website is unknown.
    """
    row = FAILING_ROW.search(text)
    if row:
        values = text[row.end() :].split("\n", 1)[0]
        hosts = {host_of(each) for each in URL.findall(values) or BARE.findall(values)}
        if hosts:
            return hosts.pop() if len(hosts) == 1 else None
    found = WEBSITE.search(text)
    return host_of(found[1]) if found else None


def _names(text: str) -> frozenset[str]:
    """Return the first words that may be step names, up to a limit for very long lines."""
    return frozenset(match[1] for match in islice(STEP_NAME.finditer(text), MOST_NAMES_READ))


def _is_update(text: str) -> bool | None:
    """Tell an UPDATE of organizations from an INSERT, where the statement is printed."""
    match = re.search(
        r"\b(update|insert into)\s{1,20}(?:only\s{1,9})?\"?(?:\w{1,63}\"?\.\"?)?"
        r"organizations\b",
        text,
        re.I,
    )
    return match[1].lower() == "update" if match else None
