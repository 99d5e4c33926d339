"""The records of an earlier version are kept, and every attempt is in them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from uuid import UUID

import pytest

from dashboard.database.address import Address
from dashboard.embedded.server import Server
from dashboard.submit.choices import Choices, Release, Visitor
from dashboard.submit.jobs import Submissions
from dashboard.submit.ledger import open_ledger
from dashboard.submit.workflow import Pace
from queries import load
from tests.conftest import Parameters, connect, execute
from tests.submit.conftest import WEBSITE, found, submissions_over, submit
from tests.submit.test_jobs import at_once

OLD_JOB = UUID("00000000-0000-4000-8000-00000000000a")


@pytest.fixture
def old_records(new_database: Callable[[], Parameters]) -> Parameters:
    """A database as the first version left it, with a submission that ended and one call of it."""
    records = new_database()
    execute(records, load("app/tables").sql)
    execute(
        records,
        "insert into jobs (id, visitor, website_url, session_id, older_session_id, pace, state,"
        " process, created_at, started_at, ended_at, heartbeat_at)"
        " values (%s, 'visitor', %s, 's', 'o', 'at once', 'done', '1 0', now(), now(), now(),"
        " now())",
        OLD_JOB,
        WEBSITE,
    )
    execute(
        records,
        "insert into calls (job_id, name, path, planned_at, started_at, outcome)"
        " values (%s, 'started/lead_of_session', 'tracking', now(), now(), 'done')",
        OLD_JOB,
    )
    return records


@pytest.fixture
def upgraded(server: Server, tables: Parameters, old_records: Parameters) -> Iterator[Submissions]:
    with closing(submissions_over(server, tables, old_records)) as opened:
        yield opened


def test_an_old_submission_is_read_as_what_it_was(upgraded: Submissions) -> None:
    (job,) = upgraded.find_all(OLD_JOB)
    assert job.choices == Choices()
    assert job.group_id == OLD_JOB
    assert [record.retries for record in job.records] == [0]


def test_an_old_data_folder_takes_new_submissions(upgraded: Submissions) -> None:
    assert submit(upgraded).saved
    assert upgraded.go_on(OLD_JOB, "previews_viewed")
    assert found(upgraded, OLD_JOB).further_steps == ("previews_viewed",)


def test_the_same_visitor_finds_the_old_submission_again(
    upgraded: Submissions, old_records: Parameters
) -> None:
    execute(old_records, "update jobs set created_at = now() at time zone 'utc'")
    assert upgraded.submit("visitor", WEBSITE, Pace.AT_ONCE) == OLD_JOB


def test_several_processes_may_open_old_records_at_once(old_records: Parameters) -> None:
    address = Address("app", old_records)
    for ledger in at_once([partial(open_ledger, address, 1)] * 6):
        ledger.engine.dispose()


def test_opening_records_of_today_waits_for_nobody_who_writes_them(
    records: Parameters, tables: Parameters, server: Server
) -> None:
    with closing(submissions_over(server, tables, records)) as opened:
        submit(opened)
        with connect(records) as writer, writer.transaction():
            writer.execute(b"update calls set message = null")
            # An ALTER TABLE would wait here for ever.
            open_ledger(Address("app", records), 1).engine.dispose()


def test_every_choice_is_kept(submissions: Submissions) -> None:
    choices = Choices(Release.FIRST, Visitor.OWNED, same_moment=True, together=2)
    job_id = submissions.submit("visitor", WEBSITE, Pace.FASTER, choices)
    first, second = submissions.find_all(job_id)
    assert first.choices == second.choices == choices
    assert first.group_id == second.group_id == job_id
    assert first.session_id != second.session_id


def test_every_attempt_is_kept_with_its_end_outcome_and_error(submissions: Submissions) -> None:
    job_id = submissions.run_now(
        "visitor", WEBSITE, Pace.AT_ONCE, lambda _: None, Choices(same_moment=True)
    )
    job = found(submissions, job_id)
    assert all(each.ended_at and each.ended_at >= each.started_at for each in job.records)
    (failed,) = (each for each in job.records if each.outcome == "error")
    assert (failed.path, failed.sqlstate, failed.constraint_name, failed.retries) == (
        "analysis",
        "23514",
        "chk_organizations_user_or_session",
        0,
    )
