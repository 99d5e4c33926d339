"""Submissions at once, twice, and after a restart."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import closing
from functools import partial
from typing import TypeVar
from uuid import uuid4

import pytest

from dashboard.embedded.server import Server
from dashboard.settings import ROOT
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace
from tests.conftest import Parameters, execute
from tests.jobs.conftest import at_once
from tests.submit.conftest import WEBSITE, found, outcomes, rows, submissions_over, submit

T = TypeVar("T")


def finish(submissions: Submissions) -> None:
    while submissions.store.unfinished():
        assert any(worker.is_alive() for worker in submissions.jobs.workers)


# --- the same submission ---


def test_twenty_clicks_at_once_are_one_submission(
    submissions: Submissions, tables: Parameters
) -> None:
    submissions.start_workers()
    ids = at_once([lambda: submissions.submit("visitor", WEBSITE, Pace.AT_ONCE)] * 20)
    finish(submissions)
    assert len(set(ids)) == 1
    assert len(rows(tables, "website_leads")) == 2


def test_clicks_in_two_processes_are_one_submission(
    server: Server, tables: Parameters, records: Parameters
) -> None:
    with (
        closing(submissions_over(server, tables, records)) as one,
        closing(submissions_over(server, tables, records)) as other,
    ):
        clicks = [partial(each.submit, "visitor", WEBSITE, Pace.REAL) for each in (one, other) * 4]
        assert len(set(at_once(clicks))) == 1


@pytest.mark.parametrize(
    ("visitor", "website_url"), [("another", WEBSITE), ("visitor", f"{WEBSITE}/about")]
)
def test_another_visitor_or_address_is_another_submission(
    submissions: Submissions, visitor: str, website_url: str
) -> None:
    first = submissions.submit("visitor", WEBSITE, Pace.AT_ONCE)
    assert submissions.submit(visitor, website_url, Pace.AT_ONCE) != first


def test_after_an_interruption_a_click_is_another_submission(submissions: Submissions) -> None:
    first = submissions.submit("visitor", WEBSITE, Pace.AT_ONCE)
    submissions.store.end(first, "interrupted")
    assert submissions.submit("visitor", WEBSITE, Pace.AT_ONCE) != first


# --- many at once ---


@pytest.mark.parametrize("visitors", [30, pytest.param(100, marks=pytest.mark.soak)])
def test_many_at_once_are_all_answered_and_none_is_lost(
    submissions: Submissions, tables: Parameters, visitors: int
) -> None:
    submissions.start_workers()
    clicks = [
        partial(submissions.submit, f"visitor {n}", f"https://{n % 5}.example", Pace.AT_ONCE)
        for n in range(visitors)
    ]
    ids = at_once(clicks)
    finish(submissions)
    jobs = [found(submissions, job_id) for job_id in ids]
    assert len({job.id for job in jobs}) == visitors
    assert {job.state for job in jobs} == {"done"}
    # What the ledger says is what is there: rows of every committed write and no others.
    stored = {
        str(row["id"])
        for table in ("website_leads", "conversion_tracking")
        for row in rows(tables, table)
    }
    told = {
        row_id
        for job in jobs
        for table in ("website_leads", "conversion_tracking")
        for row_id in job.row_ids(table)
    }
    assert told == stored
    assert sum(job.saved for job in jobs) == visitors
    steps = Counter(row["conversion_step"] for row in rows(tables, "conversion_tracking"))
    assert steps == {
        "website_analysis": 2 * visitors,
        "analysis_started": visitors,
        "analysis_completed": visitors,
    }


# --- a restart ---

DYING = """
import json, os, sys
from dashboard.database.address import Address
from dashboard.jobs.tables import open_job_store
from dashboard.submit.sandbox import open_sandbox
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace

tables, records, last = json.loads(sys.argv[1])
submissions = Submissions(
    None, None, open_job_store(Address("app", records), "submission", 1),
    open_sandbox(Address("sandbox", tables), 1),
)
submissions.run_now(
    "visitor", "https://gloop.com", Pace.AT_ONCE,
    lambda call: os._exit(9) if call.name == last else None,
)
"""


# the call at which it vanishes, and the leads and events that are there by then
VANISHING = {
    "started/organization": (0, 0),
    "started/step": (1, 1),
    "analysis/3": (1, 2),
    "analysis/capture": (2, 2),
    "completed/step": (2, 3),
}


@pytest.mark.parametrize(
    "last",
    [
        "analysis/capture",
        *(
            pytest.param(call, marks=pytest.mark.soak)
            for call in VANISHING
            if call != "analysis/capture"
        ),
    ],
)
def test_what_a_vanished_process_left_is_told_after_the_restart(
    submissions: Submissions, tables: Parameters, records: Parameters, last: str
) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DYING, json.dumps([tables, records, last])], cwd=ROOT, check=False
    )
    assert died.returncode == 9
    (job_id,) = submissions.store.unfinished()
    job = found(submissions, job_id)
    assert (job.state, job.saved) == ("interrupted", False)
    # The write in the middle of which it vanished was not made, and is known not to have been.
    assert outcomes(job).get(last) in ("error", None)
    stored = [len(rows(tables, table)) for table in ("website_leads", "conversion_tracking")]
    told = [len(job.row_ids(table)) for table in ("website_leads", "conversion_tracking")]
    assert stored == told == [*VANISHING[last]]


def test_a_write_whose_answer_nobody_heard_is_found_stored(
    submissions: Submissions, tables: Parameters, records: Parameters
) -> None:
    """As if the process had vanished between a commit and its note."""
    job = submit(submissions)
    execute(records, "update calls set outcome = null where name = 'completed/step'")
    execute(records, "update jobs set state = 'running', process = '1 0'")
    job = found(submissions, job.id)
    assert (job.state, job.saved) == ("interrupted", True)


def test_a_submission_that_was_given_up_writes_nothing_more(
    submissions: Submissions, tables: Parameters
) -> None:
    def give_up(call: object) -> None:
        if getattr(call, "name", "") == "analysis/find":
            (job_id,) = submissions.store.unfinished()
            submissions.store.end(job_id, "interrupted")

    job = submit(submissions, on_call=give_up)
    assert job.state == "interrupted"
    assert len(rows(tables, "website_leads")) == 1


def test_there_is_no_job_of_another_id(submissions: Submissions) -> None:
    assert submissions.find(uuid4()) is None
