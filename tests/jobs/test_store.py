"""Records of jobs: the same one again, claimed, cancelled, ended, gone on with."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from dashboard.jobs.record import Sameness
from dashboard.jobs.store import JobCancelled, JobOver, JobStore
from tests.conftest import Parameters, execute
from tests.jobs.conftest import WHILE_UNFINISHED, at_once, new_job

WITHIN_A_MINUTE = Sameness(timedelta(seconds=60), done_too=True)


def test_a_job_is_found_with_what_it_was_asked(store: JobStore) -> None:
    first, second = new_job("one"), new_job("two")
    assert store.add([first, second], WHILE_UNFINISHED, "1 0") == first.id
    found = store.job(first.id)
    assert found
    assert (found.payload, found.state, found.process) == ({"asked": "one"}, "queued", "1 0")
    assert (found.progress, found.message, found.cancel_requested) == ({}, None, False)
    assert store.members(first.id) == [first.id, second.id]
    assert store.members(second.id) == [second.id]
    assert [job.group_id for job in store.jobs()] == [first.id, first.id]
    assert store.job(uuid4()) is None


def test_a_store_knows_the_jobs_of_its_kind_only(store: JobStore) -> None:
    runs = JobStore(store.engine, "lab run")
    job = new_job()
    runs.add([job], WHILE_UNFINISHED, "1 0")
    assert (store.job(job.id), store.jobs(), store.unfinished()) == (None, [], [])
    assert store.add([new_job()], WHILE_UNFINISHED, "1 0") != job.id
    assert runs.unfinished() == [job.id]


def test_however_many_ask_at_once_one_job_is_added(store: JobStore) -> None:
    add = partial(store.add, sameness=WHILE_UNFINISHED, process="1 0")
    ids = at_once([lambda: add([new_job()])] * 12)
    assert len(set(ids)) == 1
    assert store.unfinished() == [ids[0]]


@pytest.mark.parametrize(
    ("state", "while_unfinished", "within_a_minute"),
    [
        ("queued", True, True),
        ("running", True, True),
        ("done", False, True),
        ("cancelled", False, False),
        ("failed", False, False),
        ("interrupted", False, False),
    ],
)
def test_a_job_is_the_same_by_its_state(
    store: JobStore,
    records: Parameters,
    state: str,
    while_unfinished: bool,
    within_a_minute: bool,
) -> None:
    first = store.add([new_job()], WHILE_UNFINISHED, "1 0")
    execute(records, "update jobs set state = %s", state)
    again = store.add([new_job()], WITHIN_A_MINUTE, "1 0")
    assert (again == first) is within_a_minute
    execute(records, "delete from jobs where id <> %s", first)
    assert (store.add([new_job()], WHILE_UNFINISHED, "1 0") == first) is while_unfinished


@pytest.mark.parametrize(("seconds", "same"), [(55, True), (61, False)])
def test_a_job_is_the_same_by_its_age(
    store: JobStore, records: Parameters, seconds: int, same: bool
) -> None:
    first = store.add([new_job()], WITHIN_A_MINUTE, "1 0")
    execute(records, f"update jobs set created_at = created_at - interval '{seconds} s'")
    assert (store.add([new_job()], WITHIN_A_MINUTE, "1 0") == first) is same


def test_only_one_of_many_claims_a_job(store: JobStore) -> None:
    job_id = store.add([new_job()], WHILE_UNFINISHED, "1 0")
    assert sorted(at_once([partial(store.claim, job_id)] * 6)) == [False] * 5 + [True]


def test_progress_is_kept_until_there_is_more(store: JobStore) -> None:
    job_id = store.add([new_job()], WHILE_UNFINISHED, "1 0")
    store.claim(job_id)
    store.beat(job_id, {"done": 3})
    store.beat(job_id)
    found = store.job(job_id)
    assert found
    assert found.progress == {"done": 3}
    assert found.heartbeat_at > found.created_at


def test_a_job_that_runs_learns_that_it_is_cancelled(store: JobStore) -> None:
    job_id = store.add([new_job()], WHILE_UNFINISHED, "1 0")
    store.claim(job_id)
    store.request_cancel(job_id)
    with pytest.raises(JobCancelled):
        store.beat(job_id)
    # The same again is not the one that is about to stop.
    assert store.add([new_job()], WHILE_UNFINISHED, "1 0") != job_id


def test_a_job_that_waits_is_cancelled_at_once(store: JobStore) -> None:
    job_id = store.add([new_job()], WHILE_UNFINISHED, "1 0")
    store.request_cancel(job_id)
    assert not store.claim(job_id)
    assert store.unfinished() == []


def test_a_job_that_has_ended_stays_as_it_is(store: JobStore) -> None:
    job_id = store.add([new_job()], WHILE_UNFINISHED, "1 0")
    store.end(job_id, "failed", "It broke.")
    store.end(job_id, "done")
    store.request_cancel(job_id)
    found = store.job(job_id)
    assert found
    assert (found.state, found.message, found.cancel_requested) == ("failed", "It broke.", False)
    with pytest.raises(JobOver):
        store.beat(job_id)
    assert not store.resume(job_id, "1 0")


def test_a_done_job_goes_on_once_at_a_time_and_not_after_a_reset(store: JobStore) -> None:
    job_id = store.add([new_job()], WHILE_UNFINISHED, "1 0")
    store.claim(job_id)
    store.end(job_id, "done")
    assert sorted(at_once([partial(store.resume, job_id, "2 0")] * 4)) == [False] * 3 + [True]
    store.end(job_id, "done")
    with store.closed_gate() as unfinished:
        assert unfinished == []
    assert not store.resume(job_id, "2 0")
    assert store.add([new_job()], WITHIN_A_MINUTE, "1 0") != job_id
