"""Runs: saved, cancelled, cut off by a dead server or process, and cleaned up after."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from uuid import uuid4

import psycopg
import pytest

from dashboard.database.address import Address
from dashboard.database.errors import DatabaseProblem
from dashboard.embedded.server import Server, embedded_server
from dashboard.jobs.record import JobRecord
from dashboard.lab.client import RequestTally
from dashboard.lab.conditions import ConditionError, Conditions
from dashboard.lab.lab import Lab
from dashboard.lab.runs import LabRun
from dashboard.lab.schemas import drop_abandoned, open_schema, throw_away
from dashboard.lab.strategies import STRATEGIES
from dashboard.lab.stress import Stress
from dashboard.lab.verdict import run_verdict
from dashboard.settings import ROOT
from tests.conftest import Parameters, connect, server_home
from tests.lab.conftest import SMALL, lab_over, schemas, stressed

LASTING = Conditions(visitors=2, websites=40, analysis_time=0.01)
LONG = Conditions(visitors=4, websites=100, analysis_time=0.05)


def found(lab: Lab, run_id: object) -> LabRun:
    run = lab.find(run_id)  # type: ignore[arg-type]
    assert run
    return run


def until_ended(lab: Lab, run_id: object) -> LabRun:
    while not found(lab, run_id).is_finished:
        pass
    return found(lab, run_id)


# --- saved ---


def test_a_run_is_saved_with_its_conditions_and_results(lab: Lab) -> None:
    names = ["as-is", "unique-upsert"]
    saved = found(lab, lab.run_now(SMALL, names))
    assert (saved.state, saved.conditions, saved.strategies) == ("done", SMALL, tuple(names))
    assert [each.strategy for each in saved.results] == names
    assert [each.correct for each in saved.results] == [False, True]
    assert saved.done_share == 1
    assert lab.saved() == [saved]


def test_the_worker_runs_what_is_queued(lab: Lab, lab_database: Parameters) -> None:
    lab.start_worker()
    assert until_ended(lab, lab.start(SMALL, ["unique-upsert"])).state == "done"
    assert schemas(lab_database) == []


def test_the_same_again_is_the_same_run_until_it_has_ended(lab: Lab) -> None:
    first = lab.start(SMALL, ["retry"])
    assert lab.start(SMALL, ["retry"]) == first
    assert lab.start(SMALL, ["as-is"]) != first
    lab.cancel(first)
    assert lab.start(SMALL, ["retry"]) != first


def test_there_is_no_run_of_another_id(lab: Lab) -> None:
    assert lab.find(uuid4()) is None


# --- cancelled ---


def test_a_run_is_cancelled_in_its_middle(lab: Lab, lab_database: Parameters) -> None:
    def cancel(strategy: str, attempts_done: int) -> None:
        if strategy == "retry" and attempts_done:
            lab.cancel(lab.store.jobs()[0].id)

    ended = found(lab, lab.run_now(LASTING, ["unique-upsert", "retry"], cancel))
    assert ended.state == "cancelled"
    assert [each.strategy for each in ended.results] == ["unique-upsert"]
    assert schemas(lab_database) == []
    assert run_verdict(ended).sentence == "The run was cancelled: 1 of 2 write strategies measured"


def test_a_run_that_waits_is_cancelled_and_never_begun(lab: Lab) -> None:
    run_id = lab.start(SMALL, ["retry"])
    lab.cancel(run_id)
    assert found(lab, run_id).state == "cancelled"
    lab.start_worker()
    last = until_ended(lab, lab.start(SMALL, ["unique-upsert"]))
    assert last.state == "done"
    assert found(lab, run_id).results == ()


def test_an_interruption_from_outside_cleans_up_and_goes_on(
    lab: Lab, lab_database: Parameters
) -> None:
    def interrupt(_: str, attempts_done: int) -> None:
        if attempts_done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lab.run_now(LONG, ["unique-upsert"], interrupt)
    assert lab.store.jobs()[0].state == "interrupted"
    assert schemas(lab_database) == []


# --- a server without connections, or without life ---


def test_a_server_without_free_connections_is_said_plainly(
    address: Address, lab_database: Parameters
) -> None:
    with ExitStack() as taken:
        try:
            while True:
                taken.enter_context(connect(lab_database))
        except psycopg.OperationalError:
            pass
        with pytest.raises(DatabaseProblem) as raised:
            stressed(address, "unique-upsert", visitors=20, websites=1)
    assert raised.value.kind == "out_of_connections"


def test_a_pool_without_free_connections_is_an_error_of_the_request(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.lab.schemas.POOL_SECONDS", 0.01)
    strategy = STRATEGIES["unique-upsert"]
    with throw_away(address) as schema:
        engine = open_schema(address, schema, strategy.isolation, 1)
        with engine.connect():
            stress = Stress(strategy, SMALL, engine, RequestTally())
            stress.run(lambda *_: None)
        engine.dispose()
    assert stress.tally.errors == {"53300": SMALL.attempts * 3}


def until_back(lab: Lab) -> list[JobRecord]:
    """Return the runs as soon as the server answers again."""
    while True:
        with suppress(DatabaseProblem):
            return lab.store.jobs()


@pytest.fixture
def mortal() -> Iterator[Server]:
    """A server of its own, for it is killed."""
    with server_home() as home, embedded_server(home, say=lambda _: None) as server:
        yield server


def test_a_server_that_is_killed_in_the_middle(mortal: Server) -> None:
    parameters = mortal.parameters("postgres")
    address = Address("lab", parameters)

    def crash(_: str, attempts_done: int) -> None:
        if attempts_done:
            with connect(parameters) as connection:
                # One killed backend makes the server end all others and recover.
                os.kill(connection.info.backend_pid, signal.SIGKILL)

    with closing(lab_over(address, parameters)) as lab:
        with pytest.raises(DatabaseProblem) as raised:
            lab.run_now(LONG, ["unique-upsert"], crash)
        assert raised.value.kind == "unreachable"
        (ended,) = until_back(lab)
        assert ended.state in ("failed", "interrupted", "running")
        # Whatever it left goes with the next run, which is as good as any.
        again = found(lab, lab.run_now(SMALL, ["unique-upsert"]))
        assert again.state == "done"
        assert found(lab, ended.id).is_finished
    assert schemas(parameters) == []


# --- what dead runs leave ---

DYING = """
import json, os, sys
from dashboard.database.address import Address
from dashboard.lab.conditions import Conditions
from dashboard.lab.strategies import STRATEGIES
from dashboard.lab.stress import run_strategy

