"""The embedded server's databases and roles: who may do what, and starts that were killed."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from dashboard.database.reading import Source
from dashboard.embedded import workspace
from dashboard.embedded.server import Server, embedded_server
from queries import Query, load
from tests.conftest import Parameters, connect, server_home

ADD_ORGANIZATION = "insert into organizations (name, session_id) values ('a', 's') returning id"
ADD_LEAD = "insert into website_leads (session_id) values ('s')"


def parameters_of(server: Server, role: str, database: str) -> Parameters:
    return server.parameters(database, role, workspace._password(server, role))


def run(parameters: Parameters, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements in one transaction that is rolled back; returns the last one's rows."""
    with connect(parameters) as connection, connection.transaction(force_rollback=True):
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def prepared(server: Server, demo: Source) -> Server:
    """The server of this run with its databases, as the app leaves them."""
    return server


# --- who may do what ---


@pytest.mark.parametrize("database", ["demo", "sandbox"])
def test_the_reader_reads_the_three_tables(prepared: Server, database: str) -> None:
    reader = parameters_of(prepared, "reader", database)
    for table in ("organizations", "website_leads", "conversion_tracking"):
        assert run(reader, f"select count(*) from {table}")[0][0] > 0


@pytest.mark.parametrize("database", ["demo", "sandbox"])
@pytest.mark.parametrize(
    "statement",
    [
        ADD_LEAD,
        "update organizations set name = 'x'",
        "delete from conversion_tracking",
        "truncate conversion_tracking",
        "create table public.more (id int)",
        "create schema more",
        "create temporary table more (id int)",
        "alter table organizations add column more int",
    ],
)
def test_the_reader_writes_nothing_whatever_it_sets(
    prepared: Server, database: str, statement: str
) -> None:
    reader = parameters_of(prepared, "reader", database)
    with pytest.raises(InsufficientPrivilege):
        run(reader, "set local transaction_read_only = off", statement)


