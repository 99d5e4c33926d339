"""Data anomalies: records that contradict each other or the clock, each with its likely cause."""

import pandas as pd

from dashboard.database.missing_leads import missing_leads
from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.funnel.data import Funnel
from dashboard.funnel.lists.data import MOST_LISTED, ListedOutcome
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.model.formats import count, counted

LOST_EVENT, OUT_OF_ORDER = "lost event", "out of order"
ORPHANED, FUTURE_DATED = "orphaned event", "future-dated"
UNIT_ANOMALIES: dict[str, ListedOutcome] = {
    LOST_EVENT: "lost_at_least",
    OUT_OF_ORDER: "out_of_order",
}
EVENT_ANOMALIES = (ORPHANED, FUTURE_DATED)
ANOMALY_MEANINGS = {
    LOST_EVENT: "a later step or a lead proves this one, and no event of it is recorded",
    OUT_OF_ORDER: "the step is recorded only after a step that can’t happen without it",
    ORPHANED: "the event belongs to no lead",
    FUTURE_DATED: "the event is dated after now",
}
CAUSES = {
    LOST_EVENT: "The tracking call failed, or it was written under another lead.",
    OUT_OF_ORDER: "Written late: the call was retried, or another clock stamped it.",
    ORPHANED: "Its lead was never saved or is deleted, and its session has no single submission.",
    FUTURE_DATED: "A clock that runs ahead, or a time zone written as if it were UTC.",
}
ANOMALY_NOUNS = {
    LOST_EVENT: ("lost event", "lost events"),
    OUT_OF_ORDER: ("event out of order", "events out of order"),
    ORPHANED: ("orphaned event", "orphaned events"),
    FUTURE_DATED: ("future-dated event", "future-dated events"),
}
ANOMALY_DTYPES = {
    "kind": TEXT,
    "step": TEXT,
    "label": TEXT,
    "found": COUNT,
    "known": COUNT,
    "cause": TEXT,
}
STRAY_EVENT_DTYPES = {
    "kind": TEXT,
    "event_id": TEXT,
    "lead_id": TEXT,
    "session_id": TEXT,
    "step": TEXT,
    "happened_at": MOMENT,
    "total": COUNT,
}


def stray_events(
    reader: Reader, filters: Filters, prepared: Prepared, row_limit: int | None = MOST_LISTED
) -> pd.DataFrame:
    """Return events of the funnel's steps that no unit has, by `kind`, newest first.

    ORPHANED: without lead, or of a lead that does not exist; where leads are matched, only if its
    session has no single submission. FUTURE_DATED: dated after the clock. At most `row_limit` of a
    kind (None: all); `total` counts all of them. Raises DatabaseProblem.
    """
    return prepared.frame(
        reader,
        "funnel/anomalies/stray_events",
        STRAY_EVENT_DTYPES,
        missing_leads=missing_leads(reader, filters.as_of),
        row_limit=row_limit,
    )


def anomalies(funnel: Funnel, strays: pd.DataFrame) -> pd.DataFrame:
    """Return one row per kind and step with any: `kind`, `step`, `label`, `found`, `cause`.

    Lost events and events out of order count units per step (one may lack several), of `known` to
    have taken it. Orphaned and future-dated ones count events, whatever their step (`step` is "").
    Raw knows no lost event and none out of order.
    """
    rows = [*_unit_anomalies(funnel), *_event_anomalies(strays)]
    return pd.DataFrame(rows, columns=[*ANOMALY_DTYPES]).astype(ANOMALY_DTYPES)


def _unit_anomalies(funnel: Funnel) -> list[tuple[object, ...]]:
    """Return a row per kind and step that any unit has."""
    return [
        (kind, row["step"], row["label"], int(row[outcome]), _known(row), CAUSES[kind])
        for kind, outcome in UNIT_ANOMALIES.items()
        for row in funnel.steps.to_dict("records")
        if pd.notna(row[outcome]) and row[outcome]
    ]


def _event_anomalies(strays: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return a row per kind of stray events."""
    totals = strays.groupby("kind")["total"].first()
    return [
        (kind, "", "", int(totals[kind]), None, CAUSES[kind])
        for kind in EVENT_ANOMALIES
        if kind in totals
    ]


def anomaly_sentence(funnel: Funnel, rows: pd.DataFrame) -> str:
    """Say how many data anomalies of each kind there are."""
    totals = rows.groupby("kind", sort=False)["found"].sum()
    if totals.empty:
        return f"No data anomaly in this period.{_unknown(funnel)}"
    found = ", ".join(counted(int(n), *ANOMALY_NOUNS[str(kind)]) for kind, n in totals.items())
    return f"{found}.{_unknown(funnel)}"


def name_of(row: pd.Series) -> str:
    """Name a row of `anomalies`, in the list to choose from and in the link."""
    return f"{row['kind']}: {row['label']}" if row["step"] else str(row["kind"])


def share_words(row: pd.Series) -> str:
    """Write how many were found, and of how many."""
    if pd.isna(row["known"]):
        return count(int(row["found"]))
    return f"{count(int(row['found']))} of {count(int(row['known']))}"


def _known(row: dict[object, object]) -> int:
    """Count the units that certainly took the step: recorded, or proven and lost."""
    return int(row["with_event"]) + int(row["lost_at_least"])  # type: ignore[call-overload, no-any-return]


def _unknown(funnel: Funnel) -> str:
    if funnel.question.correction != "raw":
        return ""
    return (
        " Raw knows no lost event and none out of order: another lead of the same submission may "
        "have the event. Choose matched or corrected to see them."
    )
