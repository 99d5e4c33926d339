"""`funnel --compare`: the documented answer, the refusals, and what is said of too few units."""

import json
import re
from typing import Any

import pytest

from dashboard.__main__ import main
from tests.conftest import Parameters, execute, url_of
from tests.house.modules import ROOT

# 24 of 40 submissions of one week complete, and 10 of 50 of the week before.
TWO_WEEKS = """
    insert into website_leads (id, website_url, business_name, created_at)
    select cast(lpad(n::text, 32, '0') as uuid), n || '.example', 'Unknown Business',
           timestamp '2026-03-16 12:00' + n % 7 * interval '1 day'
    from generate_series(1, 40) as n
    union all
    select cast(lpad((100 + n)::text, 32, '0') as uuid), n || '.other', 'Unknown Business',
           timestamp '2026-03-09 12:00' + n % 7 * interval '1 day'
    from generate_series(1, 50) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', created_at from website_leads
    union all
    select id, 'analysis_completed', created_at + interval '1 hour' from website_leads
    where right(id::text, 3)::integer <= 24 or right(id::text, 3)::integer between 101 and 110
"""
WEEK = ("--from", "2026-03-16", "--to", "2026-03-22", "--correction", "matched")


@pytest.fixture
def weeks(tables: Parameters, monkeypatch: pytest.MonkeyPatch) -> Parameters:
    """Two weeks of submissions, as the configured source."""
    execute(tables, TWO_WEEKS)
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    return tables


@pytest.mark.usefixtures("weeks")
def test_a_comparison_is_the_documented_one(capsys: pytest.CaptureFixture[str]) -> None:
    by = ("--breakdown", "lead_source", "--compare", "previous")
    assert main(["funnel", *WEEK, *by, "--format", "json"]) == 0
    answer, error = capsys.readouterr()
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    documented = next(
        block
        for block in re.findall(r"```json\n(.*?)```", text, re.S)
        if block.startswith('{"comparison"')
    )
    assert rounded(json.loads(answer)["comparison"]) == json.loads(documented)["comparison"]
    assert "not compared" not in error


def rounded(answer: Any) -> Any:
    """Round every figure as the document does."""
    if isinstance(answer, dict):
        return {name: rounded(each) for name, each in answer.items()}
    if isinstance(answer, list):
        return [rounded(each) for each in answer]
    return round(answer, 4) if isinstance(answer, float) else answer


@pytest.mark.usefixtures("weeks")
def test_within_an_age_to_a_step_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--within", "30m", "--to-step", "analysis_completed", "--compare")
    assert main(["funnel", *WEEK, *asked, "2026-03-10..2026-03-15"]) == 0
    table = capsys.readouterr().out
    assert re.search(r"within_s +1800\.0\n +rate +0\.0\n", table)
    assert "\ncomparison.steps\n" in table


@pytest.mark.usefixtures("weeks")
def test_too_few_to_compare_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["funnel", *WEEK, "--compare", "2026-03-01..2026-03-09", "--format", "json"]) == 0
    answer, error = capsys.readouterr()
    found = json.loads(answer)["comparison"]
    assert (found["rate"], found["differs"], found["n"], found["other_n"]) == (None, None, 40, 7)
    assert "40 submissions in 2026-03-16 to 2026-03-22, 7 submissions in 2026-03-01" in error


@pytest.mark.usefixtures("weeks")
@pytest.mark.parametrize(
    ("compare", "fault"),
    [
        ("2026-03-10..2026-03-16", "overlaps"),
        ("2999-01-01..2999-01-02", "lies in the future"),
        ("next", "write FROM..TO or previous"),
        ("2026-03-32..2026-04-01", "is no date or time"),
    ],
)
def test_a_period_that_can_not_be_compared_is_wrong_use(
    capsys: pytest.CaptureFixture[str], compare: str, fault: str
) -> None:
    assert main(["funnel", *WEEK, "--compare", compare]) == 2
    answer, error = capsys.readouterr()
    assert not answer
    assert fault in error
