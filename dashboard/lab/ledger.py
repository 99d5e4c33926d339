"""The lab's saved runs, in the app's own database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, create_engine

from dashboard.database.address import Address
from dashboard.database.errors import explained
from dashboard.lab.conditions import Conditions
from dashboard.lab.outcome import Result
from dashboard.model.times import now
from queries import load

State = Literal["queued", "running", "done", "cancelled", "failed", "interrupted"]
CONNECTIONS = 4
MOST_RUNS = 50


@dataclass(frozen=True)
class Run:
    """Strategies under conditions, and what those that have ended came to.

    `strategy` is the one that runs, with `attempts_done` so far; times are UTC without zone.
    """

    id: UUID
    conditions: Conditions
    strategies: tuple[str, ...]
    state: State
    process: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    heartbeat_at: datetime
    cancel_asked: bool
    strategy: str | None
    attempts_done: int
    message: str | None
    results: tuple[Result, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing more will happen to it."""
        return self.state not in ("queued", "running")

    @property
    def done_share(self) -> float:
        """Return the share of all submissions of all strategies that are done."""
        done = len(self.results) + self.attempts_done / self.conditions.attempts
        return min(done / len(self.strategies), 1.0)


@dataclass(frozen=True)
class Ledger:
    """The records. Every method raises DatabaseProblem."""

    engine: Engine = field(repr=False)

    def create_tables(self) -> None:
        """Create what is missing."""
        with self._transaction() as connection:
            connection.execute(load("app/lock_tables").bind({}))
            connection.execute(load("lab/ledger_tables").bind({}))

    def add(
        self, run_id: UUID, conditions: Conditions, strategies: Sequence[str], process: str
    ) -> UUID:
        """Note a run under this id; returns that of the same run where it has not ended yet."""
        asked = {"conditions": json.dumps(asdict(conditions)), "strategies": [*strategies]}
        with self._transaction() as connection:
            connection.execute(load("app/lock_tables").bind({}))
            same = connection.execute(load("lab/same_run").bind(asked)).scalar()
            if same:
                return UUID(str(same))
            connection.execute(
                load("lab/add_run").bind({"id": run_id, "process": process, "at": now(), **asked})
            )
            return run_id

    def run(self, run_id: UUID) -> Run | None:
        """Return a run with its results; None where there is none of that id."""
        return next(iter(self.runs([run_id])), None)

    def runs(self, run_ids: Sequence[UUID] | None = None) -> list[Run]:
        """Return the runs of these ids, or the newest ones, the newest first."""
        ids = None if run_ids is None else [*map(str, run_ids)]
        with self._transaction() as connection:
            found = connection.execute(load("lab/runs").bind({"ids": ids, "row_limit": MOST_RUNS}))
            return [
                Run(
                    **{
                        **row,
                        "conditions": Conditions(**row["conditions"]),
                        "strategies": tuple(row["strategies"]),
                    },
                    results=_results(connection, row["id"]),
                )
                for row in found.mappings().all()
            ]

    def start(self, run_id: UUID) -> bool:
        """Start a queued run; False where it is not waiting any more."""
        return self._one("lab/start_run", id=run_id, at=now()) is not None

    def is_wanted(self, run_id: UUID, strategy: str, attempts_done: int) -> bool:
        """Note how far a run is; False where it is to end."""
        found = self._one(
            "lab/note_progress", id=run_id, at=now(), strategy=strategy, attempts_done=attempts_done
        )
        return found is False

    def save(self, run_id: UUID, place: int, result: Result) -> None:
        """Save what a strategy came to."""
        values = asdict(result) | {"errors": json.dumps(result.errors)}
        self._one("lab/add_result", run_id=run_id, place=place, **values)

    def end(self, run_id: UUID, state: State, message: str | None = None) -> None:
        """End a run; one that has ended stays as it is."""
        self._one("lab/end_run", id=run_id, state=state, at=now(), message=message)

    def cancel(self, run_id: UUID) -> None:
        """Ask a run to stop."""
        self._one("lab/ask_cancel", id=run_id, at=now())

    def _one(self, question: str, /, **binds: object) -> Any:
        """Run one statement and return the first value of its first row, None without."""
        with self._transaction() as connection:
            result = connection.execute(load(question).bind(binds))
            return result.scalar() if result.returns_rows else None

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with explained("app"), self.engine.begin() as connection:
            yield connection


def open_ledger(address: Address) -> Ledger:
    """Return the records at an address, with their tables."""

    def connect() -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(make_conninfo(**address.parameters | {"connect_timeout": "5"}))

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=30,
    )
    ledger = Ledger(engine)
    ledger.create_tables()
    return ledger


def _results(connection: Connection, run_id: UUID) -> tuple[Result, ...]:
    found = connection.execute(load("lab/results").bind({"run_id": run_id})).mappings()
    return tuple(Result(**row) for row in found)
