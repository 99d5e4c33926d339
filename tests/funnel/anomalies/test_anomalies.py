"""Data anomalies: counted as they were stored, listed, and with their causes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pandas as pd

from dashboard.demo.history import History
from dashboard.demo.rhythm import HISTORY_START
from dashboard.funnel.anomalies.data import (
    ANOMALY_MEANINGS,
    ANOMALY_NOUNS,
    CAUSES,
    EVENT_ANOMALIES,
    FUTURE_DATED,
    LOST_EVENT,
    ORPHANED,
    OUT_OF_ORDER,
    UNIT_ANOMALIES,
    anomalies,
    anomaly_sentence,
    name_of,
    share_words,
    stray_events,
)
from dashboard.funnel.data import Funnel, ask
from dashboard.funnel.lists.data import listed
from dashboard.funnel.question import Correction, FunnelQuestion
from dashboard.model.filters import Filters
from tests.conftest import Parameters, source_of
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import PAIRING, PLAN, START, store
from tests.matching.oracle import Lead
from tests.ten_months import END, Connection

STARTED, COMPLETED, VIEWED = PLAN.names[:3]


def found_in(
    parameters: Parameters, correction: Correction = "corrected", **filters: Any
) -> tuple[Funnel, pd.DataFrame, dict[str, list[str]]]:
    """Return the funnel, its stray events, and the leads listed per kind and step."""
    source = source_of(parameters)
    period = Filters(**filters)
    with source.read() as reader:
        funnel = ask(reader, period, PLAN, FunnelQuestion(correction), pairing=PAIRING)
        strays = stray_events(reader, period, funnel.prepared)
        lists = {
            name_of(row): listed(
                reader, period, funnel.prepared, row["step"], UNIT_ANOMALIES[row["kind"]]
            )
            .rows["lead_id"]
            .tolist()
            for _, row in anomalies(funnel, strays).iterrows()
            if row["kind"] in UNIT_ANOMALIES
        }
    source.engine.dispose()
    return funnel, strays, lists


def journeys(parameters: Parameters) -> None:
    """1 lost its start, 2 completed before it started, 3 is sound; and two stray events."""
    leads = [Lead(UUID(int=n), START, f"s{n}", f"w{n}.example") for n in (1, 2, 3)]
    minute = timedelta(minutes=1)
    store(
        parameters,
        leads,
        [
            Event(COMPLETED, START, UUID(int=1)),
            Event(COMPLETED, START, UUID(int=2)),
            Event(STARTED, START + minute, UUID(int=2)),
            Event(STARTED, START, UUID(int=3)),
            Event(COMPLETED, START + minute, UUID(int=3)),
            Event(STARTED, START, None, "nobody's"),
            Event(VIEWED, datetime(2999, 1, 1), UUID(int=3)),
        ],
    )


def test_each_kind_is_counted_and_listed(stored: Parameters) -> None:
    journeys(stored)
    funnel, strays, lists = found_in(stored)
    rows = anomalies(funnel, strays)
    assert list(zip(rows["kind"], rows["step"], rows["found"], strict=True)) == [
        (LOST_EVENT, STARTED, 1),
        (OUT_OF_ORDER, STARTED, 1),
        (ORPHANED, "", 1),
        (FUTURE_DATED, "", 1),
    ]
    assert lists == {
        "lost event: Analysis started": [str(UUID(int=1))],
        "out of order: Analysis started": [str(UUID(int=2))],
    }
    assert [share_words(row) for _, row in rows.iterrows()] == ["1 of 3", "1 of 3", "1", "1"]
    assert rows["cause"].tolist() == [CAUSES[kind] for kind in rows["kind"]]
    assert strays.set_index("kind")["session_id"][ORPHANED] == "nobody's"
    assert strays.set_index("kind")["lead_id"][FUTURE_DATED] == str(UUID(int=3))
    assert anomaly_sentence(funnel, rows) == (
        "1 lost event, 1 event out of order, 1 orphaned event, 1 future-dated event."
    )


def test_raw_says_what_it_does_not_know(stored: Parameters) -> None:
    journeys(stored)
    funnel, strays, lists = found_in(stored, "raw")
    rows = anomalies(funnel, strays)
    assert rows["kind"].tolist() == [ORPHANED, FUTURE_DATED]
    assert not lists
    words = anomaly_sentence(funnel, rows)
    assert "1 orphaned event" in words
    assert "Raw knows no lost event and none out of order" in words


def test_sound_journeys_are_said_to_be_sound(stored: Parameters) -> None:
    store(
        stored, [Lead(UUID(int=1), START, "s", "w.example")], [Event(STARTED, START, UUID(int=1))]
    )
    funnel, strays, _ = found_in(stored)
    rows = anomalies(funnel, strays)
    assert rows.empty
    assert anomaly_sentence(funnel, rows) == "No data anomaly in this period."


def test_every_kind_has_a_meaning_and_a_cause() -> None:
    kinds = {*UNIT_ANOMALIES, *EVENT_ANOMALIES}
    assert set(ANOMALY_MEANINGS) == set(CAUSES) == set(ANOMALY_NOUNS) == kinds


def test_what_was_planted_in_the_demo_is_listed(
    demo_tables: Connection, ten_months: History
) -> None:
    info = demo_tables.info
    parameters = {
        "host": info.host,
        "port": info.port,
        "user": info.user,
        "password": info.password,
        "dbname": info.dbname,
    }
    funnel, strays, lists = found_in(parameters, start_at=HISTORY_START, as_of=END)
    rows = anomalies(funnel, strays)
    planted = sum(row.kind == "reversed_steps" for row in ten_months.defects)
    assert rows.loc[rows["kind"] == OUT_OF_ORDER, "found"].sum() == planted > 0
    assert {name_of(row): row["found"] for _, row in rows.iterrows() if row["step"]} == {
        name: len(leads) for name, leads in lists.items()
    }
