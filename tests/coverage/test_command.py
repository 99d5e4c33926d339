"""`coverage`, `continuity` and `silences` on the command line."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.__main__ import main
from dashboard.demo.report_picture import report_picture
from tests.conftest import Parameters, execute, url_of
from tests.coverage.test_page import FILLED

AS_OF = ("--as-of", "2026-01-26 02:30")
PICTURE = report_picture()
Asking = Callable[..., Any]


@pytest.fixture
def asking(
    demo_parameters: Parameters,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Asking:
    """Ask about the report's picture; where it is refused, the answer is what stderr says."""
    monkeypatch.setenv("DATABASE_URL", url_of(demo_parameters))

    def ask(*arguments: str, code: int = 0) -> Any:
        assert main([*arguments, *AS_OF, "--format", "json"]) == code
        told = capsys.readouterr()
        return told.err if code else json.loads(told.out)

    return ask


def test_coverage_over_time_adds_up_to_the_tables(asking: Asking) -> None:
    found = asking("coverage", "--grain", "month")
    for name, table in found["tables"].items():
        months = [row for row in found["over_time"] if row["table"] == name]
        assert {row["begin"][8:] for row in months} == {"01"}
        for number in ("rows", "exempt", "expected", "with_session", "missing"):
            assert sum(row[number] for row in months) == table[number], (name, number)


def test_one_tables_parts_add_up_to_it(asking: Asking) -> None:
    found = asking("coverage", "--table", "conversion_tracking")
    steps = {row["value"]: row for row in found["parts"] if row["property"] == "step"}
    assert steps.keys() == {"website_analysis", "analysis_completed", "analysis_started"}
    assert sum(row["rows"] for row in steps.values()) == 253
    assert found["releases"] == []
    assert asking("coverage").keys() == found.keys() - {"parts", "releases"}


def test_a_change_of_coverage_and_releases_are_told_with_their_sides(
    capsys: pytest.CaptureFixture[str],
    tables: Parameters,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    execute(tables, FILLED)
    releases = tmp_path / "releases.toml"
    releases.write_text(
        '[[release]]\ncommit = "mine"\nat = 2026-01-26T21:20:00\nchanges = "x"\nfixes = []\n'
    )
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    monkeypatch.setenv("DASHBOARD_RELEASES", str(releases))
    assert main(["coverage", "--table", "website_leads", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (release,) = found["releases"]
    before, after = release["before_expected"], release["after_expected"]
    assert (release["release"], before + after) == ("mine", 40)
    assert (release["before_with_session"], release["after_with_session"]) == (0, after - 1)
    # Fewer than 30 rows on a side are not compared.
    assert release["difference"] is None
    assert [row["table"] for row in found["changes"]] == [*found["tables"]]
    assert {row["found"] for row in found["changes"]} == {False}


def test_continuity_counts_every_submission_in_every_row(asking: Asking) -> None:
    found = asking("continuity")
    assert (found["submissions"], found["all_same"]) == (4995, 1)
    assert [row["kind"] for row in found["states"]] == ["event", "lead", "organization"]
    for row in found["states"]:
        assert sum(row[state] for state in row if state != "kind") == 4995
    assert "rows" not in found


def test_a_cell_of_continuity_is_listed(asking: Asking) -> None:
    found = asking("continuity", "--kind", "organization", "--state", "second")
    assert [row["lead_id"] for row in found["rows"]] == [str(PICTURE.planted.snap_lead)]
    cell = ("continuity", "--kind", "lead", "--state", "none")
    of_leads = asking(*cell)["states"][1]
    assert of_leads["none"] > 200
    assert len(asking(*cell)["rows"]) == of_leads["none"]
    assert len(asking(*cell, "--limit", "3")["rows"]) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--kind", "lead"), "give both"),
        (("--state", "none"), "give both"),
        (("--limit", "3"), "give --kind and --state too"),
    ],
    ids=str,
)
def test_half_a_cell_is_refused(asking: Asking, options: tuple[str, ...], words: str) -> None:
    assert words in asking("continuity", *options, code=2)


@pytest.mark.parametrize(
    "options",
    [
        ("coverage", "--table", "leads"),
        ("coverage", "--grain", "year"),
        ("continuity", "--kind", "visitor"),
        ("continuity", "--state", "gone"),
        ("continuity", "--limit", "-1"),
    ],
    ids=str,
)
def test_wrong_options_are_refused(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*options])
    assert options[1] in capsys.readouterr().err


def test_each_planned_step_has_a_state(asking: Asking) -> None:
    found = asking("silences")
    states = {row["step"]: row["state"] for row in found["steps"]}
    assert states["analysis_started"] == "live"
    assert states["first_payment"] == "never recorded"
    assert (found["silences"], found["outages"], found["names_left_out"]) == ([], [], 0)
    assert found["leads"]["without_events"] == 4746


def test_an_outage_is_told_with_its_steps(
    capsys: pytest.CaptureFixture[str], tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(
        tables,
        "insert into website_leads (website_url, business_name, created_at)"
        " select n || '.example', 'x', timestamp '2026-01-01' + n * interval '1 hour'"
        " from generate_series(1, 40) as n",
    )
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    assert main(["silences", "--format", "json"]) == 0
    (outage,) = json.loads(capsys.readouterr().out)["outages"]
    assert (outage["units"], outage["tracking_is_off"], outage["stopped"]) == (40, True, False)
    assert outage["since"] == "2026-01-01T01:00:00Z"
    assert outage["steps"][0] == "analysis_started"
    assert "tracking is off" in outage["words"]
