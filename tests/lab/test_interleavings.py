"""Two connections, their statements in a fixed order: each wrong way to write is shown wrong.

Under load these may go well by luck. Here they can't.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel, errors

from dashboard.database.address import Address
from dashboard.lab.conditions import Conditions
from dashboard.lab.schemas import fill_schema, open_schema
from dashboard.lab.statements import GivenIds, LabStatements
from dashboard.lab.strategies import STRATEGIES, WriteStrategy
from dashboard.submit.address import normalized_website
from tests.conftest import Parameters, connect, execute

Connection = psycopg.Connection[Any]
KEY = "create unique index on organizations (website_url)"
LOOK = "select id from organizations where website_url = 'w'"
VALUES = "(name, session_id, website_url) values ('Gloop', 's', 'w')"
INSERT = f"insert into organizations {VALUES}"
INSERT_UNLESS_THERE = f"""
    insert into organizations (name, session_id, website_url)
    select 'Gloop', 's', 'w' where not exists ({LOOK})
"""
MERGE = """
    merge into organizations using (select 'w' as website_url) as given
    on organizations.website_url = given.website_url
    when not matched then
        insert (name, session_id, website_url) values ('Gloop', 's', given.website_url)
"""
LOCK = "select pg_advisory_xact_lock(hashtextextended('w', 0))"
LOCK_AND_INSERT_UNLESS_THERE = f"""
    with held as materialized ({LOCK})
    insert into organizations (name, session_id, website_url)
    select 'Gloop', 's', 'w' from held where not exists ({LOOK})
"""


@pytest.fixture
def two(tables: Parameters) -> Iterator[tuple[Connection, Connection]]:
    """Two connections, each in transactions that end when the test says so."""
    with ExitStack() as opened:
        both = [opened.enter_context(psycopg.connect(**tables)) for _ in range(2)]
        yield both[0], both[1]


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    """A thread for the statement that waits."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def do(connection: Connection, sql: str) -> list[Any]:
    cursor = connection.execute(sql.encode())
    return cursor.fetchall() if cursor.description else []


def check_then_insert(connection: Connection) -> None:
    if not do(connection, LOOK):
        do(connection, INSERT)


def organizations(tables: Parameters) -> int:
    with connect(tables) as connection:
        return int(do(connection, "select count(*) from organizations")[0][0])


