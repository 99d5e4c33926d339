"""`anomalies` on the command line: the page's counts, and every event that no unit has."""

import csv
import json
from datetime import timedelta

import pytest

from dashboard.__main__ import main
from dashboard.funnel.anomalies.data import FUTURE_DATED, LOST_EVENT, ORPHANED
from tests.conftest import Parameters, execute, url_of
from tests.funnel.test_recorded import START, store

ASKED = ("anomalies", "--correction", "corrected", "--as-of", "2026-03-02")


@pytest.fixture(autouse=True)
def url(tables: Parameters, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store a submission without its start, and three events without lead."""
    started = ("analysis_started", START)
    store(tables, [[("analysis_completed", START + timedelta(minutes=1))], [started]])
    execute(
        tables,
        "update website_leads set website_url = id || '.example';"
        " insert into conversion_tracking (conversion_step, step_completed_at)"
        " select 'analysis_started', timestamp '2026-03-01 13:00' + n * interval '1 minute'"
        " from generate_series(1, 3) as n",
    )
    monkeypatch.setenv("DATABASE_URL", url_of(tables))


def test_the_anomalies_are_counted_and_stray_events_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*ASKED, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [
        (row["kind"], row["step"], row["found"], row["known"]) for row in found["anomalies"]
    ] == [
        (LOST_EVENT, "analysis_started", 1, 2),
        (ORPHANED, None, 3, None),
    ]
    assert {row["kind"] for row in found["stray_events"]} == {ORPHANED}
    assert [row["happened_at"][11:16] for row in found["stray_events"]] == [
        "13:03",
        "13:02",
        "13:01",
    ]


@pytest.mark.parametrize("limit", [0, 2])
def test_a_limit_cuts_the_events_and_not_their_number(
    capsys: pytest.CaptureFixture[str], limit: int
) -> None:
    assert main([*ASKED, "--limit", str(limit), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["anomalies"][1]["found"] == 3
    assert len(found["stray_events"]) == limit


def test_csv_tells_the_two_tables_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, "--format", "csv"]) == 0
    rows = [*csv.DictReader(capsys.readouterr().out.splitlines())]
    assert [row["table"] for row in rows if row["table"] != "about"] == [
        *["anomalies"] * 2,
        *["stray_events"] * 3,
    ]
    assert FUTURE_DATED not in {row["kind"] for row in rows}


def test_a_negative_limit_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*ASKED, "--limit", "-1"])
    assert "must be a whole number, 0 or more" in capsys.readouterr().err
