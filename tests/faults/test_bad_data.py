"""Bad input and bad data through the command line: an answer or a clear line, never a crash."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from dashboard.__main__ import main
from dashboard.database.contract import OPTIONAL
from dashboard.database.errors import DatabaseProblem
from dashboard.embedded.server import acquire
from dashboard.funnel import data as funnel
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.status import data as status
from dashboard.status.report import status_report
from queries import load
from tests.conftest import Parameters, connect, execute, server_home, source_of, url_of

QUESTIONS = ["status", "funnel", "coverage", "races"]
FORMATS = ["table", "json", "csv"]
HOSTILE = {
    "markup": "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "formula": "=cmd|' /C calc'!A0",
    "formula behind a line break": "harmless\r=1+1",
    "right to left": "\u202eevil\u202c שלום",
    "terminal escape": "\x1b[2J\x1b]0;title\x07",
    "255 characters": "w" * 255,
    "emoji": "👩‍👩‍👧 🏳️‍🌈",
    "SQL": "'; drop table organizations; --",
    "braces and percent": "{0} %s %(name)s {{x}} ${HOME} :start_at",
    "CSV": 'a,"b";c\nd',
    "number-like": "-5",
    "null-like": "None",
}
NULLS_EVERYWHERE = """
    alter table organizations drop constraint chk_organizations_user_or_session,
        alter name drop not null, alter created_at drop not null, alter updated_at drop not null;
    alter table website_leads alter created_at drop not null;
    alter table conversion_tracking alter conversion_step drop not null,
        alter step_completed_at drop not null;
    insert into organizations (name, created_at, updated_at) values (null, null, null);
    insert into website_leads (created_at, status) values (null, null);
    insert into conversion_tracking (conversion_step, step_completed_at) values (null, null);
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, null, null from website_leads;
"""
ONE_OF_EACH = """
    insert into organizations (name, session_id, created_at)
    values ('Gloop', 's', '2026-01-25 12:00');
    insert into website_leads (session_id, website_url, created_at)
    values ('s', 'http://gloop.com', '2026-01-25 12:00');
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', '2026-01-25 12:00:01' from website_leads;
"""
# As the deployed system has them: other owner, exclusive constraint, more columns.
DEPLOYED = """
    create table organizations (
        id uuid primary key default gen_random_uuid(), name varchar(255) not null,
        slug varchar(100) unique, owner_user_id uuid, session_id varchar(100),
        website_url varchar(500), created_at timestamp default now(), updated_at timestamp,
        plan text, settings jsonb, "Mixed Case" integer,
        constraint chk_organizations_user_or_session check (
            (owner_user_id is not null and session_id is null)
            or (owner_user_id is null and session_id is not null)
        )
    );
    create table website_leads (
        id uuid primary key default gen_random_uuid(), organization_id uuid,
        session_id varchar(100), website_url varchar(500), business_name varchar(255),
        created_at timestamp default now(), score numeric, tags text[]
    );
    create table conversion_tracking (
        id uuid primary key default gen_random_uuid(), website_lead_id uuid,
        conversion_step varchar(50), step_completed_at timestamp default now(),
        session_id varchar(100), step_data jsonb, experiment text
    );
    insert into organizations (name, owner_user_id, session_id, created_at) values
        ('Owned', gen_random_uuid(), null, '2026-01-25 11:00'),
        ('Anonymous', null, 's', '2026-01-25 12:00');
    insert into website_leads (session_id, created_at) values ('s', '2026-01-25 12:00');
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', '2026-01-25 12:00:01' from website_leads;
"""
Ask = Callable[..., tuple[int, str, str]]
RAW = "funnel --correction raw"
MATCHING = [
    "funnel --correction matched",
    "funnel --correction corrected",
    "funnel --unit visitor",
    "funnel --correction matched --breakdown status",
]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask the command line about a database: exit code, stdout, stderr."""

    def run(database: Parameters, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("DATABASE_URL", url_of(database))
        try:
            code = main([*arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        assert database["password"] not in told.out + told.err
        return code, told.out, told.err

    return run


def answer(ask: Ask, database: Parameters, *arguments: str) -> dict[str, Any]:
    code, out, err = ask(database, *arguments, "--format", "json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("funnel --optional analysis_started", "the first step can't be optional"),
        ("funnel --optional nope", "nope is optional, but no step of this funnel"),
        ("funnel --filter lead_source=", "names no value"),
        ("report --website :::", "names no website"),
    ],
)
def test_an_option_that_can_not_be_meant_is_wrong_use(
    ask: Ask, tables: Parameters, wrong: str, named: str
) -> None:
    code, out, err = ask(tables, *wrong.split())
    assert (code, out) == (2, "")
    assert named in err


# --- databases with little in them ---


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("status", "conversion_tracking, organizations, website_leads are missing"),
        ("funnel", "conversion_tracking is missing"),
    ],
)
def test_an_empty_database_without_tables(
    ask: Ask, empty_database: Parameters, question: str, named: str
) -> None:
    code, out, err = ask(empty_database, question)
    assert (code, out) == (1, "")
    assert named in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_three_empty_tables(ask: Ask, tables: Parameters, question: str, form: str) -> None:
    code, out, err = ask(tables, question, "--format", form)
    assert (code, err) == (0, "")
    assert out.strip()


