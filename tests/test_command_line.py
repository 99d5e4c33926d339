"""The command line: its answers are a contract, and wrong use says what is right."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.__main__ import main
from dashboard.settings import ROOT
from tests.conftest import Parameters, url_of

AS_OF = ["--as-of", "2026-01-26 02:30"]
SHARES = ("share", "low", "high", "odd_ids")


@pytest.fixture
def demo_url(demo_parameters: Parameters, monkeypatch: pytest.MonkeyPatch) -> str:
    """The demo as a configured source, so that no second server is started."""
    monkeypatch.setenv("DATABASE_URL", url_of(demo_parameters))
    return url_of(demo_parameters)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_status_is_the_reports_picture(capsys: pytest.CaptureFixture[str], demo_url: str) -> None:
    status = answer(capsys, "status", *AS_OF)
    assert list(status) == [
        "as_of",
        "source",
        "totals",
        "rows",
        "steps",
        "recent_organizations",
        "recent_events",
        "contract",
    ]
    assert status["as_of"] == "2026-01-26T02:30:00Z"
    assert status["totals"] == {"events": 253, "unique_leads": 250, "unique_steps": 3}
    assert status["steps"] == {
        "website_analysis": 250,
        "analysis_completed": 2,
        "analysis_started": 1,
    }
    assert status["rows"].keys() == {"organizations", "website_leads", "conversion_tracking"}
    assert status["recent_organizations"][0] == {
        "name": "Gloop",
        "session_id": "session_1769376031102_1i34cuwqi",
        "website_url": "http://gloop.com",
        "created_at": "2026-01-26T02:20:31Z",
    }
    assert status["recent_events"][1] == {
        "step": "website_analysis",
        "at": "2026-01-26T02:21:13Z",
        "session_id": None,
        "website_url": "gloop.com",
    }
    assert status["contract"] == {
        "owner_columns": ["user_id"],
        "constraint": "inclusive",
        "validated": True,
        "missing": [],
        "unsupported": [],
    }


def test_funnel_of_the_reports_picture_is_one_to_one(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    funnel = answer(capsys, "funnel", *AS_OF)
    steps = funnel.pop("steps")
    assert funnel == {
        "correction": "raw",
        "unit": "lead",
        "window": "30d",
        "from": None,
        "to": None,
        "leads": 4996,
        "left_out": 0,
        "conversion": None,
    }
    assert [step["count"] for step in steps] == [1, 1, *[None] * 7]
    assert steps[1] == {
        "step": "analysis_completed",
        "label": "Analysis completed",
        "count": 1,
        "step_conversion": 1.0,
        "overall_conversion": 1.0,
        "with_event": 2,
        "optional": False,
        "first_at": "2026-01-26T02:18:36Z",
        "converted": 1,
        "dropped_off": 0,
        "in_progress": 0,
        "closed": 0,
        "closed_rate": None,
        "low": None,
        "high": None,
        "lost_at_least": None,
        "out_of_order": None,
        "by_lead": None,
        "blocked": None,
    }


def test_corrected_the_reports_picture_has_one_lost_start(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    funnel = answer(capsys, "funnel", "--correction", "corrected", *AS_OF)
    assert (funnel["correction"], funnel["unit"]) == ("corrected", "submission")
    assert [step["count"] for step in funnel["steps"]] == [2, 2, *[None] * 7]
    assert funnel["steps"][0]["lost_at_least"] == 1


def test_a_funnel_takes_its_steps_window_filter_and_breakdown(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    funnel = answer(
        capsys,
        "funnel",
        "--correction",
        "corrected",
        *AS_OF,
        "--steps",
        "website_analysis,analysis_completed",
        "--window",
        "unlimited",
        "--breakdown",
        "lead_source",
        "--filter",
        "lead_source=direct",
        "--filter",
        "lead_source=(none)",
    )
    assert funnel["window"] == "unlimited"
    assert [step["step"] for step in funnel["steps"]] == ["website_analysis", "analysis_completed"]
    parts = {row["value"] for row in funnel["breakdown"]}
    assert parts <= {"direct", "(none)"}
    for position, step in enumerate(funnel["steps"]):
        assert step["count"] == sum(row["count"] for row in funnel["breakdown"][position::2])


def test_a_named_step_that_was_never_recorded_is_named_on_stderr(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    steps = ("--step", "analysis_started", "--step", "analysis,completed")
    assert main(["funnel", *steps, *AS_OF, "--format", "json"]) == 0
    told = capsys.readouterr()
    named = [step["step"] for step in json.loads(told.out)["steps"]]
    assert named == ["analysis_started", "analysis,completed"]
    assert told.err == (
        "dashboard: This source never recorded the step 'analysis,completed'; "
        "the nearest recorded name is 'analysis_completed'.\n"
    )
    assert main(["funnel", *steps, "--steps", "a", *AS_OF]) == 2
    assert "not both" in capsys.readouterr().err


def test_coverage_of_the_reports_picture(capsys: pytest.CaptureFixture[str], demo_url: str) -> None:
    found = answer(capsys, "coverage", *AS_OF)
    assert list(found) == ["tables", "changes", "clock_offsets", "clock"]
    shares = {name: [*map(table.pop, SHARES)] for name, table in found["tables"].items()}
    assert shares["organizations"] == [1.0, pytest.approx(0.9991, abs=1e-4), 1.0, 0]
    assert shares["website_leads"][0] == 2 / 4996
    assert found["tables"] == {
        "organizations": {
            "rows": 5025,
            "exempt": 660,
            "expected": 4365,
            "with_session": 4365,
            "missing": 0,
            "guaranteed": True,
        },
        "website_leads": {
            "rows": 4996,
            "exempt": 0,
            "expected": 4996,
            "with_session": 2,
            "missing": 4994,
            "guaranteed": False,
        },
        "conversion_tracking": {
            "rows": 253,
            "exempt": 0,
            "expected": 253,
            "with_session": 4,
            "missing": 249,
            "guaranteed": False,
        },
    }
    assert found["clock_offsets"][1] == {
        "table": "website_leads",
        "from": "2026-01-26T02:18:36Z",
        "to": "2026-01-26T02:20:31Z",
        "minutes": 300,
    }
    one_day = answer(capsys, "coverage", "--from", "2026-01-26", *AS_OF)
    assert one_day["tables"]["website_leads"]["with_session"] == 2


def test_the_report_judges_every_claim(capsys: pytest.CaptureFixture[str], demo_url: str) -> None:
    found = answer(capsys, "report", *AS_OF, "--website", "snap.com")
    assert list(found) == ["verdict", "lost_at_least", "claims"]
    assert found["verdict"] == "No: at least 1 submission lost data at 2026-01-26 02:18"
    assert found["lost_at_least"] == 1
    verdicts = {claim["id"]: claim["verdict"] for claim in found["claims"]}
    assert len(verdicts) == 16
    assert verdicts["totals"] == "confirmed"
    assert verdicts["everything_saved"] == verdicts["website_complete"] == "refuted"
    assert verdicts["fix_4"] == "inconclusive"


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        ("html", "<!doctype html>"),
        ("md", "# Lead tracking status report"),
        ("csv", "id,claim,verdict,evidence\n"),
        ("table", "about"),
    ],
)
def test_the_report_in_each_form(
    capsys: pytest.CaptureFixture[str], demo_url: str, form: str, begin: str
) -> None:
    assert main(["report", *AS_OF, "--format", form]) == 0
    written = capsys.readouterr().out
    assert written.startswith(begin)
    assert "At least 1 submission" in written


def test_coverage_as_csv_names_each_table(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    assert main(["coverage", *AS_OF, "--format", "csv"]) == 0
    rows = pd.read_csv(io.StringIO(capsys.readouterr().out))
    tables = [name for name in ("tables", "changes", "clock_offsets", "clock") for _ in range(3)]
    assert rows["table"].tolist() == tables
    assert rows["name"].tolist()[:3] == rows["table_name"].tolist()[3:6]
    assert rows["expected"].tolist()[:3] == [4365, 4996, 253]


def test_races_of_the_reports_picture(capsys: pytest.CaptureFixture[str], demo_url: str) -> None:
    races = answer(capsys, "races", *AS_OF)
    found = {each["kind"]: each["count"] for each in races["kinds"] if each["count"]}
    assert found == {"lost_starts": 1, "unanalyzed_leads": 1}
    assert {each["kind"]: each["race"] for each in races["kinds"]}[
        "duplicate_organizations"
    ] is True
    assert races["constraint"] == "inclusive"


def test_a_date_alone_as_the_end_includes_its_day(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    funnel = answer(capsys, "funnel", "--from", "2026-01-26", "--to", "2026-01-26")
    assert (funnel["from"], funnel["to"]) == ("2026-01-26T00:00:00Z", "2026-01-27T00:00:00Z")
    assert funnel["steps"][0]["count"] == 1


def test_times_are_typed_in_the_workspace_zone(
    capsys: pytest.CaptureFixture[str], demo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_TIMEZONE", "America/New_York")
    assert answer(capsys, "status", "--as-of", "2026-01-25 21:30")["totals"]["events"] == 253
    assert answer(capsys, "status", "--as-of", "2026-01-26T02:30Z")["totals"]["events"] == 253


def test_csv_of_the_funnel_is_one_plain_table(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    assert main(["funnel", *AS_OF, "--format", "csv"]) == 0
    rows = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert rows["step"].tolist()[:2] == ["analysis_started", "analysis_completed"]
    assert rows["count"].tolist()[:2] == [1, 1]


def test_csv_of_status_names_the_table_of_each_row(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    assert main(["status", *AS_OF, "--format", "csv"]) == 0
    rows = pd.read_csv(io.StringIO(capsys.readouterr().out)).set_index(["table", "name"])
    assert rows.loc[("totals", "events"), "value"] == "253"


def test_a_table_is_for_reading(capsys: pytest.CaptureFixture[str], demo_url: str) -> None:
    assert main(["status", *AS_OF]) == 0
    assert "Gloop session_1769376031102_1i34cuwqi" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["status", "--as-of", "yesterday"], "'yesterday' is no date or time"),
        (["status", "--from", "2026-02-01", "--to", "2026-01-01"], "exchange the two"),
        (["status", "--frm", "2026-02-01"], "--frm"),
        (["status", "--format", "xml"], "xml"),
        (["status", "--format", "html"], "html"),
        (["status", "--source", "mysql://u:secret@h/d"], "postgresql://"),
        (["status", "--source", "postgresql://u:secret@h/d?sslmood=require"], "sslmood"),
        (["funnel", "--window", "long"], "36h, 10d"),
        (["funnel", "--steps", "a,a"], "once"),
        (["funnel", "--optional", "b", "--steps", "a"], "b is optional"),
        (["funnel", "--correction", "matched", "--unit", "visitor"], "corrected"),
        (["funnel", "--filter", "color=red"], "lead_source"),
        (["nonsense"], "nonsense"),
        ([], "QUESTION"),
        (["serve", "--port", "0"], "port"),
    ],
    ids=str,
)
def test_wrong_use_is_exit_2_and_says_what_is_right(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert words in told.err
    assert "secret" not in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("name", ["DASHBOARD_TRACKING_PLAN", "DASHBOARD_RELEASES"])
@pytest.mark.parametrize("question", ["status", "serve"])
def test_a_wrong_file_of_ones_own_is_exit_2_before_anything_starts(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    question: str,
) -> None:
    path = tmp_path / "mine.toml"
    monkeypatch.setenv(name, str(path))
    assert main([question]) == 2
    assert f"dashboard: {path}: there is no such file" in capsys.readouterr().err
    path.write_text("\n[[nonsense]]\n")
    assert main([question]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"dashboard: {path}, line 2: 'nonsense' is not known here" in told.err


def test_ones_own_plan_and_releases_are_those_of_a_configured_source(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    demo_url: str,
) -> None:
    plan, releases = tmp_path / "plan.toml", tmp_path / "releases.toml"
    plan.write_text('[[step]]\nname = "website_analysis"\nlabel = "Capture"\nmeaning = "x"\n')
    releases.write_text(
        '[[release]]\ncommit = "mine"\nat = 2026-01-26T02:21:00\nchanges = "x"\nfixes = []\n'
    )
    monkeypatch.setenv("DASHBOARD_TRACKING_PLAN", str(plan))
    monkeypatch.setenv("DASHBOARD_RELEASES", str(releases))
    funnel = answer(capsys, "funnel", *AS_OF, "--breakdown", "release")
    assert [step["label"] for step in funnel["steps"]] == ["Capture"]
    assert {row["value"] for row in funnel["breakdown"]} <= {"before mine", "mine"}


def test_a_failed_question_is_exit_1_on_stderr_alone(
    capsys: pytest.CaptureFixture[str], tables: Parameters
) -> None:
    url = url_of({**tables, "dbname": "nowhere"})
    assert main(["status", "--source", url]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "no database of that name" in told.err


@pytest.mark.usefixtures("demo_url")
def test_who_reads_only_the_beginning_of_an_answer_sees_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "dashboard", "leads", *AS_OF, "--format", "json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as asked:
        assert asked.stdout
        assert asked.stderr
        assert asked.stdout.read(1) == b"["
        asked.stdout.close()
        assert asked.stderr.read() == b""
        assert asked.wait(60) == 0


def test_rows_that_are_none_still_have_their_columns(
    capsys: pytest.CaptureFixture[str], demo_url: str
) -> None:
    assert main(["leads", "--source", demo_url, *AS_OF, "--limit", "0", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("lead_id,created_at,business_name,website_url,")


def test_the_embedded_demo_answers_without_any_configuration(app_home: Path) -> None:
    done = _first_funnel(app_home)
    assert done.returncode == 0, done.stderr
    assert [step["count"] for step in json.loads(done.stdout)["steps"]][:2] == [1, 1]


def _first_funnel(home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dashboard", "funnel", *AS_OF, "--format", "json"],
        cwd=ROOT,
        env={"DASHBOARD_DATA": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
