"""What a submission left: its rows, its errors, and the calls in order."""

from dataclasses import dataclass

import pandas as pd

from dashboard.database.contract import TABLES
from dashboard.database.reading import MOMENT, SHARE, TEXT, Reader
from dashboard.shared.export import records
from dashboard.submit.ledger import Job, Record
from dashboard.submit.workflow import Call

ORGANIZATION = {
    "organization_id": TEXT, "name": TEXT, "session_id": TEXT, "website_url": TEXT,
    "created_at": MOMENT,
}  # fmt: skip
LEAD = {
    "lead_id": TEXT, "created_at": MOMENT, "business_name": TEXT, "website_url": TEXT,
    "session_id": TEXT, "organization_id": TEXT,
}  # fmt: skip
EVENT = {"event_id": TEXT, "lead_id": TEXT, "step": TEXT, "at": MOMENT, "session_id": TEXT}
CALL = {
    "label": TEXT, "path": TEXT, "kind": TEXT, "planned": SHARE, "started": SHARE, "ended": SHARE,
    "outcome": TEXT, "sqlstate": TEXT, "constraint": TEXT, "message": TEXT,
}  # fmt: skip
ERROR = ["path", "sqlstate", "constraint", "message"]


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


def left(reader: Reader, job: Job) -> Left:
    """Read back by their keys the rows that a submission wrote."""
    organizations, leads, events = (job.row_ids(table) for table in TABLES)
    found = (
        reader.frame("submit/organizations_left", ORGANIZATION, organization_ids=organizations),
        reader.frame("submit/leads_left", LEAD, lead_ids=leads),
        reader.frame("submit/events_left", EVENT, event_ids=events),
    )
    committed = {each.row_id for each in job.records if each.outcome == "committed"} - {None}
    return Left(*found, gone=max(len(committed) - sum(map(len, found)), 0))


def errors(job: Job) -> pd.DataFrame:
    """Return one row per database error: `path`, `sqlstate`, `constraint`, `message`."""
    frame = calls(job)
    return frame.loc[frame["message"].notna(), ERROR].reset_index(drop=True)


def calls(job: Job) -> pd.DataFrame:
    """Return one row per call, planned or made, in the order in which they are due.

    Times are seconds after the click. Outcomes: those of the ledger, `running` for a call that is
    being made, `cut off` for one whose process vanished, `not made`, and `planned` while it may
    still come.
    """
    made = {record.name: record for record in job.records}
    planned = [call for call in job.plan.calls if call in job.plan.expected or call.name in made]
    rows = [_row(job, call, made.get(call.name)) for call in planned]
    return pd.DataFrame(rows, columns=[*CALL]).astype(CALL)


def as_json(reader: Reader, job: Job) -> dict[str, object]:
    """Return the `submit` answer of the command line; its form is a contract."""
    found = left(reader, job)
    return {
        "submission_id": str(job.id),
        "website_url": job.website_url,
        "state": job.state,
        "saved": job.saved,
        "organizations": records(found.organizations),
        "leads": records(found.leads),
        "events": records(found.events),
        "errors": records(errors(job)),
    }


def _row(job: Job, call: Call, record: Record | None) -> dict[str, object]:
    row: dict[str, object] = {
        "label": call.label, "path": call.path, "kind": call.kind,
        "planned": call.at * job.pace.factor,
        "outcome": "not made" if job.is_finished else "planned",
    }  # fmt: skip
    if record is None:
        return row
    clicked_at = job.started_at or job.created_at
    ended = record.ended_at and (record.ended_at - clicked_at).total_seconds()
    return row | {
        "started": (record.started_at - clicked_at).total_seconds(),
        "ended": ended,
        "outcome": record.outcome or ("cut off" if job.is_finished else "running"),
        "sqlstate": record.sqlstate,
        "constraint": record.constraint_name,
        "message": record.message,
    }
