"""An earlier version's data folder opens without loss; what can't be read is set aside."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from uuid import UUID

import pytest

from dashboard.database.address import Address
from dashboard.embedded.server import Server
from dashboard.lab.conditions import Conditions
from dashboard.submit.choices import Choices, DeployedRelease, VisitorKind
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace
from tests.conftest import Parameters, connect, execute
from tests.jobs.conftest import at_once, store_at
from tests.jobs.old_records import FIRST_RUNS, FIRST_SUBMISSIONS, SECOND_SUBMISSIONS
from tests.lab.conftest import SMALL, lab_over
from tests.submit.conftest import WEBSITE, found, submissions_over, submit

OLD = UUID("00000000-0000-4000-8000-00000000000a")
OLD_RUN = UUID("00000000-0000-4000-8000-00000000000b")
UNREADABLE_RUN = UUID("00000000-0000-4000-8000-00000000000c")
OLD_JOB = f"""
    insert into jobs (id, visitor, website_url, session_id, older_session_id, pace, state, process,
                      created_at, started_at, ended_at, heartbeat_at)
    values ('{OLD}', 'visitor', '{WEBSITE}', 's', 'o', 'at once', 'done', '1 0',
            now(), now(), now(), now());
    insert into calls (job_id, name, path, planned_at, started_at, outcome)
    values ('{OLD}', 'started/lead_of_session', 'tracking', now(), now(), 'done');
"""
OLD_CHOICES = f"""
    update jobs set release = '2ef8629', visitor_kind = 'owned', same_moment = true, together = 2,
        group_id = '{OLD}', state = 'running';
    update calls set retries = 2;
"""
OLD_RUNS = f"""
    insert into lab_runs values
        ('{OLD_RUN}', '{{"visitors": 3, "websites": 2, "jitter": 0.0, "analysis_time": 0.0,
          "constraint": "inclusive", "owned_share": 0.0, "crash_share": 0.0}}',
         array['as-is', 'retry'], 'done', '1 0', now(), now(), now(), now(), false, 'retry', 6,
         null),
        ('{UNREADABLE_RUN}', '{{"no longer": "known"}}', array['as-is'], 'failed', '1 0',
         now(), now(), now(), now(), false, null, 0, 'It broke.');
    insert into lab_results values
        ('{OLD_RUN}', 0, 'as-is', 6, 5, 1, 2, 3, '{{"23505": 1}}', 0, 1.5, 2.5, false),
        ('{OLD_RUN}', 1, 'retry', 6, 6, 0, 0, 0, '{{}}', 4, 1.5, 2.5, true),
        ('{UNREADABLE_RUN}', 0, 'as-is', 6, 6, 0, 0, 0, '{{}}', 4, 1.5, 2.5, true);
