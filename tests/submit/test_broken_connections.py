"""A database that goes away in the middle: 0 or 1 row per write, and never a false `saved`."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from dashboard.database.errors import DatabaseProblem
from dashboard.embedded.server import Lease, acquire
from dashboard.submit import data
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace, PlannedCall, submission_plan
from tests.conftest import Parameters, connect, execute, server_home
from tests.submit.conftest import (
    WEBSITE,
    cut,
    found,
    outcomes,
    rows,
    submissions_over,
    submit,
)

WRITES = [call.name for call in submission_plan(UUID(int=0)).writes]
TABLE_OF = {
    "organization": "organizations",
    "lead": "website_leads",
    "capture": "conversion_tracking",
    "step": "conversion_tracking",
}


@pytest.mark.parametrize("name", WRITES)
def test_a_session_ended_in_the_middle_of_a_write(
    submissions: Submissions, tables: Parameters, name: str
) -> None:
    table = TABLE_OF[name.partition("/")[2]]
    job = submit(submissions, on_call=cut(tables, name, table))
    assert job.outcomes[name] == "error"
    assert not job.saved
    errors = data.errors(job)
    assert (errors["path"][0], errors["sqlstate"][0]) == (job.plan.call(name).path, "57P01")
    assert "was not stored" in errors["message"][0]
    assert tells_the_truth(job, tables)


def test_sessions_that_are_ended_between_two_calls_lose_nothing(
    submissions: Submissions, tables: Parameters
) -> None:
    def end_all(_: PlannedCall) -> None:
        execute(
            tables,
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = %s and pid <> pg_backend_pid()",
            tables["dbname"],
        )

    job = submit(submissions, on_call=end_all)
    assert job.saved
    assert len(rows(tables, "conversion_tracking")) == 4


def tells_the_truth(submission: SandboxSubmission, tables: Parameters) -> bool:
    """Tell whether every row is stored that is said to be, and no other one.

    A row is either where a slow server leaves it unknown.
    """
    writes = [call for call in submission.calls if call.table_name not in (None, "organizations")]
    stored = {
        row["id"]
        for table in ("website_leads", "conversion_tracking")
        for row in rows(tables, table)
    }
    committed = {call.row_id for call in writes if call.outcome == "committed"}
    unknown = {call.row_id for call in writes if call.outcome == "unknown"}
    return committed <= stored <= committed | unknown


# --- a server of its own, for it is killed ---


@dataclass
class Mortal:
    """A server that can be killed and started again, with the tables and a ledger."""

    home: Path
    lease: Lease

    def parameters(self, database: str) -> Parameters:
        return self.lease.server.parameters(database)

    def submissions(self) -> Submissions:
        return submissions_over(
            self.lease.server, self.parameters("tables"), self.parameters("records")
        )

    def kill(self, sign: signal.Signals) -> None:
        with connect(self.parameters("tables")) as connection:
            pid = connection.execute(
                b"select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)"
            ).fetchone()
        assert pid
        os.kill(int(pid[0]), sign)

    def start_again(self) -> None:
        self.lease.release()
        self.lease = acquire(self.home, say=lambda _: None)


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    with server_home() as home:
        server = Mortal(home, acquire(home, say=lambda _: None))
        for name in ("tables", "records"):
            execute(server.parameters("postgres"), f"create database {name} template three_tables")
        yield server
        server.lease.release()


def once(name: str, action: Callable[[], None]) -> Callable[[PlannedCall], None]:
    return lambda call: action() if call.name == name else None


@pytest.mark.parametrize(
    "name",
    [
        "analysis/organization",
        pytest.param("started/lead", marks=pytest.mark.soak),
        pytest.param("completed/step", marks=pytest.mark.soak),
    ],
)
def test_a_server_that_crashes_and_recovers(mortal: Mortal, name: str) -> None:
    sandbox = mortal.parameters("tables")

    def crash() -> None:
        with connect(sandbox) as connection:
            # One killed backend makes the server end all others and recover.
            os.kill(connection.info.backend_pid, signal.SIGKILL)

    with closing(mortal.submissions()) as submissions:
        job = submit(submissions, on_call=once(name, crash))
        assert job.state == "done"
        # A write that came through may still have been its request's last.
        assert all(each == "committed" for each in outcomes(job).values()) or not job.saved
        assert tells_the_truth(job, sandbox)


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param(signal.SIGINT, id="stopped", marks=pytest.mark.soak),
        pytest.param(signal.SIGKILL, id="killed"),
    ],
)
def test_a_server_that_goes_away_and_comes_back_later(mortal: Mortal, sign: signal.Signals) -> None:
    with closing(mortal.submissions()) as submissions:
        with pytest.raises(DatabaseProblem) as raised:
            submissions.run_now(
                "visitor", WEBSITE, Pace.AT_ONCE, once("analysis/lead", lambda: mortal.kill(sign))
            )
        assert raised.value.kind == "unreachable"
    mortal.start_again()
    with closing(mortal.submissions()) as submissions:
        (job_id,) = submissions.store.unfinished()
        # Another process: the one that submitted is this one.
        job = found(submissions, job_id)
        assert (job.state, job.saved) == ("interrupted", False)
        assert tells_the_truth(job, mortal.parameters("tables"))
