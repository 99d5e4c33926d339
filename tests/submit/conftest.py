"""Submissions over real databases: one with empty tables, and the app's own in a data folder."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from dashboard.database.address import Address
from dashboard.demo import untracked
from dashboard.demo.untracked import stop_before
from dashboard.embedded.server import Server
from dashboard.jobs.tables import open_job_store
from dashboard.settings import Settings
from dashboard.sources import Sources, latest_hour
from dashboard.submit.calling import OnCall, tell_no_call
from dashboard.submit.sandbox import open_sandbox
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.submissions import SUBMIT_CONNECTIONS, Submissions, open_submissions
from dashboard.submit.workflow import Pace, PlannedCall
from tests.conftest import Parameters, connect, source_of

WEBSITE = "https://gloop.com"
TABLES = ("organizations", "website_leads", "conversion_tracking")


@pytest.fixture
def records(new_database: Callable[[], Parameters]) -> Parameters:
    """A database for the ledger."""
    return new_database()


@pytest.fixture
def submissions(server: Server, tables: Parameters, records: Parameters) -> Iterator[Submissions]:
    """Submissions that write empty tables of the documented form, without workers."""
    with closing(submissions_over(server, tables, records)) as opened:
        yield opened


def submissions_over(server: Server, tables: Parameters, records: Parameters) -> Submissions:
    return Submissions(
        server,
        source_of(tables),
        open_job_store(Address("app", records), "submission", SUBMIT_CONNECTIONS),
        open_sandbox(Address("sandbox", tables), SUBMIT_CONNECTIONS),
    )


@pytest.fixture(scope="session")
def home(app_home: Path) -> Iterator[Path]:
    """A data folder whose server runs as long as the tests do."""
    with closing(Sources(Settings(data_home=app_home))) as sources:
        sources.server()
        yield app_home


@pytest.fixture
def sources(home: Path) -> Iterator[Sources]:
    """The app's sources over the data folder."""
    with closing(Sources(Settings(data_home=home))) as opened:
        yield opened


@pytest.fixture
def opened(sources: Sources) -> Iterator[Submissions]:
    """Submissions as the app opens them, without workers."""
    with closing(open_submissions(sources)) as submissions:
        yield submissions


@pytest.fixture
def short_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what comes before a month without tracking be ten weeks, not all of the demo's."""
    begin = stop_before(latest_hour()) - timedelta(weeks=10)
    monkeypatch.setattr(untracked, "HISTORY_START", begin)


def submit(
    submissions: Submissions, website_url: str = WEBSITE, on_call: OnCall = tell_no_call
) -> SandboxSubmission:
    """Run one submission of a new visitor at once."""
    job_id = submissions.run_now(str(uuid4()), website_url, Pace.AT_ONCE, on_call)
    return found(submissions, job_id)


def found(submissions: Submissions, job_id: UUID) -> SandboxSubmission:
    job = submissions.find(job_id)
    assert job
    return job


def rows(tables: Parameters, table: str) -> list[dict[str, Any]]:
    """Return a table's rows in the order in which they were written."""
    order = "step_completed_at" if table == "conversion_tracking" else "created_at"
    with connect(tables) as connection:
        cursor = connection.execute(f"select * from {table} order by {order}".encode())
        assert cursor.description
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def outcomes(job: SandboxSubmission) -> dict[str, str | None]:
    """Return what became of each call, without those of which nothing is to be told."""
    return {name: outcome for name, outcome in job.outcomes.items() if outcome != "done"}


def cut(tables: Parameters, call_name: str, table: str) -> OnCall:
    """End the session in the middle of this call's statement."""

    def on_call(call: PlannedCall) -> None:
        if call.name == call_name:
            locked = threading.Event()
            threading.Thread(target=_end_the_one_that_waits, args=(tables, table, locked)).start()
            locked.wait()

    return on_call


def _end_the_one_that_waits(tables: Parameters, table: str, locked: threading.Event) -> None:
    with connect(tables) as connection, connection.transaction():
        # Keeps writers out, not readers: the row can be read back.
        connection.execute(f"lock table {table} in share row exclusive mode".encode())
        locked.set()
        ended = False
        while not ended:
            ended = bool(
                connection.execute(
                    b"select pg_terminate_backend(pid) from pg_locks"
                    b" where not granted and relation = %s::regclass",
                    [table],
                ).fetchall()
            )