def test_the_submitter_writes_the_sandbox(prepared: Server) -> None:
    submitter = parameters_of(prepared, "submitter", "sandbox")
    assert run(
        submitter,
        ADD_ORGANIZATION,
        ADD_LEAD,
        "insert into conversion_tracking (conversion_step) values ('analysis_started')",
        "update organizations set website_url = 'x' where session_id = 's' returning name",
    ) == [("a",)]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from website_leads",
        "truncate website_leads",
        "drop table website_leads",
        "create table public.more (id int)",
    ],
)
def test_the_submitter_removes_and_builds_nothing(prepared: Server, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        run(parameters_of(prepared, "submitter", "sandbox"), statement)


@pytest.mark.parametrize("role", ["submitter", "lab_owner", "app"])
def test_nobody_but_the_reader_gets_into_the_demo(prepared: Server, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(parameters_of(prepared, role, "demo"))


@pytest.mark.parametrize("role", ["lab_owner", "app"])
def test_lab_and_app_stay_out_of_the_sandbox(prepared: Server, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(parameters_of(prepared, role, "sandbox"))


@pytest.mark.parametrize(("role", "database"), [("lab_owner", "lab"), ("app", "app")])
def test_lab_and_app_own_theirs(prepared: Server, role: str, database: str) -> None:
    owner = parameters_of(prepared, role, database)
    assert run(
        owner,
        "create schema thrown_away",
        "create table thrown_away.x (id int)",
        "insert into thrown_away.x values (1) returning id",
        "drop schema thrown_away cascade",
        "select pg_get_userbyid(datdba) from pg_database where datname = current_database()",
    ) == [(role,)]


def test_no_role_is_a_superuser_or_makes_others(prepared: Server) -> None:
    powers = run(
        prepared.parameters("postgres"),
        "select rolname from pg_roles where rolname in ('reader', 'submitter', 'lab_owner', 'app')"
        " and not (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)"
        " order by 1",
    )
    assert powers == [("app",), ("lab_owner",), ("reader",), ("submitter",)]


def test_the_sandbox_begins_as_a_copy_of_the_demo(prepared: Server) -> None:
    count = "select count(*), min(created_at), max(created_at) from website_leads"
    assert run(prepared.parameters("sandbox"), count) == run(prepared.parameters("demo"), count)


def test_what_a_submitter_writes_is_not_in_the_demo(prepared: Server) -> None:
    with connect(parameters_of(prepared, "submitter", "sandbox")) as connection:
        (written,) = connection.execute(ADD_ORGANIZATION.encode()).fetchone() or (None,)
    try:
        where = f"select count(*) from organizations where id = '{written}'"
        assert run(parameters_of(prepared, "reader", "sandbox"), where) == [(1,)]
        assert run(parameters_of(prepared, "reader", "demo"), where) == [(0,)]
    finally:
        with connect(prepared.parameters("sandbox")) as connection:
            connection.execute(b"delete from organizations where id = %s", [written])


def test_an_address_names_the_database_and_hides_the_password(prepared: Server) -> None:
    address = workspace.address(prepared, "demo")
    assert address.label == "demo"
    assert address.parameters["password"] not in repr(address)


# --- starts ---


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    with server_home() as home, embedded_server(home, say=lambda _: None) as running:
        yield running


@pytest.fixture
def fresh(own_server: Server) -> Server:
    """A server without any of the databases and roles."""
    with connect(own_server.parameters("postgres")) as connection:
        for name in ("demo", "demo_unfinished", "sandbox", "lab", "app", "three_tables"):
            connection.execute(f"drop database if exists {name} with (force)".encode())
        for role in workspace.ROLE_NAMES:
            connection.execute(f"drop role if exists {role}".encode())
    return own_server


def fill_little(connection: psycopg.Connection[Any]) -> None:
    connection.execute(load("schema/tables").sql.encode())
    connection.execute(ADD_LEAD.encode())


def prepare(server: Server) -> list[str]:
    said: list[str] = []
    workspace.prepare_workspace(server, fill_little, said.append)
    return said


def state_of(server: Server) -> list[tuple[Any, ...]]:
    """Databases with their identity, owner and rights, and the rights on the sandbox's tables."""
    databases = run(
        server.parameters("postgres"),
        "select datname, oid, pg_get_userbyid(datdba), cast(datacl as text) from pg_database"
        " where datname not like 'template_' order by 1",
    )
    tables = run(
        server.parameters("sandbox"),
        "select relname, oid, relfilenode, cast(relacl as text) from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
    )
    return databases + tables


def assert_complete(server: Server) -> None:
    """Everything is there as designed, whatever happened before."""
    assert [name for name, *_ in state_of(server)] == [
        "app",
        "demo",
        "lab",
        "postgres",
        "sandbox",
        "conversion_tracking",
        "organizations",
        "website_leads",
    ]
    for database in ("demo", "sandbox"):
        reader = workspace.address(server, database).parameters
        assert run(reader, "select count(*) from website_leads") == [(1,)]
    run(parameters_of(server, "submitter", "sandbox"), ADD_LEAD)
    for role, database in (("submitter", "demo"), ("app", "demo"), ("app", "sandbox")):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            connect(parameters_of(server, role, database))


def test_a_first_start_says_what_it_does(fresh: Server) -> None:
    assert prepare(fresh) == ["Filling the demo database …", "Copying it to the sandbox …"]
    assert_complete(fresh)


def test_a_second_start_changes_nothing_and_says_nothing(fresh: Server) -> None:
    prepare(fresh)
    before = state_of(fresh)
    assert prepare(fresh) == []
    assert state_of(fresh) == before


def test_a_second_start_keeps_what_was_written_to_the_sandbox(fresh: Server) -> None:
    prepare(fresh)
    with connect(parameters_of(fresh, "submitter", "sandbox")) as connection:
        connection.execute(ADD_LEAD.encode())
    prepare(fresh)
    assert run(fresh.parameters("sandbox"), "select count(*) from website_leads") == [(2,)]


def test_a_failed_fill_leaves_no_demo_and_the_next_start_makes_it(fresh: Server) -> None:
    def fail(connection: psycopg.Connection[Any]) -> None:
        fill_little(connection)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workspace.prepare_workspace(fresh, fail, lambda _: None)
    left = [row[0] for row in run(fresh.parameters("postgres"), "select datname from pg_database")]
    assert "demo_unfinished" in left
    assert "demo" not in left
    assert prepare(fresh)[0] == "Filling the demo database …"
    assert_complete(fresh)


@pytest.mark.parametrize(
    "moment",
    [
        "schema/grant_reader",
        "schema/finish_demo",
        "schema/create_sandbox",
        "schema/grant_submitter",
        "schema/create_lab",
    ],
)
def test_a_start_killed_just_before_any_statement_is_completed_by_the_next(
    fresh: Server, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    class Killed(BaseException):
        pass

    def load_or_die(name: str) -> Query:
        if name == moment:
            raise Killed
        return load(name)

    monkeypatch.setattr(workspace, "load", load_or_die)
    with pytest.raises(Killed):
        prepare(fresh)
    monkeypatch.undo()
    prepare(fresh)
    assert_complete(fresh)


def test_a_role_whose_password_was_changed_gets_its_own_again(fresh: Server) -> None:
    prepare(fresh)
    with connect(fresh.parameters("postgres")) as connection:
        connection.execute(b"alter role reader password 'another'")
    prepare(fresh)
    assert_complete(fresh)
