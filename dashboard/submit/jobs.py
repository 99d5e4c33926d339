"""Submissions in the background: queued, run by a few workers, found again after a restart."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from queue import SimpleQueue
from uuid import UUID, uuid4

import psutil

from dashboard.database import workspace
from dashboard.database.embedded import Server
from dashboard.database.reading import Source
from dashboard.database.sources import Sources
from dashboard.shared.times import now
from dashboard.submit.calling import Caller, OnCall, silent
from dashboard.submit.ledger import GivenUp, Job, Ledger, open_ledger
from dashboard.submit.runner import run
from dashboard.submit.sandbox import Sandbox, open_sandbox
from dashboard.submit.settling import settle
from dashboard.submit.workflow import Pace

# A worker mostly waits for its analysis; connections are used for milliseconds.
WORKERS = 24
CONNECTIONS = 8
# A process that is there but says nothing for so long runs nothing any more.
SILENCE = timedelta(seconds=60)


class Busy(Exception):
    """The sandbox can't be reset while submissions run; the text says how many do."""


@dataclass
class Submissions:
    """The submissions of this process. Safe to share between threads, free of Streamlit.

    `reading` is the sandbox as pages read it. `process` tells this process from every other one,
    also from one that gets its number later.
    """

    server: Server
    reading: Source
    ledger: Ledger
    sandbox: Sandbox
    process: str
    _held: set[UUID] = field(default_factory=set)
    _queue: SimpleQueue[UUID | None] = field(default_factory=SimpleQueue)
    _workers: list[threading.Thread] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def submit(self, visitor: str, website_url: str, pace: Pace) -> UUID:
        """Queue a normalised website and return the id of its submission.

        The same visitor's same website within a minute is the same submission.
        """
        job_id, is_new = self._note(visitor, website_url, pace)
        if is_new:
            self._queue.put(job_id)
        return job_id

    def run_now(self, visitor: str, website_url: str, pace: Pace, on_call: OnCall) -> UUID:
        """Run a submission in this thread and return its id when it has ended."""
        job_id, is_new = self._note(visitor, website_url, pace)
        if is_new:
            self._run(job_id, on_call)
        return job_id

    def find(self, job_id: UUID) -> Job | None:
        """Return a submission as it stands; one whose process is gone is settled first."""
        job = self.ledger.job(job_id)
        if job and self._is_abandoned(job):
            settle(job, self.ledger, self.sandbox, self._stopping.wait)
            self.ledger.end(job_id, "interrupted")
            job = self.ledger.job(job_id)
        return job

    def reset(self) -> None:
        """Make the sandbox a fresh copy of the demo; raises Busy while submissions run."""
        for job_id in self.ledger.unfinished():
            self.find(job_id)
        with self.ledger.resetting() as unfinished:
            if unfinished:
                raise Busy(len(unfinished))
            workspace.renew_sandbox(self.server)

    def start_workers(self) -> None:
        """Start the threads that run what is submitted."""
        for number in range(WORKERS):
            worker = threading.Thread(target=self._work, name=f"submit-{number}", daemon=True)
            worker.start()
            self._workers.append(worker)

    def close(self) -> None:
        """Stop; what still runs is found interrupted by whoever looks next."""
        self._stopping.set()
        for _ in self._workers:
            self._queue.put(None)
        for worker in self._workers:
            worker.join(1)
        self.ledger.engine.dispose()
        self.sandbox.engine.dispose()

    def _note(self, visitor: str, website_url: str, pace: Pace) -> tuple[UUID, bool]:
        """Return the submission's id, and whether it is a new one, which is then held here."""
        job_id = uuid4()
        # Held before anybody can find it, or it would look abandoned.
        self._held.add(job_id)
        noted = job_id
        try:
            noted = self.ledger.submit(job_id, visitor, website_url, pace, self.process)
        finally:
            if noted != job_id:
                self._held.discard(job_id)
        return noted, noted == job_id

    def _work(self) -> None:
        while job_id := self._queue.get():
            try:
                self._run(job_id, silent)
            except Exception:  # one submission's failure must not end the worker
                logging.getLogger("dashboard").exception("Submission %s was cut off", job_id)

    def _run(self, job_id: UUID, on_call: OnCall) -> None:
        try:
            if self.ledger.start(job_id) and (job := self.ledger.job(job_id)):
                with suppress(GivenUp):
                    run(Caller(job, self.ledger, self.sandbox, self._wait, on_call))
                    self.ledger.end(job_id, "done")
        finally:
            self._held.discard(job_id)

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise GivenUp

    def _is_abandoned(self, job: Job) -> bool:
        if job.is_finished:
            return False
        if job.process == self.process:
            return job.id not in self._held
        silent_since = now() - SILENCE
        return not is_alive(job.process) or (
            job.state == "running" and job.heartbeat_at < silent_since
        )


def open_submissions(sources: Sources) -> Submissions:
    """Return this process's submissions, without workers; raises DatabaseProblem."""
    server = sources.server()
    ledger = open_ledger(workspace.address(server, "app"), CONNECTIONS)
    sandbox = open_sandbox(workspace.address(server, "sandbox", "submitter"), CONNECTIONS)
    return Submissions(server, sources.open("sandbox"), ledger, sandbox, this_process())


def this_process() -> str:
    """Return what tells this process from all others of this machine, now and later."""
    return f"{os.getpid()} {psutil.Process().create_time():.0f}"


def is_alive(process: str) -> bool:
    """Tell whether a process is still there, and not another one under its number."""
    number, created = process.split()
    try:
        found = psutil.Process(int(number)).create_time()
    except psutil.NoSuchProcess:
        return False
    # The machine's idea of when it was started may move by a second.
    return bool(abs(found - float(created)) <= 2)
