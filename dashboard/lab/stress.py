"""Running a strategy: all visitors at the same moment, over connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from sqlalchemy import Engine

from dashboard.database.address import Address
from dashboard.database.errors import explained
from dashboard.lab.client import ClientStopped, LabClient, RequestTally
from dashboard.lab.conditions import Conditions
from dashboard.lab.outcome import StrategyResult, measured
from dashboard.lab.schemas import LAB, fill_schema, open_schema, throw_away
from dashboard.lab.strategies import WriteStrategy

# Of the server's connections; others use it too, and more would measure the queue at the CPU.
MOST_CONNECTIONS = 40
TELL_SECONDS = 0.2
OnProgress = Callable[[str, int], None]


def run_strategy(
    lab: Address, strategy: WriteStrategy, conditions: Conditions, tell: OnProgress
) -> StrategyResult:
    """Run a strategy in a schema of its own and return what it came to.

    `tell` is told its name and the submissions done so far, every now and then; whatever it raises
    ends the run. Raises DatabaseProblem.
    """
    connections = min(2 * conditions.visitors, MOST_CONNECTIONS)
    with throw_away(lab) as schema, ExitStack() as opened:
        engine = open_schema(lab, schema, strategy.isolation, connections)
        # Before the schema is dropped: a connection may still hold locks in it.
        opened.callback(engine.dispose)
        fill_schema(engine, strategy, conditions)
        _connect_all(engine, connections)
        stress = Stress(strategy, conditions, engine)
        stress.run(tell)
        return measured(engine, strategy, conditions, stress.tally)


@dataclass
class Stress:
    """One strategy under load."""

    strategy: WriteStrategy
    conditions: Conditions
    engine: Engine
    tally: RequestTally = field(default_factory=RequestTally)
    _done: list[int] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self, tell: OnProgress) -> None:
        """Let all visitors submit all websites; raises the first thing that went wrong."""
        visitors = self.conditions.visitors
        together = threading.Barrier(visitors)
        with ThreadPoolExecutor(visitors) as paths, ThreadPoolExecutor(visitors) as browsers:
            visits = [browsers.submit(self._visit, i, together, paths) for i in range(visitors)]
            try:
                self._watch(visits, tell)
            finally:
                # Whoever waits goes on, sees it and ends.
                self._stop.set()
                together.abort()

    def _watch(self, visits: list[Future[None]], tell: OnProgress) -> None:
        pending = set(visits)
        while pending:
            done, pending = wait(pending, TELL_SECONDS)
            for visit in done:
                visit.result()
            tell(self.strategy.name, len(self._done))

    def _visit(self, visitor: int, together: threading.Barrier, paths: ThreadPoolExecutor) -> None:
        """Submit one website after the other, each at the same moment as all other visitors."""
        with suppress(ClientStopped, threading.BrokenBarrierError):
            for number in range(self.conditions.websites):
                together.wait()
                self._submit(visitor, number, paths)

    def _submit(self, visitor: int, number: int, paths: ThreadPoolExecutor) -> None:
        """Track and analyze beside each other, as a browser does, then track the completion."""
        submission = self.conditions.submission(visitor, number)
        client = LabClient(
            self.strategy, self.engine, submission, self.conditions.patience, self.tally, self._stop
        )
        client.wait(submission.delay)
        tracking = paths.submit(client.send, "started")
        client.wait(self.conditions.analysis_time)
        client.send("analyzed")
        client.send("completed")
        tracking.result()
        self._done.append(submission.number)


def _connect_all(engine: Engine, connections: int) -> None:
    """Open all connections beforehand: where the server has no more, that is said at once."""
    with explained(LAB), ExitStack() as opened:
        for _ in range(connections):
            opened.enter_context(engine.connect())
