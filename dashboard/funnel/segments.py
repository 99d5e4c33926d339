"""Which units a funnel's filters let through, and which part of its breakdown each one is in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.database.reading import MOMENT, TEXT, Reader
from dashboard.funnel.question import FunnelQuestion, Property
from dashboard.funnel.units import Units, in_range
from dashboard.shared.filters import Filters
from dashboard.shared.releases import Release

NONE, OTHER, BEFORE = "(none)", "Other", "before {}"
MOST_VALUES = 10
PROPERTIES = {
    "lead_id": TEXT, "created_at": MOMENT, "lead_source": TEXT, "campaign": TEXT,
    "industry": TEXT, "status": TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class Segments:
    """The parts of a breakdown.

    `values` are their names, in order; `units` has `unit_id` and `segment`, the position of its
    part, of every unit that the filters let through. Without `units` all are in one part.
    """

    values: tuple[str, ...] = ("",)
    units: pd.DataFrame | None = None

    @property
    def binds(self) -> dict[str, object]:
        """The segments under the names that funnel/steps.sql uses."""
        if self.units is None:
            return {"segment_units": None, "segments": None}
        return {
            "segment_units": self.units["unit_id"].tolist(),
            "segments": self.units["segment"].tolist(),
        }


def segments_of(
    reader: Reader, filters: Filters, question: FunnelQuestion, units: Units,
    releases: Sequence[Release] = (),
) -> Segments:  # fmt: skip
    """Read properties at entry and sort the range's units by them; raises DatabaseProblem.

    A unit's property is that of its first lead that has a value; its release is the last one before
    its beginning. The ten values with most units stand by themselves, "(none)" and "Other" apart.
    """
    if not question.filters and not question.breakdown:
        return Segments()
    leads = reader.frame("funnel/properties", PROPERTIES, as_of=filters.as_of)
    known = _known(leads, units, filters, releases)
    for name, values in question.filters.items():
        known = known[known[name].isin(values)]
    if not question.breakdown:
        return Segments(("",), known[["unit_id"]].assign(segment=0))
    return _broken_down(known, question.breakdown)


def _known(
    leads: pd.DataFrame, units: Units, filters: Filters, releases: Sequence[Release]
) -> pd.DataFrame:
    """Return one row per unit of the range with its properties at entry."""
    rows = leads.merge(units.moved, on="lead_id", how="left", indicator=True)
    own = rows["_merge"] == "left_only"
    rows["unit_id"] = rows["unit_id"].where(~own, rows["lead_id"])
    rows["begun_at"] = rows["begun_at"].where(~own, rows["created_at"])
    # The unit's own lead stands for itself and has the unit's beginning.
    known = rows.dropna(subset="unit_id").groupby("unit_id", sort=False).agg(
        begun_at=("begun_at", "min"), lead_source=("lead_source", "first"),
        campaign=("campaign", "first"), industry=("industry", "first"), status=("status", "first"),
    ).reset_index()  # fmt: skip
    known["release"] = _release(known["begun_at"], releases)
    known = known[in_range(known["begun_at"], filters)]
    return known.fillna(dict.fromkeys(["lead_source", "campaign", "industry", "status"], NONE))


def _release(begun_at: pd.Series, releases: Sequence[Release]) -> pd.Series:
    """Name the last release before each beginning."""
    if not releases:
        return pd.Series(NONE, index=begun_at.index)
    names = np.array([BEFORE.format(releases[0].commit), *(each.commit for each in releases)])
    times = pd.Series([each.at for each in releases]).to_numpy(dtype="datetime64[us]")
    found = pd.Series(
        names[np.searchsorted(times, begun_at.to_numpy(dtype="datetime64[us]"), side="right")],
        index=begun_at.index,
    )
    return found.where(begun_at.notna(), NONE)


def _broken_down(known: pd.DataFrame, breakdown: Property) -> Segments:
    counts = known[breakdown].value_counts()
    ranked = sorted(
        counts.drop(NONE, errors="ignore").items(), key=lambda each: (-each[1], each[0])
    )
    top = [str(value) for value, _ in ranked[:MOST_VALUES]]
    values = [*top, *([OTHER] if len(ranked) > MOST_VALUES else []), *([NONE] * (NONE in counts))]
    # A stored value may be called Other itself: it stands for itself, what is left is put after it.
    positions = {value: position for position, value in enumerate(top)}
    positions.setdefault(NONE, len(values) - 1)
    other = len(top)
    segment = [positions.get(value, other) for value in known[breakdown]]
    return Segments(tuple(values), known[["unit_id"]].assign(segment=segment))
