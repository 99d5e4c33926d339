"""What a submission left: its rows, its errors, the calls in order, and how far it came."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.database.contract import TABLES
from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT, Reader
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.submit.job import OWN_REQUESTS, Job, Record
from dashboard.submit.workflow import Call, request_of
from dashboard.ui.export import records

ORGANIZATION = {
    "organization_id": TEXT,
    "name": TEXT,
    "session_id": TEXT,
    "website_url": TEXT,
    "created_at": MOMENT,
}
LEAD = {
    "lead_id": TEXT,
    "created_at": MOMENT,
    "business_name": TEXT,
    "website_url": TEXT,
    "session_id": TEXT,
    "organization_id": TEXT,
}
EVENT = {"event_id": TEXT, "lead_id": TEXT, "step": TEXT, "at": MOMENT, "session_id": TEXT}
CALL = {
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
ERROR = ["path", "sqlstate", "constraint", "message"]
REACHED = {"step": TEXT, "label": TEXT, "took": COUNT, "stored": COUNT, "lost": COUNT}


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


def left(reader: Reader, *jobs: Job) -> Left:
    """Read back by their keys the rows that submissions wrote."""
    ids = {
        table: [*dict.fromkeys(each for job in jobs for each in job.row_ids(table))]
        for table in TABLES
    }
    organizations, leads, events = (
        reader.frame("submit/organizations_left", ORGANIZATION, organization_ids=ids[TABLES[0]]),
        reader.frame("submit/leads_left", LEAD, lead_ids=ids[TABLES[1]]),
        reader.frame("submit/events_left", EVENT, event_ids=ids[TABLES[2]]),
    )
    found = {*organizations["organization_id"], *leads["lead_id"], *events["event_id"]}
    committed = {
        str(each.row_id)
        for job in jobs
        for each in job.records
        if each.outcome == "committed" and each.row_id
    }
    return Left(organizations, leads, events, gone=len(committed - found))


def reached(jobs: Sequence[Job], left: Left, plan: TrackingPlan) -> pd.DataFrame:
    """Return one row per step of the plan, in its order.

    `took` counts the visitors who took the step, `stored` those whose event of it is there now,
    and `lost` the difference.
    """
    events = set(left.events["event_id"])
    rows = []
    for step in plan.steps:
        taken = [job for job in jobs if job.took(step.name)]
        stored = sum(_event_id(job, step.name) in events for job in taken)
        rows.append((step.name, step.label, len(taken), stored, len(taken) - stored))
    return pd.DataFrame(rows, columns=[*REACHED]).astype(REACHED)


def errors(job: Job) -> pd.DataFrame:
    """Return one row per database error: `path`, `sqlstate`, `constraint`, `message`."""
    frame = calls(job)
    return frame.loc[frame["message"].notna(), ERROR].reset_index(drop=True)


def calls(job: Job) -> pd.DataFrame:
    """Return one row per call, planned or made, in the order of the requests that make them.

    `at` is when it is planned at the real pace. Times are seconds after the click. Outcomes: those
    of the ledger, `running` while a call is being made, `cut off` for one whose process vanished,
    `not made`, and `planned` while it may still come.
    """
    made = {record.name: record for record in job.records}
    planned = [call for call in job.plan.calls if call in job.plan.expected or call.name in made]
    rows = [_row(job, call, made.get(call.name)) for call in planned]
    return pd.DataFrame(rows, columns=[*CALL]).astype(CALL)


def both_paths(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the calls without those of the steps that the visitor took after the analysis."""
    return calls[calls["request"].isin(OWN_REQUESTS)].reset_index(drop=True)


def as_json(reader: Reader, jobs: Sequence[Job]) -> dict[str, object]:
    """Return the `submit` answer of the command line; its form is a contract.

    Its rows and errors are those of all who submitted together, the first of whom gives the id.
    """
    found = left(reader, *jobs)
    first = jobs[0]
    return {
        "submission_id": str(first.id),
        "website_url": first.website_url,
        "state": first.state,
        "saved": all(job.saved for job in jobs),
        "organizations": records(found.organizations),
        "leads": records(found.leads),
        "events": records(found.events),
        "errors": [error for job in jobs for error in records(errors(job))],
        "choices": first.choices.as_json(),
        "submissions": len(jobs),
        "submissions_with_loss": sum(not job.saved for job in jobs),
    }


def _event_id(job: Job, step: str) -> str:
    name = f"{request_of(step)}/step"
    return next((str(each.row_id) for each in job.records if each.name == name), "")


def _row(job: Job, call: Call, record: Record | None) -> dict[str, object]:
    row: dict[str, object] = {
        "label": call.label,
        "path": call.path,
        "kind": call.kind,
        "at": call.at,
        "request": call.name.partition("/")[0],
        "retries": 0,
        "planned": call.at * job.pace.factor,
        "outcome": "not made" if job.is_finished else "planned",
    }
    if record is None:
        return row
    clicked_at = job.started_at or job.created_at
    ended = record.ended_at and (record.ended_at - clicked_at).total_seconds()
    return row | {
        "planned": (record.planned_at - clicked_at).total_seconds(),
        "retries": record.retries,
        "started": (record.started_at - clicked_at).total_seconds(),
        "ended": ended,
        "outcome": record.outcome or ("cut off" if job.is_finished else "running"),
        "sqlstate": record.sqlstate,
        "constraint": record.constraint_name,
        "message": record.message,
    }
