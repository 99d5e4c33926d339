"""Every failure is made for real; what a person reads names it and shows nothing secret."""

import io
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine, text

from dashboard.database.address import parse_address
from dashboard.database.errors import DatabaseProblem, explained
from dashboard.database.reading import COUNT, Source, open_source
from tests.conftest import Parameters, connect, execute, source_of

PASSWORD = "hunter2-and-more"
ALL_TIME: dict[str, object] = {"start_at": None, "end_at": None, "as_of": None}
NUMBERS = count()


@dataclass(frozen=True)
class Login:
    """A role of its own with a known password, on a database with the three tables."""

    owner: Parameters
    name: str

    @property
    def parameters(self) -> Parameters:
        return self.owner | {"user": self.name, "password": PASSWORD}

    def url(self, password: str = PASSWORD, database: str | None = None) -> str:
        host, port = quote(self.owner["host"], safe=""), self.owner["port"]
        return (
            f"postgresql://{self.name}:{password}@/{database or self.owner['dbname']}"
            f"?host={host}&port={port}&sslmode=disable"
        )

    def source(self, timeout: timedelta = timedelta(seconds=30)) -> Source:
        return open_source("source", parse_address(self.url()), "public", timeout)

    def grant(self, *rights: str) -> None:
        for right in rights:
            execute(self.owner, f"grant {right} to {self.name}")


@pytest.fixture
def login(tables: Parameters) -> Login:
    """A role that may read the three tables."""
    login = Login(tables, f"reading_{next(NUMBERS)}")
    execute(tables, f"create role {login.name} login password '{PASSWORD}'")
    login.grant("select on all tables in schema public")
    return login


def leads(source: Source) -> int:
    with source.read() as reader:
        found: int = reader.one("database/leads_in_range", **ALL_TIME).leads
    return found


@contextmanager
def problem(kind: str) -> Iterator[list[DatabaseProblem]]:
    """Expect a problem of a kind that shows no password, however it is looked at."""
    found: list[DatabaseProblem] = []
    with pytest.raises(DatabaseProblem) as raised:
        yield found
    found.append(raised.value)
    assert raised.value.kind == kind
    assert PASSWORD not in f"{raised.value}{raised.value!r}{vars(raised.value)}"
    assert PASSWORD not in _logged(raised.value)
    assert "psycopg.errors" not in _logged(raised.value)
    assert raised.value.next_step.endswith(".")


def _logged(error: Exception) -> str:
    output = io.StringIO()
    logger = logging.Logger("of this test")
    logger.addHandler(logging.StreamHandler(output))
    logger.error("failed", exc_info=error)
    return output.getvalue()


