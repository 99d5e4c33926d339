"""Runs in the background: one at a time, found again after a reload, a restart or a crash."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from queue import SimpleQueue
from uuid import UUID, uuid4

from dashboard.database.address import Address
from dashboard.database.errors import DatabaseProblem
from dashboard.embedded import workspace
from dashboard.lab.conditions import Conditions
from dashboard.lab.ledger import Ledger, Run, State, open_ledger
from dashboard.lab.schemas import drop_abandoned
from dashboard.lab.strategies import STRATEGIES
from dashboard.lab.stress import Cancelled, Tell, run
from dashboard.model.times import now
from dashboard.sources import Sources
from dashboard.submit.jobs import is_alive, this_process

# A process that is there but says nothing for so long runs nothing any more.
SILENCE = timedelta(seconds=60)
# Seconds between attempts to note an end; a crashed server is up again within one.
PATIENCE = (0.2, 0.5, 1.0, 2.0)


class Interrupted(Exception):
    """The process that runs it ends."""


def silent(_: str, __: int) -> None:
    """Tell nobody how far a run is."""


@dataclass
class Lab:
    """The lab of this process. Safe to share between threads, free of Streamlit.

    `address` is where the throw-away schemas are made; a configured source is never touched.
    """

    address: Address
    ledger: Ledger
    process: str
    _held: set[UUID] = field(default_factory=set)
    _queue: SimpleQueue[UUID | None] = field(default_factory=SimpleQueue)
    _worker: threading.Thread | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, conditions: Conditions, strategies: Sequence[str]) -> UUID:
        """Queue a run and return its id; the same again, while it has not ended, is that one."""
        run_id, is_new = self._note(conditions, strategies)
        if is_new:
            self._queue.put(run_id)
        return run_id

    def run_now(
        self, conditions: Conditions, strategies: Sequence[str], tell: Tell = silent
    ) -> UUID:
        """Run in this thread and return the run's id; raises DatabaseProblem where that ended it.

        The same run, where another process has it under way, is not waited for.
        """
        run_id, is_new = self._note(conditions, strategies)
        if is_new:
            self._run(run_id, tell)
        return run_id

    def find(self, run_id: UUID) -> Run | None:
        """Return a run as it stands; one whose process is gone is interrupted."""
        found = self.ledger.run(run_id)
        if found and self._is_abandoned(found):
            self.ledger.end(run_id, "interrupted")
            found = self.ledger.run(run_id)
        return found

    def saved(self) -> list[Run]:
        """Return the runs that have ended with at least one result, the newest first."""
        return [each for each in self.ledger.runs() if each.is_finished and each.results]

    def cancel(self, run_id: UUID) -> None:
        """Ask a run to stop, whichever process has it."""
        self.ledger.cancel(run_id)

    def start_worker(self) -> None:
        """Start the thread that runs what is queued: one run after the other."""
        self._worker = threading.Thread(target=self._work, name="lab", daemon=True)
        self._worker.start()

    def close(self) -> None:
        """Stop; what still runs is interrupted and cleans up after itself."""
        self._stopping.set()
        self._queue.put(None)
        if self._worker:
            self._worker.join(5)
        self.ledger.engine.dispose()

    def _note(self, conditions: Conditions, strategies: Sequence[str]) -> tuple[UUID, bool]:
        """Return the run's id, and whether it is a new one, which is then held here."""
        run_id = uuid4()
        # Held before anybody can find it, or it would look abandoned.
        self._held.add(run_id)
        noted = run_id
        try:
            noted = self.ledger.add(run_id, conditions, strategies, self.process)
        finally:
            if noted != run_id:
                self._held.discard(run_id)
        return noted, noted == run_id

    def _work(self) -> None:
        while run_id := self._queue.get():
            try:
                self._run(run_id, silent)
            except DatabaseProblem:
                pass  # it is in the ledger, or will be found interrupted
            except Exception:  # one run's failure must not end the worker
                logging.getLogger("dashboard").exception("Run %s of the lab was cut off", run_id)

    def _run(self, run_id: UUID, tell: Tell) -> None:
        """Run to the end, and note in every case which end that was."""
        state: State = "interrupted"
        message = None
        try:
            state = self._finished(run_id, tell)
        except Cancelled:
            state = "cancelled"
        except Interrupted:
            pass
        except DatabaseProblem as problem:
            state, message = "failed", str(problem)
            raise
        finally:
            self._end(run_id, state, message)
            self._held.discard(run_id)

    def _finished(self, run_id: UUID, tell: Tell) -> State:
        started = self.ledger.start(run_id) and self.ledger.run(run_id)
        if not started:
            return "cancelled"
        drop_abandoned(self.address)

        def tell_all(strategy: str, attempts_done: int) -> None:
            if self._stopping.is_set():
                raise Interrupted
            if not self.ledger.is_wanted(run_id, strategy, attempts_done):
                raise Cancelled
            tell(strategy, attempts_done)

        for place, name in enumerate(started.strategies):
            tell_all(name, 0)
            result = run(self.address, STRATEGIES[name], started.conditions, tell_all)
            self.ledger.save(run_id, place, result)
        return "done"

    def _end(self, run_id: UUID, state: State, message: str | None) -> None:
        """Note an end, again where the server is just coming back."""
        for pause in PATIENCE:
            with suppress(DatabaseProblem):
                return self.ledger.end(run_id, state, message)
            self._stopping.wait(pause)
        return None

    def _is_abandoned(self, found: Run) -> bool:
        if found.is_finished:
            return False
        if found.process == self.process:
            return found.id not in self._held
        return not is_alive(found.process) or (
            found.state == "running" and found.heartbeat_at < now() - SILENCE
        )


def open_lab(sources: Sources) -> Lab:
    """Return this process's lab, without worker; what dead runs left is dropped.

    Raises DatabaseProblem.
    """
    server = sources.server()
    address = workspace.address(server, "lab")
    drop_abandoned(address)
    return Lab(address, open_ledger(workspace.address(server, "app")), this_process())
