"""What a funnel counts: which leads and events are one unit, in which reading."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pandas as pd

from dashboard.database.reading import TEXT, Reader
from dashboard.funnel.question import FunnelQuestion, Unit
from dashboard.shared.filters import Filters
from dashboard.shared.merging import (
    ANALYSIS_WINDOW,
    DEFAULT_LAG,
    SUBMISSION,
    Pairing,
    measure_pairing,
    submissions_of,
)

BEGINNINGS = {"unit_id": TEXT, "begun_at": "datetime64[us]"}


@dataclass(frozen=True)
class Units:
    """Units where they differ from leads.

    `moved` has one row per lead that does not stand for itself: `lead_id`, `unit_id` (the id of the
    unit's first lead; null where the lead belongs to none) and `begun_at`. `sessions` says whose
    are the events without lead: `session_id`, `unit_id`, `begun_at`. `left_out` counts the range's
    submissions without a visitor or an organization. `pairing` is None where nothing was paired.
    """

    moved: pd.DataFrame = field(default_factory=lambda: _empty("lead_id"))
    sessions: pd.DataFrame = field(default_factory=lambda: _empty("session_id"))
    left_out: int = 0
    pairing: Pairing | None = None

    @property
    def binds(self) -> dict[str, object]:
        """The units under the names that funnel/steps.sql uses."""
        return {
            "moved_leads": self.moved["lead_id"].tolist(),
            "moved_units": _nullable(self.moved["unit_id"]),
            "moved_at": _nullable(self.moved["begun_at"]),
            "sessions": self.sessions["session_id"].tolist(),
            "session_units": self.sessions["unit_id"].tolist(),
            "session_at": _nullable(self.sessions["begun_at"]),
        }


def units_of(
    reader: Reader, filters: Filters, question: FunnelQuestion, names: list[str],
    pairing: Pairing | None = None, *, everything: bool = False,
) -> Units:  # fmt: skip
    """Merge leads into the question's units, as far as it changes who took which step of `names`.

    Leads are paired only where one without session carries a step, or where all are asked for:
    for `everything` (properties are known of all leads) and for visitors and organizations.
    `pairing` saves measuring it. Raises DatabaseProblem.
    """
    if question.reading == "recorded":
        return Units()
    sessions = reader.frame(
        "funnel/leadless_sessions", {"session_id": TEXT}, steps=names, as_of=filters.as_of
    )["session_id"].tolist()  # fmt: skip
    everything = everything or question.unit != "submission"
    lead_ids = None
    if not everything:
        found = reader.frame(
            "funnel/to_merge", {"lead_id": TEXT, "pairs": "boolean"},
            steps=names, sessions=sessions, near=ANALYSIS_WINDOW, **filters.binds,
        )  # fmt: skip
        lead_ids = found["lead_id"].unique().tolist()
        if not found["pairs"].any():
            # Who pairs with whom changes nothing here: the usual lag need not be measured.
            pairing = pairing or Pairing(ANALYSIS_WINDOW, 0, DEFAULT_LAG, timedelta())
    pairing = pairing or measure_pairing(reader, filters)
    merged = (
        pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in SUBMISSION.items()})
        if lead_ids == []
        else submissions_of(reader, filters, pairing, lead_ids)
    )
    units = _units(merged, question.unit)
    moved = units[units["unit_id"].isna() | (units["unit_id"] != units["lead_id"])]
    return Units(
        moved[["lead_id", *BEGINNINGS]],
        _owners(units, sessions),
        _left_out(units, filters),
        pairing,
    )


def _units(merged: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """Give each lead its unit: the submission, or the first one of its visitor or organization."""
    if unit == "submission":
        return merged.assign(unit_id=merged["submission_id"])
    column = "session_id" if unit == "visitor" else "organization_id"
    # Leads come oldest first: the first value is that of the submission's first lead that has one.
    key = merged.groupby("submission_id", sort=False)[column].transform("first")
    by_beginning = merged.assign(key=key).sort_values("begun_at", kind="stable")
    first = by_beginning.groupby("key")[["submission_id", "begun_at"]].first()
    units = first.reindex(key).set_axis(merged.index)
    return merged.assign(
        unit_id=units["submission_id"].astype(TEXT),
        begun_at=units["begun_at"].fillna(merged["begun_at"]),
    )


def _owners(units: pd.DataFrame, sessions: list[str]) -> pd.DataFrame:
    """Say whose the events without lead are: their session's, where it has one submission."""
    rows = units[units["session_id"].isin(sessions) & units["unit_id"].notna()]
    single = rows.groupby("session_id")["submission_id"].transform("nunique") == 1
    return rows[single].drop_duplicates("session_id")[["session_id", *BEGINNINGS]]


def _left_out(units: pd.DataFrame, filters: Filters) -> int:
    """Count the range's submissions that have no unit."""
    without = units[units["unit_id"].isna()]
    return int(without.loc[in_range(without["begun_at"], filters), "submission_id"].nunique())


def in_range(times: pd.Series, filters: Filters) -> pd.Series:
    """Tell which times lie in the range; a missing one lies only in all time."""
    start, end = filters.start_at or datetime.min, filters.end_at or datetime.max
    if filters.start_at is None and filters.end_at is None:
        return pd.Series(data=True, index=times.index)
    return (times >= start) & (times < end)


def _nullable(values: pd.Series) -> list[object]:
    return [None if pd.isna(value) else _plain(value) for value in values]


def _plain(value: object) -> object:
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def _empty(key: str) -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(dtype=dtype) for name, dtype in {key: TEXT, **BEGINNINGS}.items()}
    )
