"""A column that is missing or of another type takes down only what needs it, and is named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from dashboard.check.data import check
from dashboard.check.limits import Limits
from dashboard.coverage.answers import continuity_json, coverage_json, silences_json
from dashboard.database.contract import OPTIONAL, REQUIRED
from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import Reader
from dashboard.funnel.data import ask
from dashboard.funnel.question import FunnelQuestion
from dashboard.leads.data import LeadOrder, LeadSearch, lead_rows, with_submissions
from dashboard.leads.timeline.data import lead_timeline
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.races.data import races_json
from dashboard.races.kinds import RACE_KINDS
from dashboard.status.data import status_json
from dashboard.status.report import status_report
from queries import load
from tests.conftest import Parameters, execute, source_of

PLAN = load_plan()
ALL_TIME = Filters(as_of=datetime(2026, 2, 1))
LEAD = UUID(int=11)
ROWS = """
    insert into organizations (id, name, session_id, website_url, created_at) values
        (cast('00000000-0000-0000-0000-000000000001' as uuid), 'A',
         'session_1767225600000_aaaaaaaaa', 'a.example', '2026-01-01');
    insert into website_leads (id, organization_id, session_id, website_url, business_name,
        created_at) values
        (cast('00000000-0000-0000-0000-00000000000b' as uuid),
         cast('00000000-0000-0000-0000-000000000001' as uuid),
         'session_1767225600000_aaaaaaaaa', 'a.example', 'Unknown Business', '2026-01-01');
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at,
        session_id) values
        (cast('00000000-0000-0000-0000-00000000000b' as uuid), 'analysis_completed',
         '2026-01-01 00:00:42', 'session_1767225600000_aaaaaaaaa');
"""


def funnel(reader: Reader) -> Any:
    return ask(reader, ALL_TIME, PLAN, FunnelQuestion()).as_json()


def leads(reader: Reader) -> Any:
    return with_submissions(
        reader, ALL_TIME, lead_rows(reader, ALL_TIME, LeadSearch(), LeadOrder())
    )


def one_timeline(reader: Reader) -> Any:
    found = lead_timeline(reader, ALL_TIME, LEAD)
    assert found is not None
    return found.as_json()


QUESTIONS: dict[str, Callable[[Reader], Any]] = {
    "status": lambda reader: status_json(reader, ALL_TIME),
    "funnel": funnel,
    "coverage": lambda reader: coverage_json(reader, ALL_TIME, PLAN),
    "continuity": lambda reader: continuity_json(reader, ALL_TIME, PLAN),
    "silences": lambda reader: silences_json(reader, ALL_TIME, PLAN),
    "leads": leads,
    "races": lambda reader: races_json(reader, ALL_TIME, PLAN),
    "timeline": one_timeline,
    "report": lambda reader: status_report(reader, ALL_TIME, PLAN).as_json(),
    "check": lambda reader: check(reader, ALL_TIME, PLAN, Limits(0.05, None, 0)),
}


@pytest.fixture(scope="module")
def database(new_database: Callable[[], Parameters]) -> Parameters:
    parameters = new_database()
    execute(parameters, load("schema/tables").sql)
    execute(parameters, ROWS)
    return parameters


@contextmanager
def without(parameters: Parameters, table: str, column: str) -> Iterator[None]:
    execute(parameters, f"alter table {table} rename column {column} to gone")
    try:
        yield
    finally:
        execute(parameters, f"alter table {table} rename column gone to {column}")


def answers(parameters: Parameters, *names: str) -> dict[str, Any]:
    """Ask these questions, or all; what can't be answered is the reason why."""
    found: dict[str, Any] = {}
    source = source_of(parameters)
    for name in names or QUESTIONS:
        try:
            with source.read() as reader:
                found[name] = QUESTIONS[name](reader)
        except DatabaseProblem as problem:
            found[name] = problem
    source.engine.dispose()
    return found


# What cannot be answered at all without a column; what is not named here stands.
REFUSED = {
    "organizations.id": {"coverage", "continuity", "timeline"},
    "organizations.session_id": {"continuity"},
    "organizations.created_at": {"coverage", "continuity", "timeline"},
    "website_leads.id": {"funnel", "coverage", "continuity", "silences", "leads", "timeline"},
    "website_leads.organization_id": {"funnel", "continuity", "leads", "timeline"},
    "website_leads.session_id": {"funnel", "continuity", "leads", "timeline"},
    "website_leads.website_url": {"funnel", "continuity", "leads", "timeline"},
    "website_leads.business_name": {"leads", "timeline"},
    "website_leads.created_at": {
        *("funnel", "coverage", "continuity", "silences", "leads", "timeline"),
    },
    "conversion_tracking.id": {"silences", "timeline"},
    "conversion_tracking.website_lead_id": {
        *("funnel", "continuity", "silences", "leads", "timeline"),
    },
    "conversion_tracking.conversion_step": {"funnel", "continuity", "silences", "timeline"},
    "conversion_tracking.step_completed_at": {
        *("funnel", "coverage", "continuity", "silences", "leads", "timeline"),
    },
    "conversion_tracking.session_id": {"funnel", "continuity", "silences", "timeline"},
}
LEAD_KINDS = {kind.name for kind in RACE_KINDS if kind.family == "lead"}
OWN_TYPES = {
    "organizations.session_id": "uuid using gen_random_uuid()",
    "organizations.website_url": "jsonb using to_jsonb(website_url)",
    "website_leads.created_at": "date",
    "conversion_tracking.step_completed_at": "date",
    "conversion_tracking.id": "text",
    "conversion_tracking.conversion_step": "integer using 1",
}