def test_three_empty_tables_have_no_figures_and_no_rates(ask: Ask, tables: Parameters) -> None:
    found = answer(ask, tables, "status")
    assert found["rows"] == {"organizations": 0, "website_leads": 0, "conversion_tracking": 0}
    assert found["steps"] == {}
    assert found["recent_organizations"] == found["recent_events"] == []
    steps = answer(ask, tables, "funnel")["steps"]
    assert len(steps) == 9
    assert {(s["count"], s["step_conversion"], s["overall_conversion"]) for s in steps} == {
        (None, None, None)
    }


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_only_nulls_in_every_nullable_column(
    ask: Ask, tables: Parameters, question: str, form: str
) -> None:
    execute(tables, NULLS_EVERYWHERE)
    code, out, err = ask(tables, question, "--format", form)
    assert (code, err) == (0, "")
    assert "NaT" not in out
    assert not re.search(r"\bnan\b", out.lower())
    assert "<NA>" not in out


def test_only_nulls_are_counted_and_shown_as_nothing(ask: Ask, tables: Parameters) -> None:
    execute(tables, NULLS_EVERYWHERE)
    found = answer(ask, tables, "status")
    assert found["totals"] == {"events": 2, "unique_leads": 1, "unique_steps": 0}
    assert found["steps"] == {"(none)": 2}
    assert found["recent_organizations"] == [
        {"name": None, "session_id": None, "website_url": None, "created_at": None}
    ]


# --- ranges ---


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_range_without_rows(ask: Ask, tables: Parameters, question: str, form: str) -> None:
    execute(tables, ONE_OF_EACH)
    range_ = ["--from", "2020-01-01", "--to", "2020-01-31"]
    code, out, err = ask(tables, question, *range_, "--format", form)
    assert (code, err) == (0, "")
    assert out.strip()


def test_an_as_of_time_before_everything(ask: Ask, tables: Parameters) -> None:
    execute(tables, ONE_OF_EACH)
    assert answer(ask, tables, "status", "--as-of", "1999-12-31")["totals"]["events"] == 0
    steps = answer(ask, tables, "funnel", "--as-of", "1999-12-31")["steps"]
    assert {step["count"] for step in steps} == {None}


@pytest.mark.parametrize("question", QUESTIONS)
def test_from_1900_to_2999_is_all_that_has_a_time(
    ask: Ask, tables: Parameters, question: str
) -> None:
    execute(tables, ONE_OF_EACH)
    found = answer(ask, tables, question, "--from", "1900-01-01", "--to", "2999-12-31")
    everything = answer(ask, tables, question)
    # The server goes on counting between the two.
    for key in found.keys() - {"from", "to", "rollbacks"}:
        assert found[key] == everything[key]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--from", "2026-02-01", "--to", "2026-01-01"], "exchange the two"),
        (["--from", "9999-12-31", "--to", "9999-12-31"], "9999-12-31"),
        (["--from", "0001-01-01 00:00+10"], "0001-01-01"),
        (["--as-of", "now"], "'now'"),
        (["--form", "2026-01-01"], "--form"),
        (["--format", "xlsx"], "xlsx"),
        (["--source", "mysql://u:p@h/d"], "--source"),
        (["extra"], "extra"),
    ],
)
def test_reversed_dates_and_unknown_options_are_wrong_use(
    ask: Ask, tables: Parameters, question: str, arguments: list[str], named: str
) -> None:
    code, out, err = ask(tables, question, *arguments)
    assert (code, out) == (2, "")
    assert named in err


