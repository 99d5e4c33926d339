"""Submissions in the background: queued, run by a few workers, found again after a restart."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from uuid import UUID, uuid4

import psutil

from dashboard.database.reading import Source
from dashboard.embedded import workspace
from dashboard.embedded.server import Server
from dashboard.model.times import now
from dashboard.sources import Sources
from dashboard.submit.calling import Caller, OnCall, silent
from dashboard.submit.choices import Choices
from dashboard.submit.job import Job
from dashboard.submit.ledger import GivenUp, Ledger, member_ids, open_ledger
from dashboard.submit.runner import go_on, prepare, run
from dashboard.submit.sandbox import Sandbox, open_sandbox
from dashboard.submit.settling import settle
from dashboard.submit.together import Meeting, run_together
from dashboard.submit.workflow import Pace

# A worker mostly waits for its analysis; connections are used for milliseconds.
WORKERS = 24
CONNECTIONS = 8
USUAL = Choices()
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
    _going_on: set[UUID] = field(default_factory=set)
    _one_step: threading.Lock = field(default_factory=threading.Lock)
    _queue: SimpleQueue[UUID | None] = field(default_factory=SimpleQueue)
    _workers: list[threading.Thread] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    # One crowd at a time: its threads come on top of the workers.
    _crowd: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, visitor: str, website_url: str, pace: Pace, choices: Choices = USUAL) -> UUID:
        """Queue a normalised website and return the id of its submission.

        The same visitor's same website within a minute is the same submission, whatever else was
        chosen.
        """
        job_id, is_new = self._note(visitor, website_url, pace, choices)
        if is_new:
            self._queue.put(job_id)
        return job_id

    def run_now(
        self, visitor: str, website_url: str, pace: Pace, on_call: OnCall, choices: Choices = USUAL
    ) -> UUID:
        """Run a submission in this thread and return its id when it has ended."""
        job_id, is_new = self._note(visitor, website_url, pace, choices)
        if is_new:
            self._run(job_id, on_call)
        return job_id

    def go_on(self, job_id: UUID, step: str) -> bool:
        """Take a further step as the visitor of an ended submission, in this thread.

        False where it can't be taken: another one is just being taken, or all went with a reset.
        """
        with self._one_step:
            if job_id in self._going_on:
                return False
            self._going_on.add(job_id)
        try:
            if not self.ledger.go_on(job_id, self.process):
                return False
            self._take_step(job_id, step)
            return True
        finally:
            self._going_on.discard(job_id)

    def find_all(self, job_id: UUID) -> tuple[Job, ...]:
        """Return a submission and those that began together with it; empty where there is none."""
        found = (self.find(each) for each in self.ledger.members(job_id))
        return tuple(job for job in found if job)

    def find(self, job_id: UUID) -> Job | None:
        """Return a submission as it stands; one whose process is gone is settled first."""
        # Asked before and after it is read: it may begin or end in between.
        was_held = self._is_held(job_id)
        job = self.ledger.job(job_id)
        if job and self._is_abandoned(job, was_held):
            settle(job, self.ledger, self.sandbox, self._stopping.wait)
            self.ledger.end(job_id, "interrupted")
            job = self.ledger.job(job_id)
        return job

    def reset(self, exclusive: bool = False) -> None:
        """Make the sandbox a fresh copy of the demo; raises Busy while submissions run.

        `exclusive`: with the deployed form of the rule on owner and session id.
        """
        for job_id in self.ledger.unfinished():
            self.find(job_id)
        with self.ledger.resetting() as unfinished:
            if unfinished:
                raise Busy(len(unfinished))
            workspace.renew_sandbox(self.server, exclusive)

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

    def _note(
        self, visitor: str, website_url: str, pace: Pace, choices: Choices
    ) -> tuple[UUID, bool]:
        """Return the submission's id, and whether it is a new one, which is then held here."""
        members = member_ids(uuid4(), choices.together)
        # Held before anybody can find them, or they would look abandoned.
        self._held.update(members)
        noted = members[0]
        try:
            noted = self.ledger.submit(
                members, visitor, website_url, pace, choices, process=self.process
            )
        finally:
            if noted != members[0]:
                self._held.difference_update(members)
        return noted, noted == members[0]

    def _work(self) -> None:
        while job_id := self._queue.get():
            try:
                self._run(job_id, silent)
            except Exception:  # one submission's failure must not end the worker
                logging.getLogger("dashboard").exception("Submission %s was cut off", job_id)

    def _run(self, job_id: UUID, on_call: OnCall) -> None:
        """Run a submission and those that begin together with it."""
        members = [job_id]
        try:
            members = self.ledger.members(job_id)
            with self._crowd if len(members) > 1 else nullcontext():
                self._run_members(members, on_call)
        finally:
            self._held.difference_update(members)

    def _run_members(self, members: Sequence[UUID], on_call: OnCall) -> None:
        first = self._started(members[0])
        if first is None:
            return
        meeting = Meeting(2 * len(members)) if first.choices.same_moment else None
        with suppress(GivenUp):
            prepare(self._caller(first, on_call))
        others = [partial(self._run_other, each, meeting) for each in members[1:]]
        run_together([partial(self._run_one, first, on_call, meeting), *others])

    def _run_other(self, job_id: UUID, meeting: Meeting | None) -> None:
        job = self._started(job_id)
        if job:
            self._run_one(job, silent, meeting)
        elif meeting:
            meeting.leave()
            meeting.leave()

    def _run_one(self, job: Job, on_call: OnCall, meeting: Meeting | None) -> None:
        with suppress(GivenUp):
            run(self._caller(job, on_call), meeting)
            self.ledger.end(job.id, "done")

    def _take_step(self, job_id: UUID, step: str) -> None:
        job = self.ledger.job(job_id)
        if job is None:
            return
        if step not in job.further_steps:
            job = replace(job, planned_steps=(step,))
            with suppress(GivenUp):
                go_on(self._caller(job, silent).now_due(f"{step}/lead_of_session"), step)
        self.ledger.end(job_id, "done")

    def _started(self, job_id: UUID) -> Job | None:
        return self.ledger.job(job_id) if self.ledger.start(job_id) else None

    def _caller(self, job: Job, on_call: OnCall) -> Caller:
        return Caller(job, self.ledger, self.sandbox, self._wait, on_call)

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise GivenUp

    def _is_held(self, job_id: UUID) -> bool:
        return job_id in self._held or job_id in self._going_on

    def _is_abandoned(self, job: Job, was_held: bool) -> bool:
        if job.is_finished:
            return False
        if job.process == self.process:
            return not was_held and not self._is_held(job.id)
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