# --- connecting ---


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody else can take and nobody listens on."""
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


def test_a_port_that_nobody_listens_on_is_unreachable(closed_port: int) -> None:
    address = parse_address(f"postgresql://reader:{PASSWORD}@127.0.0.1:{closed_port}/leads")
    with problem("unreachable") as found:
        leads(open_source("source", address, "public", timedelta(seconds=30)))
    assert found[0].where == f"127.0.0.1:{closed_port}/leads"


def test_a_server_of_another_kind_is_unreachable() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        address = parse_address(f"postgresql://u:{PASSWORD}@127.0.0.1:{port}/d?sslmode=disable")

        def hang_up() -> None:
            other.accept()[0].close()

        rude = threading.Thread(target=hang_up)
        rude.start()
        with problem("unreachable"):
            leads(open_source("source", address, "public", timedelta(seconds=30)))
        rude.join()


@pytest.mark.parametrize("password", ["not-the-password", ""])
def test_a_wrong_or_missing_password_is_told(login: Login, password: str) -> None:
    address = parse_address(login.url(password=password))
    with problem("wrong_password"):
        leads(open_source("source", address, "public", timedelta(seconds=30)))


def test_an_unknown_role_looks_like_a_wrong_password(login: Login) -> None:
    address = parse_address(Login(login.owner, "nobody_of_that_name").url())
    with problem("wrong_password"):
        leads(open_source("source", address, "public", timedelta(seconds=30)))


def test_an_unknown_database_is_told(login: Login) -> None:
    address = parse_address(login.url(database="no_such_database"))
    with problem("unknown_database"):
        leads(open_source("source", address, "public", timedelta(seconds=30)))


def test_a_role_at_its_connection_limit_is_told(login: Login) -> None:
    execute(login.owner, f"alter role {login.name} connection limit 1")
    with connect(login.parameters), problem("out_of_connections"):
        leads(login.source())
    assert leads(login.source()) == 0


def test_a_database_at_its_connection_limit_is_told(login: Login) -> None:
    execute(login.owner, f"alter database {login.owner['dbname']} connection limit 1")
    with connect(login.parameters), problem("out_of_connections"):
        leads(login.source())


def test_a_pool_without_free_connection_is_told(login: Login) -> None:
    source = login.source()
    small = create_engine(
        source.engine.url,
        creator=lambda: connect(login.parameters),
        pool_size=1,
        max_overflow=0,
        pool_timeout=0,
    )
    with small.connect(), problem("out_of_connections"):
        leads(replace(source, engine=small))


# --- reading ---


def test_a_lock_that_outlasts_the_time_out_is_told(login: Login) -> None:
    with connect(login.owner) as locking, locking.transaction():
        # So that a reader without time-out ends this test as well.
        locking.execute(b"set local idle_in_transaction_session_timeout = '5s'")
        locking.execute(b"lock table website_leads")
        with problem("timeout"):
            leads(login.source(timedelta(milliseconds=50)))


def test_a_question_that_outlasts_the_time_out_is_told(login: Login) -> None:
    execute(
        login.owner,
        "drop table website_leads cascade;"
        "create view website_leads as"
        " select null::uuid as id, null::uuid as organization_id, null as session_id,"
        " null as website_url, null as business_name, now()::timestamp + n * '1 us'::interval"
        " as created_at from generate_series(1, 20000000) as n;",
    )
    login.grant("select on website_leads")
    with problem("timeout") as found:
        leads(login.source(timedelta(milliseconds=300)))
    assert "SQLSTATE 57014" in found[0].where


def test_a_time_out_below_a_millisecond_is_still_one(login: Login) -> None:
    source = login.source(timedelta(microseconds=1))
    with problem("timeout"), source.read() as reader:
        reader.connection.execute(text("select pg_sleep(2)"))


def test_a_table_without_grant_is_told(login: Login) -> None:
    execute(login.owner, f"revoke select on website_leads from {login.name}")
    with problem("missing_grant"):
        leads(login.source())


def test_a_schema_without_usage_is_a_missing_grant_not_a_missing_table(login: Login) -> None:
    execute(login.owner, "revoke usage on schema public from public")
    with problem("missing_grant"):
        leads(login.source())


def test_a_database_without_connect_is_told(login: Login) -> None:
    execute(login.owner, f"revoke connect on database {login.owner['dbname']} from public")
    with problem("missing_grant"):
        leads(login.source())


def test_a_column_dropped_after_the_contract_was_read_is_told(login: Login) -> None:
    with problem("schema_drift"), login.source().read() as reader:
        execute(login.owner, "alter table website_leads drop column created_at")
        reader.one("database/leads_in_range", **ALL_TIME)


def test_a_table_dropped_after_the_contract_was_read_is_told(login: Login) -> None:
    with problem("schema_drift"), login.source().read() as reader:
        execute(login.owner, "drop table website_leads cascade")
        reader.one("database/leads_in_range", **ALL_TIME)


def test_a_column_of_another_type_is_told(login: Login) -> None:
    execute(
        login.owner,
        "alter table website_leads alter created_at drop default,"
        " alter created_at type boolean using true",
    )
    with problem("schema_drift"):
        leads(login.source())


def test_an_idle_connection_that_was_killed_is_replaced_unseen(login: Login) -> None:
    source = login.source()
    assert leads(source) == 0
    _kill_connections_of(login)
    assert leads(source) == 0


def test_a_connection_killed_in_the_middle_of_a_read_is_told_and_replaced(login: Login) -> None:
    source = login.source()
    with problem("unreachable"), source.read() as reader:
        _kill_connections_of(login)
        reader.one("database/leads_in_range", **ALL_TIME)
    assert leads(source) == 0


def _kill_connections_of(login: Login) -> None:
    execute(
        login.owner,
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = %s",
        login.name,
    )


# --- values ---


@pytest.mark.parametrize("value", ["nul \0", "lone surrogate \ud800"])
def test_text_that_postgresql_cannot_take_is_a_bad_value(login: Login, value: str) -> None:
    source = login.source()
    with problem("bad_value"), source.read() as reader:
        reader.one("database/columns", schema=value)
    assert leads(source) == 0


@pytest.mark.parametrize("at", ["10000-01-01", "0001-12-31 BC"])
def test_a_date_outside_the_calendar_is_no_time(login: Login, at: str) -> None:
    execute(login.owner, "insert into website_leads (created_at) values (%s)", at)
    with login.source().read() as reader:
        row = reader.one("database/leads_in_range", **ALL_TIME)
    assert (row.leads, row.first_at, row.last_at) == (1, None, None)


def test_infinite_dates_are_no_failure(login: Login) -> None:
    execute(
        login.owner,
        "insert into organizations (name, session_id, created_at) values ('a', 's', 'infinity');"
        "insert into website_leads (created_at) values ('infinity'), ('-infinity');"
        "insert into conversion_tracking (conversion_step, step_completed_at)"
        " values ('analysis_started', 'infinity'), ('analysis_started', '-infinity');",
    )
    with login.source().read() as reader:
        assert reader.one("database/leads_in_range", **ALL_TIME).leads == 2
        for name in ("recent_organizations", "recent_events", "tables", "totals"):
            reader.frame(f"status/{name}", {}, **ALL_TIME)
        steps = reader.frame("funnel/events_per_step", {"events": COUNT}, **ALL_TIME)
        assert steps["events"].tolist() == [2]


def test_a_row_of_other_peoples_data_is_not_repeated(login: Login) -> None:
    """A driver's text about a duplicate key holds the row; what a person reads does not."""
    execute(
        login.owner,
        "insert into organizations (name, slug, session_id) values ('a', %s, 's')",
        PASSWORD,
    )
    engine = source_of(login.owner).engine
    with problem("other") as found, explained("test"), engine.connect() as connection:
        connection.execution_options(postgresql_readonly=False)
        connection.execute(
            text("insert into organizations (name, slug, session_id) values ('b', :slug, 's')"),
            {"slug": PASSWORD},
        )
    assert "SQLSTATE 23505" in found[0].where


def test_a_problem_inside_is_passed_on_as_it_is() -> None:
    inner = DatabaseProblem("timeout", "what", "where", "Do this.")
    with pytest.raises(DatabaseProblem) as raised, explained("outer"):
        raise inner
    assert raised.value is inner


def test_a_mistake_of_the_program_is_no_database_problem() -> None:
    with pytest.raises(ZeroDivisionError), explained("test"):
        _ = 1 / 0


def test_a_problem_is_one_line_that_says_what_where_and_what_to_do() -> None:
    said = str(DatabaseProblem("timeout", "It took too long", "db.example/leads", "Try again."))
    assert said == "It took too long (db.example/leads). Try again."
