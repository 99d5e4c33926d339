import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.errors import CheckViolation, UniqueViolation
from psycopg.rows import scalar_row

from dashboard.demo.fill import fill
from dashboard.demo.planted import PlantedCounts
from dashboard.demo.report_picture import Picture, report_picture
from dashboard.demo.rows import DemoLead, Event, Organization, Rows

Connection = psycopg.Connection[Any]

# Each count of the planted truth as a question to the filled tables.
COUNTS = {
    "organizations": "select count(*) from organizations",
    "owned_organizations": "select count(*) from organizations where user_id is not null",
    "organizations_without_lead": """
        select count(*) from organizations
        where not exists (
            select from website_leads where organization_id = organizations.id
        )
    """,
    "organizations_without_website": "select count(*) from organizations where website_url is null",
    "leads": "select count(*) from website_leads",
    "leads_with_session": "select count(session_id) from website_leads",
    "leads_without_organization": """
        select count(*) from website_leads where organization_id is null
    """,
    "converted_leads": "select count(converted_at) from website_leads",
    "events": "select count(*) from conversion_tracking",
    "events_with_session": "select count(session_id) from conversion_tracking",
    "leads_with_events": "select count(distinct website_lead_id) from conversion_tracking",
    "captures": """
        select count(*) from conversion_tracking where conversion_step = 'website_analysis'
    """,
    "starts": """
        select count(*) from conversion_tracking where conversion_step = 'analysis_started'
    """,
    "completions": """
        select count(*) from conversion_tracking where conversion_step = 'analysis_completed'
    """,
}


@pytest.fixture(scope="module")
def picture() -> Picture:
    return report_picture()


@pytest.fixture
def connection(empty_database: dict[str, str]) -> Iterator[Connection]:
    with psycopg.connect(make_conninfo(**empty_database), autocommit=True) as connection:
        yield connection


def scalar(connection: Connection, sql: str) -> Any:
    return connection.cursor(row_factory=scalar_row).execute(sql.encode()).fetchone()


def scalars(connection: Connection, sql: str) -> list[Any]:
    return connection.cursor(row_factory=scalar_row).execute(sql.encode()).fetchall()


def tables(connection: Connection) -> list[str]:
    return scalars(
        connection,
        "select table_name::text from information_schema.tables"
        " where table_schema = 'public' order by 1",
    )


def by_id(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in rows), key=lambda row: row[0])


def stored(connection: Connection, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    names = ", ".join("host(ip_address)" if name == "ip_address" else name for name in columns)
    return by_id(connection.execute(f"select {names} from {table}".encode()).fetchall())


def of_one_submission(picture: Picture) -> Rows:
    """A small part of the picture: the report's own evening."""
    return Rows(picture.organizations[-1:], picture.leads[-5:-3], picture.events[-3:])


def test_the_filled_tables_hold_what_was_planted(connection: Connection, picture: Picture) -> None:
    fill(connection, picture)
    assert list(COUNTS) == [field.name for field in fields(PlantedCounts)]
    found = PlantedCounts(**{name: scalar(connection, sql) for name, sql in COUNTS.items()})
    assert found == picture.planted.counts


def test_the_newest_rows_come_in_the_reports_order(
    connection: Connection, picture: Picture
) -> None:
    fill(connection, picture)
    organizations = "select id from organizations order by created_at desc, id desc limit 5"
    events = "select id from conversion_tracking order by step_completed_at desc, id desc limit 5"
    assert tuple(scalars(connection, organizations)) == picture.planted.newest_organizations
    assert tuple(scalars(connection, events)) == picture.planted.newest_events


def test_every_column_comes_back_as_it_was_written(
    connection: Connection, picture: Picture
) -> None:
    fill(connection, picture)
    events = [
        (*event[:5], json.loads(event.step_data or "null"), event[6]) for event in picture.events
    ]
    assert stored(connection, "organizations", Organization._fields) == by_id(picture.organizations)
    assert stored(connection, "website_leads", DemoLead._fields) == by_id(picture.leads)
    assert stored(connection, "conversion_tracking", Event._fields) == by_id(events)


def test_filling_is_one_transaction(connection: Connection, picture: Picture) -> None:
    rows = of_one_submission(picture)
    twice = replace(rows, events=rows.events * 2)
    with pytest.raises(UniqueViolation):
        fill(connection, twice)
    assert tables(connection) == []


def test_a_connection_that_begins_transactions_by_itself_is_committed_too(
    empty_database: dict[str, str], picture: Picture
) -> None:
    with psycopg.connect(make_conninfo(**empty_database)) as writer:
        fill(writer, of_one_submission(picture))
        with psycopg.connect(make_conninfo(**empty_database)) as reader:
            assert tables(reader) == ["conversion_tracking", "organizations", "website_leads"]


def test_the_constraint_is_the_documented_one(connection: Connection, picture: Picture) -> None:
    fill(connection, of_one_submission(picture))
    insert = "insert into organizations (name, user_id, session_id) values ('n', {}, {})"
    connection.execute(insert.format("gen_random_uuid()", "'session_1_a'").encode())
    connection.execute(insert.format("gen_random_uuid()", "null").encode())
    connection.execute(insert.format("null", "'session_1_a'").encode())
    with pytest.raises(CheckViolation) as caught:
        connection.execute(insert.format("null", "null").encode())
    assert caught.value.diag.constraint_name == "chk_organizations_user_or_session"


def test_a_new_row_is_stamped_with_utc_whatever_the_servers_zone(
    connection: Connection, picture: Picture
) -> None:
    fill(connection, of_one_submission(picture))
    connection.execute("set time zone 'Asia/Tokyo'")
    new = connection.execute(
        "insert into website_leads default values"
        " returning created_at, now() at time zone 'utc' as utc"
    ).fetchone()
    assert new is not None
    assert new[0] == new[1]


def test_two_organizations_may_share_a_website_but_not_a_slug(
    connection: Connection, picture: Picture
) -> None:
    fill(connection, of_one_submission(picture))
    insert = (
        "insert into organizations (name, slug, session_id, website_url)"
        " values ('Gloop', '{}', 'session_1_a', 'http://gloop.com')"
    )
    connection.execute(insert.format("gloop-2").encode())
    with pytest.raises(UniqueViolation):
        connection.execute(insert.format("gloop").encode())


def test_the_planner_knows_the_tables(connection: Connection, picture: Picture) -> None:
    fill(connection, picture)
    known = "select distinct tablename::text from pg_stats where schemaname = 'public' order by 1"
    assert scalars(connection, known) == tables(connection)


def test_every_column_that_is_searched_has_an_index(
    connection: Connection, picture: Picture
) -> None:
    fill(connection, of_one_submission(picture))
    indexed = scalars(
        connection,
        "select split_part(indexdef, ' USING ', 2) from pg_indexes"
        " where schemaname = 'public' and indexname like '%\\_idx'",
    )
    assert sorted(set(indexed)) == [
        "btree (created_at)",
        "btree (organization_id)",
        "btree (session_id)",
        "btree (step_completed_at)",
        "btree (website_lead_id)",
    ]
