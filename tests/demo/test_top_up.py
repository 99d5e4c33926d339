"""However often and wherever a demo was topped up, it holds the same."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dashboard.demo.fill import fill
from dashboard.demo.rhythm import HISTORY_START
from dashboard.demo.rows import Rows
from dashboard.demo.top_up import top_up

Parameters = dict[str, str]
NOTHING = Rows((), (), ())
TABLES = (
    "organizations",
    "website_leads",
    "conversion_tracking",
    "planted.submissions",
    "planted.leads",
    "planted.steps",
    "planted.defects",
)


def connect(parameters: Parameters) -> psycopg.Connection[Any]:
    return psycopg.connect(make_conninfo(**parameters), autocommit=True)


def filled(parameters: Parameters) -> psycopg.Connection[Any]:
    connection = connect(parameters)
    fill(connection, NOTHING)
    return connection


def contents(connection: psycopg.Connection[Any]) -> list[list[tuple[str]]]:
    return [
        connection.execute(f"select t::text from {table} as t order by 1".encode()).fetchall()
        for table in TABLES
    ]


def count(connection: psycopg.Connection[Any]) -> int:
    return sum(len(rows) for rows in contents(connection)[:3])


def changed_since(connection: psycopg.Connection[Any], stage: datetime) -> Any:
    sql = """
        select
            exists (select from organizations where created_at < %(at)s and updated_at > %(at)s),
            exists (
                select from website_leads as l inner join conversion_tracking as e
                on e.website_lead_id = l.id and e.conversion_step = 'status_change'
                where l.created_at < %(at)s and e.step_completed_at > %(at)s
            )
    """
    return connection.execute(sql, {"at": stage}).fetchone()


def test_stages_give_what_one_go_gives(new_database: Callable[[], Parameters]) -> None:
    end = datetime(2026, 2, 20, 17, 21)
    stages = [
        datetime(2026, 2, 6, 14, 3, 27),
        datetime(2026, 2, 6, 14, 51, 2),
        datetime(2026, 2, 13),
        end,
    ]
    with filled(new_database()) as at_once, filled(new_database()) as in_stages:
        top_up(at_once, end)
        added = [top_up(in_stages, until) for until in stages]
        assert contents(in_stages) == contents(at_once)
        # Later visitors and staff changed rows of an earlier stage.
        assert changed_since(in_stages, stages[2]) == (True, True)
        assert sum(added) == count(in_stages)
        assert all(number > 0 for number in added)


def test_what_is_there_is_not_added_again(empty_database: Parameters) -> None:
    until = datetime(2026, 1, 28, 12)
    with filled(empty_database) as connection:
        assert top_up(connection, until) == count(connection) > 100
        before = contents(connection)
        assert top_up(connection, until) == 0
        assert top_up(connection, datetime(2026, 1, 27)) == 0
        assert contents(connection) == before


def test_before_the_history_there_is_nothing_to_add(empty_database: Parameters) -> None:
    with filled(empty_database) as connection:
        assert top_up(connection, HISTORY_START) == 0
        assert count(connection) == 0


def test_a_failing_top_up_leaves_the_demo_as_it_was(empty_database: Parameters) -> None:
    with filled(empty_database) as connection:
        top_up(connection, datetime(2026, 1, 27))
        before = contents(connection)
        connection.execute("alter table planted.defects add check (shown_at < '2026-01-27')")
        with pytest.raises(psycopg.errors.CheckViolation):
            top_up(connection, datetime(2026, 2, 5))
        assert contents(connection) == before


def test_two_at_once_add_it_once(empty_database: Parameters) -> None:
    until, added = datetime(2026, 1, 30), []
    filled(empty_database).close()

    def add() -> None:
        with connect(empty_database) as connection:
            added.append(top_up(connection, until))

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect(empty_database) as connection:
        assert sorted(added) == [0, 0, count(connection)]


def test_a_connection_that_begins_transactions_by_itself_is_committed_too(
    empty_database: Parameters,
) -> None:
    filled(empty_database).close()
    with psycopg.connect(make_conninfo(**empty_database)) as writer:
        added = top_up(writer, datetime(2026, 1, 27))
        with connect(empty_database) as reader:
            assert count(reader) == added > 0
