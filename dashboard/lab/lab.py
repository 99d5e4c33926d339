"""The Lab: runs that compare write strategies, one at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID, uuid4

from dashboard.database.address import Address
from dashboard.embedded import workspace
from dashboard.jobs.record import NewJob, Sameness
from dashboard.jobs.runner import JobInterrupted, JobRunner
from dashboard.jobs.store import JobStore
from dashboard.jobs.tables import open_job_store
from dashboard.lab.conditions import Conditions
from dashboard.lab.runs import LabRun, ResultLedger, run_of, run_payload
from dashboard.lab.schemas import drop_abandoned
from dashboard.lab.strategies import STRATEGIES
from dashboard.lab.stress import OnProgress, run_strategy
from dashboard.sources import Sources

LAB_CONNECTIONS = 4
# The same run again is a new one, unless it still waits or runs.
SAME_RUN = Sameness(within=None, done_too=False)


def tell_no_progress(_: str, __: int) -> None:
    """Tell nobody how far a run is."""


@dataclass
class Lab:
    """The lab of this process. Safe to share between threads, free of Streamlit.

    `address` is where the throw-away schemas are made; a configured source is never touched.
    """

    address: Address
    store: JobStore
    jobs: JobRunner = field(init=False)
    ledger: ResultLedger = field(init=False)

    def __post_init__(self) -> None:
        """Run the jobs and keep their results."""
        self.ledger = ResultLedger(self.store)
        self.jobs = JobRunner(self.store, partial(self._run, tell=tell_no_progress))

    def start(self, conditions: Conditions, strategies: Sequence[str]) -> UUID:
        """Queue a run and return its id; the same again, while it has not ended, is that one."""
        return self.jobs.enqueue([_new_job(conditions, strategies)], SAME_RUN)

    def run_now(
        self,
        conditions: Conditions,
        strategies: Sequence[str],
        tell: OnProgress = tell_no_progress,
    ) -> UUID:
        """Run in this thread and return the run's id; raises DatabaseProblem where that ended it.

        The same run, where another process has it under way, is not waited for.
        """
        new_jobs = [_new_job(conditions, strategies)]
        return self.jobs.run_here(new_jobs, SAME_RUN, partial(self._run, tell=tell))

    def find(self, run_id: UUID) -> LabRun | None:
        """Return a run as it stands; one whose process is gone is interrupted.

        None also for one that another version wrote in a way that this one can't read.
        """
        job = self.jobs.find(run_id)
        return next(iter(self.ledger.runs([job])), None) if job else None

    def saved(self) -> list[LabRun]:
        """Return the runs that have ended with at least one result, the newest first."""
        ended = [job for job in self.store.jobs() if job.is_finished]
        return [run for run in self.ledger.runs(ended) if run.results]

    def cancel(self, run_id: UUID) -> None:
        """Ask a run to stop, whichever process has it."""
        self.store.request_cancel(run_id)

    def start_worker(self) -> None:
        """Start the thread that runs what is queued: one run after the other."""
        self.jobs.start_workers(1)

    def close(self) -> None:
        """Stop; what still runs is interrupted and cleans up after itself."""
        self.jobs.close()

    def _run(self, run_ids: Sequence[UUID], tell: OnProgress) -> None:
        job = self.jobs.claim(run_ids[0])
        if job:
            with self.jobs.noting_end(job.id):
                drop_abandoned(self.address)
                self._run_strategies(run_of(job), tell)

    def _run_strategies(self, run: LabRun, tell: OnProgress) -> None:
        def tell_all(strategy: str, attempts_done: int) -> None:
            if self.jobs.stopping.is_set():
                raise JobInterrupted
            self.store.beat(run.id, {"strategy": strategy, "attempts_done": attempts_done})
            tell(strategy, attempts_done)

        for place, name in enumerate(run.strategies):
            tell_all(name, 0)
            result = run_strategy(self.address, STRATEGIES[name], run.conditions, tell_all)
            self.ledger.save(run.id, place, result)


def open_lab(sources: Sources) -> Lab:
    """Return this process's lab, without worker; what dead runs left is dropped.

    Raises DatabaseProblem.
    """
    server = sources.server()
    address, app = (workspace.address(server, name) for name in ("lab", "app"))
    drop_abandoned(address)
    return Lab(address, open_job_store(app, "lab run", LAB_CONNECTIONS))


def _new_job(conditions: Conditions, strategies: Sequence[str]) -> NewJob:
    payload = run_payload(conditions, strategies)
    return NewJob(uuid4(), json.dumps(payload), payload)
