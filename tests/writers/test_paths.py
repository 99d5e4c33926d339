"""Both write paths over empty tables: which fix writes which session id, and who uses them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import InvalidTextRepresentation
from sqlalchemy import Connection, Row

from dashboard.database.address import Address
from dashboard.lab.conditions import Conditions
from dashboard.lab.schemas import open_schema
from dashboard.lab.statements import GivenIds, LabStatements
from dashboard.lab.strategies import STRATEGIES
from dashboard.writers.paths import (
    ALL_FIXES,
    DIRECT_FORM,
    JOB_FORM,
    SubmittingVisit,
    WritePaths,
    Writers,
)
from dashboard.writers.rows import RowWriter
from dashboard.writers.statements import WrittenRow
from queries import load
from tests.conftest import Parameters
from tests.submit.conftest import rows

WEBSITE = "https://gloop.com"
TRACKED = "20260126T101500000-tracked"
OLDER = "20260126T101000000-older"
NEW_WEBSITE = [
    "writers/lead_of_session",
    "writers/organization_of_website",
    "writers/insert_organization",
    "writers/insert_lead",
    "writers/insert_event",
    "writers/insert_event",
    "writers/organization_of_website",
    "writers/update_organization",
    "writers/insert_lead",
    "writers/insert_event",
    "writers/lead_of_session",
    "writers/insert_event",
]


@dataclass
class PlainStatements:
    """Makes statements on a connection and remembers their questions."""

    connection: Connection
    made: list[str] = field(default_factory=list)

    def look(self, _call: str, question: str, /, **binds: object) -> Row[Any] | None:
        self.made.append(question)
        return self.connection.execute(load(question).bind(binds)).first()

    def write(self, _call: str, _row: WrittenRow, question: str, /, **binds: object) -> None:
        self.made.append(question)
        self.connection.execute(load(question).bind(binds))

    def drop(self, call: str) -> None:
        self.made.append(f"dropped {call}")


@pytest.fixture
def connection(tables: Parameters) -> Iterator[Connection]:
    engine = open_schema(Address("tables", tables), "public", "AUTOCOMMIT", 1)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def new_slug(beginning: str, row_id: UUID) -> str:
    return f"{beginning}-{row_id.hex[:12]}"


def submit(connection: Connection, visit: SubmittingVisit) -> list[str]:
    """Let both paths write about one visit, and return the questions of their statements."""
    statements = PlainStatements(connection)
    paths = WritePaths(visit, RowWriter(statements, WEBSITE), new_slug)
    paths.track("started")
    paths.save_analysis()
    paths.track("completed")
    return statements.made


def visit_with(*fixes: int) -> SubmittingVisit:
    return SubmittingVisit(TRACKED, OLDER, fixes=frozenset(fixes))


def test_with_all_fixes_each_row_has_its_session_id(
    connection: Connection, tables: Parameters
) -> None:
    assert submit(connection, visit_with(*ALL_FIXES)) == NEW_WEBSITE
    (organization,) = rows(tables, "organizations")
    # The update of the analysis path came last.
    assert organization["session_id"] == OLDER
    assert [lead["session_id"] for lead in rows(tables, "website_leads")] == [TRACKED, None]
    assert [lead["ip_address"] for lead in rows(tables, "website_leads")] == [None, None]


def test_without_fix_4_the_organization_keeps_its_session_id(
    connection: Connection, tables: Parameters
) -> None:
    submit(connection, visit_with(1, 2, 3))
    assert [row["session_id"] for row in rows(tables, "organizations")] == [TRACKED]


def test_without_fix_3_a_new_organization_is_refused(connection: Connection) -> None:
    with pytest.raises(Exception, match="chk_organizations_user_or_session"):
        submit(connection, visit_with(1, 2, 4))


def test_without_fix_2_the_placeholder_lead_has_no_session_id(
    connection: Connection, tables: Parameters
) -> None:
    submit(connection, visit_with(1, 3, 4))
    # The completion finds no lead of the session and makes another one.
    assert [lead["session_id"] for lead in rows(tables, "website_leads")] == [None] * 3


def test_without_fix_1_the_unknown_address_is_a_word_that_is_refused(
    connection: Connection,
) -> None:
    with pytest.raises(Exception, match=InvalidTextRepresentation.__name__):
        submit(connection, visit_with(2, 3, 4))


# --- since 2026-01-29 ---


def later_visit(writers: Writers) -> SubmittingVisit:
    return SubmittingVisit(TRACKED, OLDER, writers=writers)


def known_website(connection: Connection) -> None:
    submit(connection, SubmittingVisit("earlier", "earlier-older"))


def test_the_direct_form_is_refused_on_a_new_website(
    connection: Connection, tables: Parameters
) -> None:
    with pytest.raises(Exception, match="chk_organizations_user_or_session"):
        submit(connection, later_visit(DIRECT_FORM))
    assert rows(tables, "organizations") == rows(tables, "website_leads") == []


def test_the_direct_form_saves_lead_and_event_without_session_id_on_a_known_website(
    connection: Connection, tables: Parameters
) -> None:
    known_website(connection)
    made = submit(connection, later_visit(DIRECT_FORM))
    assert made == [
        "writers/lead_of_session",
        "dropped started/step",
        "writers/organization_of_website",
        "writers/update_organization",
        "writers/insert_lead",
        "writers/insert_event",
        "writers/lead_of_session",
        "dropped completed/step",
    ]
    (organization,) = rows(tables, "organizations")
    assert organization["session_id"] == "earlier-older"
    assert rows(tables, "website_leads")[-1]["session_id"] is None
    last = rows(tables, "conversion_tracking")[-1]
    assert (last["conversion_step"], last["session_id"]) == ("website_analysis", None)


@pytest.mark.parametrize("is_known", [False, True])
def test_the_job_form_saves_the_organization_with_a_session_id_and_nothing_else(
    connection: Connection, tables: Parameters, is_known: bool
) -> None:
    if is_known:
        known_website(connection)
    before = [len(rows(tables, each)) for each in ("website_leads", "conversion_tracking")]
    made = submit(connection, later_visit(JOB_FORM))
    saved = "writers/update_organization" if is_known else "writers/insert_organization"
    assert made[2:4] == ["writers/organization_of_website", saved]
    assert made[4:] == ["writers/lead_of_session", "dropped completed/step"]
    (organization,) = rows(tables, "organizations")
    assert organization["session_id"] == OLDER
    after = [len(rows(tables, each)) for each in ("website_leads", "conversion_tracking")]
    assert after == before


def test_a_step_is_logged_where_the_session_has_a_lead_from_before(
    connection: Connection, tables: Parameters
) -> None:
    submit(connection, visit_with(*ALL_FIXES))
    statements = PlainStatements(connection)
    visit = later_visit(DIRECT_FORM)
    WritePaths(visit, RowWriter(statements, WEBSITE), new_slug).track("previews_viewed")
    assert statements.made == ["writers/lead_of_session", "writers/insert_event"]
    assert rows(tables, "conversion_tracking")[-1]["conversion_step"] == "previews_viewed"


@dataclass(frozen=True)
class NotedLabStatements(LabStatements):
    """The Lab's statements, which remember their questions."""

    made: list[str] = field(default_factory=list)

    def look(self, call: str, question: str, /, **binds: object) -> Row[Any] | None:
        self.made.append(question)
        return super().look(call, question, **binds)

    def write(self, call: str, row: WrittenRow, question: str, /, **binds: object) -> None:
        self.made.append(question)
        super().write(call, row, question, **binds)


@pytest.mark.parametrize("strategy", ["as-is", "as-is-with-session"])
def test_the_labs_strategies_make_the_same_statements_and_number_the_slug(
    tables: Parameters, connection: Connection, strategy: str
) -> None:
    statements = NotedLabStatements(connection, 0, GivenIds(), lambda: None)
    writer = STRATEGIES[strategy].writer(statements, Conditions().submission(0, 0))
    for request in (writer.started, writer.analyzed, writer.completed):
        request()
    assert [each for each in statements.made if each != "lab/next_number"] == NEW_WEBSITE
    assert statements.made.count("lab/next_number") == 1
    leads = rows(tables, "website_leads")
    assert {lead["id"] for lead in leads} == {*statements.given.leads}
    carries_session = strategy == "as-is-with-session"
    assert [lead["session_id"] is None for lead in leads] == [False, not carries_session]
    # The placeholder's own event is no planned one.
    assert len(statements.given.events) == len(rows(tables, "conversion_tracking")) - 1 == 3
