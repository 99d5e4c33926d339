"""Jobs in the background: queued, run by workers, found again after a reload or a restart."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from queue import SimpleQueue
from uuid import UUID

from dashboard.database.errors import DatabaseProblem
from dashboard.jobs.processes import is_alive, this_process
from dashboard.jobs.record import JobRecord, JobState, NewJob, Sameness
from dashboard.jobs.store import JobCancelled, JobOver, JobStore
from dashboard.model.times import now

# A process that is there but says nothing for so long runs nothing any more.
JOB_SILENCE = timedelta(seconds=60)
# Seconds between attempts to note an end; a crashed server is up again within one.
END_PAUSES = (0.2, 0.5, 1.0, 2.0)
CLOSE_SECONDS = 5.0
# Takes the ids of the jobs that run together.
RunJobs = Callable[[Sequence[UUID]], None]
SettleJob = Callable[[UUID], None]


class JobInterrupted(Exception):
    """The process that runs the job ends."""


def leave_nothing_open(_: UUID) -> None:
    """Settle a job that leaves nothing open when its process vanishes."""


@dataclass
class JobRunner:
    """The jobs of one kind in this process. Safe to share between threads.

    `run` runs jobs that begin together. `settle` finds out what an interrupted job left open.
    `process` tells this process from every other one, also from one that gets its number later.
    """

    store: JobStore
    run: RunJobs
    settle: SettleJob = leave_nothing_open
    process: str = field(default_factory=this_process)
    stopping: threading.Event = field(default_factory=threading.Event)
    workers: list[threading.Thread] = field(default_factory=list)
    _held: set[UUID] = field(default_factory=set)
    _resumed: set[UUID] = field(default_factory=set)
    _resuming: threading.Lock = field(default_factory=threading.Lock)
    _queue: SimpleQueue[list[UUID] | None] = field(default_factory=SimpleQueue)

    def enqueue(self, jobs: Sequence[NewJob], sameness: Sameness) -> UUID:
        """Queue jobs that run together and return the id of the first, or of the same job."""
        return self._add(jobs, sameness, self._queue.put)

    def run_here(self, jobs: Sequence[NewJob], sameness: Sameness, run: RunJobs) -> UUID:
        """Run jobs in this thread and return the id of the first, or of the same job.

        The same job, where somebody else runs it, is not waited for.
        """
        return self._add(jobs, sameness, lambda ids: self._run_and_release(ids, run))

    def find(self, job_id: UUID) -> JobRecord | None:
        """Return a job as it stands; one whose process is gone is settled and interrupted."""
        # Asked before and after it is read: it may begin or end in between.
        was_held = self._is_held(job_id)
        job = self.store.job(job_id)
        if job and self._is_abandoned(job, was_held):
            self.settle(job_id)
            self.store.end(job_id, "interrupted")
            job = self.store.job(job_id)
        return job

    def claim(self, job_id: UUID) -> JobRecord | None:
        """Start a queued job and return it; None where it is not waiting any more."""
        return self.store.job(job_id) if self.store.claim(job_id) else None

    def resume(self, job_id: UUID, run: Callable[[], None]) -> bool:
        """Let a done job go on in this thread; False where it can't, or already does."""
        with self._resuming:
            if job_id in self._resumed:
                return False
            self._resumed.add(job_id)
        try:
            if not self.store.resume(job_id, self.process):
                return False
            with self.noting_end(job_id):
                run()
            return True
        finally:
            self._resumed.discard(job_id)

    @contextmanager
    def noting_end(self, job_id: UUID) -> Iterator[None]:
        """Note how a job ends whose work is done in a with block.

        An exception that ends a job ends here; any other one passes, a DatabaseProblem as well.
        """
        state: JobState = "interrupted"
        message = None
        try:
            with suppress(JobOver, JobInterrupted):
                yield
                state = "done"
        except JobCancelled:
            state = "cancelled"
        except DatabaseProblem as problem:
            state, message = "failed", str(problem)
            raise
        finally:
            self._end(job_id, state, message)

    def wait(self, seconds: float) -> None:
        """Let time pass; raises JobInterrupted where this process ends meanwhile."""
        if self.stopping.wait(seconds):
            raise JobInterrupted

    def start_workers(self, number: int) -> None:
        """Start the threads that run what is queued."""
        for place in range(number):
            name = f"{self.store.kind} {place}"
            worker = threading.Thread(target=self._work, name=name, daemon=True)
            worker.start()
            self.workers.append(worker)

    def close(self) -> None:
        """Stop; what still runs notes that it was interrupted, or is found so later."""
        self.stopping.set()
        for _ in self.workers:
            self._queue.put(None)
        give_up_at = now() + timedelta(seconds=CLOSE_SECONDS)
        for worker in self.workers:
            worker.join(max((give_up_at - now()).total_seconds(), 0))
        self.store.engine.dispose()

    def _add(
        self, jobs: Sequence[NewJob], sameness: Sameness, go_on: Callable[[list[UUID]], None]
    ) -> UUID:
        ids = [job.id for job in jobs]
        # Held before anybody can find them, or they would look abandoned.
        self._held.update(ids)
        added = None
        try:
            added = self.store.add(jobs, sameness, self.process)
        finally:
            if added != ids[0]:
                self._held.difference_update(ids)
        if added == ids[0]:
            go_on(ids)
        return added

    def _work(self) -> None:
        while ids := self._queue.get():
            try:
                self._run_and_release(ids, self.run)
            except DatabaseProblem as problem:
                logging.getLogger("dashboard").warning("Job %s failed: %s", ids[0], problem)
            except Exception:  # one job's failure must not end the worker
                logging.getLogger("dashboard").exception("Job %s was cut off", ids[0])

    def _run_and_release(self, ids: Sequence[UUID], run: RunJobs) -> None:
        try:
            run(ids)
        finally:
            self._held.difference_update(ids)

    def _end(self, job_id: UUID, state: JobState, message: str | None) -> None:
        """Note an end, again where the server is just coming back."""
        for pause in END_PAUSES:
            with suppress(DatabaseProblem):
                if state in ("interrupted", "failed"):
                    self.settle(job_id)
                return self.store.end(job_id, state, message)
            self.stopping.wait(pause)
        return None

    def _is_held(self, job_id: UUID) -> bool:
        return job_id in self._held or job_id in self._resumed

    def _is_abandoned(self, job: JobRecord, was_held: bool) -> bool:
        if job.is_finished:
            return False
        if job.process == self.process:
            return not was_held and not self._is_held(job.id)
        return not is_alive(job.process) or (
            job.state == "running" and job.heartbeat_at < now() - JOB_SILENCE
        )