"""
OldRecords = Callable[..., Parameters]


@pytest.fixture
def old_records(new_database: Callable[[], Parameters]) -> OldRecords:
    """Return a database as it was left after these statements."""

    def left(*statements: str) -> Parameters:
        records = new_database()
        for each in statements:
            execute(records, each)
        return records

    return left


@pytest.fixture
def address(new_database: Callable[[], Parameters]) -> Address:
    """A database for throw-away schemas."""
    return Address("lab", new_database())


@pytest.fixture
def upgraded(
    server: Server, tables: Parameters, old_records: OldRecords
) -> Iterator[Callable[..., Submissions]]:
    opened = []

    def over(*statements: str) -> Submissions:
        opened.append(submissions_over(server, tables, old_records(*statements)))
        return opened[-1]

    yield over
    for each in opened:
        each.close()


@pytest.mark.parametrize(
    "version", [FIRST_SUBMISSIONS, SECOND_SUBMISSIONS], ids=["first", "second"]
)
def test_an_old_submission_is_read_as_what_it_was(
    upgraded: Callable[..., Submissions], version: str
) -> None:
    (submission,) = upgraded(version, OLD_JOB).find_all(OLD)
    assert (submission.choices, submission.group_id) == (Choices(), OLD)
    assert (submission.website_url, submission.pace) == (WEBSITE, Pace.AT_ONCE)
    assert (submission.session_id, submission.older_session_id) == ("s", "o")
    assert [call.retries for call in submission.calls] == [0]


def test_the_choices_of_an_old_submission_are_kept(upgraded: Callable[..., Submissions]) -> None:
    (submission,) = upgraded(SECOND_SUBMISSIONS, OLD_JOB, OLD_CHOICES).find_all(OLD)
    assert submission.choices == Choices(DeployedRelease.FIRST, VisitorKind.OWNED, True, 2)
    assert [call.retries for call in submission.calls] == [2]
    # Its process is gone.
    assert submission.state == "interrupted"


def test_an_old_data_folder_takes_new_submissions(upgraded: Callable[..., Submissions]) -> None:
    submissions = upgraded(FIRST_SUBMISSIONS, OLD_JOB)
    assert submit(submissions).saved
    assert submissions.go_on(OLD, "previews_viewed")
    assert found(submissions, OLD).further_steps == ("previews_viewed",)


def test_the_same_visitor_finds_the_old_submission_again(
    upgraded: Callable[..., Submissions],
) -> None:
    now = "update jobs set created_at = now() at time zone 'utc'"
    submissions = upgraded(FIRST_SUBMISSIONS, OLD_JOB, now)
    assert submissions.submit("visitor", WEBSITE, Pace.AT_ONCE) == OLD


def test_old_runs_are_kept_with_their_results(address: Address, old_records: OldRecords) -> None:
    with closing(lab_over(address, old_records(SECOND_SUBMISSIONS, FIRST_RUNS, OLD_RUNS))) as lab:
        run = lab.find(OLD_RUN)
        assert run
        assert (run.conditions, run.strategies) == (SMALL, ("as-is", "retry"))
        assert [each.saved for each in run.results] == [5, 6]
        assert run.results[0].errors == {"23505": 1}
        assert lab.saved() == [run]
        # Its conditions can't be read: it is left out.
        assert lab.find(UNREADABLE_RUN) is None
        again = lab.find(lab.run_now(Conditions(1, 1, 0.0, 0.0), ["unique-upsert"]))
        assert again
        assert again.state == "done"


def test_an_old_lab_alone_is_opened(address: Address, old_records: OldRecords) -> None:
    with closing(lab_over(address, old_records(FIRST_RUNS, OLD_RUNS))) as lab:
        assert [run.id for run in lab.saved()] == [OLD_RUN]


def test_several_processes_may_open_old_records_at_once(old_records: OldRecords) -> None:
    records = old_records(SECOND_SUBMISSIONS, FIRST_RUNS, OLD_JOB, OLD_RUNS)
    for store in at_once([partial(store_at, records)] * 6):
        assert store.members(OLD) == [OLD]
        store.engine.dispose()


def test_several_processes_may_set_records_aside_at_once(old_records: OldRecords) -> None:
    records = old_records("create table jobs (id integer)")
    for store in at_once([partial(store_at, records)] * 6):
        store.engine.dispose()
    assert len(tables_with_rows(records)) == 4


def test_opening_records_of_today_waits_for_nobody_who_writes_them(records: Parameters) -> None:
    store_at(records).engine.dispose()
    with connect(records) as writer, writer.transaction():
        for table in ("jobs", "calls", "lab_results"):
            writer.execute(f"lock table {table} in row exclusive mode".encode())
        # DDL on any of them would wait here for ever.
        store_at(records).engine.dispose()


@pytest.mark.parametrize(
    "unknown",
    [
        "create table jobs (id integer)",
        "create table jobs (id uuid primary key, visitor text)",
        f"{FIRST_SUBMISSIONS}; alter table jobs drop column pace",
        f"{FIRST_SUBMISSIONS}; {OLD_JOB}; alter table jobs drop constraint jobs_state_check;"
        " update jobs set state = 'asleep'",
        f"{FIRST_RUNS}; {OLD_RUNS}; alter table lab_runs drop column conditions",
    ],
    ids=["no job", "half a job", "a column less", "an unknown state", "half a run"],
)
def test_records_that_cant_be_read_are_set_aside(old_records: OldRecords, unknown: str) -> None:
    records = old_records(unknown)
    before = tables_with_rows(records)
    store = store_at(records)
    assert store.jobs() == []
    store.engine.dispose()
    after = tables_with_rows(records)
    set_aside = {
        name.partition("_aside_")[2].partition("_")[2]: rows
        for name, rows in after.items()
        if name.startswith("set_aside_")
    }
    assert set_aside == before
    # The next start finds the new ones.
    store_at(records).engine.dispose()
    assert tables_with_rows(records) == after


def tables_with_rows(records: Parameters) -> dict[str, int]:
    with connect(records) as connection:
        named = "select table_name from information_schema.tables where table_schema = 'public'"
        names = [name for (name,) in connection.execute(named.encode())]
        counts = (connection.execute(f"select count(*) from {name}".encode()) for name in names)
        rows = [found.fetchone() for found in counts]
    return {name: row[0] for name, row in zip(names, rows, strict=True) if row}


def test_a_submission_that_cant_be_read_is_none(upgraded: Callable[..., Submissions]) -> None:
    submissions = upgraded(SECOND_SUBMISSIONS, OLD_JOB, "update jobs set release = 'other'")
    assert submissions.find_all(OLD) == ()
