"""One request: that it is made, and after which errors it is made again."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from dashboard.database.address import Address
from dashboard.lab.client import LabClient, RequestTally
from dashboard.lab.conditions import Conditions
from dashboard.lab.schemas import open_schema
from dashboard.lab.strategies import STRATEGIES
from dashboard.lab.writers import LabWriter, NotYet


class Counting(LabWriter):
    """A writer whose requests are counted by the leads that they note."""

    def analyzed(self) -> None:
        """Count as a tracked request does."""
        self._track("analyzed")

    def _track(self, request: str) -> None:
        self.statements.given.leads[uuid4()] = 0


class NeverThere(Counting):
    """What it needs is never there."""

    def _track(self, request: str) -> None:
        super()._track(request)
        raise NotYet


def failing(sqlstate: str) -> type[LabWriter]:
    class FailsOnce(Counting):
        def _track(self, request: str) -> None:
            super()._track(request)
            if len(self.statements.given.leads) == 1:
                failure = f"do $$ begin raise exception sqlstate '{sqlstate}'; end $$"
                self.statements.connection.execute(text(failure))

    return FailsOnce


@pytest.fixture
def engine(address: Address) -> Iterator[Engine]:
    opened = open_schema(address, "public", "READ COMMITTED", 1)
    yield opened
    opened.dispose()


def sent(engine: Engine, writer: type[LabWriter], *, retries: bool = True) -> RequestTally:
    """Send one request with no patience at all, and return what was noted."""
    strategy = replace(STRATEGIES["retry"], writer=writer, retries=retries)
    submission, tally = Conditions().submission(0, 0), RequestTally()
    LabClient(strategy, engine, submission, 0.0, tally, threading.Event()).send("started")
    return tally


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "23505", "XX000"])
def test_what_was_given_up_for_another_is_made_again(engine: Engine, sqlstate: str) -> None:
    tally = sent(engine, failing(sqlstate))
    assert (len(tally.given.leads), tally.errors, tally.retries) == (2, {sqlstate: 1}, 1)


@pytest.mark.parametrize("sqlstate", ["23514", "22P02", "42501"])
def test_what_fails_every_time_is_not(engine: Engine, sqlstate: str) -> None:
    tally = sent(engine, failing(sqlstate))
    assert (len(tally.given.leads), tally.errors, tally.retries) == (1, {sqlstate: 1}, 0)


def test_a_strategy_without_retries_makes_nothing_again(engine: Engine) -> None:
    tally = sent(engine, failing("40001"), retries=False)
    assert (len(tally.given.leads), tally.errors, tally.retries) == (1, {"40001": 1}, 0)


def test_a_request_without_patience_is_made_once(engine: Engine) -> None:
    assert len(sent(engine, NeverThere).given.leads) == 1