run_strategy(Address("lab", json.loads(sys.argv[1])), STRATEGIES["unique-upsert"],
    Conditions(visitors=2, websites=50), lambda _, done: done and os._exit(9))
"""


def test_what_a_dead_process_left_is_dropped_and_a_live_run_is_not(
    address: Address, lab_database: Parameters
) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DYING, json.dumps(lab_database)], cwd=ROOT, check=False
    )
    assert died.returncode == 9
    (dead,) = schemas(lab_database)
    with throw_away(address) as alive:
        # The server may still be ending the dead one's sessions.
        while dead in schemas(lab_database):
            drop_abandoned(address)
        assert schemas(lab_database) == [alive]
        assert drop_abandoned(address) == 0
    assert schemas(lab_database) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"visitors": 0},
        {"visitors": 51},
        {"websites": 0},
        {"websites": 101},
        {"jitter": -1},
        {"analysis_time": 11},
        {"analysis_time": float("nan")},
        {"owned_share": 1.1},
        {"crash_share": -0.1},
        {"constraint": "other"},
    ],
    ids=str,
)
def test_a_condition_that_cant_be_run_is_named(wrong: dict[str, object]) -> None:
    (name,) = wrong
    with pytest.raises(ConditionError, match=name.replace("_", " ")):
        Conditions(**wrong)  # type: ignore[arg-type]
