"""Evidence of races and certain failures in the rows, by kind: docs/definitions.md."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import RowMapping

from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import COUNT, DAY, MOMENT, TEXT, Reader
from dashboard.funnel.data import ask
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.model.formats import duration, exact_duration
from dashboard.model.times import iso
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.races.allowed import possibilities
from dashboard.races.asking import asking
from dashboard.races.kinds import BY_NAME, FAMILIES, RACE_KINDS, Family, RaceKind
from dashboard.races.lead_paths import LeadPaths, Mark, paths_json
from dashboard.races.possibility import Possibility, Rules
from dashboard.races.unique_keys import UniqueKey
from dashboard.ui.export import records

MOST_FINDINGS_SHOWN = 50
# The edges between the buckets of a gap histogram, in seconds.
EDGES = [0.01, 0.1, 1.0, 10.0, 60.0, 300.0, 3_600.0, 86_400.0, 604_800.0]
GAPS = [
    "< 10 ms",
    "10–100 ms",
    "0.1–1 s",
    "1–10 s",
    "10–60 s",
    "1–5 min",
    "5–60 min",
    "1–24 h",
    "1–7 days",
    "> 7 days",
]
COUNTED = {"kind": TEXT, "detail": TEXT, "day": DAY, "bucket": COUNT, "findings": COUNT}
FINDING = {
    "kind": TEXT,
    "row_id": TEXT,
    "lead_id": TEXT,
    "at": MOMENT,
    "gap_seconds": "Float64",
    "website": TEXT,
    "detail": TEXT,
}


@dataclass(frozen=True)
class Evidence:
    """The number of findings of each kind in a period.

    `counted` has one row per (kind, detail, local day, gap bucket) with its `findings`. The day is
    that of the row itself; a lost step has the day on which its submission began. `totals` are the
    denominators. `problems` names the unreadable families, whose kinds are unknown.
    """

    counted: pd.DataFrame
    totals: RowMapping | None
    problems: Mapping[Family, DatabaseProblem]

    def count(self, kind: RaceKind) -> int | None:
        """Return the number of findings of a kind; None where its family can't be read."""
        return None if kind.family in self.problems else int(self._of(kind)["findings"].sum())

    def whole(self, kind: RaceKind) -> int | None:
        """Return the denominator of a kind's count, where it has one."""
        if kind.family in self.problems or self.totals is None:
            return None
        return int(self.totals[kind.of])

    def days(self, kind: RaceKind) -> pd.DataFrame:
        """Return `day`, `findings`: one row per day between the first and the last finding."""
        per_day = self._of(kind).dropna(subset=["day"]).groupby("day")["findings"].sum()
        every = self.counted["day"].dropna()
        if every.empty:
            return pd.DataFrame({"day": pd.Series(dtype=DAY), "findings": pd.Series(dtype=COUNT)})
        span = pd.date_range(every.min(), every.max(), freq="D", unit="s", name="day")
        return per_day.reindex(span, fill_value=0).astype(COUNT).reset_index()

    def gaps(self, kind: RaceKind) -> pd.DataFrame:
        """Return `gap`, `findings`: one row per bucket, for kinds with two colliding rows."""
        per_bucket = self._of(kind).dropna(subset=["bucket"]).groupby("bucket")["findings"].sum()
        found = per_bucket.reindex(range(len(GAPS)), fill_value=0)
        return pd.DataFrame({"gap": GAPS, "findings": found.astype(COUNT).to_numpy()})

    def details(self, kind: RaceKind) -> dict[str, int]:
        """Return the findings of a kind per detail, such as the step; the most frequent first."""
        found = self._of(kind).dropna(subset=["detail"]).groupby("detail")["findings"].sum()
        return {str(name): int(n) for name, n in found.sort_values(ascending=False).items()}

    def _of(self, kind: RaceKind) -> pd.DataFrame:
        return self.counted[self.counted["kind"] == kind.name]


def count_findings(
    reader: Reader, filters: Filters, plan: TrackingPlan, family: Family
) -> pd.DataFrame:
    """Count one family's findings: one row per (kind, detail, day, bucket); columns of COUNTED.

    Raises DatabaseProblem.
    """
    asked = asking(reader, filters, plan, family)
    return reader.frame(
        f"races/{family}_kinds",
        COUNTED,
        kind=None,
        row_limit=None,
        zone=filters.zone.key,
        edges=EDGES,
        **asked.binds,
    )


def findings(
    reader: Reader, filters: Filters, plan: TrackingPlan, kind: str, limit: int | None = None
) -> pd.DataFrame:
    """Return the findings of one kind, one row each, the newest first, with the columns of FINDING.

    `row_id` is the organization, lead or event; for a lost step it is the visitor's lead. `lead_id`
    opens the timeline and is null where there is no such lead. Raises DatabaseProblem.
    """
    asked = asking(reader, filters, plan, BY_NAME[kind].family)
    return reader.frame(
        f"races/{asked.family}_findings", FINDING, kind=kind, row_limit=limit, **asked.binds
    )


def shown_gap(seconds: float) -> str:
    """Write the time between two rows, short ones to the millisecond."""
    length = timedelta(seconds=seconds)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return exact_duration(length) if seconds < 60 else duration(length)


def totals(reader: Reader, filters: Filters) -> RowMapping | None:
    """Count the rows that are denominators of findings; None where they can't be read."""
    return _readable(reader, lambda: reader.one("races/totals", **filters.binds))