def test_a_bad_setting_is_wrong_use(
    ask: Ask, tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_TIMEZONE", "Mars/Olympus")
    code, out, err = ask(tables, "status")
    assert (code, out) == (2, "")
    assert err.startswith("dashboard: DASHBOARD_TIMEZONE: 'Mars/Olympus'")


# --- values ---


def test_ten_megabytes_of_step_data(ask: Ask, tables: Parameters) -> None:
    execute(tables, ONE_OF_EACH)
    execute(
        tables,
        "update conversion_tracking"
        " set step_data = jsonb_build_object('x', repeat('0123456789', 1048576))",
    )
    assert answer(ask, tables, "status")["totals"]["events"] == 1
    assert answer(ask, tables, "funnel")["steps"][0]["count"] == 1


@pytest.fixture(params=HOSTILE.values(), ids=[*HOSTILE])
def hostile_name(request: pytest.FixtureRequest, tables: Parameters) -> str:
    """A text that is the name, session and website of all there is."""
    text: str = request.param
    with connect(tables) as connection:
        connection.execute(
            b"insert into organizations (name, session_id, website_url) values (%s, %s, %s)",
            [text] * 3,
        )
        connection.execute(
            b"insert into conversion_tracking (conversion_step, session_id)"
            b" values (left(%s, 50), left(%s, 100))",
            [text] * 2,
        )
    return text


def test_hostile_text_is_exact_in_json(ask: Ask, tables: Parameters, hostile_name: str) -> None:
    found = answer(ask, tables, "status")
    (organization,) = found["recent_organizations"]
    assert {organization[key] for key in ("name", "session_id", "website_url")} == {hostile_name}
    assert found["steps"] == {hostile_name[:50]: 1}


def test_hostile_text_is_inert_in_csv(ask: Ask, tables: Parameters, hostile_name: str) -> None:
    code, out, err = ask(tables, "status", "--format", "csv")
    assert (code, err) == (0, "")
    header, *rows = csv.reader(io.StringIO(out, newline=""))
    assert {len(row) for row in rows} == {len(header)}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_hostile_text_moves_nothing_in_a_terminal(
    ask: Ask, tables: Parameters, hostile_name: str
) -> None:
    code, out, err = ask(tables, "status")
    assert (code, err) == (0, "")
    assert all(line.isprintable() for line in out.split("\n"))
    section = out.split("recent_organizations\n")[1].split("\n\n")[0]
    assert len(section.split("\n")) == 2


def test_hostile_text_as_an_option_finds_nothing_and_breaks_nothing(
    ask: Ask, tables: Parameters
) -> None:
    for text in HOSTILE.values():
        code, out, _ = ask(tables, "status", f"--from={text}")
        assert (code, out) == (2, "")
    assert ask(tables, "status")[0] == 0


# --- databases that change under the reader's feet ---


def test_a_server_that_goes_away_and_comes_back(ask: Ask) -> None:
    with server_home() as home:
        lease = acquire(home, say=lambda _: None)
        parameters = lease.server.parameters("postgres")
        execute(parameters, load("schema/tables").sql)
        source = source_of(parameters)
        try:
            with source.read() as reader:
                assert status.event_totals(reader, Filters()).events == 0
        finally:
            lease.release()
        with pytest.raises(DatabaseProblem) as raised, source.read():
            pass
        assert raised.value.kind == "unreachable"
        code, out, err = ask(parameters, "status")
        assert (code, out) == (1, "")
        assert "can't be reached" in err
        again = acquire(home, say=lambda _: None)
        try:
            with source.read() as reader:
                assert status.event_totals(reader, Filters()).events == 0
        finally:
            again.release()


def test_a_database_that_refuses_for_a_while(tables: Parameters) -> None:
    execute(
        tables,
        "create role visitor login password 'x'; grant select on all tables in schema"
        " public to visitor",
    )
    source = source_of(tables | {"user": "visitor", "password": "x"})
    postgres = tables | {"dbname": "postgres"}
    with source.read() as reader:
        status.event_totals(reader, Filters())
    execute(postgres, f"alter database {tables['dbname']} allow_connections false")
    execute(
        postgres,
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = %s",
        tables["dbname"],
    )
    with pytest.raises(DatabaseProblem), source.read():
        pass
    execute(postgres, f"alter database {tables['dbname']} allow_connections true")
    with source.read() as reader:
        assert status.event_totals(reader, Filters()).events == 0


# --- other forms of the three tables ---


def test_the_deployed_form_is_read_with_nothing_but_select(
    ask: Ask, new_database: Callable[[], Parameters]
) -> None:
    database = new_database()
    execute(database, DEPLOYED)
    execute(
        database,
        "create role only_select login password 'x';"
        "grant select on organizations, website_leads, conversion_tracking to only_select",
    )
    reading = database | {"user": "only_select", "password": "x-and-more"}
    execute(database, "alter role only_select password 'x-and-more'")
    found = answer(ask, reading, "status")
    assert found["contract"] == {
        "owner_columns": ["owner_user_id"],
        "constraint": "exclusive",
        "validated": True,
        "missing": [
            f"{table}.{column}"
            for table, columns in OPTIONAL.items()
            for column in columns
            if table != "organizations"
        ],
        "unsupported": [],
    }
    assert found["rows"] == {"organizations": 2, "website_leads": 1, "conversion_tracking": 1}
    assert [row["name"] for row in found["recent_organizations"]] == ["Anonymous", "Owned"]
    assert answer(ask, reading, "funnel")["steps"][0]["count"] == 1
    with connect(reading) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(b"delete from website_leads")


@pytest.mark.parametrize(
    ("column", "failing", "working"),
    [
        ("website_leads.created_at", [RAW, *MATCHING], ["status"]),
        ("conversion_tracking.session_id", MATCHING, ["status", RAW]),
        ("organizations.session_id", [], ["status", RAW, *MATCHING]),
        ("conversion_tracking.conversion_step", [RAW, *MATCHING], ["status"]),
        ("website_leads.session_id", MATCHING, ["status", RAW]),
        ("website_leads.website_url", MATCHING, ["status", RAW]),
        ("website_leads.organization_id", MATCHING, ["status", RAW]),
        ("conversion_tracking.step_data", [], ["status", RAW, *MATCHING]),
    ],
)
def test_a_missing_column_fails_what_needs_it_in_one_line_and_nothing_else(
    ask: Ask, tables: Parameters, column: str, failing: list[str], working: list[str]
) -> None:
    execute(tables, ONE_OF_EACH)
    table, name = column.split(".")
    execute(tables, f"alter table {table} drop column {name} cascade")
    for question in failing:
        code, out, err = ask(tables, *question.split())
        assert (question, code, out) == (question, 1, "")
        assert err.startswith(f"dashboard: {column} is missing (")
        assert len(err.splitlines()) == 1
    for question in working:
        assert (question, ask(tables, *question.split())[0]) == (question, 0)


def test_status_lists_a_missing_column_that_it_does_not_need(ask: Ask, tables: Parameters) -> None:
    execute(tables, "alter table website_leads drop column session_id")
    assert answer(ask, tables, "status")["contract"]["missing"] == ["website_leads.session_id"]


def test_the_figures_that_need_no_missing_column_are_still_there(tables: Parameters) -> None:
    execute(tables, ONE_OF_EACH)
    execute(tables, "alter table website_leads drop column session_id")
    with source_of(tables).read() as reader:
        claims = {each.id: each for each in status_report(reader, Filters(), load_plan()).claims}
        told = claims["session_leads"]
        assert told.verdict == "inconclusive"
        assert told.evidence.startswith("website_leads.session_id is missing")
        assert "1 event of 1 lead" in claims["totals"].evidence
        assert status.event_totals(reader, Filters()).events == 1
        assert len(status.recent_events(reader, Filters())) == 1
        assert funnel.recorded(reader, Filters(), load_plan()).leads == 1
