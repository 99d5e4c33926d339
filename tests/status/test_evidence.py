"""All that refutes “everything was saved”: a fallen share of submissions with a step, too."""

from datetime import date, datetime

import pytest

from dashboard.coverage.changes import Change
from dashboard.coverage.outages import Outage
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.status.claim import INCONCLUSIVE, REFUTED
from dashboard.status.evidence import of_fall
from dashboard.status.report import StatusReport, status_report
from tests.conftest import Parameters, execute, source_of

# One submission an hour for 25 days. Of those after the first 300, only some have events.
SUBMISSIONS = """
    insert into website_leads (session_id, business_name, website_url, created_at)
    select 's' || n, 'Unknown Business', n || '.example',
        timestamp '2026-02-01' + n * interval '1 hour'
    from generate_series(0, 599) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select l.id, s.step, l.created_at + s.number * interval '1 minute'
    from website_leads as l
    cross join unnest(array['analysis_started', 'analysis_completed', 'previews_viewed',
        'audience_selected', 'content_generated']) with ordinality as s (step, number)
    where l.created_at < '2026-02-13 12:00' or extract(hour from l.created_at)::int % {} = 0;
    update website_leads set business_name = 'A' where id in (
        select website_lead_id from conversion_tracking
    );
"""
CLOCK = datetime(2026, 2, 26, 0, 30)


def reported(tables: Parameters, filters: Filters) -> StatusReport:
    source = source_of(tables)
    with source.read() as reader:
        found = status_report(reader, filters, load_plan())
    source.engine.dispose()
    return found


def test_a_fallen_share_of_submissions_with_a_step_refutes_the_claim(tables: Parameters) -> None:
    execute(tables, SUBMISSIONS.format(2))
    report = reported(tables, Filters(as_of=CLOCK))
    assert report.verdict == (
        "No: 150 of 312 submissions since 2026-02-13 have no recorded step (0 % before)"
    )
    assert [each.page for each in report.reasons] == ["funnel"]
    assert (report.claims[0].verdict, report.lost_at_least) == (REFUTED, 0)


def test_without_any_evidence_the_verdict_says_what_was_looked_at(tables: Parameters) -> None:
    execute(tables, SUBMISSIONS.format(1))
    report = reported(tables, Filters(as_of=CLOCK))
    assert report.verdict == (
        "Inconclusive: no row proves a loss: lost events, organizations without a lead, missing "
        "steps and the share of submissions with a step were looked at"
    )
    assert (report.claims[0].verdict, report.reasons) == (INCONCLUSIVE, ())


@pytest.mark.parametrize("later", [datetime(2026, 2, 13, 12), datetime(2026, 2, 14)])
def test_a_share_that_was_always_low_did_not_fall(tables: Parameters, later: datetime) -> None:
    execute(tables, SUBMISSIONS.format(2))
    assert reported(tables, Filters(start_at=later, as_of=CLOCK)).reasons == ()


@pytest.mark.parametrize(
    ("began", "explained"),
    [
        (None, True),
        (datetime(2026, 2, 14, 23, 59), True),
        (datetime(2026, 2, 15), False),
    ],
)
def test_a_fall_that_an_outage_explains_is_not_named_again(
    began: datetime | None, explained: bool
) -> None:
    fall = Change(date(2026, 2, 13), (90, 100), (30, 100), 0.001)
    reasons = [*of_fall(fall, [Outage(("a",), began, 9)], Filters())]
    assert reasons == [] if explained else "70 of 100 submissions" in reasons[0].sentence