def waiting(
    beside: ThreadPoolExecutor, tables: Parameters, statement: Callable[[], Any]
) -> "Future[Any]":
    """Begin a statement in another thread and come back when it waits for a transaction."""
    future = beside.submit(statement)
    waits = (
        "select pid from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    with connect(tables) as connection:
        while not do(connection, waits):
            assert not future.done(), "it was to wait for the other one"
    return future


# --- wrong and silent: nothing fails, so nothing would be retried ---


def test_check_then_insert(two: tuple[Connection, Connection], tables: Parameters) -> None:
    a, b = two
    assert do(a, LOOK) == do(b, LOOK) == []
    for each in two:
        do(each, INSERT)
        each.commit()
    assert organizations(tables) == 2


@pytest.mark.parametrize("insert", [INSERT_UNLESS_THERE, MERGE], ids=["not exists", "merge"])
def test_one_statement_that_looks_and_inserts(
    two: tuple[Connection, Connection], tables: Parameters, insert: str
) -> None:
    a, b = two
    if insert == MERGE and a.info.server_version < 150000:
        pytest.skip("merge came with PostgreSQL 15")
    do(a, insert)
    do(b, insert)  # a has not committed: b neither sees its row nor waits for it
    a.commit()
    b.commit()
    assert organizations(tables) == 2


def test_for_update_locks_no_row_that_is_absent(
    two: tuple[Connection, Connection], tables: Parameters
) -> None:
    assert [do(each, f"{LOOK} for update") for each in two] == [[], []]
    for each in two:
        do(each, INSERT)
        each.commit()
    assert organizations(tables) == 2


def test_on_conflict_without_a_unique_key_is_a_plain_insert(
    two: tuple[Connection, Connection], tables: Parameters
) -> None:
    for each in two:
        do(each, f"{INSERT} on conflict do nothing")
        each.commit()
    assert organizations(tables) == 2
    with pytest.raises(errors.InvalidColumnReference) as raised:
        do(two[0], f"{INSERT} on conflict (website_url) do nothing")
    assert raised.value.sqlstate == "42P10"


def test_a_lock_in_the_statement_that_checks(
    two: tuple[Connection, Connection], tables: Parameters, beside: ThreadPoolExecutor
) -> None:
    """It sees the table as it was before it waited."""
    a, b = two
    do(a, LOCK_AND_INSERT_UNLESS_THERE)
    second = waiting(beside, tables, lambda: do(b, LOCK_AND_INSERT_UNLESS_THERE))
    a.commit()
    second.result()
    b.commit()
    assert organizations(tables) == 2


@pytest.mark.parametrize(
    ("isolation", "left"), [(IsolationLevel.READ_COMMITTED, 1), (IsolationLevel.REPEATABLE_READ, 2)]
)
def test_a_lock_of_its_own_and_then_the_check(
    two: tuple[Connection, Connection],
    tables: Parameters,
    beside: ThreadPoolExecutor,
    isolation: IsolationLevel,
    left: int,
) -> None:
    """Right at READ COMMITTED; at REPEATABLE READ the lock's own snapshot is the check's too."""
    a, b = two
    a.isolation_level = b.isolation_level = isolation

    def lock_then_check(connection: Connection) -> None:
        do(connection, LOCK)
        check_then_insert(connection)

    lock_then_check(a)
    second = waiting(beside, tables, lambda: lock_then_check(b))
    a.commit()
    second.result()
    b.commit()
    assert organizations(tables) == left


def test_a_lock_that_one_writer_does_not_take(
    two: tuple[Connection, Connection], tables: Parameters
) -> None:
    a, b = two
    do(a, LOCK)
    check_then_insert(a)
    check_then_insert(b)
    a.commit()
    b.commit()
    assert organizations(tables) == 2


def test_serializable_when_all_are(two: tuple[Connection, Connection], tables: Parameters) -> None:
    a, b = two
    for each in two:
        each.isolation_level = IsolationLevel.SERIALIZABLE
        check_then_insert(each)
    a.commit()
    with pytest.raises(errors.SerializationFailure) as raised:
        b.commit()
    assert raised.value.sqlstate == "40001"
    check_then_insert(b)
    b.commit()
    assert organizations(tables) == 1


def test_serializable_when_only_half_are(
    two: tuple[Connection, Connection], tables: Parameters
) -> None:
    a, b = two
    a.isolation_level = IsolationLevel.SERIALIZABLE
    for each in two:
        check_then_insert(each)
    a.commit()
    b.commit()
    assert organizations(tables) == 2


def test_a_unique_key_admits_many_nulls(
    two: tuple[Connection, Connection], tables: Parameters
) -> None:
    execute(tables, "create unique index on website_leads (session_id, website_url)")
    lead = "insert into website_leads (session_id, website_url) values (null, 'w')"
    for each in two:
        do(each, f"{lead} on conflict (session_id, website_url) do nothing")
        each.commit()
    assert do(two[0], "select count(*) from website_leads") == [(2,)]
    # On every version: a key of its own for those without.
    execute(tables, "delete from website_leads")
    execute(tables, "create unique index on website_leads (website_url) where session_id is null")
    do(two[1], lead)
    with pytest.raises(errors.UniqueViolation):
        do(two[1], lead)


def test_two_ways_to_write_the_same_letter_are_two_keys(tables: Parameters) -> None:
    execute(tables, KEY)
    composed, decomposed = "https://caf\u00e9.example", "https://cafe\u0301.example"
    for website in (composed, decomposed):
        execute(
            tables,
            "insert into organizations (name, session_id, website_url) values ('Gloop', 's', %s)",
            website,
        )
    assert organizations(tables) == 2
    assert normalized_website(composed) == normalized_website(decomposed)


# --- loud: the database says so, and who listens is right ---


def test_check_then_insert_with_a_unique_key_is_safe_and_noisy(
    two: tuple[Connection, Connection], tables: Parameters, beside: ThreadPoolExecutor
) -> None:
    execute(tables, KEY)
    a, b = two
    assert do(a, LOOK) == do(b, LOOK) == []
    do(a, INSERT)
    second = waiting(beside, tables, lambda: do(b, INSERT))
    a.commit()
    with pytest.raises(errors.UniqueViolation):
        second.result()
    b.rollback()
    check_then_insert(b)  # the whole transaction again
    b.commit()
    assert organizations(tables) == 1


def test_do_nothing_returns_nothing_for_a_row_that_is_there(
    two: tuple[Connection, Connection], tables: Parameters, beside: ThreadPoolExecutor
) -> None:
    execute(tables, KEY)
    a, b = two
    do_nothing = f"{INSERT} on conflict (website_url) do nothing returning id"
    (made,) = do(a, do_nothing)
    in_one = f"with made as ({do_nothing}) select id from made union all {LOOK}"
    second = waiting(beside, tables, lambda: do(b, in_one))
    a.commit()
    # Neither the insert nor a look-up in the same statement has it; a separate one does.
    assert second.result() == []
    assert do(b, LOOK) == [made]


def test_do_update_returns_the_row_that_is_there(
    two: tuple[Connection, Connection], tables: Parameters, beside: ThreadPoolExecutor
) -> None:
    execute(tables, KEY)
    a, b = two
    upsert = f"{INSERT} on conflict (website_url) do update set name = excluded.name returning id"
    made = do(a, upsert)
    second = waiting(beside, tables, lambda: do(b, upsert))
    a.commit()
    assert second.result() == made
    b.commit()
    assert organizations(tables) == 1


@pytest.mark.parametrize("opposite", [True, False], ids=["opposite order", "same order"])
def test_upserts_of_two_tables_deadlock_in_opposite_order(
    two: tuple[Connection, Connection],
    tables: Parameters,
    beside: ThreadPoolExecutor,
    opposite: bool,
) -> None:
    execute(tables, KEY)
    execute(tables, "create unique index on website_leads (session_id, website_url)")
    organization = f"{INSERT} on conflict (website_url) do update set name = excluded.name"
    lead = (
        "insert into website_leads (session_id, website_url) values ('s', 'w')"
        " on conflict (session_id, website_url) do update set status = excluded.status"
    )
    a, b = two
    do(a, organization)
    if opposite:
        do(b, lead)
    first, last = (lead, organization) if opposite else (organization, lead)
    second = waiting(beside, tables, lambda: do(b, last if opposite else first))
    if opposite:
        # One of them is given up, which lets the other one go on.
        outcomes = [_sqlstate(lambda: do(a, first)), _sqlstate(second.result)]
        assert sorted(outcomes) == ["", "40P01"]
        return
    do(a, lead)
    a.commit()
    second.result()
    do(b, last)
    b.commit()
    assert organizations(tables) == 1


def _sqlstate(statement: Callable[[], Any]) -> str:
    try:
        statement()
    except psycopg.Error as error:
        return error.sqlstate or "none"
    return ""


# --- the lab's own writers, in the same order ---


@pytest.fixture
def schema(tables: Parameters) -> Parameters:
    """An empty schema for a strategy to prepare."""
    execute(tables, "create schema other")
    return tables


class Interleaved:
    """A strategy's request that stops in the middle, and another one's beside it."""

    def __init__(self, parameters: Parameters, strategy: WriteStrategy, isolation: str) -> None:
        self.engine = open_schema(Address("lab", parameters), "other", isolation, 4)
        self.strategy = strategy
        self.connections = ExitStack()
        fill_schema(self.engine, strategy, Conditions())

    def begin(self, visitor: int, request: str = "started") -> Any:
        """Write a visitor's request and return its connection, which has not committed."""
        connection = self.connections.enter_context(self.engine.connect())
        submission = Conditions().submission(visitor, 0)
        statements = LabStatements(connection, visitor, GivenIds(), lambda: None)
        getattr(self.strategy.writer(statements, submission), request)()
        return connection

    def left(self) -> tuple[int, int]:
        """Return how many organizations and leads there are."""
        with self.engine.connect() as connection:
            organizations, leads = (
                connection.exec_driver_sql(f"select count(*) from {table}").scalar_one()
                for table in ("organizations", "website_leads")
            )
            return organizations, leads


@pytest.fixture
def interleaved(schema: Parameters) -> Iterator[Callable[..., Interleaved]]:
    with ExitStack() as opened:

        def over(strategy: str, isolation: str = "") -> Interleaved:
            found = STRATEGIES[strategy]
            made = Interleaved(schema, found, isolation or found.isolation)
            opened.callback(made.engine.dispose)
            opened.enter_context(made.connections)
            return made

        yield over


@pytest.mark.parametrize("strategy", ["advisory-lock", "unique-upsert"])
def test_a_remedy_makes_the_second_visitor_wait_for_the_first(
    interleaved: Callable[..., Interleaved],
    schema: Parameters,
    beside: ThreadPoolExecutor,
    strategy: str,
) -> None:
    both = interleaved(strategy)
    first = both.begin(0)
    second = waiting(beside, schema, lambda: both.begin(1))
    first.commit()
    second.result().commit()
    assert both.left() == (1, 2)


@pytest.mark.parametrize("strategy", ["advisory-lock", "unique-upsert"])
def test_a_remedy_keeps_one_lead_when_both_paths_come_at_once(
    interleaved: Callable[..., Interleaved],
    schema: Parameters,
    beside: ThreadPoolExecutor,
    strategy: str,
) -> None:
    both = interleaved(strategy)
    first = both.begin(0, "analyzed")
    second = waiting(beside, schema, lambda: both.begin(0, "started"))
    first.commit()
    second.result().commit()
    assert both.left() == (1, 1)


def test_the_locks_strategy_would_be_wrong_at_repeatable_read(
    interleaved: Callable[..., Interleaved], schema: Parameters, beside: ThreadPoolExecutor
) -> None:
    both = interleaved("advisory-lock", "REPEATABLE READ")
    first = both.begin(0)
    second = waiting(beside, schema, lambda: both.begin(1))
    first.commit()
    second.result().commit()
    assert both.left() == (2, 2)


def test_the_retrying_strategy_is_told_by_its_keys(
    interleaved: Callable[..., Interleaved], schema: Parameters, beside: ThreadPoolExecutor
) -> None:
    both = interleaved("retry")
    first = both.begin(0)
    second = waiting(beside, schema, lambda: both.begin(1))
    first.commit()
    with pytest.raises(Exception, match="organizations_website_key"):
        second.result()
    assert both.left() == (1, 1)


def test_the_same_without_keys_is_silent(interleaved: Callable[..., Interleaved]) -> None:
    """The retrying strategy's writer, with nothing that could refuse the second one."""
    both = interleaved("advisory-lock")
    both.strategy = STRATEGIES["retry"]
    first, second = both.begin(0), both.begin(1)
    first.commit()
    second.commit()
    assert both.left() == (2, 2)


def test_rows_without_session_or_website_are_outside_the_keys(
    interleaved: Callable[..., Interleaved], schema: Parameters
) -> None:
    interleaved("unique-upsert")
    for _ in range(2):
        execute(schema, "insert into other.organizations (name, session_id) values ('a', 's')")
        execute(schema, "insert into other.website_leads (website_url) values ('w')")
    with connect(schema) as connection:
        assert do(connection, "select count(*) from other.website_leads") == [(2,)]
