"""Triages a log against a source: groups its errors, and finds out whether their rows are lost."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from dashboard.database.constraint_form import ConstraintForm
from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.races.triage.classes import ErrorClass, class_of
from dashboard.races.triage.log import ErrorLog, Tally, Whose
from dashboard.races.triage.masking import shown
from dashboard.races.triage.matching import (
    FURTHEST_ZONE,
    Fate,
    RecordedSpan,
    Span,
    Stored,
    StoredLead,
    fate_of,
    span_of,
    without_time,
)
from dashboard.ui.export import records

MOST_TRIAGE_ROWS = 100_000
# With more, the hash of the list would not fit PostgreSQL's smallest work memory.
MOST_SESSIONS = 20_000
FATES = ("lost", "harmless", "inconclusive")
MOST_LOST_SHOWN = 50
ERROR_CLASSES: tuple[ErrorClass, ...] = ("certain", "race", "bad value", "unknown", "unrelated")
LEAD = {"at": MOMENT, "session_id": TEXT, "host": TEXT, "analyzed": "boolean"}
EVENT = {"at": MOMENT, "session_id": TEXT, "starts": "boolean"}
GROUP = {
    "signature": TEXT,
    "sqlstate": TEXT,
    "constraint": TEXT,
    "class": TEXT,
    "count": COUNT,
    "first": MOMENT,
    "last": MOMENT,
    "harmless": COUNT,
    "lost": COUNT,
    "inconclusive": COUNT,
    "without_time": COUNT,
    "why": TEXT,
    "example": TEXT,
}


LOST_DTYPES = {"at": MOMENT, "session_id": TEXT, "website": TEXT}


@dataclass(frozen=True)
class Group:
    """The key of a row of the answer."""

    signature: str
    sqlstate: str | None
    constraint: str | None
    kind: ErrorClass
    why: str


@dataclass(frozen=True)
class Facts:
    """The facts of a source about a log; without a source, no row can be found."""

    form: ConstraintForm | None = None
    owned: int | None = None
    stored: Stored | None = None


@dataclass(frozen=True)
class Triage:
    """A log's groups, one row each with the columns of GROUP; times are UTC.

    The counts add up to `read`, the number of entries in `lines` lines. An error with its details
    is one entry. `lost` has the submissions with missing rows, the oldest first, up to a limit.
    """

    lines: int
    read: int
    encoding: str
    form: ConstraintForm | None
    groups: pd.DataFrame
    lost: pd.DataFrame

    def total(self, kind: ErrorClass, column: str = "count") -> int:
        """Return the number of entries of a class, or of those among them with one fate."""
        return int(self.groups.loc[self.groups["class"] == kind, column].sum())

    def fate(self, column: str) -> int:
        """Return the number of entries with a fate, whatever their class."""
        return int(self.groups[column].sum())

    def as_json(self) -> dict[str, object]:
        """Return the `triage` answer of the command line; its form is a contract (docs)."""
        return {
            "lines": self.lines,
            "read": self.read,
            "encoding": self.encoding,
            "constraint": self.form,
            "groups": records(self.groups),
        }


def facts(reader: Reader, filters: Filters, log: ErrorLog, plan: TrackingPlan) -> Facts:
    """Read the rows of a source that belong to a log's submissions. Raises DatabaseProblem.

    The log has its own period, so that of `filters` does not apply; its `as_of` does.
    """
    # In a plan of one step, no step can prove another.
    start_step, proof_step = plan.names[0], plan.names[:2][-1]
    row = reader.one("races/triage_source", start_step=start_step, as_of=filters.as_of)
    stored = Stored(RecordedSpan(row.oldest, row.newest, row.first_start), steps=tuple(plan.names))
    whose = {each for tally in log.tallies.values() for each in tally.whose}
    if whose:
        _fill(reader, filters, stored, whose, (start_step, proof_step))
    return Facts(reader.contract.constraint, row.owned, stored)


def triage(log: ErrorLog, found: Facts) -> Triage:
    """Classify a log's entries and decide their fates; this needs no database."""
    groups: dict[Group, list[tuple[Tally, dict[str, int]]]] = {}
    known: dict[Whose, Fate] = {}
    for tally in log.tallies.values():
        kind, why = class_of(tally.report, found.form, found.owned)
        fates = _fates(tally, kind, found.stored, known)
        groups.setdefault(_group(tally, kind, why), []).append((tally, fates))
    rows = [_row(group, members) for group, members in groups.items()]
    frame = pd.DataFrame(rows, columns=[*GROUP]).astype(GROUP)
    order = frame.assign(kind=frame["class"].map(ERROR_CLASSES.index)).sort_values(
        ["kind", "count", "signature"], ascending=[True, False, True]
    )
    return Triage(
        log.lines,
        log.entries,
        log.encoding,
        found.form,
        order.drop(columns="kind").reset_index(drop=True),
        _lost(known),
    )


