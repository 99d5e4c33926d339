"""Errors provoked on a server of its own, read back from the logs it really wrote."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import psycopg
import pytest

from dashboard.embedded.server import Server, embedded_server
from dashboard.model.filters import Filters
from dashboard.model.times import now
from dashboard.model.tracking_plan import load_plan
from dashboard.races.triage.data import Triage, facts, triage
from dashboard.races.triage.log import read_log
from queries import load
from tests.conftest import Parameters, connect, execute, source_of
from tests.embedded.conftest import until
from tests.once import data_home

UTC = ZoneInfo("UTC")
RULE = "chk_organizations_user_or_session"
OWNER = "00000000-0000-0000-0000-00000000000a"
WHOLE = "session_1769376031102_1i34cuwqi"
GONE = "session_1769376031103_1i34cuwqj"
EXCLUSIVE = f"""
    alter table organizations drop constraint {RULE};
    alter table organizations add constraint {RULE}
    check ((user_id is null) <> (session_id is null))
"""
FORMATS = ("stderr", "csvlog", "jsonlog")


@dataclass
class LoggingServer:
    """A server that logs in every format, and how far its logs were read."""

    server: Server
    databases: int = 0

    def tables(self) -> Parameters:
        self.databases += 1
        name = f"logged_{self.databases}"
        execute(self.server.parameters("postgres"), f"create database {name}")
        execute(self.server.parameters(name), load("schema/tables").sql)
        return self.server.parameters(name)

    def log(self, form: str) -> bytes:
        with connect(self.server.parameters("postgres")) as connection:
            row = connection.execute(
                b"select pg_read_binary_file(pg_current_logfile(%s))", [form]
            ).fetchone()
        assert row
        return bytes(row[0])

    def logs_of(self, act: Callable[[], None]) -> dict[str, bytes]:
        """Return what is logged while something is done, in each format."""
        before = {form: len(self.log(form)) for form in FORMATS}
        act()
        mark = f"end_{self.databases}_{sum(before.values())}"
        fails(self.server.parameters("postgres"), f"select {mark}")
        # Its collector writes on its own time: the mark is the last to come.
        until(lambda: all(mark.encode() in self.log(form) for form in FORMATS))
        return {form: self.log(form)[before[form] :] for form in FORMATS}


@pytest.fixture(scope="module")
def logging_server() -> Iterator[LoggingServer]:
    with data_home() as home:
        with embedded_server(home, say=lambda _: None) as running:
            for setting in (
                "logging_collector = on",
                "log_destination = 'stderr,csvlog,jsonlog'",
                "log_timezone = 'America/New_York'",
                "log_line_prefix = '%m [%p] %q%u@%d '",
            ):
                execute(running.parameters("postgres"), f"alter system set {setting}")
        with embedded_server(home, say=lambda _: None) as running:
            yield LoggingServer(running)


def fails(parameters: Parameters, sql: str) -> None:
    with pytest.raises(psycopg.Error):
        execute(parameters, sql)


def save_whole(tables: Parameters, host: str, session: str, minutes: float = 0) -> None:
    """Write everything that a submission leaves."""
    at = now() + timedelta(minutes=minutes)
    name = host.split(".", maxsplit=1)[0]
    execute(
        tables,
        "insert into organizations (name, slug, session_id, website_url, created_at)"
        " values (%s, %s, %s, %s, %s)",
        name,
        name,
        session,
        f"https://{host}",
        at,
    )
    lead(tables, host, "Unknown Business", session, at)
    lead(tables, host, name, None, at)
    for step in ("analysis_started", "analysis_completed"):
        execute(
            tables,
            "insert into conversion_tracking (conversion_step, session_id, step_completed_at)"
            " values (%s, %s, %s)",
            step,
            session,
            at,
        )


def lead(
    tables: Parameters, host: str, business: str, session: str | None, at: datetime | None = None
) -> None:
    execute(
        tables,
        "insert into website_leads (business_name, session_id, website_url, created_at)"
        " values (%s, %s, %s, %s)",
        business,
        session,
        f"http://www.{host}/",
        at or now(),
    )


def duplicate_slug(tables: Parameters) -> None:
    fails(
        tables,
        "insert into organizations (name, slug, session_id, website_url)"
        f" values ('Whole', 'whole', '{WHOLE}', 'https://whole.example')",
    )


def deadlock(tables: Parameters) -> None:
    """Two transactions take the same two rows in opposite order."""
    names = ("left", "right")
    for name in names:
        execute(tables, f"insert into organizations (name, session_id) values ('{name}', 's')")
    with connect(tables) as first, connect(tables) as second:
        for connection in (first, second):
            connection.execute(b"begin")
            connection.execute(b"set local deadlock_timeout = '20ms'")
        touch(first, "left")
        touch(second, "right")
        waiting = f"{first.info.backend_pid}"
        with psycopg.connect(**tables, autocommit=True) as watching:
            thread = threading.Thread(target=touch_or_lose, args=(first, "right"))
            thread.start()
            until(
                lambda: (
                    watching.execute(
                        f"select 1 from pg_locks where not granted and pid = {waiting}".encode()
                    ).fetchone()
                    or not thread.is_alive()
                )
            )
            touch_or_lose(second, "left")
            thread.join()


def touch(connection: psycopg.Connection[object], name: str) -> None:
    connection.execute(f"update organizations set name = name where name = '{name}'".encode())


def touch_or_lose(connection: psycopg.Connection[object], name: str) -> None:
    try:
        touch(connection, name)
    except psycopg.errors.DeadlockDetected:
        connection.execute(b"rollback")


def serialization_failure(tables: Parameters) -> None:
    execute(tables, "insert into organizations (name, session_id) values ('both', 's')")
    with connect(tables) as first, connect(tables) as second:
        for connection in (first, second):
            connection.execute(b"begin isolation level repeatable read")
            connection.execute(b"select count(*) from organizations")
        touch(first, "both")
        first.execute(b"commit")
        with pytest.raises(psycopg.errors.SerializationFailure):
            touch(second, "both")


def provoke_inclusive(tables: Parameters) -> None:
    save_whole(tables, "whole.example", WHOLE)
    duplicate_slug(tables)
    lead(tables, "lost.example", "Unknown Business", "session_1769376031109_1i34cuwqk")
    fails(
        tables,
        "insert into organizations (name, slug, website_url)\n"
        "values ('Lost, Inc.', 'lost', 'https://lost.example/path')",
    )
    fails(
        tables,
        "insert into website_leads (session_id, website_url, ip_address)"
        f" values ('{GONE}', 'gone.example', 'unknown')",
    )
    deadlock(tables)
    serialization_failure(tables)
    fails(tables, "select 1 / 0")


def triaged(tables: Parameters, raw: bytes) -> Triage:
    with source_of(tables).read() as reader:
        log = read_log(raw, UTC)
        return triage(log, facts(reader, Filters(), log, load_plan()))


def judged(found: Triage) -> dict[str, tuple[str, int, int, int, int]]:
    """Return class, count, harmless, lost, inconclusive of each SQLSTATE, of statements alone."""
    errors = found.groups.dropna(subset=["sqlstate"])
    return {
        row["sqlstate"]: (
            row["class"],
            row["count"],
            row["harmless"],
            row["lost"],
            row["inconclusive"],
        )
        for row in errors.to_dict("records")
    }


INCLUSIVE = {
    "23505": ("race", 1, 1, 0, 0),
    "23514": ("race", 1, 0, 1, 0),
    "22P02": ("bad value", 1, 0, 1, 0),
    "40P01": ("race", 1, 0, 0, 1),
    "40001": ("race", 1, 0, 0, 1),
}


def test_each_error_is_told_from_each_format_of_the_log_with_what_became_of_its_rows(
    logging_server: LoggingServer,
) -> None:
    tables = logging_server.tables()
    logs = logging_server.logs_of(lambda: provoke_inclusive(tables))
    save_whole(tables, "later.example", "session_1769376031999_1i34cuwqz", minutes=10)
    for form, raw in logs.items():
        found = triaged(tables, raw)
        judgments = judged(found)
        assert {state: judgments.get(state) for state in INCLUSIVE} == INCLUSIVE, form
        assert found.fate("harmless") == 1
        assert found.total("unrelated") >= 2  # the division, and the mark
        assert found.read == int(found.groups["count"].sum())
        written = found.groups.dropna(subset=["first"])
        assert (abs(written["first"] - now()) < timedelta(minutes=5)).all(), form


def test_before_the_source_goes_on_nothing_is_called_lost(logging_server: LoggingServer) -> None:
    tables = logging_server.tables()
    logs = logging_server.logs_of(
        lambda: fails(
            tables, "insert into organizations (name, website_url) values ('A', 'http://a.example')"
        )
    )
    save_whole(tables, "other.example", WHOLE)
    assert judged(triaged(tables, logs["csvlog"]))["23514"] == ("race", 1, 0, 0, 1)


def test_in_the_exclusive_form_an_owned_website_fails_every_time(
    logging_server: LoggingServer,
) -> None:
    tables = logging_server.tables()
    execute(tables, EXCLUSIVE)
    execute(
        tables,
        "insert into organizations (name, user_id, website_url)"
        f" values ('Owned', '{OWNER}', 'https://owned.example')",
    )

    def act() -> None:
        fails(tables, f"update organizations set session_id = '{GONE}' where name = 'Owned'")
        fails(tables, "insert into organizations (name, website_url) values ('A', 'a.example')")

    logs = logging_server.logs_of(act)
    save_whole(tables, "later.example", WHOLE, minutes=10)
    execute(
        tables,
        "update conversion_tracking set step_completed_at = now() - interval '1 day'"
        " where conversion_step = 'analysis_started'",
    )
    for form, raw in logs.items():
        groups = triaged(tables, raw).groups
        rule = groups[groups["constraint"] == RULE].set_index("class")
        assert rule["count"].to_dict() == {"certain": 1, "race": 1}, form
        assert rule["lost"].to_dict() == {"certain": 1, "race": 1}, form


@pytest.mark.parametrize(
    ("prefix", "timed"),
    [
        ("%m [%p] ", True),
        ("%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", True),
        ("%t:%r:%u@%d:[%p]:", True),
        ("%n %e ", True),
        ("<%m> %c %x [%e] ", True),
        ("", False),
    ],
)
def test_any_common_prefix_is_read(logging_server: LoggingServer, prefix: str, timed: bool) -> None:
    tables = logging_server.tables()
    execute(tables, "insert into organizations (name, slug, session_id) values ('a', 'whole', 's')")
    execute(tables, f"alter system set log_line_prefix = '{prefix}'")
    execute(tables, "select pg_reload_conf()")
    until(lambda: shown(tables, "log_line_prefix") == prefix)
    found = triaged(tables, logging_server.logs_of(lambda: duplicate_slug(tables))["stderr"])
    (row,) = found.groups[found.groups["sqlstate"] == "23505"].to_dict("records")
    assert (row["class"], row["constraint"], row["count"]) == ("race", "organizations_slug_key", 1)
    assert pd.notna(row["first"]) == timed
    assert not timed or abs(row["first"] - now()) < timedelta(minutes=5)


def shown(tables: Parameters, setting: str) -> str:
    with connect(tables) as connection:
        row = connection.execute(f"show {setting}".encode()).fetchone()
    assert row
    return str(row[0])