def names_of(tables: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(table, column) for table, columns in tables.items() for column in columns]


def unknown_kinds(races: dict[str, Any]) -> set[str]:
    return {each["kind"] for each in races["kinds"] if each["count"] is None}


def refused(found: dict[str, Any]) -> set[str]:
    return {name for name, answer in found.items() if isinstance(answer, DatabaseProblem)}


def test_a_missing_column_is_named_and_takes_down_only_what_needs_it(
    database: Parameters,
) -> None:
    whole = answers(database)
    assert refused(whole) == set()
    for table, column in names_of(REQUIRED):
        name = f"{table}.{column}"
        with without(database, table, column):
            found = answers(database)
        assert refused(found) == REFUSED.get(name, set()), name
        for question in refused(found):
            assert found[question].what == f"{name} is missing", question
        assert found["status"]["contract"]["missing"] == [name]
        # A loss is never printed beside a claim that could not be judged.
        lost = found["report"]["lost_at_least"]
        assert lost == (None if "Inconclusive" in found["report"]["verdict"] else 1), name


def test_an_optional_column_changes_nothing_but_the_list_of_what_is_missing(
    database: Parameters,
) -> None:
    whole = answers(database, "coverage")
    for table, column in names_of(OPTIONAL):
        with without(database, table, column):
            found = answers(database, "status", "coverage", "leads", "timeline")
        assert refused(found) == set()
        assert found["status"].pop("contract")["missing"] == [f"{table}.{column}"]
        assert found["coverage"] == whole["coverage"]


@pytest.mark.parametrize("table", [*REQUIRED])
def test_without_a_tables_session_ids_the_coverage_of_the_others_stands(
    database: Parameters, table: str
) -> None:
    whole = answers(database, "coverage")["coverage"]["tables"]
    with without(database, table, "session_id"):
        found = answers(database, "coverage")["coverage"]["tables"]
    assert found == whole | {table: None}


def test_without_ids_of_events_the_leads_findings_stand(database: Parameters) -> None:
    with without(database, "conversion_tracking", "id"):
        races = answers(database, "races")["races"]
    assert unknown_kinds(races) == set()
    assert {each["kind"] for each in races["kinds"]} >= LEAD_KINDS


@pytest.mark.parametrize("name", [*OWN_TYPES])
def test_a_column_of_another_type_is_named_with_what_is_supported(
    tables: Parameters, name: str
) -> None:
    table, column = name.split(".")
    execute(tables, ROWS)
    change = f"alter column {column} drop default, alter column {column} type {OWN_TYPES[name]}"
    execute(tables, f"alter table {table} drop constraint if exists {table}_pkey cascade, {change}")
    found = answers(tables)
    (said,) = found["status"]["contract"]["unsupported"]
    assert said.startswith(f"{name} is of type {OWN_TYPES[name].split()[0]} (supported: ")
    for question in refused(found):
        assert found[question].what == said, question
    assert refused(found) == REFUSED.get(name, set())


def test_ids_that_are_no_uuids_are_refused_by_name(tables: Parameters) -> None:
    execute(
        tables,
        "drop table conversion_tracking, website_leads;"
        "create table website_leads (id bigint, organization_id uuid, session_id text,"
        " website_url text, business_name text, created_at timestamp);"
        "create table conversion_tracking (id bigint, website_lead_id bigint,"
        " conversion_step text, step_completed_at timestamp, session_id text, step_data json);"
        "insert into website_leads (id, created_at) values (1, '2026-01-01')",
    )
    found = answers(tables)
    assert refused(found) == REFUSED["website_leads.id"]
    for question in refused(found):
        assert " is of type bigint (supported: uuid)" in found[question].what, question


def test_columns_of_fixed_length_are_read_without_their_blanks(tables: Parameters) -> None:
    execute(tables, ROWS)
    expected = answers(tables)
    execute(
        tables,
        "alter table conversion_tracking alter column conversion_step type char(40),"
        " alter column session_id type char(60);"
        "alter table website_leads alter column session_id type char(60)",
    )
    found = answers(tables)
    for each in (found, expected):
        # The server counts its transactions late.
        each["races"].pop("rollbacks")
        # How long the last claim's question took differs from read to read.
        each["report"]["claims"].pop()
    for question, answer in expected.items():
        assert str(found[question]) == str(answer), question


def test_a_missing_grant_names_the_table(tables: Parameters) -> None:
    role = f"half_{tables['dbname']}"
    execute(
        tables,
        f"create role {role} login password 'half-a-grant';"
        f"grant select on organizations, conversion_tracking to {role}",
    )
    found = answers(tables | {"user": role, "password": "half-a-grant"})
    assert {problem.kind for problem in map(found.get, refused(found)) if problem} == {
        "missing_grant"
    }
    for question in refused(found):
        assert found[question].what == "The database role may not read website_leads"


def test_of_views_nothing_is_confirmed_by_the_absence_of_constraints(tables: Parameters) -> None:
    execute(tables, "create schema shown")
    for table in REQUIRED:
        execute(tables, f"create view shown.{table} as select * from public.{table}")
    source = source_of(tables, "shown")
    with source.read() as reader:
        found = races_json(reader, ALL_TIME, PLAN)
    source.engine.dispose()
    assert (found["constraint"], found["validated"]) == ("unknown", None)
    allowed = found["allowed"]
    assert isinstance(allowed, list)
    deadlocks, *others = sorted(allowed, key=lambda each: not each["failure"].startswith("Dead"))
    assert deadlocks["state"] == "possible"
    assert {each["state"] for each in others} == {"inconclusive"}
