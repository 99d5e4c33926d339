"""Data anomalies: what is recorded can't have happened like that; each with its cause."""

import pandas as pd

from dashboard.database.reading import COUNT, TEXT
from dashboard.funnel.data import Funnel
from dashboard.funnel.lists.data import ListedOutcome
from dashboard.model.formats import count, counted

SKIPPED, OUT_OF_ORDER, ORPHAN, FUTURE = "skipped", "out_of_order", "orphan", "future-dated"
ANOMALY_OUTCOMES: dict[str, ListedOutcome] = {
    SKIPPED: "lost_at_least",
    OUT_OF_ORDER: "out_of_order",
}
STRAY_KINDS = {ORPHAN: "orphan", FUTURE: "future"}
ANOMALY_MEANINGS = {
    SKIPPED: "a later step is recorded that can’t happen without this one, which is nowhere",
    OUT_OF_ORDER: "recorded only after a step that can’t happen without it",
    ORPHAN: "an event that belongs to no lead",
    FUTURE: "an event dated after now",
}
CAUSES = {
    SKIPPED: "The event was lost: the tracking call failed, or it was written under another lead.",
    OUT_OF_ORDER: "Written late: the call was retried, or another clock stamped it.",
    ORPHAN: "Its session has no lead, or no single one; or its lead was never saved or is deleted.",
    FUTURE: "A clock that runs ahead, or a time zone written as if it were UTC.",
}
ANOMALY_DTYPES = {
    "kind": TEXT,
    "step": TEXT,
    "label": TEXT,
    "found": COUNT,
    "known": COUNT,
    "cause": TEXT,
}


def anomalies(funnel: Funnel, strays: pd.DataFrame) -> pd.DataFrame:
    """Return one row per kind and step with any: `kind`, `step`, `label`, `found`, `cause`.

    Skipped and reversed count units per step (one may lack several), of `known` to have taken it;
    orphan and future-dated count events, whatever their step (`step` is ""). The raw
    knows no skipped and no reversed step.
    """
    rows: list[tuple[object, ...]] = [
        (kind, row["step"], row["label"], int(row[outcome]), _known(row), CAUSES[kind])
        for kind, outcome in ANOMALY_OUTCOMES.items()
        for row in funnel.steps.to_dict("records")
        if pd.notna(row[outcome]) and row[outcome]
    ]
    totals = strays.groupby("kind")["total"].first()
    rows += [
        (kind, "", "", int(totals[name]), None, CAUSES[kind])
        for kind, name in STRAY_KINDS.items()
        if name in totals
    ]
    return pd.DataFrame(rows, columns=[*ANOMALY_DTYPES]).astype(ANOMALY_DTYPES)


def anomaly_sentence(funnel: Funnel, rows: pd.DataFrame) -> str:
    """Say how many data anomalies of each kind there are."""
    totals = rows.groupby("kind", sort=False)["found"].sum()
    if totals.empty:
        return f"No data anomaly in this period.{_unknown(funnel)}"
    nouns = {
        SKIPPED: "skipped step",
        OUT_OF_ORDER: "reversed step",
        ORPHAN: "orphan event",
        FUTURE: "future-dated event",
    }
    found = ", ".join(counted(int(n), nouns[str(kind)]) for kind, n in totals.items())
    return f"{found}.{_unknown(funnel)}"


def name_of(row: pd.Series) -> str:
    """Name a row of `anomalies`, as it is chosen by and stands in the link."""
    return f"{row['kind']}: {row['label']}" if row["step"] else str(row["kind"])


def share_words(row: pd.Series) -> str:
    """Write how many were found, and of how many."""
    if pd.isna(row["known"]):
        return count(int(row["found"]))
    return f"{count(int(row['found']))} of {count(int(row['known']))}"


def _known(row: dict[object, object]) -> int:
    """Count the units that took the step for certain: recorded, or proved and lost."""
    return int(row["with_event"]) + int(row["lost_at_least"])  # type: ignore[call-overload, no-any-return]


def _unknown(funnel: Funnel) -> str:
    if funnel.question.correction != "raw":
        return ""
    return (
        " Skipped and reversed steps are not known in raw: what one lead lacks, "
        "another of the same submission may have. Choose Merged or Repaired to see them."
    )
