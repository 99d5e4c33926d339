"""The triage as a person finds it on the page, and as the command line answers it."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from tests.conftest import Parameters, execute, url_of

OpenApp = Callable[..., AppTest]
RULE = "chk_organizations_user_or_session"
GLOOP = "session_1769376031102_1i34cuwqi"
LOG = f"""\
2026-01-26 02:20:31.300 UTC [8] ERROR:  duplicate key value violates unique constraint "organizations_slug_key"
2026-01-26 02:20:31.300 UTC [8] STATEMENT:  insert into organizations (session_id) values ('{GLOOP}')
2026-01-25 21:10:36.300 EST [9] ERROR:  deadlock detected
2026-01-25 21:10:36.300 EST [9] STATEMENT:  update organizations set name = 'x' where website_url = 'https://www.nowhere.example/a'
2026-01-26 02:20:00 LOG:  connection from 10.2.3.4: postgres://jane:hunter2@db.example/leads
Error: API Error: new row for relation "organizations" violates check constraint "{RULE}"
Error: login of jane@mail.example failed, password=hunter2
"""  # noqa: E501 - lines of a log


def page(app: AppTest, text: str) -> AppTest:
    return app.text_area(key="triage-text").set_value(text).run()


def said(app: AppTest) -> str:
    kinds = (app.title, app.markdown, app.caption, app.info, app.subheader)
    return "\n".join(str(each.value) for kind in kinds for each in kind).replace("\\", "")


def tables_of(app: AppTest) -> str:
    return "\n".join(each.value.to_csv() for each in app.dataframe)


def test_the_reports_own_visitors_are_found_again(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = page(open_app(demo_parameters, "races"), LOG)
    assert not app.exception
    words = said(app)
    assert ":red[1 error stands for rows that are missing]" in words
    assert "Of 3 errors: 1 lost, 1 harmless, 1 inconclusive. By class: 3 race." in words
    assert "Times that name no zone that is known, taken as UTC: 1 of 3." in words
    assert "nowhere.example" in tables_of(app)


def test_secrets_and_addresses_are_masked_on_screen(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = page(open_app(demo_parameters, "races"), LOG)
    shown = said(app) + tables_of(app)
    assert not [each for each in ("hunter2", "10.2.3.4", "jane") if each in shown]


def test_nothing_is_shown_of_no_log_and_of_one_without_errors(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, "races")
    assert not app.exception
    assert "Error" not in "".join(str(each.value.columns) for each in app.dataframe)
    assert "No error of the lead tables is in this log" in said(page(app, "all is well"))


def test_too_large_a_text_is_refused_with_what_to_do(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = page(open_app(demo_parameters, "races"), "é" * 6_000_000)
    assert not app.exception
    assert "larger than 10 MB" in app.info[0].value


def test_without_the_tables_the_log_is_still_classified(
    open_app: OpenApp, empty_database: Parameters
) -> None:
    app = page(open_app(empty_database, "races"), LOG)
    assert not app.exception
    assert "could not be asked" in said(app)
    assert "3 errors: 0 lost, 0 harmless, 3 inconclusive" in said(app)
    assert "2 race, 1 unknown" in said(app)


def triage(
    capsys: pytest.CaptureFixture[str], file: Path, source: Parameters, *more: str
) -> dict[str, Any]:
    assert main(["triage", str(file), "--source", url_of(source), "--format", "json", *more]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    file = tmp_path / "postgresql.log"
    file.write_text(LOG, encoding="utf-8")
    return file


def test_the_command_line_answers_in_its_contracts_form(
    capsys: pytest.CaptureFixture[str], log_file: Path, demo_parameters: Parameters
) -> None:
    answer = triage(capsys, log_file, demo_parameters)
    assert (answer["lines"], answer["read"]) == (7, 5)
    assert answer["constraint"] == "inclusive"
    assert answer["groups"][0] == {
        "signature": "deadlock detected",
        "sqlstate": "40P01",
        "constraint": None,
        "class": "race",
        "count": 1,
        "first": "2026-01-26T02:10:36.300000Z",
        "last": "2026-01-26T02:10:36.300000Z",
        "harmless": 0,
        "lost": 1,
        "inconclusive": 0,
        "without_time": 0,
        "why": "two transactions waited for each other",
        "example": "deadlock detected",
    }
    assert sum(group["count"] for group in answer["groups"]) == answer["read"]
    assert "hunter2" not in json.dumps(answer)


def test_a_plan_of_one_step_proves_nothing_harmless(
    capsys: pytest.CaptureFixture[str],
    log_file: Path,
    demo_parameters: Parameters,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(
        '[[step]]\nname = "analysis_started"\nlabel = "Started"\nmeaning = "It began."\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("DASHBOARD_TRACKING_PLAN", str(plan))
    answer = triage(capsys, log_file, demo_parameters)
    assert sum(group["harmless"] for group in answer["groups"]) == 0


def test_as_of_hides_rows_and_with_them_what_they_prove(
    capsys: pytest.CaptureFixture[str], log_file: Path, demo_parameters: Parameters
) -> None:
    answer = triage(capsys, log_file, demo_parameters, "--as-of", "2026-01-26 02:10")
    assert sum(group["lost"] + group["harmless"] for group in answer["groups"]) == 0


def test_an_exclusive_database_calls_the_same_line_certain(
    capsys: pytest.CaptureFixture[str], log_file: Path, tables: Parameters
) -> None:
    execute(
        tables,
        f"alter table organizations drop constraint {RULE};"
        f"alter table organizations add constraint {RULE}"
        " check ((user_id is null) <> (session_id is null));"
        "alter table organizations rename column user_id to owner_user_id;"
        "insert into organizations (name, owner_user_id, website_url)"
        " values ('a', gen_random_uuid(), 'https://a.example')",
    )
    groups = triage(capsys, log_file, tables)["groups"]
    assert {group["class"] for group in groups if group["constraint"] == RULE} == {"certain"}


def test_standard_input_is_read_and_csv_is_one_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, demo_parameters: Parameters
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LOG.encode("utf-16"))))
    source = ["--source", url_of(demo_parameters)]
    assert main(["triage", "-", *source, "--format", "csv"]) == 0
    rows = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert int(rows["count"].sum()) == 5


def test_a_database_that_does_not_answer_is_a_warning(
    capsys: pytest.CaptureFixture[str], log_file: Path, tables: Parameters
) -> None:
    assert main(["triage", str(log_file), "--source", url_of({**tables, "port": "1"})]) == 0
    told = capsys.readouterr()
    assert "can't be reached" in told.err
    assert "the constraint’s form could not be read" in told.out or "inconclusive" in told.out


@pytest.mark.parametrize("file", ["/nowhere/at all.log", "bad\0name", "/"])
def test_a_file_that_cant_be_read_is_wrong_use(
    capsys: pytest.CaptureFixture[str], file: str
) -> None:
    assert main(["triage", file]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "can’t be read" in told.err


def test_a_file_too_large_is_wrong_use(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "large.log"
    with file.open("wb") as opened:
        opened.truncate(11 * 1024 * 1024)
    assert main(["triage", str(file)]) == 2
    assert "larger than 10 MB" in capsys.readouterr().err
