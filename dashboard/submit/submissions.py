"""Submissions to the sandbox: asked for, run, gone on with, found again, and dropped by a reset."""

import threading
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from dashboard.database.reading import Source
from dashboard.demo.untracked import fill_untracked, untracked_demo
from dashboard.embedded import workspace
from dashboard.embedded.server import Server
from dashboard.jobs.record import NewJob, Sameness, UnreadableJob
from dashboard.jobs.runner import JobInterrupted, JobRunner
from dashboard.jobs.store import JobCancelled, JobOver, JobStore
from dashboard.jobs.tables import open_job_store
from dashboard.model.times import now
from dashboard.sources import Sources, latest_hour
from dashboard.submit.browsers import browser_sessions
from dashboard.submit.call_ledger import CallLedger
from dashboard.submit.calling import Caller, OnCall, tell_no_call
from dashboard.submit.choices import Choices
from dashboard.submit.meeting import Meeting, run_together
from dashboard.submit.requests import make_requests, own_website, take_step
from dashboard.submit.sandbox import Sandbox, open_sandbox
from dashboard.submit.settling import settle_calls
from dashboard.submit.submission import SandboxSubmission, submission_of
from dashboard.submit.workflow import Pace

# A worker mostly waits for its analysis; connections are used for milliseconds.
SUBMIT_WORKERS = 24
SUBMIT_CONNECTIONS = 8
DEFAULT_CHOICES = Choices()
# Another click within a minute is the same submission, whether it still runs or is done.
SAME_CLICK = Sameness(timedelta(seconds=60), done_too=True)


class SandboxBusy(Exception):
    """The sandbox can't be reset while submissions run; the text says how many do."""


