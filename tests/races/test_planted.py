"""Every planted defect is found under its kind, and nothing else is."""

from collections import Counter
from datetime import timedelta

import pytest

from dashboard.database.reading import Source
from dashboard.demo.history import History
from dashboard.demo.report_picture import report_picture
from dashboard.funnel.data import ask
from dashboard.funnel.question import FunnelQuestion
from dashboard.matching.data import (
    measure_pairing,
    submissions_of,
)
from dashboard.model.filters import Filters
from dashboard.model.limits import ANALYSIS_WINDOW
from dashboard.model.tracking_plan import load_plan
from dashboard.races import data
from dashboard.races.kinds import RACE_KINDS
from tests.ten_months import END, Connection, rows

Finding = tuple[str, str | None]
PLAN = load_plan()
SNAP = str(report_picture().planted.snap_lead)
HISTORY = Filters(as_of=END)
REPORT = Filters(as_of=report_picture().planted.as_of)
# What Snap's submission lost is no part of the history, and is found too.
OF_THE_REPORT: dict[str, list[Finding]] = {
    "lost_starts": [(SNAP, "analysis_started")],
    "unanalyzed_leads": [(SNAP, None)],
}
PLANTED = [kind.name for kind in RACE_KINDS if kind.name != "ambiguous_leads"]
LOST_KINDS = ("lost_starts", "lost_steps")
STEP_KINDS = ("lost_starts", "lost_steps", "events_without_lead")


def found(source: Source, filters: Filters, kind: str) -> Counter[Finding]:
    """Return row and detail of each finding; details of split steps are not planted."""
    with source.read() as reader:
        frame = data.findings(reader, filters, PLAN, kind)
    details = frame["detail"].tolist() if kind in STEP_KINDS else [None] * len(frame)
    return Counter(zip(frame["row_id"].tolist(), details, strict=True))


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_found_is_what_was_planted(
    history_source: Source, ten_months: History, kind: str
) -> None:
    planted = [
        (str(row.row_id), row.detail)
        for row in ten_months.defects
        # Of what has just begun the analysis may still be running.
        if row.kind == kind and row.shown_at < END - ANALYSIS_WINDOW
    ]
    shown = found(history_source, HISTORY, kind)
    expected = Counter(planted + OF_THE_REPORT.get(kind, []))
    if kind in LOST_KINDS:
        # Any lead may name its submission: an analyzed lead may be seconds older.
        shown, expected = (_by_submission(each, ten_months) for each in (shown, expected))
    assert shown == expected
    assert len(planted) >= 20


def _by_submission(findings: Counter[Finding], history: History) -> Counter[Finding]:
    of_lead = {str(row.lead_id): str(row.submission_id) for row in history.submission_leads}
    return Counter((of_lead.get(row_id, row_id), detail) for row_id, detail in findings.elements())


@pytest.mark.parametrize("kind", PLANTED)
def test_the_reports_picture_shows_what_snap_lost_and_nothing_else(
    history_source: Source, kind: str
) -> None:
    assert found(history_source, REPORT, kind) == Counter(OF_THE_REPORT.get(kind, []))


def test_who_is_in_a_crowd_is_ambiguous_and_nobody_else(
    history_source: Source, demo_tables: Connection
) -> None:
    with history_source.read() as reader:
        matched = submissions_of(reader, HISTORY, measure_pairing(reader, HISTORY))
    ambiguous = {*matched.loc[matched["ambiguous"], "lead_id"]}
    assert {row for row, _ in found(history_source, HISTORY, "ambiguous_leads")} == ambiguous
    crowded = rows(
        demo_tables,
        """
        select cast(lead_id as text) from planted.leads
        inner join planted.submissions as s on s.id = submission_id where s.in_crowd
    """,
    )
    assert ambiguous <= {row_id for (row_id,) in crowded}
    assert len(ambiguous) > 100


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(HISTORY, id="all time", marks=pytest.mark.soak),
        pytest.param(REPORT, id="the report"),
        pytest.param(
            Filters(END - timedelta(days=90), END - timedelta(days=60), END), id="a month"
        ),
    ],
)
def test_counts_are_those_of_the_findings_and_of_the_funnel(
    history_source: Source, filters: Filters
) -> None:
    with history_source.read() as reader:
        evidence = data.evidence(reader, filters, PLAN)
        funnel = ask(reader, filters, PLAN, FunnelQuestion()).steps.set_index("step")
    for kind in RACE_KINDS:
        number = evidence.count(kind)
        assert number is not None
        assert number == found(history_source, filters, kind.name).total(), kind.name
        assert evidence.days(kind)["findings"].sum() == number
        assert number <= (evidence.whole(kind) or 0)
        if kind.gap:
            assert evidence.gaps(kind)["findings"].sum() == number
    lost = {
        name: n
        for kind in RACE_KINDS
        if kind.family == "lost"
        for name, n in evidence.details(kind).items()
    }
    counted = funnel["lost_at_least"].dropna()
    assert lost == {str(step): n for step, n in counted.items() if n}


def test_racing_organizations_are_close_and_recreated_ones_are_not(history_source: Source) -> None:
    with history_source.read() as reader:
        racing = data.findings(reader, HISTORY, PLAN, "duplicate_organizations")
        again = data.findings(reader, HISTORY, PLAN, "recreated_organizations")
    assert racing["gap_seconds"].max() < 1
    assert again["gap_seconds"].min() > 3600
    # Each opens a timeline, which holds the very organization.
    assert racing["lead_id"].notna().all()
