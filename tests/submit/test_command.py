"""`submit URL`: the JSON contract, the exit codes, and nothing but the sandbox written."""

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from dashboard.__main__ import main
from dashboard.embedded.server import acquire
from dashboard.settings import ROOT
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace
from tests.conftest import Parameters, execute, url_of

STEPS = ["website_analysis", "analysis_started", "website_analysis", "analysis_completed"]


@pytest.fixture(autouse=True)
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["submit", *arguments, "--fast", "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_answer_has_the_rows_of_each_table(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "Shop.Example.com/#top")
    assert found["saved"] is True
    assert found["errors"] == []
    assert found["website_url"] == "https://shop.example.com"
    (organization,) = found["organizations"]
    placeholder, analyzed = found["leads"]
    assert (organization["name"], placeholder["business_name"]) == ("Example", "Unknown Business")
    assert (placeholder["session_id"] is None, analyzed["session_id"]) == (False, None)
    assert organization["session_id"] not in (None, placeholder["session_id"])
    assert [event["step"] for event in found["events"]] == STEPS
    assert {event["session_id"] for event in found["events"]} == {None, placeholder["session_id"]}


def test_each_command_is_a_submission(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (answer(capsys, "twice.example") for _ in range(2))
    assert first["submission_id"] != second["submission_id"]
    assert (
        first["organizations"][0]["organization_id"]
        == (second["organizations"][0]["organization_id"])
    )


def test_its_lead_can_be_traced(capsys: pytest.CaptureFixture[str]) -> None:
    lead = answer(capsys, "traced.example")["leads"][0]["lead_id"]
    assert main(["timeline", lead, "--source", "sandbox", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["leads"]) == 2


@pytest.mark.parametrize("form", ["table", "csv"])
def test_it_is_told_as_the_other_answers_are(capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert main(["submit", "told.example", "--fast", "--format", form]) == 0
    told = capsys.readouterr()
    assert "Unknown Business" in told.out
    assert "T+00.1 s  tracking" in told.err
    (last,) = (line for line in told.err.splitlines() if "analysis_completed" in line)
    # Planned when the analysis has ended, and made at once: both are told.
    assert re.fullmatch(r"T\+[456]\d\.\d s  tracking  analysis_completed +made at \d\.\d\d s", last)


def test_two_paths_at_the_same_moment_lose_the_analyzed_lead(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answer(capsys, "moment.example", "--same-moment")
    assert found["saved"] is False
    assert [error["sqlstate"] for error in found["errors"]] == ["23514"]
    assert found["choices"] == {
        "release": "2493f44",
        "visitor": "anonymous",
        "same_moment": True,
        "together": 1,
    }


@pytest.mark.parametrize(
    ("option", "sqlstates"),
    [
        (("--release", "before"), {"23514"}),
        (("--release", "2ef8629"), {"23514"}),
        (("--release", "4c07fe6"), set()),
        (("--release", "ece936e"), {"23514"}),
        (("--visitor", "no-session"), {"23514"}),
        (("--visitor", "unknown-ip"), {"22P02"}),
        (("--visitor", "owned"), set()),
    ],
)
def test_each_choice_has_its_error(
    capsys: pytest.CaptureFixture[str], option: tuple[str, str], sqlstates: set[str]
) -> None:
    found = answer(capsys, f"{'-'.join(option).strip('-')}.example", *option)
    assert {error["sqlstate"] for error in found["errors"]} == sqlstates
    assert found["saved"] is not bool(sqlstates)


def test_the_job_form_leaves_an_organization_and_tells_what_was_dropped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answer(capsys, "jobs.example", "--release", "ece936e-jobs")
    assert (found["saved"], found["errors"]) == (False, [])
    assert found["dropped"] == {"analysis_started": 1, "analysis_completed": 1}
    assert len(found["organizations"]) == 1
    assert found["leads"] == found["events"] == []


@pytest.mark.usefixtures("short_history")
def test_the_month_without_tracking_fails_the_check_with_one_outage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["reset", "--tracking-off", "--format", "json"]) == 0
    since = datetime.fromisoformat(json.loads(capsys.readouterr().out)["tracking_off_since"])
    asked = ["--source", "sandbox", "--format", "json"]
    assert main(["check", "--max-silence", "6h", *asked]) == 1
    (rule,) = json.loads(capsys.readouterr().out)["rules"]
    assert rule["ok"] is False
    # The last step that was recorded came before the midnight of the stop.
    began = f"0 of 9 steps recorded since {since - timedelta(days=1):%Y-%m-%d}"
    assert began in rule["words"]
    assert rule["words"].endswith(": tracking is off")
    assert main(["funnel", "--from", f"{since:%Y-%m-%d}", *asked]) == 0
    assert {step["with_event"] for step in json.loads(capsys.readouterr().out)["steps"]} == {0}
    assert main(["report", *asked]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"].startswith("No: ")


def test_a_reset_makes_the_sandbox_a_copy_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reset", "--exclusive", "--format", "json"]) == 0
    told = {"tracking_off_since": None, "constraint": "exclusive"}
    assert json.loads(capsys.readouterr().out) == told
    assert main(["reset", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {**told, "constraint": "inclusive"}


def test_no_reset_while_a_submission_runs(
    capsys: pytest.CaptureFixture[str], opened: Submissions
) -> None:
    # Another process has it: the one that started this one.
    other = psutil.Process().parent()
    opened.jobs.process = f"{other.pid} {other.create_time():.0f}"
    running = opened.submit("visitor", "https://running.example", Pace.REAL)
    try:
        assert main(["reset"]) == 1
        assert "1 submission still running" in capsys.readouterr().err
    finally:
        opened.store.end(running, "interrupted")


def test_several_visitors_together_are_answered_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "together.example", "--together", "6", "--same-moment")
    assert (found["submissions"], found["submissions_with_loss"]) == (6, 6)
    assert (len(found["organizations"]), len(found["leads"])) == (1, 6)
    errors = Counter((error["path"], error["sqlstate"]) for error in found["errors"])
    assert errors == {("tracking", "23505"): 5, ("analysis", "23514"): 6}


@pytest.mark.parametrize(
    "given",
    [
        "",
        "x" * 501 + ".com",
        "javascript:alert(1)",
        "ftp://a.example",
        "https://u:secret@a.example",
        "127.0.0.1",
        "http://[::1]/",
        "localhost",
        "a\0b.example",
        "a\ud800.example",
        "a\u202eb.example",
        "\x1b[31mred.example",
    ],
    ids=ascii,
)
def test_a_refused_address_is_exit_2_and_leaves_no_rows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    # Nothing is even started: this folder could not hold a server.
    monkeypatch.setenv("DASHBOARD_DATA", "/dev/null/nowhere")
    assert main(["submit", given, "--fast", "--format", "json"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "secret" not in told.err
    assert told.err.strip().isprintable()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.b", "\x1b[31m"],
        ["a.b", "--source", "demo"],
        ["a.b", "--together", "0"],
        ["a.b", "--together", "21"],
        ["a.b", "--together", "٣"],
        ["a.b", "--release", "x"],
        ["a.b", "--visitor", ""],
    ],
    ids=ascii,
)
def test_wrong_use_is_exit_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["submit", *arguments])
    assert stop.value.code == 2
    assert "\x1b" not in capsys.readouterr().err


def test_a_database_that_fails_is_exit_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", "/dev/null/nowhere")
    assert main(["submit", "a.example", "--fast"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "embedded PostgreSQL" in told.err


def test_a_write_that_fails_is_answered_with_its_sqlstate(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    lease = acquire(home, say=lambda _: None)
    sandbox = lease.server.parameters("sandbox")
    execute(sandbox, "alter table website_leads add constraint closed check (false) not valid")
    try:
        found = answer(capsys, "refused.example")
    finally:
        execute(sandbox, "alter table website_leads drop constraint closed")
        lease.release()
    assert found["saved"] is False
    assert found["leads"] == []
    assert [list(error) for error in found["errors"]] == [
        ["path", "sqlstate", "constraint", "message"]
    ] * 3
    assert found["errors"][1]["path"] == "analysis"
    assert (found["errors"][1]["sqlstate"], found["errors"][1]["constraint"]) == ("23514", "closed")


def test_a_configured_source_is_not_touched(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tables: Parameters
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of({**tables, "port": "1"}))
    assert answer(capsys, "beside.example")["saved"] is True


@pytest.mark.parametrize("commands", [2, pytest.param(10, marks=pytest.mark.soak)])
def test_commands_at_once_are_all_answered(home: Path, commands: int) -> None:
    """Processes beside each other, and beside the one that runs the server."""
    command = [
        sys.executable,
        "-m",
        "dashboard",
        "submit",
        "many.example",
        "--fast",
        "--format",
        "json",
    ]
    running = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for _ in range(commands)
    ]
    answers = [json.loads(each.communicate()[0]) for each in running]
    assert len({each["submission_id"] for each in answers}) == commands
    assert all(each["saved"] for each in answers)
