"""The remedies, run on a throw-away copy of the demo: they do what they say, and no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from dashboard.database.contract import Column, Contract, check_contract
from dashboard.demo.fill import execute as execute_file
from dashboard.demo.fill import fill
from dashboard.demo.history import history
from dashboard.demo.report_picture import report_picture
from dashboard.demo.rhythm import HISTORY_START
from dashboard.demo.top_up import append
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.races import data, remedies
from dashboard.races.kinds import BY_NAME
from queries import load, names
from tests.conftest import Parameters, connect, execute, source_of

Connection = psycopg.Connection[Any]
VISIT: dict[str, str | None] = {
    "business_name": "New",
    "session_id": "session_1",
    "website_url": "https://www.NEW.example/x",
}
OWNER = check_contract([Column("organizations", "owner_user_id", "uuid", "uuid")], [])


@pytest.fixture(scope="module")
def copy(new_database: Callable[[], Parameters]) -> Parameters:
    """The report's picture and two months of history, for these tests alone."""
    parameters = new_database()
    end = HISTORY_START + timedelta(days=60)
    with connect(parameters) as connection:
        fill(connection, report_picture())
        execute_file(connection, "demo/planted_tables")
        append(connection, history(HISTORY_START.date(), end.date(), end))
    return parameters


def run(parameters: Parameters, name: str) -> list[str]:
    """Run a remedy as it is shown; returns what each of its statements says it did."""
    with connect(parameters) as connection:
        cursor = connection.execute(remedies.sql(name, contract(parameters)).encode())
        said = [cursor.statusmessage or ""]
        while cursor.nextset():
            said.append(cursor.statusmessage or "")
    return said


def contract(parameters: Parameters) -> Contract:
    with source_of(parameters).read() as reader:
        return reader.contract


def table(parameters: Parameters, name: str) -> dict[Any, tuple[Any, ...]]:
    with connect(parameters) as connection:
        return {row[0]: row for row in connection.execute(f"select * from {name}".encode())}


def test_merging_and_keys_leave_no_duplicate_and_change_nothing_else(copy: Parameters) -> None:
    source = source_of(copy)
    with source.read() as reader:
        planned = remedies.dry_run(reader, Filters())
    source.engine.dispose()
    assert min(planned.organizations_deleted, planned.leads_deleted) > 3
    before = {name: table(copy, name) for name in TABLES}
    with pytest.raises(psycopg.errors.UniqueViolation):
        run(copy, "website_host"), run(copy, "unique_keys")

    merged = run(copy, "merge_organizations")
    assert f"DELETE {planned.organizations_deleted}" in merged
    assert f"UPDATE {planned.leads_moved}" in merged
    merged = run(copy, "merge_leads")
    assert f"DELETE {planned.leads_deleted}" in merged
    assert f"UPDATE {planned.events_moved}" in merged
    run(copy, "unique_keys")

    after = {name: table(copy, name) for name in TABLES}
    gone = {name: before[name].keys() - after[name].keys() for name in TABLES}
    assert [len(gone[name]) for name in TABLES] == [
        planned.organizations_deleted,
        planned.leads_deleted,
        0,
    ]
    for name, parent in zip(TABLES, (None, *TABLES[:-1]), strict=True):
        assert not after[name].keys() - before[name].keys()
        for row_id, row in after[name].items():
            old = before[name][row_id]
            # Only the id of a deleted parent has become another one.
            changed = [(a, b) for a, b in zip(old, row, strict=True) if a != b]
            assert not changed or (parent and len(changed) == 1 and changed[0][0] in gone[parent])

    with source.read() as reader:
        found = data.evidence(reader, Filters(), load_plan())
        assert remedies.dry_run(reader, Filters()) == remedies.DryRun(0, 0, 0, 0)
        allowed = {key.name for key in data.rules(reader, Filters()).keys}
    source.engine.dispose()
    assert {"organizations_one_per_website", "website_leads_one_per_visit"} <= allowed
    for name in ("duplicate_organizations", "recreated_organizations", "duplicate_leads"):
        assert found.count(BY_NAME[name]) == 0


TABLES = ("organizations", "website_leads", "conversion_tracking")


@pytest.mark.parametrize(
    ("remedy", "parent"),
    [("merge_organizations", "organizations"), ("merge_leads", "website_leads")],
)
@pytest.mark.parametrize("on_delete", ["cascade", "set null"])
def test_merging_takes_no_rows_of_another_table_along(
    tables: Parameters, remedy: str, parent: str, on_delete: str
) -> None:
    execute(
        tables,
        f"""
        insert into organizations (name, session_id, website_url)
        select 'A', 's', 'http://a.example' from generate_series(1, 2);
        insert into website_leads (session_id, website_url, organization_id)
        select 's', 'http://a.example', id from organizations;
        create table projects (named uuid references {parent} on delete {on_delete})
    """,
    )
    run(tables, "website_host")
    with pytest.raises(psycopg.errors.RaiseException, match="another table"):
        run(tables, remedy)
    execute(tables, "drop table projects")
    assert "DELETE 1" in run(tables, remedy)


