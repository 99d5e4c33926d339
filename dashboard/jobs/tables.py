"""Opening the records of jobs, those of an earlier version included."""

import logging
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, create_engine

from dashboard.database.address import Address
from dashboard.database.errors import DatabaseProblem, explained
from dashboard.jobs.record import JobKind
from dashboard.jobs.store import JobStore
from queries import load

# How a database answers where its tables are none that this version or an earlier one wrote.
UNREADABLE_KINDS = ("schema_drift", "bad_value", "other")


def open_job_store(address: Address, kind: JobKind, connections: int) -> JobStore:
    """Return the records at an address, with their tables; raises DatabaseProblem.

    Records of an earlier version are taken over. Those that can't be read are kept under another
    name, and new ones begin.
    """
    engine = _engine(address, connections)
    try:
        _create_tables(engine)
    except DatabaseProblem as problem:
        if problem.kind not in UNREADABLE_KINDS:
            raise
        logging.getLogger("dashboard").warning("Older records of jobs were set aside: %s", problem)
        _create_tables(engine, set_aside=True)
    return JobStore(engine, kind)


def _create_tables(engine: Engine, *, set_aside: bool = False) -> None:
    """Create what is missing, in one transaction; where nothing is, no table is locked."""
    with explained("app"), engine.begin() as connection:
        connection.execute(load("jobs/lock_tables").bind({}))
        # Another process may have done it meanwhile: its new tables stay.
        if set_aside and _missing(connection):
            connection.execute(load("jobs/set_aside").bind({}))
        for question in _missing(connection):
            connection.execute(load(question).bind({}))


def _missing(connection: Connection) -> list[str]:
    """Return the statements that the tables still need, in the order in which they are made."""
    found = connection.execute(load("jobs/found_tables").bind({})).one()
    needed = {
        "jobs/set_old_jobs_aside": found.has_old_submissions,
        "jobs/create_jobs": not found.has_jobs,
        "jobs/move_old_submissions": found.has_old_submissions,
        "jobs/move_old_runs": found.has_old_runs,
        "jobs/create_calls": not found.has_calls,
        "jobs/create_lab_results": not found.has_results,
    }
    return [question for question, is_needed in needed.items() if is_needed]


def _engine(address: Address, connections: int) -> Engine:
    def connect() -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(make_conninfo(**address.parameters | {"connect_timeout": "5"}))

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
    )
