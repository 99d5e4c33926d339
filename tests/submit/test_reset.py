"""A fresh copy of the demo, however many look at it or submit meanwhile."""

import threading
from datetime import datetime
from typing import Any

import psycopg
import pytest

from dashboard.database.reading import Source
from dashboard.database.tracking_off import tracking_off_since
from dashboard.demo.untracked import UntrackedDemo, stop_before
from dashboard.embedded import workspace
from dashboard.sources import Sources, latest_hour
from dashboard.submit import data, submissions
from dashboard.submit.submissions import SandboxBusy, Submissions
from dashboard.submit.workflow import Pace
from tests.conftest import Parameters, connect, execute
from tests.submit.conftest import TABLES, WEBSITE, submit


def count_rows(parameters: Parameters) -> dict[str, int]:
    with connect(parameters) as connection:
        found = {
            table: connection.execute(f"select count(*) from {table}".encode()).fetchone()
            for table in TABLES
        }
    return {table: row[0] for table, row in found.items() if row}


def off_since(submissions: Submissions) -> datetime | None:
    with submissions.reading.read() as reader:
        return tracking_off_since(reader)


def look(source: Source) -> str:
    with source.read() as reader:
        return reader.where


def test_the_sandbox_is_the_demo_again(opened: Submissions, sources: Sources) -> None:
    sandbox, demo = (opened.server.parameters(name) for name in ("sandbox", "demo"))
    before = count_rows(demo)
    job = submit(opened)
    assert count_rows(sandbox) != before
    opened.reset()
    assert count_rows(sandbox) == count_rows(demo) == before
    with opened.reading.read() as reader:
        left = data.left(reader, job)
    assert (left.gone, len(left.leads)) == (7, 0)
    # Its roles work as before.
    assert submit(opened).saved


def test_who_looks_at_demo_and_sandbox_goes_on_looking(
    opened: Submissions, sources: Sources
) -> None:
    looked_at = [sources.open("demo"), sources.open("sandbox")]
    assert [look(each) for each in looked_at] == ["demo", "sandbox"]
    opened.reset()
    assert [look(each) for each in looked_at] == ["demo", "sandbox"]


def test_it_is_refused_while_a_submission_runs(opened: Submissions) -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def pause(_: object) -> None:
        begun.set()
        may_go_on.wait()

    running = threading.Thread(target=submit, args=(opened, WEBSITE, pause))
    running.start()
    begun.wait()
    with pytest.raises(SandboxBusy):
        opened.reset()
    may_go_on.set()
    running.join()
    opened.reset()


def test_the_same_click_after_a_reset_is_another_submission(opened: Submissions) -> None:
    first = opened.run_now("visitor", WEBSITE, Pace.AT_ONCE, lambda _: None)
    assert opened.run_now("visitor", WEBSITE, Pace.AT_ONCE, lambda _: None) == first
    opened.reset()
    assert opened.run_now("visitor", WEBSITE, Pace.AT_ONCE, lambda _: None) != first


def test_what_a_killed_reset_left_is_no_obstacle(opened: Submissions, sources: Sources) -> None:
    maintenance = opened.server.parameters("postgres")
    execute(maintenance, "create database sandbox_copy")
    opened.reset()
    with connect(maintenance) as connection:
        names = connection.execute(b"select datname from pg_database").fetchall()
    assert ("sandbox_copy",) not in names
    assert ("sandbox",) in names


def test_submissions_of_a_vanished_process_do_not_hinder_it(opened: Submissions) -> None:
    opened.submit("visitor", f"{WEBSITE}/vanished", Pace.REAL)
    app = opened.server.parameters("app")
    execute(app, "update jobs set process = '1 0' where state = 'queued'")
    opened.reset()


@pytest.mark.usefixtures("short_history")
def test_a_month_without_tracking_says_since_when_and_goes_with_the_next_reset(
    opened: Submissions,
) -> None:
    sandbox, demo = (opened.server.parameters(name) for name in ("sandbox", "demo"))
    opened.reset(tracking_off=True)
    assert off_since(opened) == stop_before(latest_hour())
    assert count_rows(sandbox) != count_rows(demo)
    # Its roles work as in a copy: the reader has read it, and the submitter writes.
    assert submit(opened).saved
    with connect(workspace.address(opened.server, "sandbox").parameters) as reader:
        assert reader.execute("select count(*) from website_leads").fetchone()
    opened.reset()
    assert off_since(opened) is None
    assert count_rows(sandbox) == count_rows(demo)


@pytest.mark.usefixtures("short_history")
def test_a_month_without_tracking_can_have_the_deployed_constraint(opened: Submissions) -> None:
    opened.reset(exclusive=True, tracking_off=True)
    with opened.reading.read() as reader:
        assert reader.contract.constraint == "exclusive"
    opened.reset()


@pytest.mark.usefixtures("short_history")
def test_a_fill_that_fails_leaves_the_sandbox_as_it_was(
    opened: Submissions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: psycopg.Connection[Any], made: UntrackedDemo) -> None:
        raise KeyboardInterrupt

    before = submit(opened)
    monkeypatch.setattr(submissions, "fill_untracked", fail)
    with pytest.raises(KeyboardInterrupt):
        opened.reset(tracking_off=True)
    with opened.reading.read() as reader:
        assert data.left(reader, before).gone == 0
    opened.reset()
