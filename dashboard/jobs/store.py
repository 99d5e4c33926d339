"""The records of all jobs, in the database `app`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from dashboard.database.errors import explained
from dashboard.jobs.record import JobKind, JobRecord, JobState, NewJob, Sameness
from dashboard.model.times import now
from queries import load

MOST_JOBS = 50


class JobOver(Exception):
    """Somebody has ended the job: nothing more may be written for it."""


class JobCancelled(Exception):
    """Somebody has cancelled the job."""


@dataclass(frozen=True)
class JobStore:
    """The jobs of one kind. Every method raises DatabaseProblem."""

    engine: Engine = field(repr=False)
    kind: JobKind

    def add(self, jobs: Sequence[NewJob], sameness: Sameness, process: str) -> UUID:
        """Add jobs that run together; returns the first one's id, or that of the same job.

        However many ask at once, one of them adds: who holds the lock looks first, in a statement
        that begins when the lock is held.
        """
        first = jobs[0]
        with self.transaction() as connection:
            _run(connection, "jobs/share_gate", kind=self.kind)
            _run(connection, "jobs/lock_key", key=f"{self.kind} {first.key}")
            same = _run(connection, "jobs/same_job", key=first.key, **self._limits(sameness))
            if same is not None:
                return UUID(str(same))
            for job in jobs:
                self._insert(connection, job, first.id, process)
            return first.id

    def job(self, job_id: UUID) -> JobRecord | None:
        """Return a job; None where there is none of that id."""
        return next(iter(self.jobs([job_id])), None)

    def jobs(self, job_ids: Sequence[UUID] | None = None) -> list[JobRecord]:
        """Return the jobs of these ids, or the newest ones, the newest first."""
        ids = None if job_ids is None else [*map(str, job_ids)]
        question = load("jobs/jobs").bind({"kind": self.kind, "ids": ids, "row_limit": MOST_JOBS})
        with self.transaction() as connection:
            return [JobRecord(**row) for row in connection.execute(question).mappings()]

    def members(self, job_id: UUID) -> list[UUID]:
        """Return the jobs that began together with this one, itself the first."""
        return self._ids("jobs/group_members", id=job_id)

    def unfinished(self) -> list[UUID]:
        """Return the jobs that have not ended, the oldest first."""
        return self._ids("jobs/unfinished", kind=self.kind)

    def claim(self, job_id: UUID) -> bool:
        """Start a queued job; False where it is not waiting any more."""
        return self._changed("jobs/claim", id=job_id, at=now())

    def resume(self, job_id: UUID, process: str) -> bool:
        """Let a job go on that is done; False where it is not, or where its rows are gone."""
        with self.transaction() as connection:
            _run(connection, "jobs/share_gate", kind=self.kind)
            found = _run(connection, "jobs/resume", id=job_id, process=process, at=now())
            return found is not None

    def beat(self, job_id: UUID, progress: Mapping[str, Any] | None = None) -> None:
        """Note that a job is alive, and how far it is; raises JobOver and JobCancelled."""
        noted = None if progress is None else json.dumps(progress)
        with self.transaction() as connection:
            cancel_requested = _run(connection, "jobs/beat", id=job_id, at=now(), progress=noted)
        if cancel_requested is None:
            raise JobOver
        if cancel_requested:
            raise JobCancelled

    def end(self, job_id: UUID, state: JobState, message: str | None = None) -> None:
        """End a job; one that has ended stays as it is."""
        self._changed("jobs/end", id=job_id, state=state, at=now(), message=message)

    def request_cancel(self, job_id: UUID) -> None:
        """Ask a job to stop, whichever process runs it; one that waits ends at once."""
        self._changed("jobs/request_cancel", id=job_id, at=now())

    @contextmanager
    def closed_gate(self) -> Iterator[list[UUID]]:
        """Keep every process from adding jobs of the kind during a with block.

        Yields the jobs that have not ended. At the end their rows count as gone. All goes through
        one connection: those who wait for the gate may hold all others.
        """
        with self.transaction() as connection:
            _run(connection, "jobs/close_gate", kind=self.kind)
            unfinished = load("jobs/unfinished").bind({"kind": self.kind})
            yield [*connection.execute(unfinished).scalars()]
            _run(connection, "jobs/note_reset", kind=self.kind, at=now())

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction on the database `app`, for records that belong to a job."""
        with explained("app"), self.engine.begin() as connection:
            yield connection

    def _limits(self, sameness: Sameness) -> dict[str, object]:
        since = None if sameness.within is None else now() - sameness.within
        return {"kind": self.kind, "since": since, "done_too": sameness.done_too}

    def _insert(self, connection: Connection, job: NewJob, group_id: UUID, process: str) -> None:
        _run(
            connection,
            "jobs/add",
            id=job.id,
            kind=self.kind,
            key=job.key,
            payload=json.dumps(job.payload),
            group_id=group_id,
            process=process,
            at=now(),
        )

    def _ids(self, question: str, /, **binds: object) -> list[UUID]:
        with self.transaction() as connection:
            return [*connection.execute(load(question).bind(binds)).scalars()]

    def _changed(self, question: str, /, **binds: object) -> bool:
        """Run one statement; tells whether it returned a row."""
        with self.transaction() as connection:
            return _run(connection, question, **binds) is not None


def _run(connection: Connection, question: str, /, **binds: object) -> Any:
    """Run one statement and return the first value of its first row, None without."""
    result = connection.execute(load(question).bind(binds))
    return result.scalar() if result.returns_rows else None
