"""Jobs over a database of their own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import TypeVar
from uuid import uuid4

import pytest

from dashboard.database.address import Address
from dashboard.jobs.record import NewJob, Sameness
from dashboard.jobs.runner import JobRunner
from dashboard.jobs.store import JobStore
from dashboard.jobs.tables import open_job_store
from tests.conftest import Parameters

T = TypeVar("T")
WHILE_UNFINISHED = Sameness(within=None, done_too=False)


@pytest.fixture
def records(new_database: Callable[[], Parameters]) -> Parameters:
    """A database for the records."""
    return new_database()


@pytest.fixture
def store(records: Parameters) -> Iterator[JobStore]:
    opened = store_at(records)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def runner(store: JobStore) -> Iterator[JobRunner]:
    """A runner whose jobs do nothing."""
    with closing(runner_over(store)) as opened:
        yield opened


def store_at(records: Parameters) -> JobStore:
    return open_job_store(Address("app", records), "submission", 4)


def runner_over(store: JobStore) -> JobRunner:
    return JobRunner(store, lambda _: None)


def new_job(key: str = "key") -> NewJob:
    return NewJob(uuid4(), key, {"asked": key})


def at_once(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Run tasks in threads of their own that begin together."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T:
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return [*threads.map(run, tasks)]
