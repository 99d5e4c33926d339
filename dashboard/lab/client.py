"""One browser's requests about one submission, as often as it takes or as is allowed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter

import psycopg
import sqlalchemy.exc
from sqlalchemy import Connection, Engine

from dashboard.database.errors import explain
from dashboard.demo.dice import Dice
from dashboard.lab.conditions import LabSubmission
from dashboard.lab.schemas import LAB
from dashboard.lab.statements import GivenIds, LabStatements
from dashboard.lab.strategies import WriteStrategy
from dashboard.lab.writers import NotYet

# A serialization failure, a deadlock, a unique key: given up for another transaction's sake. So is
# an update that meets one whose rollback has begun and not ended, among foreign keys' locks on the
# row; PostgreSQL calls that an internal error ("new multixact has more than one updating member").
WORTH_RETRYING = frozenset({"40001", "40P01", "23505", "XX000"})
NO_FREE_CONNECTION = "53300"
MOST_TRIES = 40
FIRST_BACKOFF, LONGEST_BACKOFF = 0.01, 0.5
LOOK_AGAIN_AFTER = 0.02


class ClientStopped(Exception):
    """The run was cancelled, or has failed elsewhere."""


class ClientCrashed(Exception):
    """The connection is lost in the middle of a request."""


class RequestRefused(Exception):
    """The database refused a request; the text is the SQLSTATE."""


@dataclass
class RequestTally:
    """What happened to the requests of a strategy. Safe between threads."""

    errors: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    seconds: list[float] = field(default_factory=list)
    given: GivenIds = field(default_factory=GivenIds)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_error(self, sqlstate: str, is_retried: bool) -> None:
        """Count an error, and whether its transaction is made again."""
        with self._lock:
            self.errors[sqlstate] += 1
            self.retries += is_retried


@dataclass(frozen=True)
class LabClient:
    """Sends the requests of one submission. Raises ClientStopped, and DatabaseProblem.

    `patience` is how many seconds a request waits for what is not there yet.
    """

    strategy: WriteStrategy
    engine: Engine
    submission: LabSubmission
    patience: float
    tally: RequestTally
    stop: threading.Event

    def send(self, request: str) -> None:
        """Send a request and note how long it took; one that is refused is lost.

        Whoever loses the connection comes back and sends the same request again.
        """
        began = perf_counter()
        crash = self.submission.crash
        try:
            self._persistently(request, crash.after if crash and crash.request == request else None)
        except ClientCrashed:
            self._persistently(request, None)
        self.tally.seconds.append(perf_counter() - began)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        if self.stop.wait(seconds):
            raise ClientStopped

    def _persistently(self, request: str, crash_after: int | None) -> None:
        """Make the request's transaction again where that is the strategy and of use."""
        for pause in self._pauses(request):
            try:
                return self._patiently(request, crash_after)
            except RequestRefused as refused:
                is_retried = pause is not None and str(refused) in WORTH_RETRYING
                self.tally.note_error(str(refused), is_retried)
                if not is_retried:
                    return None
            self.wait(pause or 0)
        return None

    def _pauses(self, request: str) -> Iterator[float | None]:
        """Return how long to wait after each try, longer each time by chance; None: no more."""
        dice = Dice(f"{request} of submission {self.submission.number}")
        for number in range(1, MOST_TRIES if self.strategy.retries else 1):
            yield dice.between(0, min(FIRST_BACKOFF * 2**number, LONGEST_BACKOFF))
        yield None

    def _patiently(self, request: str, crash_after: int | None) -> None:
        """Look again, without holding a connection, until what the request needs is there."""
        give_up_at = perf_counter() + self.patience
        while True:
            try:
                return self._once(request, crash_after)
            except NotYet:
                if perf_counter() > give_up_at:
                    return None
            self.wait(LOOK_AGAIN_AFTER)

    def _once(self, request: str, crash_after: int | None) -> None:
        try:
            with self.engine.connect() as connection:
                self._write(connection, request, crash_after)
                connection.commit()
        except (sqlalchemy.exc.SQLAlchemyError, psycopg.Error) as error:
            # `from None`: the driver's text must not reach a log through the chained traceback.
            raise _refused(error) from None

    def _write(self, connection: Connection, request: str, crash_after: int | None) -> None:
        numbers = count(1)

        def after_each() -> None:
            if next(numbers) == crash_after:
                connection.invalidate()
                raise ClientCrashed
            if self.stop.is_set():
                raise ClientStopped

        number = self.submission.number
        statements = LabStatements(connection, number, self.tally.given, after_each)
        writer = self.strategy.writer(statements, self.submission)
        getattr(writer, request)()


def _refused(error: Exception) -> Exception:
    """Return the error of one request, or of the whole run where the server is gone."""
    explanation, sqlstate = explain(error)
    if explanation.kind == "out_of_connections":
        return RequestRefused(NO_FREE_CONNECTION)
    if sqlstate is None or explanation.kind == "unreachable":
        return explanation.problem(LAB)
    return RequestRefused(sqlstate)
