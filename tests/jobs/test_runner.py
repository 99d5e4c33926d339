"""Jobs of a process: how they end, and what is found of them after a restart."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

import pytest

from dashboard.database.errors import DatabaseProblem
from dashboard.jobs.processes import is_alive, this_process
from dashboard.jobs.record import JobState
from dashboard.jobs.runner import JobInterrupted, JobRunner
from dashboard.jobs.store import JobCancelled, JobOver, JobStore
from tests.conftest import Parameters, execute
from tests.jobs.conftest import WHILE_UNFINISHED, new_job, runner_over


def state_of(runner: JobRunner, job_id: UUID) -> JobState:
    found = runner.find(job_id)
    assert found
    return found.state


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def ended(runner: JobRunner, work: Callable[[], None]) -> UUID:
    """Return a job whose work was done in this thread."""

    def run(ids: object) -> None:
        assert isinstance(ids, list)
        assert runner.claim(ids[0])
        with runner.noting_end(ids[0]):
            work()

    return runner.run_here([new_job()], WHILE_UNFINISHED, run)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (JobCancelled(), "cancelled"),
        (JobInterrupted(), "interrupted"),
        (JobOver(), "interrupted"),
    ],
    ids=["cancelled", "interrupted", "over"],
)
def test_an_exception_that_ends_a_job_says_how(
    runner: JobRunner, error: Exception, state: str
) -> None:
    assert state_of(runner, ended(runner, raising(error))) == state


def test_work_without_an_exception_is_done(runner: JobRunner) -> None:
    assert state_of(runner, ended(runner, lambda: None)) == "done"


def test_a_database_problem_fails_the_job_and_is_raised(runner: JobRunner, store: JobStore) -> None:
    problem = DatabaseProblem("other", "It broke", "lab", "Try again.")
    with pytest.raises(DatabaseProblem):
        ended(runner, raising(problem))
    (job,) = store.jobs()
    assert (job.state, job.message) == ("failed", "It broke (lab). Try again.")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError()], ids=["Ctrl-C", "a bug"])
def test_whatever_else_ends_a_job_interrupts_it(
    runner: JobRunner, store: JobStore, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        ended(runner, raising(error))
    assert [job.state for job in store.jobs()] == ["interrupted"]


def test_an_interrupted_job_is_settled_before_it_ends(store: JobStore) -> None:
    seen: list[str] = []

    def settle(job_id: UUID) -> None:
        job = store.job(job_id)
        seen.append(job.state if job else "")

    with closing(JobRunner(store, lambda _: None, settle)) as runner:
        ended(runner, raising(JobInterrupted()))
        ended(runner, lambda: None)
    assert seen == ["running"]


def test_a_worker_outlives_the_job_that_fails(store: JobStore) -> None:
    def run(ids: object) -> None:
        assert isinstance(ids, list)
        assert runner.claim(ids[0])
        with runner.noting_end(ids[0]):
            if ids[0] == first:
                raise ValueError

    with closing(JobRunner(store, run)) as runner:
        first, second = (runner.enqueue([new_job(key)], WHILE_UNFINISHED) for key in ("one", "two"))
        runner.start_workers(1)
        while store.unfinished():
            assert runner.workers[0].is_alive()
        assert [state_of(runner, each) for each in (first, second)] == ["interrupted", "done"]


def test_what_still_runs_is_interrupted_when_the_process_ends(store: JobStore) -> None:
    def run(ids: object) -> None:
        assert isinstance(ids, list)
        assert runner.claim(ids[0])
        with runner.noting_end(ids[0]):
            runner.wait(600)

    runner = JobRunner(store, run)
    runner.start_workers(1)
    job_id = runner.enqueue([new_job()], WHILE_UNFINISHED)
    while state_of(runner, job_id) == "queued":
        pass
    runner.close()
    assert state_of(runner_over(store), job_id) == "interrupted"


# --- who has a job, and whether it is still there ---


def test_a_job_that_somebody_holds_is_left_alone(runner: JobRunner, store: JobStore) -> None:
    job_id = runner.enqueue([new_job()], WHILE_UNFINISHED)
    assert state_of(runner, job_id) == "queued"
    beside = runner_over(store)
    beside.process = f"{os.getppid()} 0"
    assert state_of(beside, job_id) == "queued"


def test_a_job_that_nobody_holds_any_more_is_interrupted(
    runner: JobRunner, store: JobStore
) -> None:
    job_id = runner.enqueue([new_job()], WHILE_UNFINISHED)
    assert state_of(runner_over(store), job_id) == "interrupted"


def test_a_job_of_a_dead_process_is_interrupted(
    runner: JobRunner, store: JobStore, records: Parameters
) -> None:
    job_id = runner.enqueue([new_job()], WHILE_UNFINISHED)
    execute(records, "update jobs set process = '1 0'")
    assert state_of(runner, job_id) == "interrupted"


def test_a_silent_process_runs_nothing_any_more(
    runner: JobRunner, store: JobStore, records: Parameters
) -> None:
    job_id = runner.enqueue([new_job()], WHILE_UNFINISHED)
    store.claim(job_id)
    runner.process = "1 0"
    assert state_of(runner, job_id) == "running"
    execute(records, "update jobs set heartbeat_at = heartbeat_at - interval '2 minutes'")
    assert state_of(runner, job_id) == "interrupted"


def test_a_process_is_told_from_another_one_under_its_number() -> None:
    assert is_alive(this_process())
    assert not is_alive(f"{os.getpid()} 1000000000")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    assert not is_alive(f"{dead.pid} 1000000000")
