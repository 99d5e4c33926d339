"""A column that is missing or of another type takes down only what needs it, and is named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from dashboard.check.data import check
from dashboard.check.limits import Limits
from dashboard.coverage.data import as_json as coverage_json
from dashboard.database.contract import OPTIONAL, REQUIRED
from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import Reader
from dashboard.funnel.data import ask
from dashboard.funnel.question import FunnelQuestion
from dashboard.leads.data import Order, Search, rows, timeline, with_submissions
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.races.data import as_json as races_json
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
    return with_submissions(reader, ALL_TIME, rows(reader, ALL_TIME, Search(), Order()))


def one_timeline(reader: Reader) -> Any:
    found = timeline(reader, ALL_TIME, LEAD)
    assert found is not None
    return found.as_json()


QUESTIONS: dict[str, Callable[[Reader], Any]] = {
    "status": lambda reader: status_json(reader, ALL_TIME),
    "funnel": funnel,
    "coverage": lambda reader: coverage_json(reader, ALL_TIME, PLAN),
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


def answers(parameters: Parameters) -> dict[str, Any]:
    """Ask every question; what can't be answered is the reason why."""
    found: dict[str, Any] = {}
    source = source_of(parameters)
    for name, question in QUESTIONS.items():
        try:
            with source.read() as reader:
                found[name] = question(reader)
        except DatabaseProblem as problem:
            found[name] = problem
    source.engine.dispose()
    return found
