"""Whether a submission's events, leads and organization share a session id: docs/definitions.md."""

import pandas as pd

from dashboard.database.missing_leads import missing_leads
from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.matching.data import measure_pairing, period_binds
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import TrackingPlan

CONTINUITY_KINDS = {"event": "Events", "lead": "Leads", "organization": "Organization"}
# Each state of a session id, in a word and in a sentence.
CONTINUITY_STATES = {
    "same": ("the visitor’s", "The id of the submission’s leads, or else of its first event."),
    "later": ("overwritten", "A later visitor’s id took its place."),
    "second": ("second id", "Another id of the same browser, made up to an hour earlier."),
    "other": ("another’s", "Any other id: an earlier or simultaneous visitor’s, or unreadable."),
    "alone": ("no other id", "It has an id, but neither leads nor events have one to compare."),
    "none": ("none", "No session id."),
    "absent": ("no such row", "The submission has no such row."),
}
MOST_SUBMISSIONS = 200
CONTINUITY_DTYPES = {
    "lead_id": TEXT,
    "begun_at": MOMENT,
    "website_url": TEXT,
    "session_id": TEXT,
    "organization_session_id": TEXT,
    **dict.fromkeys(CONTINUITY_KINDS, TEXT),
}


def continuity_counts(reader: Reader, filters: Filters, plan: TrackingPlan) -> pd.DataFrame:
    """Count submissions begun in the period: `event`, `lead`, `organization`, `has_step`.

    One row per combination has its number of `submissions`. The three are keys of STATES.
    `has_step` tells whether a planned step of the submission is recorded. Raises DatabaseProblem.
    """
    dtypes = {**dict.fromkeys(CONTINUITY_KINDS, TEXT), "has_step": "boolean", "submissions": COUNT}
    return reader.frame("coverage/continuity_counts", dtypes, **_binds(reader, filters, plan))


def matrix(submissions: pd.DataFrame) -> pd.DataFrame:
    """Return submissions per kind (rows) and state (columns); each row adds up to all of them."""
    rows = {
        kind: submissions.groupby(kind)["submissions"]
        .sum()
        .reindex([*CONTINUITY_STATES], fill_value=0)
        for kind in CONTINUITY_KINDS
    }
    return pd.DataFrame(rows).T.astype(COUNT)


def followed(submissions: pd.DataFrame) -> tuple[int, int]:
    """Return how many submissions have the visitor's id on all three, and how many there are."""
    same = (submissions[[*CONTINUITY_KINDS]] == "same").all(axis=1)
    return int(submissions.loc[same, "submissions"].sum()), int(submissions["submissions"].sum())


def continuity_rows(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    kind: str,
    state: str,
    *,
    row_limit: int | None = MOST_SUBMISSIONS,
) -> pd.DataFrame:
    """Return the newest submissions of one cell, named by their first lead; all without a limit.

    `kind` and `state` are keys of CONTINUITY_KINDS and CONTINUITY_STATES. Raises DatabaseProblem.
    """
    return reader.frame(
        "coverage/continuity_rows",
        CONTINUITY_DTYPES,
        kind=kind,
        state=state,
        row_limit=row_limit,
        **_binds(reader, filters, plan),
    )


def _binds(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    return {
        **period_binds(measure_pairing(reader, filters), filters),
        "steps": plan.names,
        "staff_steps": plan.staff_steps,
        "missing_leads": missing_leads(reader, filters.as_of),
        **filters.binds,
    }
