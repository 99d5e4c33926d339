"""The Lab's saved runs: under which conditions, and what each write strategy came to."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from dashboard.jobs.record import UNFINISHED, JobRecord, JobState, UnreadableJob
from dashboard.jobs.store import JobStore
from dashboard.lab.conditions import ConditionError, Conditions
from dashboard.lab.outcome import StrategyResult
from queries import load


@dataclass(frozen=True)
class LabRun:
    """Write strategies under conditions, and the results of those that have ended.

    `strategy` is the one that runs, with `attempts_done` so far; times are UTC without zone.
    """

    id: UUID
    conditions: Conditions
    strategies: tuple[str, ...]
    state: JobState
    created_at: datetime
    cancel_requested: bool
    strategy: str | None
    attempts_done: int
    message: str | None
    results: tuple[StrategyResult, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing more will happen to it."""
        return self.state not in UNFINISHED

    @property
    def done_share(self) -> float:
        """Return the share of all submissions of all strategies that are done."""
        done = len(self.results) + self.attempts_done / self.conditions.attempts
        return min(done / len(self.strategies), 1.0)


def run_payload(conditions: Conditions, strategies: Sequence[str]) -> dict[str, object]:
    """Return what a run is asked to do, as its job keeps it."""
    return {"conditions": asdict(conditions), "strategies": [*strategies]}


def run_of(job: JobRecord, results: tuple[StrategyResult, ...] = ()) -> LabRun:
    """Return the run that a job is; raises UnreadableJob."""
    try:
        return LabRun(
            job.id,
            Conditions(**job.payload["conditions"]),
            tuple(job.payload["strategies"]),
            job.state,
            job.created_at,
            job.cancel_requested,
            job.progress.get("strategy"),
            job.progress.get("attempts_done", 0),
            job.message,
            results,
        )
    except (ConditionError, KeyError, TypeError) as error:
        raise UnreadableJob(job.id) from error


@dataclass(frozen=True)
class ResultLedger:
    """The results of all runs. Every method raises DatabaseProblem."""

    store: JobStore

    def save(self, run_id: UUID, place: int, result: StrategyResult) -> None:
        """Save what a strategy came to."""
        values = asdict(result) | {"errors": json.dumps(result.errors)}
        added = load("lab/add_result").bind({"run_id": run_id, "place": place, **values})
        with self.store.transaction() as connection:
            connection.execute(added)

    def runs(self, jobs: Sequence[JobRecord]) -> list[LabRun]:
        """Return the runs that these jobs are, without those that can't be read."""
        asked = load("lab/results").bind({"run_ids": [str(job.id) for job in jobs]})
        results: dict[UUID, list[StrategyResult]] = {job.id: [] for job in jobs}
        with self.store.transaction() as connection:
            for row in connection.execute(asked).mappings():
                values = {name: row[name] for name in row if name != "run_id"}
                results[row["run_id"]].append(StrategyResult(**values))
        runs = []
        for job in jobs:
            with suppress(UnreadableJob):
                runs.append(run_of(job, tuple(results[job.id])))
        return runs