def test_who_stands_in_either_owner_column_owns_the_row(tables: Parameters) -> None:
    execute(
        tables,
        """
        alter table organizations add column owner_user_id uuid;
        insert into organizations (name, user_id, website_url)
        select 'Owned', gen_random_uuid(), 'http://a.example' from generate_series(1, 2);
        insert into organizations (name, session_id, website_url)
        select 'Nobody''s', 's', 'http://a.example' from generate_series(1, 2);
    """,
    )
    run(tables, "website_host")
    assert "DELETE 1" in run(tables, "merge_organizations")
    run(tables, "unique_keys")
    assert len(table(tables, "organizations")) == 3
    with source_of(tables).read() as reader:
        keys = data.rules(reader, Filters()).keys
    assert all(key.for_every_row for key in keys)


def keyed(parameters: Parameters) -> Parameters:
    for name in ("website_host", "unique_keys"):
        run(parameters, name)
    return parameters


def upsert(parameters: Parameters, **visit: str | None) -> tuple[Any, Any]:
    source = source_of(parameters)
    with source.engine.connect().execution_options(postgresql_readonly=False) as connection:
        row = connection.execute(load("remedies/upsert").bind(VISIT | visit)).one()
        connection.commit()
    source.engine.dispose()
    return row.lead_id, row.organization_id


def test_an_upsert_finds_what_is_there_in_any_spelling(tables: Parameters) -> None:
    keyed(tables)
    first = upsert(tables, business_name="Unknown Business")
    assert upsert(tables, website_url="new.example", business_name="Real Name") == first
    other = upsert(tables, session_id="session_2")
    assert (other[1], other[0] != first[0]) == (first[1], True)
    ((_, name, _, _, session, *_),) = table(tables, "organizations").values()
    # The first visitor's session stays, the real name takes the placeholder's place.
    assert (name, session) == ("Real Name", "session_1")


def test_an_upsert_uses_an_owned_organization_as_it_is(tables: Parameters) -> None:
    keyed(tables)
    execute(
        tables,
        """
        alter table organizations drop constraint chk_organizations_user_or_session,
            add check ((user_id is null) <> (session_id is null));
        insert into organizations (name, user_id, website_url)
        values ('Owned', gen_random_uuid(), 'http://new.example')
    """,
    )
    before = table(tables, "organizations")
    _, organization = upsert(tables)
    assert table(tables, "organizations") == before
    assert {*before} == {organization}


def test_an_upsert_without_website_makes_rows_of_their_own(tables: Parameters) -> None:
    keyed(tables)
    assert upsert(tables, website_url=None) != upsert(tables, website_url=None)


@pytest.mark.parametrize("name", ["lock", "retry"])
def test_what_looks_before_it_writes_writes_once(tables: Parameters, name: str) -> None:
    run(tables, "website_host")
    parts = [part for part in load(f"remedies/{name}").sql.split(";\n") if part.strip()]
    with connect(tables) as connection:
        for _ in range(2):
            for part in parts:
                connection.execute(named(part).encode(), VISIT)
    assert len(table(tables, "organizations")) == 1


def named(sql: str) -> str:
    for name in VISIT:
        sql = sql.replace(f":{name}", f"%({name})s::text")
    return sql


def test_the_host_is_the_same_as_in_every_question(tables: Parameters) -> None:
    run(tables, "website_host")
    spellings = {
        "https://www.A.example:80/x?y#z": "a.example",
        " a.example ": "a.example",
        "http://a.example?q": "a.example",
        "ftp://a.example": "a.example",
        "": None,
        " ": None,
        "https://": None,
        "www.www.example": "www.example",
        "a.example#x": "a.example",
    }
    with connect(tables) as connection:
        for url, host in spellings.items():
            found = connection.execute("select website_host(%s)", [url]).fetchone()
            assert found == (host,), url


def test_every_remedy_is_shown_with_the_databases_own_names() -> None:
    for name in names():
        if name.startswith("remedies/") and name != "remedies/search_path":
            text = remedies.sql(name.removeprefix("remedies/"), OWNER, "it's")
            assert "grain:" not in text
            assert "set_config('search_path', quote_ident('it''s') || ', public', false)" in text
            assert "user_id" not in text.replace("owner_user_id", "")
    assert {f"remedies/{remedy.name}" for remedy in remedies.REMEDIES} == {
        name for name in names() if name.startswith("remedies/") and name != "remedies/search_path"
    }


def test_a_database_without_owner_is_told_so() -> None:
    assert "leave out the conditions on user_id" in remedies.sql(
        "unique_keys", check_contract([], [])
    )
