"""The session ids of a timeline side by side: the row of each, and its age."""

from datetime import datetime

import pandas as pd
from pandas._libs.missing import NAType
from pandas._libs.tslibs.nattype import NaTType

from dashboard.leads.timeline.data import Timeline
from dashboard.model.formats import UNKNOWN, exact_duration
from dashboard.model.session_ids import made_at

NO_SESSION = "no session id"


def side_by_side(timeline: Timeline) -> pd.DataFrame:
    """Return a row per organization, lead and event of a timeline, in order of time.

    Columns: `where`, `what`, `at` (UTC), `session_id`, `made_at` (UTC, from the id), `age` (the
    time from `made_at` to `at`), and `compared` with the visitor's id. That is the most frequent
    id on leads and events of the lead's own submission.
    """
    parts = [
        _part("organization", timeline.organizations, "name", "created_at"),
        _part("lead", timeline.leads, "business_name", "created_at"),
        _part("event", timeline.events, "step", "at"),
    ]
    rows = pd.concat(parts).sort_values("at", kind="stable", ignore_index=True)
    visitor = visitor_session(timeline)
    rows["made_at"] = pd.to_datetime(rows["session_id"].map(made_at, na_action="ignore"))
    rows["age"] = [_age(*times) for times in zip(rows["at"], rows["made_at"], strict=True)]
    rows["compared"] = [_compared(each, visitor) for each in rows["session_id"]]
    return rows


def visitor_session(timeline: Timeline) -> str | None:
    """Return the most frequent id of the submission's leads and events; None without any."""
    own = timeline.submission
    carried = pd.concat([own.leads["session_id"], own.events["session_id"]]).dropna()
    return None if carried.empty else str(carried.mode().iloc[0])


def _part(where: str, frame: pd.DataFrame, what: str, at: str) -> pd.DataFrame:
    columns = {what: "what", at: "at", "session_id": "session_id"}
    return frame[[*columns]].rename(columns=columns).assign(where=where)


def _age(written: datetime | NaTType, made: datetime | NaTType) -> str:
    if pd.isna(written) or pd.isna(made):
        return UNKNOWN
    younger = " younger than the row" if made > written else ""
    return exact_duration(written - made) + younger


def _compared(session_id: str | NAType, visitor: str | None) -> str:
    if pd.isna(session_id):
        return NO_SESSION
    return "the visitor’s" if session_id == visitor else "another one"
