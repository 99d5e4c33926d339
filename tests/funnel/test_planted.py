"""The demo's planted truth comes out of the funnel: what was lost, and where visitors dropped."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from dashboard.database.reading import Reader
from dashboard.demo.history import History
from dashboard.demo.journeys import DROP_SINCE, DROP_SOURCE, DROPPED_TO
from dashboard.demo.rhythm import HISTORY_START
from dashboard.funnel.data import Funnel, ask
from dashboard.funnel.differences.data import compared_age, differences
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.model.limits import DEFAULT_RANGE_DAYS
from dashboard.model.tracking_plan import load_plan
from tests.conftest import source_of
from tests.ten_months import END, Connection

HISTORY = Filters(start_at=HISTORY_START, as_of=END)


@contextmanager
def reading_of(connection: Connection) -> Iterator[Reader]:
    info = connection.info
    source = source_of(
        {
            "host": info.host,
            "port": info.port,
            "user": info.user,
            "password": info.password,
            "dbname": info.dbname,
        }
    )
    with source.read() as reader:
        yield reader
    source.engine.dispose()


def counted(connection: Connection, question: FunnelQuestion, filters: Filters = HISTORY) -> Funnel:
    with reading_of(connection) as reader:
        return ask(reader, filters, load_plan(), question)


def test_what_was_planted_as_lost_is_lost(demo_tables: Connection, ten_months: History) -> None:
    planted = [row for row in ten_months.defects if row.kind in ("lost_starts", "lost_steps")]
    steps = counted(demo_tables, FunnelQuestion("matched")).steps.set_index("step")
    assert steps.loc["analysis_started", "lost_at_least"] == sum(
        row.kind == "lost_starts" for row in planted
    )
    assert steps["lost_at_least"].sum() == pytest.approx(len(planted), rel=0.01)
    reversed_steps = sum(row.kind == "reversed_steps" for row in ten_months.defects)
    assert steps["out_of_order"].sum() == reversed_steps


def test_the_planted_drop_is_found_by_source(demo_tables: Connection) -> None:
    question = FunnelQuestion(
        steps=("audience_selected", "content_generated"), breakdown="lead_source"
    )
    funnel = counted(demo_tables, question, Filters(start_at=datetime(2026, 9, 14), as_of=END))
    assert funnel.breakdown is not None
    rows = funnel.breakdown[funnel.breakdown["step"] == "content_generated"].set_index("value")
    shares = rows["step_conversion"]
    assert shares.idxmin() == "paid_search"
    assert shares["paid_search"] == pytest.approx(0.12, abs=0.04)
    assert shares.drop("paid_search").min() > 0.6


def test_the_planted_drop_is_among_the_segments_that_differ(demo_tables: Connection) -> None:
    """The demo plants one segment; asked as the page does by itself, it is found."""
    filters = Filters(start_at=END - timedelta(days=DEFAULT_RANGE_DAYS), as_of=END)
    assert filters.start_at is not None
    assert filters.start_at > DROP_SINCE
    with reading_of(demo_tables) as reader:
        prepared = prepare_funnel(reader, filters, load_plan(), FunnelQuestion())
        age = compared_age(reader, filters, prepared)
        assert age is not None
        found = differences(reader, filters, prepared, age).found
    at = (found["property"] == "lead_source") & (found["step"] == "content_generated")
    dropped = found[at].set_index("value").loc[DROP_SOURCE]
    assert dropped["rate"] == pytest.approx(DROPPED_TO, abs=0.06)
    assert dropped["other_rate"] > 0.6
    assert dropped["units"] == pytest.approx(
        dropped["n"] * (dropped["rate"] - dropped["other_rate"])
    )
    # Nothing else was planted: what differs besides is the drop as others show it.
    assert {*found["step"]} == {"content_generated"}
