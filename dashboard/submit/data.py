"""A submission as frames: its rows, its errors, its calls in order, and the steps it took."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.database.contract import TABLES
from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT, Reader
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.submit.submission import OWN_REQUESTS, CallRecord, SandboxSubmission
from dashboard.submit.workflow import PlannedCall
from dashboard.ui.export import records
from dashboard.writers.requests import request_of

LEFT_ORGANIZATION = {
    "organization_id": TEXT,
    "name": TEXT,
    "session_id": TEXT,
    "website_url": TEXT,
    "created_at": MOMENT,
}
LEFT_LEAD = {
    "lead_id": TEXT,
    "created_at": MOMENT,
    "business_name": TEXT,
    "website_url": TEXT,
    "session_id": TEXT,
    "organization_id": TEXT,
}
LEFT_EVENT = {"event_id": TEXT, "lead_id": TEXT, "step": TEXT, "at": MOMENT, "session_id": TEXT}
CALL_COLUMNS = {
    "label": TEXT,
    "path": TEXT,
    "kind": TEXT,
    "at": SHARE,
    "planned": SHARE,
    "started": SHARE,
    "ended": SHARE,
    "outcome": TEXT,
    "sqlstate": TEXT,
    "constraint": TEXT,
    "message": TEXT,
    "retries": COUNT,
    "request": TEXT,
}
ERROR_COLUMNS = ["path", "sqlstate", "constraint", "message"]
REACHED_COLUMNS = {"step": TEXT, "label": TEXT, "took": COUNT, "stored": COUNT, "lost": COUNT}


@dataclass(frozen=True)
class Left:
    """The rows of one submission in each table, as they are now; `gone` were there once."""

    organizations: pd.DataFrame
    leads: pd.DataFrame
    events: pd.DataFrame
    gone: int

    @property
    def tracked_lead(self) -> str | None:
        """Return the lead that has the session and the steps, or else any other."""
        first = self.leads.sort_values("session_id", na_position="last")["lead_id"]
        return None if first.empty else str(first.iloc[0])


def left(reader: Reader, *group: SandboxSubmission) -> Left:
    """Read back by their keys the rows that submissions wrote."""
    ids = {
        table: [*dict.fromkeys(each for submission in group for each in submission.row_ids(table))]
        for table in TABLES
    }
    organizations, leads, events = (
        reader.frame(
            "submit/organizations_left", LEFT_ORGANIZATION, organization_ids=ids[TABLES[0]]
        ),
        reader.frame("submit/leads_left", LEFT_LEAD, lead_ids=ids[TABLES[1]]),
        reader.frame("submit/events_left", LEFT_EVENT, event_ids=ids[TABLES[2]]),
    )
    found = {*organizations["organization_id"], *leads["lead_id"], *events["event_id"]}
    committed = {
        str(each.row_id)
        for submission in group
        for each in submission.calls
        if each.outcome == "committed" and each.row_id
    }
    return Left(organizations, leads, events, gone=len(committed - found))


def reached(group: Sequence[SandboxSubmission], left: Left, plan: TrackingPlan) -> pd.DataFrame:
    """Return one row per step of the plan, in its order.

    `took` counts the visitors who took the step, `stored` those whose event of it is there now,
    and `lost` the difference.
    """
    events = set(left.events["event_id"])
    rows = []
    for step in plan.steps:
        taken = [submission for submission in group if submission.took(step.name)]
        stored = sum(_event_id(submission, step.name) in events for submission in taken)
        rows.append((step.name, step.label, len(taken), stored, len(taken) - stored))
    return pd.DataFrame(rows, columns=[*REACHED_COLUMNS]).astype(REACHED_COLUMNS)


def errors(submission: SandboxSubmission) -> pd.DataFrame:
    """Return one row per database error: `path`, `sqlstate`, `constraint`, `message`."""
    frame = calls(submission)
    return frame.loc[frame["message"].notna(), ERROR_COLUMNS].reset_index(drop=True)


def dropped(group: Sequence[SandboxSubmission]) -> dict[str, int]:
    """Count per step the tracking calls that were answered, without an error, and wrote nothing."""
    return dict(Counter(call.label for submission in group for call in submission.dropped))


def calls(submission: SandboxSubmission) -> pd.DataFrame:
    """Return one row per call, planned or made, in the order of the requests that make them.

    `at` is when it is planned at the real pace. Times are seconds after the click. Outcomes: those
    of the ledger, `dropped` for a write that was answered and not made, `running` while a call is
    being made, `cut off` for one whose process vanished, `not made`, and `planned` while it may
    still come.
    """
    made = {record.name: record for record in submission.calls}
    planned = [
        call
        for call in submission.plan.calls
        if call in submission.plan.expected or call.name in made
    ]
    rows = [_row(submission, call, made.get(call.name)) for call in planned]
    return pd.DataFrame(rows, columns=[*CALL_COLUMNS]).astype(CALL_COLUMNS)


def both_paths(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the calls without those of the steps that the visitor took after the analysis."""
    return calls[calls["request"].isin(OWN_REQUESTS)].reset_index(drop=True)


def submission_json(reader: Reader, group: Sequence[SandboxSubmission]) -> dict[str, object]:
    """Return the `submit` answer of the command line; its form is a contract.

    Its rows and errors are those of all who submitted together, the first of whom gives the id.
    """
    found = left(reader, *group)
    first = group[0]
    return {
        "submission_id": str(first.id),
        "website_url": first.website_url,
        "state": first.state,
        "saved": all(submission.saved for submission in group),
        "organizations": records(found.organizations),
        "leads": records(found.leads),
        "events": records(found.events),
        "errors": [error for submission in group for error in records(errors(submission))],
        "dropped": dropped(group),
        "choices": first.choices.as_json(),
        "submissions": len(group),
        "submissions_with_loss": sum(not submission.saved for submission in group),
    }


def _event_id(submission: SandboxSubmission, step: str) -> str:
    name = f"{request_of(step)}/step"
    return next((str(each.row_id) for each in submission.calls if each.name == name), "")


def _row(
    submission: SandboxSubmission, call: PlannedCall, record: CallRecord | None
) -> dict[str, object]:
    row: dict[str, object] = {
        "label": call.label,
        "path": call.path,
        "kind": call.kind,
        "at": call.at,
        "request": call.name.partition("/")[0],
        "retries": 0,
        "planned": call.at * submission.pace.factor,
        "outcome": "not made" if submission.is_finished else "planned",
    }
    if record is None:
        return row
    clicked_at = submission.started_at or submission.created_at
    ended = record.ended_at and (record.ended_at - clicked_at).total_seconds()
    outcome = "dropped" if call in submission.dropped else record.outcome
    return row | {
        "planned": (record.planned_at - clicked_at).total_seconds(),
        "retries": record.retries,
        "started": (record.started_at - clicked_at).total_seconds(),
        "ended": ended,
        "outcome": outcome or ("cut off" if submission.is_finished else "running"),
        "sqlstate": record.sqlstate,
        "constraint": record.constraint_name,
        "message": record.message,
    }
