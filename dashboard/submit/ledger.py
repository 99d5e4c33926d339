"""The app's own records of submissions: the jobs, and what became of each of their calls."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, create_engine

from dashboard.database.address import Address
from dashboard.database.errors import explained
from dashboard.model.times import now
from dashboard.submit.choices import Choices, Release, Visitor
from dashboard.submit.job import Job, Outcome, Record, State
from dashboard.submit.sandbox import Failure
from dashboard.submit.visitor import sessions
from dashboard.submit.workflow import Call, Pace
from queries import load

SAME_SUBMISSION = timedelta(seconds=60)


class GivenUp(Exception):
    """Somebody has declared the submission interrupted: nothing more may be written for it."""


@dataclass(frozen=True)
class Ledger:
    """The records, in the database `app`. Every method raises DatabaseProblem."""

    engine: Engine = field(repr=False)

    def create_tables(self) -> None:
        """Create what is missing."""
        with self._transaction() as connection:
            connection.execute(load("app/lock_tables").bind({}))
            connection.execute(load("app/tables").bind({}))
            connection.execute(load("app/new_columns").bind({}))

    def submit(
        self,
        members: Sequence[UUID],
        visitor: str,
        website_url: str,
        pace: Pace,
        choices: Choices,
        *,
        process: str,
    ) -> UUID:
        """Note a submission under the first of these ids; returns the id of the one already there.

        The same visitor's same website within a minute is the same submission, however many ask
        at once: who holds the lock looks first, in a statement that begins after the lock is held.
        The other ids are those of other visitors, who submit the website together with this one.
        """
        with self._transaction() as connection:
            connection.execute(load("app/share_sandbox").bind({}))
            connection.execute(
                load("app/lock_submission").bind({"submission": f"{visitor} {website_url}"})
            )
            same = connection.execute(
                load("app/same_submission").bind(
                    {
                        "visitor": visitor,
                        "website_url": website_url,
                        "since": now() - SAME_SUBMISSION,
                    }
                )
            ).scalar()
            if same:
                return UUID(str(same))
            at = now()
            shared = {
                "website_url": website_url,
                "pace": str(pace),
                "process": process,
                "at": at,
                "release": str(choices.release),
                "visitor_kind": str(choices.visitor),
                "same_moment": choices.same_moment,
                "together": choices.together,
                "group_id": members[0],
            }
            for number, job_id in enumerate(members):
                browser = sessions(job_id, at)
                connection.execute(
                    load("app/add_job").bind(
                        {
                            **shared,
                            "id": job_id,
                            "visitor": f"{visitor} {number}" if number else visitor,
                            "session_id": browser.tracking,
                            "older_session_id": browser.older,
                        }
                    )
                )
            return members[0]

    def job(self, job_id: UUID) -> Job | None:
        """Return a submission with its calls; None where there is none of that id."""
        with self._transaction() as connection:
            found = connection.execute(load("app/job").bind({"id": job_id})).mappings().first()
            if found is None:
                return None
            calls = connection.execute(load("app/calls").bind({"job_id": job_id})).mappings()
            return _job(found, tuple(Record(**call) for call in calls))

    def members(self, job_id: UUID) -> list[UUID]:
        """Return the submissions that began together with this one, itself the first."""
        with self._transaction() as connection:
            return [*connection.execute(load("app/group_jobs").bind({"id": job_id})).scalars()]

    def go_on(self, job_id: UUID, process: str) -> bool:
        """Let the visitor of an ended submission take a step; False where that can't be now."""
        with self._transaction() as connection:
            connection.execute(load("app/share_sandbox").bind({}))
            binds = {"id": job_id, "process": process, "at": now()}
            return connection.execute(load("app/go_on_job").bind(binds)).first() is not None

    def unfinished(self) -> list[UUID]:
        """Return the submissions that have not ended, the oldest first."""
        with self._transaction() as connection:
            return [*connection.execute(load("app/unfinished_jobs").bind({})).scalars()]

    def start(self, job_id: UUID) -> bool:
        """Start a queued submission; False where it is not waiting any more."""
        return self._changed("app/start_job", id=job_id, at=now())

    def touch(self, job_id: UUID) -> None:
        """Note that a submission is alive; raises GivenUp."""
        if not self._changed("app/touch_job", id=job_id, at=now()):
            raise GivenUp

    def end(self, job_id: UUID, state: State) -> None:
        """End a submission; one that has ended stays as it is."""
        self._changed("app/end_job", id=job_id, state=state, at=now())

    def start_call(
        self, job_id: UUID, call: Call, planned_at: datetime, table: str | None, row_id: UUID | None
    ) -> None:
        """Note a call before it is made; raises GivenUp."""
        noted = self._changed(
            "app/start_call",
            job_id=job_id,
            name=call.name,
            path=call.path,
            at=now(),
            planned_at=planned_at,
            table_name=table,
            row_id=row_id,
        )
        if not noted:
            raise GivenUp

    def end_call(
        self, job_id: UUID, name: str, outcome: Outcome, failure: Failure | None = None
    ) -> None:
        """Note what became of a call."""
        self._changed(
            "app/end_call",
            job_id=job_id,
            name=name,
            at=now(),
            outcome=outcome,
            message=failure and failure.message,
            sqlstate=failure and failure.sqlstate,
            constraint_name=failure and failure.constraint,
        )

    @contextmanager
    def resetting(self) -> Iterator[list[UUID]]:
        """Keep every process from submitting while the sandbox is replaced in a with block.

        Yields the submissions that have not ended. All goes through one connection: those who wait
        for the lock may hold all others.
        """
        with self._transaction() as connection:
            connection.execute(load("app/lock_sandbox").bind({}))
            yield [*connection.execute(load("app/unfinished_jobs").bind({})).scalars()]
            connection.execute(load("app/note_reset").bind({"at": now()}))

    def _changed(self, question: str, /, **binds: object) -> bool:
        """Run one statement; tells whether it returned a row."""
        with self._transaction() as connection:
            result = connection.execute(load(question).bind(binds))
            return result.returns_rows and result.first() is not None

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with explained("app"), self.engine.begin() as connection:
            yield connection


def member_ids(first: UUID, together: int) -> list[UUID]:
    """Return the ids of those that submit together; known before anybody can find them."""
    return [first, *(uuid5(first, str(number)) for number in range(1, together))]


def _job(found: Mapping[Any, Any], records: tuple[Record, ...]) -> Job:
    values = {str(name): value for name, value in found.items()}
    choices = Choices(
        Release(values.pop("release")),
        Visitor(values.pop("visitor_kind")),
        values.pop("same_moment"),
        values.pop("together"),
    )
    pace = Pace(values.pop("pace"))
    return Job(**values, pace=pace, choices=choices, records=records)


def open_ledger(address: Address, connections: int) -> Ledger:
    """Return the records at an address, with their tables."""

    def connect() -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(make_conninfo(**address.parameters | {"connect_timeout": "5"}))

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
    )
    ledger = Ledger(engine)
    ledger.create_tables()
    return ledger