@dataclass
class Submissions:
    """The submissions of this process. Safe to share between threads, free of Streamlit.

    `reading` is the sandbox as pages read it.
    """

    server: Server
    reading: Source
    store: JobStore
    sandbox: Sandbox
    jobs: JobRunner = field(init=False)
    ledger: CallLedger = field(init=False)
    # One crowd at a time: its threads come on top of the workers.
    _crowd: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Run the jobs and note their calls."""
        self.ledger = CallLedger(self.store)
        run = partial(self._run_members, on_call=tell_no_call)
        self.jobs = JobRunner(self.store, run, self._settle)

    def submit(
        self, visitor: str, website_url: str, pace: Pace, choices: Choices = DEFAULT_CHOICES
    ) -> UUID:
        """Queue a normalized website and return the id of its submission.

        The same visitor's same website within a minute is the same submission, whatever else was
        chosen.
        """
        return self.jobs.enqueue(_new_jobs(visitor, website_url, pace, choices), SAME_CLICK)

    def run_now(
        self,
        visitor: str,
        website_url: str,
        pace: Pace,
        on_call: OnCall,
        choices: Choices = DEFAULT_CHOICES,
    ) -> UUID:
        """Run a submission in this thread and return its id when it has ended."""
        new_jobs = _new_jobs(visitor, website_url, pace, choices)
        return self.jobs.run_here(new_jobs, SAME_CLICK, partial(self._run_members, on_call=on_call))

    def go_on(self, submission: UUID, step: str) -> bool:
        """Take a further step as the visitor of an ended submission, in this thread.

        False where it can't be taken: another one is just being taken, or all went with a reset.
        """
        return self.jobs.resume(submission, partial(self._take_step, submission, step))

    def find_all(self, submission: UUID) -> tuple[SandboxSubmission, ...]:
        """Return a submission and those that began together with it; empty where there is none."""
        found = (self.find(each) for each in self.store.members(submission))
        return tuple(each for each in found if each)

    def find(self, submission: UUID) -> SandboxSubmission | None:
        """Return a submission as it stands; one whose process is gone is settled first.

        None also for one that another version wrote in a way that this one can't read.
        """
        job = self.jobs.find(submission)
        try:
            return submission_of(job, self.ledger.calls(submission)) if job else None
        except UnreadableJob:
            return None

    def reset(self, exclusive: bool = False, tracking_off: bool = False) -> None:
        """Make the sandbox a fresh copy of the demo; raises SandboxBusy while submissions run.

        `exclusive`: with the deployed form of the rule on owner and session id. `tracking_off`: the
        demo's last month is one of the system since ece936e.
        """
        # Made beforehand: while the gate is closed, everybody else waits.
        made = untracked_demo(latest_hour()) if tracking_off else None
        fill = partial(fill_untracked, made=made) if made else None
        for submission in self.store.unfinished():
            self.find(submission)
        with self.store.closed_gate() as unfinished:
            if unfinished:
                raise SandboxBusy(len(unfinished))
            workspace.renew_sandbox(self.server, exclusive, fill)

    def start_workers(self) -> None:
        """Start the threads that run what is submitted."""
        self.jobs.start_workers(SUBMIT_WORKERS)

    def close(self) -> None:
        """Stop; what still runs is found interrupted by whoever looks next."""
        self.jobs.close()
        self.sandbox.engine.dispose()

    def _run_members(self, members: Sequence[UUID], on_call: OnCall) -> None:
        """Run a submission and those that begin together with it."""
        with self._crowd if len(members) > 1 else nullcontext():
            first = self._claimed(members[0])
            if first is None:
                return
            meeting = Meeting(2 * len(members)) if first.choices.same_moment else None
            caller = self._caller(first, on_call, meeting)
            with suppress(JobOver, JobCancelled, JobInterrupted):
                own_website(caller)
            others = [partial(self._run_other, each, meeting) for each in members[1:]]
            run_together([partial(self._run_one, caller), *others])

    def _run_other(self, member: UUID, meeting: Meeting | None) -> None:
        submission = self._claimed(member)
        if submission:
            self._run_one(self._caller(submission, tell_no_call, meeting))
        elif meeting:
            meeting.leave()
            meeting.leave()

    def _run_one(self, caller: Caller) -> None:
        with self.jobs.noting_end(caller.submission.id):
            make_requests(caller)

    def _take_step(self, submission: UUID, step: str) -> None:
        found = self._read(submission)
        if found and step not in found.further_steps:
            planned = replace(found, planned_steps=(step,))
            caller = self._caller(planned, tell_no_call)
            take_step(caller.now_due(f"{step}/lead_of_session"), step)

    def _claimed(self, submission: UUID) -> SandboxSubmission | None:
        job = self.jobs.claim(submission)
        return submission_of(job, ()) if job else None

    def _read(self, submission: UUID) -> SandboxSubmission | None:
        job = self.store.job(submission)
        return submission_of(job, self.ledger.calls(submission)) if job else None

    def _caller(
        self, submission: SandboxSubmission, on_call: OnCall, meeting: Meeting | None = None
    ) -> Caller:
        return Caller(submission, self.ledger, self.sandbox, self.jobs.wait, on_call, meeting)

    def _settle(self, submission: UUID) -> None:
        with suppress(UnreadableJob):
            found = self._read(submission)
            if found:
                settle_calls(found, self.ledger, self.sandbox, self.jobs.stopping.wait)


def open_submissions(sources: Sources) -> Submissions:
    """Return this process's submissions, without workers; raises DatabaseProblem."""
    server = sources.server()
    store = open_job_store(workspace.address(server, "app"), "submission", SUBMIT_CONNECTIONS)
    sandbox = open_sandbox(workspace.address(server, "sandbox", "submitter"), SUBMIT_CONNECTIONS)
    return Submissions(server, sources.open("sandbox"), store, sandbox)


def _new_jobs(visitor: str, website_url: str, pace: Pace, choices: Choices) -> list[NewJob]:
    """Return a job per visitor; the first one's key tells whether it is the same submission."""
    asked = {"website_url": website_url, "pace": str(pace), **choices.as_json()}
    return [
        _new_job(visitor if number == 0 else f"{visitor} {number}", asked)
        for number in range(choices.together)
    ]


def _new_job(visitor: str, asked: dict[str, object]) -> NewJob:
    job_id = uuid4()
    browser = browser_sessions(job_id, now())
    payload = {**asked, "session_id": browser.tracking, "older_session_id": browser.older}
    return NewJob(job_id, f"{visitor} {asked['website_url']}", payload)