def _fill(
    reader: Reader, filters: Filters, stored: Stored, whose: set[Whose], steps: tuple[str, str]
) -> None:
    spans = [span for each in whose if (span := span_of(each))]
    if not spans:
        return
    time: dict[str, object] = {
        "start_at": min(span[0] for span in spans),
        "end_at": max(span[1] for span in spans) + timedelta(microseconds=1),
        "as_of": filters.as_of,
        "row_limit": MOST_TRIAGE_ROWS + 1,
    }
    # Rows of the log's own sessions may be in any zone, so their range is wider.
    wide = time | {
        "start_at": _shifted(spans, -FURTHEST_ZONE),
        "end_at": _shifted(spans, FURTHEST_ZONE),
    }
    _fill_leads(reader, stored, whose, time, wide)
    sessions = sorted(stored.sessions_around(whose))
    if len(sessions) > MOST_SESSIONS:
        stored.complete = False
        return
    events = reader.frame(
        "races/triage_events",
        EVENT,
        session_ids=sessions,
        start_step=steps[0],
        proof_step=steps[1],
        **wide,
    )
    stored.complete &= len(events) <= MOST_TRIAGE_ROWS
    for at, session, starts in events.itertuples(index=False):
        (stored.starts if starts else stored.ends)[session].append(at.to_pydatetime())
    organizations = reader.frame(
        "races/triage_organizations",
        {"host": TEXT, "first_at": MOMENT},
        hosts=_hosts(stored, whose),
        as_of=filters.as_of,
    )
    for host, first_at in organizations.itertuples(index=False):
        stored.organizations[host] = None if pd.isna(first_at) else first_at.to_pydatetime()


def _shifted(spans: list[Span], by: timedelta) -> datetime:
    """Return the first or last moment of all spans, moved outward."""
    moment = max(each[1] for each in spans) if by > timedelta(0) else min(each[0] for each in spans)
    try:
        return moment + by
    except OverflowError:
        return moment


def _fill_leads(
    reader: Reader,
    stored: Stored,
    whose: set[Whose],
    time: dict[str, object],
    wide: dict[str, object],
) -> None:
    """Read the leads of the log's sessions, then all leads of their websites and of the log's."""

    def leads(
        session_ids: list[str], hosts: list[str], time: dict[str, object]
    ) -> list[StoredLead]:
        frame = reader.frame(
            "races/triage_leads",
            LEAD,
            session_ids=session_ids,
            hosts=hosts,
            **time,
        )
        stored.complete &= len(frame) <= MOST_TRIAGE_ROWS
        return [
            StoredLead(at.to_pydatetime(), _text(session), _text(host), bool(analyzed))
            for at, session, host, analyzed in frame.itertuples(index=False)
        ]

    stored.add_of_sessions(
        leads(sorted({each.session_id for each in whose if each.session_id}), [], wide)
    )
    stored.add_of_hosts(leads([], _hosts(stored, whose), time))


def _hosts(stored: Stored, whose: set[Whose]) -> list[str]:
    of_sessions = (lead.host for leads in stored.by_session.values() for lead in leads)
    return sorted({host for host in (*of_sessions, *(w.host for w in whose)) if host})


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _fates(
    tally: Tally, kind: ErrorClass, stored: Stored | None, known: dict[Whose, Fate]
) -> dict[str, int]:
    """Return the number of a tally's entries per fate; unrelated entries have none."""
    if kind == "unrelated":
        return dict.fromkeys(FATES, 0)
    counted: Counter[Fate] = Counter()
    if stored:
        for whose, times in tally.whose.items():
            if whose not in known:
                known[whose] = fate_of(whose, stored)
            counted[known[whose]] += times
    harmless, lost = counted["harmless"], counted["lost"]
    return {"harmless": harmless, "lost": lost, "inconclusive": tally.count - harmless - lost}


def _lost(known: dict[Whose, Fate]) -> pd.DataFrame:
    rows = [(each.at, each.session_id, each.host) for each, fate in known.items() if fate == "lost"]
    frame = pd.DataFrame(rows, columns=[*LOST_DTYPES]).astype(LOST_DTYPES).sort_values("at")
    return frame.drop_duplicates().head(MOST_LOST_SHOWN).reset_index(drop=True)


def _group(tally: Tally, kind: ErrorClass, why: str) -> Group:
    report = tally.report
    # For a bad value, the report has the type in place of a constraint.
    constraint = None if report.sqlstate == "22P02" else report.constraint
    return Group(
        tally.signature, report.sqlstate, shown(constraint, 63) if constraint else None, kind, why
    )


def _row(group: Group, members: list[tuple[Tally, dict[str, int]]]) -> dict[str, object]:
    """Return a group's row of GROUP."""
    tallies = [tally for tally, _ in members]
    firsts = [tally.first for tally in tallies if tally.first]
    lasts = [tally.last for tally in tallies if tally.last]
    return {
        "signature": group.signature,
        "sqlstate": group.sqlstate,
        "constraint": group.constraint,
        "class": group.kind,
        "count": sum(tally.count for tally in tallies),
        "first": min(firsts, default=None),
        "last": max(lasts, default=None),
        **{name: sum(fates[name] for _, fates in members) for name in FATES},
        "without_time": sum(without_time(tally.whose) for tally in tallies),
        "why": group.why,
        "example": tallies[0].example or None,
    }