def _readable(reader: Reader, read: Callable[[], RowMapping]) -> RowMapping | None:
    """Return a row, or None where it needs an unreadable column."""
    try:
        with reader.attempt():
            return read()
    except DatabaseProblem as problem:
        if problem.kind != "schema_drift":
            raise
        return None


def evidence(reader: Reader, filters: Filters, plan: TrackingPlan) -> Evidence:
    """Count every family's findings; raises DatabaseProblem.

    A family with an unreadable column is left out and named in `problems`.
    """
    frames: list[pd.DataFrame] = []
    problems: dict[Family, DatabaseProblem] = {}
    for family in FAMILIES:
        try:
            with reader.attempt():
                frames.append(count_findings(reader, filters, plan, family))
        except DatabaseProblem as problem:
            if problem.kind != "schema_drift":
                raise
            problems[family] = problem
    return together(frames, totals(reader, filters), problems)


def together(
    frames: list[pd.DataFrame], whole: RowMapping | None, problems: Mapping[Family, DatabaseProblem]
) -> Evidence:
    """Combine the families' counts."""
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in COUNTED.items()})
    return Evidence(pd.concat([empty, *frames], ignore_index=True), whole, problems)


def rules(reader: Reader, filters: Filters) -> Rules:
    """Read which keys and constraints are in force. Raises DatabaseProblem."""
    names = ["table_name", "name", "is_primary", "keys", "predicate"]
    keys = reader.frame("races/unique_keys", dict.fromkeys(names, "object"))
    columns = reader.one("races/column_rules")
    owned = _readable(reader, lambda: reader.one("races/owned_organizations", as_of=filters.as_of))
    return Rules(
        tuple(
            UniqueKey(table, name, primary, tuple(parts), predicate)
            for table, name, primary, parts, predicate in keys.to_numpy().tolist()
        ),
        reader.contract,
        None if owned is None else int(owned.owned),
        0 if owned is None else int(owned.beside_ownerless),
        bool(columns.leads_have_organization),
        bool(columns.events_have_lead),
        columns.ip_type,
    )


def lead_paths(reader: Reader, filters: Filters) -> LeadPaths | None:
    """Read which write paths make leads; None where a column is missing. Raises DatabaseProblem."""
    row = _readable(reader, lambda: reader.one("races/lead_paths", as_of=filters.as_of))
    if row is None:
        return None
    return LeadPaths(
        row.leads,
        Mark(row.placeholder_at, row.after_placeholder),
        Mark(row.analyzed_at, row.after_analyzed),
        Mark(row.session_at, row.after_session),
    )


def effect(reader: Reader, filters: Filters, plan: TrackingPlan) -> pd.DataFrame:
    """Return the effect of failures on the funnel, one row per step of the plan.

    `raw` leads and `corrected` submissions reached the step with this `label`; both are null where
    it was never recorded. `lost_at_least` submissions lost it. Raises DatabaseProblem.
    """
    asked = {
        correction: ask(reader, filters, plan, FunnelQuestion(correction)).steps
        for correction in ("raw", "corrected")
    }
    shown = asked["corrected"][["label", "lost_at_least"]].copy()
    for correction, steps in asked.items():
        shown[correction] = steps["count"]
    return shown


@dataclass(frozen=True)
class Counters:
    """The server's counters of this database for all users, since `since` (UTC; None: always)."""

    commits: int
    rollbacks: int
    deadlocks: int
    since: datetime | None


def counters(reader: Reader, _: Filters) -> Counters:
    """Read the server's own counters, for which there is no period. Raises DatabaseProblem."""
    row = reader.one("races/server_counters")
    return Counters(row.commits, row.rollbacks, row.deadlocks, row.counted_since)


def races_json(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Return the `races` answer of the command line; its form is a contract (docs)."""
    found = evidence(reader, filters, plan)
    known = rules(reader, filters)
    counted_by_server = counters(reader, filters)
    paths = lead_paths(reader, filters)
    return {
        "kinds": [_kind_as_json(found, kind) for kind in RACE_KINDS],
        "constraint": known.contract.constraint,
        "validated": known.contract.validated,
        "owned_organizations": known.owned,
        "leads_before_tracking": found.totals and int(found.totals["leads_before_tracking"]),
        "lead_paths": paths and paths_json(paths, filters),
        "allowed": [_possibility_as_json(each) for each in possibilities(known, paths)],
        "rollbacks": counted_by_server.rollbacks,
        "deadlocks": counted_by_server.deadlocks,
        "counted_since": iso(counted_by_server.since),
        **filters.as_json(),
        "details": records(_details(found)),
    }


def _kind_as_json(found: Evidence, kind: RaceKind) -> dict[str, object]:
    return {
        "kind": kind.name,
        "count": found.count(kind),
        "race": kind.race,
        "of": found.whole(kind),
        "of_what": kind.of,
    }


def _possibility_as_json(each: Possibility) -> dict[str, object]:
    return {"failure": each.failure, "state": each.state, "why": each.why}


def _details(found: Evidence) -> pd.DataFrame:
    rows = [
        (kind.name, detail, findings)
        for kind in RACE_KINDS
        for detail, findings in found.details(kind).items()
    ]
    return pd.DataFrame(rows, columns=["kind", "detail", "count"])
