"""Provable losses: the demo's planted truth, and small histories told by hand."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from dashboard.database.reading import Reader
from dashboard.demo.history import History
from dashboard.demo.report_picture import report_picture
from dashboard.demo.rhythm import HISTORY_START
from dashboard.funnel.losses.data import Losses, LossKind, losses
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from tests.conftest import source_of
from tests.ten_months import END, Connection, rows

PLAN = load_plan()
HISTORY = Filters(start_at=HISTORY_START, as_of=END)
PLANTED_AS: dict[LossKind, tuple[str, ...]] = {
    "lost_step": ("lost_starts", "lost_steps"),
    "unanalyzed": ("unanalyzed_leads",),
}
PICTURE = report_picture().planted


@pytest.fixture(scope="module")
def reader(demo_tables: Connection) -> Iterator[Reader]:
    info = demo_tables.info
    source = source_of(
        {
            "host": info.host,
            "port": info.port,
            "user": info.user,
            "password": info.password,
            "dbname": info.dbname,
        }
    )
    with source.read() as found:
        yield found
    source.engine.dispose()


def shown(found: Losses, reader: Reader, kind: LossKind) -> set[str]:
    rows_shown = found.examples(reader, kind, row_limit=None)
    return {*rows_shown["lead_id"].dropna(), *rows_shown["organization_id"].dropna()}


def counts(found: Losses) -> dict[str, int]:
    return dict(zip(found.by_kind["kind"], found.by_kind["submissions"], strict=True))


def test_of_the_reports_picture_snap_alone_is_proved_to_be_lost(reader: Reader) -> None:
    found = losses(reader, Filters(as_of=PICTURE.as_of), PLAN)
    assert (found.total, found.first_at, found.last_at) == (
        1,
        datetime(2026, 1, 26, 2, 18, 36),
        datetime(2026, 1, 26, 2, 18, 36),
    )
    # Its start is recorded nowhere, and all that is left of it is the placeholder.
    assert counts(found) == {"lost_step": 1, "unanalyzed": 1, "without_lead": 0}
    for kind in ("lost_step", "unanalyzed"):
        assert shown(found, reader, kind) == {str(PICTURE.snap_lead)}


def test_what_was_planted_is_found(
    reader: Reader,
    demo_tables: Connection,
    ten_months: History,
) -> None:
    found = losses(reader, HISTORY, PLAN)
    of_lead = {
        str(lead): str(submission)
        for lead, submission in rows(
            demo_tables, "select lead_id, submission_id from planted.leads"
        )
    }
    planted = {
        kind: {str(row.submission_id) for row in ten_months.defects if row.kind in kinds}
        for kind, kinds in PLANTED_AS.items()
    }
    for kind, submissions in planted.items():
        # No more and no fewer, crowds included.
        assert {of_lead[lead] for lead in shown(found, reader, kind)} == submissions
    organizations = {
        str(row.row_id) for row in ten_months.defects if row.kind == "organizations_without_lead"
    }
    assert shown(found, reader, "without_lead") == organizations
    distinct = planted["lost_step"] | planted["unanalyzed"]
    assert found.total == len(distinct) + len(organizations)
    assert counts(found) == {
        "lost_step": len(planted["lost_step"]),
        "unanalyzed": len(planted["unanalyzed"]),
        "without_lead": len(organizations),
    }
