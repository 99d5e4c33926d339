"""A dead tracker fails the check and refutes the report, whatever the period."""

import json
from datetime import datetime
from typing import Any

import pytest

from dashboard.__main__ import main
from dashboard.coverage.outages import described
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.status.claim import ClaimFacts
from tests.conftest import Parameters, execute, source_of, url_of

Output = pytest.CaptureFixture[str]
PLAN = load_plan()
AT = ("--as-of", "2026-03-20")
# One lead every ten minutes, without session, as the analysis path writes it.
ANALYZED = """
    insert into website_leads (business_name, website_url, created_at)
    select 'Snap', n || '.example', timestamp '2026-01-29' + n * interval '10 minutes'
    from generate_series(1, %s) as n
"""
STEP = """
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, %s, created_at from website_leads
"""


def checked(capsys: Output, tables: Parameters, *more: str) -> tuple[int, list[str]]:
    code = main(["check", "--source", url_of(tables), *AT, "--max-silence", "6h", *more])
    return code, capsys.readouterr().out.splitlines()


def verdict(capsys: Output, tables: Parameters) -> str:
    main(["report", "--source", url_of(tables), *AT, "--format", "json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return str(answer["verdict"])


def told_outages(tables: Parameters) -> str:
    """Return the outages in the words of the report's verdict, without its other claims."""
    filters, source = Filters(as_of=datetime(2026, 3, 20)), source_of(tables)
    with source.read() as reader:
        facts = ClaimFacts(reader, filters, PLAN)
        found = "; ".join(described(each, PLAN, filters) for each in facts.outages)
    source.engine.dispose()
    return found


def test_analyzed_leads_without_any_planned_step_mean_that_tracking_is_off(
    capsys: Output, tables: Parameters
) -> None:
    execute(tables, ANALYZED, 94)
    missing = (
        "94 leads analyzed, 0 of 9 steps recorded since 2026-01-29 00:10: "
        "tracking is off, or was never on"
    )
    assert checked(capsys, tables) == (1, [f"failed  silence: {missing}"])
    # A period without any row is no excuse.
    assert checked(capsys, tables, "--from", "2026-03-01")[0] == 1
    assert verdict(capsys, tables) == f"No: {missing}"


def test_placeholders_prove_no_outage(capsys: Output, tables: Parameters) -> None:
    execute(tables, ANALYZED.replace("Snap", "Unknown Business"), 94)
    code, lines = checked(capsys, tables)
    assert (code, lines[0].split()[0]) == (1, "unknown")
    assert verdict(capsys, tables).startswith("Inconclusive")


@pytest.mark.parametrize(("leads", "fails"), [(29, False), (30, True)])
def test_a_step_that_others_need_is_missed_after_30_leads_before_it(
    capsys: Output, tables: Parameters, leads: int, fails: bool
) -> None:
    execute(tables, ANALYZED, leads)
    execute(tables, STEP, "analysis_started")
    _, lines = checked(capsys, tables)
    missing = [line for line in lines if "never recorded" in line]
    assert len(missing) == fails
    if fails:
        assert missing == [
            "failed  silence: 30 submissions reached Analysis started since 2026-01-29 00:10, but "
            "Analysis completed, Previews viewed, Audience selected, Content generated were never "
            "recorded"
        ]


def test_a_step_is_not_missed_before_the_window_is_over(capsys: Output, tables: Parameters) -> None:
    execute(tables, ANALYZED.replace("2026-01-29", "2026-03-01"), 94)
    execute(tables, STEP, "analysis_started")
    assert not any("never recorded" in line for line in checked(capsys, tables)[1])


def test_optional_steps_and_payments_are_never_missed(capsys: Output, tables: Parameters) -> None:
    execute(tables, ANALYZED, 94)
    for step in (
        "analysis_started",
        "analysis_completed",
        "previews_viewed",
        "audience_selected",
        "content_generated",
    ):
        execute(tables, STEP, step)
    assert not any("never recorded" in line for line in checked(capsys, tables)[1])


THREE = ("analysis_started", "analysis_completed", "previews_viewed")


@pytest.fixture
def stopped(tables: Parameters) -> Parameters:
    execute(tables, ANALYZED, 2000)
    for step in THREE:
        execute(tables, STEP + " where created_at < '2026-02-05'", step)
    return tables


def test_steps_that_stop_together_are_one_outage(stopped: Parameters) -> None:
    assert (
        "Analysis started, Analysis completed, Previews viewed stopped at 2026-02-04 23:50, "
        "993 leads analyzed meanwhile"
    ) in told_outages(stopped)


def test_a_step_that_stopped_before_its_upstream_is_an_outage_of_its_own(
    stopped: Parameters,
) -> None:
    execute(
        stopped,
        "delete from conversion_tracking"
        " where conversion_step = 'previews_viewed' and step_completed_at > '2026-02-02'",
    )
    told = told_outages(stopped)
    assert "Analysis started, Analysis completed stopped at 2026-02-04 23:50, 993 leads" in told
    assert "Previews viewed stopped at 2026-02-02 00:00, 1,424 leads" in told


def test_an_outage_names_the_step_that_went_on(tables: Parameters) -> None:
    execute(tables, ANALYZED, 2000)
    execute(tables, STEP, "analysis_started")
    execute(tables, STEP, "analysis_completed")
    execute(tables, STEP + " where created_at < '2026-02-05'", "previews_viewed")
    assert (
        "Previews viewed stopped at 2026-02-04 23:50, while Analysis completed is still recorded, "
        "993 leads analyzed meanwhile"
    ) in told_outages(tables)


def test_an_outage_begins_when_the_first_step_of_the_plan_stopped(stopped: Parameters) -> None:
    # The last to view the previews came hours before: nobody else did by chance.
    execute(
        stopped,
        "delete from conversion_tracking"
        " where conversion_step = 'previews_viewed' and step_completed_at > '2026-02-04 12:00'",
    )
    assert (
        "Analysis started, Analysis completed, Previews viewed stopped at 2026-02-04 23:50, "
        "993 leads analyzed meanwhile"
    ) in told_outages(stopped)
