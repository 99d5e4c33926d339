"""The trend: its counts add up, open periods are marked, and releases lie inside."""

import json
from datetime import date, datetime, timedelta
from uuid import UUID

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.database.reading import COUNT, TEXT
from dashboard.demo.rhythm import HISTORY_START
from dashboard.funnel.data import Funnel, ask
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.trend.data import funnel_trend, with_trend_shares
from dashboard.funnel.trend.figures import trend_chart
from dashboard.funnel.trend.table import (
    StepPair,
    lines,
    releases_inside,
    trend_sentence,
    trend_table,
)
from dashboard.model.filters import Filters
from dashboard.model.periods import GRAINS, Grain
from dashboard.model.releases import Release
from dashboard.settings import UTC_ZONE
from dashboard.ui.theme import DARK, LIGHT
from tests.conftest import Parameters, source_of
from tests.examples import examples
from tests.funnel.drawn import has_nan
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import PAIRING, PLAN, store
from tests.matching.oracle import Lead
from tests.ten_months import END, Connection

SHORT = ("analysis_started", "analysis_completed")
DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 12)


def followed(
    parameters: Parameters, question: FunnelQuestion, grain: Grain, filters: Filters
) -> tuple[Funnel, pd.DataFrame]:
    source = source_of(parameters)
    with source.read() as reader:
        funnel = ask(reader, filters, PLAN, question, pairing=PAIRING)
        rows = funnel_trend(reader, filters, funnel.prepared, grain)
    source.engine.dispose()
    return funnel, rows


def began(parameters: Parameters, days: list[tuple[int, bool]]) -> None:
    """Store one lead per pair: it began so many days after a Monday, and completed or didn't."""
    leads = [
        Lead(UUID(int=n), MONDAY + day * DAY, f"s{n}", f"w{n}.example")
        for n, (day, _) in enumerate(days, 1)
    ]
    events = [
        Event(step, lead.created_at + timedelta(minutes=at), lead.id)
        for lead, (_, completed) in zip(leads, days, strict=True)
        for at, step in enumerate(SHORT[: 1 + completed])
    ]
    store(parameters, leads, events)


def test_weeks_begin_on_monday_and_the_open_ones_are_marked(stored: Parameters) -> None:
    began(stored, [(0, True), (6, False), (7, True), (7, True), (13, False), (20, True)])
    # On Thursday of the third week, the window of 4 days is closed for Sunday, not for later days.
    question = FunnelQuestion(steps=SHORT, window=4 * DAY)
    _, rows = followed(stored, question, "week", Filters(as_of=MONDAY + 17 * DAY + DAY / 2))
    assert rows["period"].dt.date.tolist() == [date(2026, 3, 2), date(2026, 3, 9)]
    assert rows["first"].tolist() == [2, 3]
    assert rows["last"].tolist() == [1, 2]
    assert rows["closed"].tolist() == [True, True]
    assert rows["closed_rate"].tolist() == pytest.approx([1 / 2, 2 / 3])
    _, earlier = followed(stored, question, "week", Filters(as_of=MONDAY + 16 * DAY))
    assert earlier["first_closed"].tolist() == [2, 2]
    assert earlier["closed"].tolist() == [True, False]
    assert earlier["so_far"].tolist() == pytest.approx([1 / 2, 2 / 3])
    table = trend_table(earlier)
    assert table["state"].tolist() == ["in progress, few", "closed, few"]
    assert trend_sentence(earlier, "week", "submission") == (
        "In the newest closed week, from 2026-03-02, 1 of 2 submissions completed the funnel "
        "(50.0 %). "
        "1 of 2 weeks are in progress."
    )
    assert trend_sentence(earlier, "week", "submission", StepPair("Begun", "Paid")) == (
        "In the newest closed week, from 2026-03-02, 1 of 2 submissions that reached “Begun” "
        "reached “Paid” (50.0 %). 1 of 2 weeks are in progress."
    )


def test_without_a_limit_no_period_closes(stored: Parameters) -> None:
    began(stored, [(0, True), (8, False)])
    _, rows = followed(stored, FunnelQuestion(steps=SHORT, window=None), "day", Filters())
    assert not rows["closed"].any()
    assert rows["closed_rate"].isna().all()
    assert trend_sentence(rows, "day", "submission").startswith("No day is closed yet")


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("breakdown", [None, "lead_source"])
def test_periods_add_up_to_the_first_and_last_step(
    demo_tables: Connection, grain: Grain, breakdown: None
) -> None:
    info = demo_tables.info
    parameters = {
        "host": info.host,
        "port": info.port,
        "user": info.user,
        "password": info.password,
        "dbname": info.dbname,
    }
    question = FunnelQuestion(steps=(*SHORT, "content_generated"), breakdown=breakdown)
    filters = Filters(start_at=HISTORY_START, as_of=END)
    funnel, rows = followed(parameters, question, grain, filters)
    first, last = funnel.steps.iloc[0], funnel.steps.iloc[-1]
    assert rows["first"].sum() == first["count"] > 1_000
    assert rows["last"].sum() == last["count"]
    assert rows["first_closed"].sum() == first["closed"]
    assert rows["last_closed"].sum() == last["closed"]
    if funnel.breakdown is not None:
        parts = funnel.breakdown[funnel.breakdown["step"] == SHORT[0]].set_index("value")["count"]
        assert rows.groupby("value")["first"].sum().to_dict() == parts[parts > 0].to_dict()


def release(at: datetime) -> Release:
    return Release("<b>c1", at, "<script>", ())


def test_only_releases_inside_the_period_are_marked() -> None:
    releases = [release(MONDAY + n * DAY) for n in (-1, 0, 5, 9)]
    prepared = Prepared(
        FunnelQuestion(), Filters(MONDAY, MONDAY + 7 * DAY), MONDAY + 100 * DAY, pd.DataFrame(), {}
    )
    funnel = Funnel(prepared, 1, MONDAY, pd.DataFrame())
    assert releases_inside(releases, funnel) == releases[1:3]
    unbounded = Prepared(FunnelQuestion(), Filters(), MONDAY + 7 * DAY, pd.DataFrame(), {})
    assert releases_inside(releases, Funnel(unbounded, 1, MONDAY, pd.DataFrame())) == releases[1:3]
    assert releases_inside(releases, Funnel(unbounded, 0, None, pd.DataFrame())) == []


def rows_of(parts: list[tuple[int, int, int, int]], values: int = 1) -> pd.DataFrame:
    """Make a trend's rows; each is (first, of it over, last, of it over), cut to what can be."""
    found = [
        (
            n % values,
            f"<i>{n % values}",
            MONDAY.date() + (n // values) * DAY,
            first,
            min(last, first),
            min(over, first),
            min(last_closed, over, last, first),
        )
        for n, (first, over, last, last_closed) in enumerate(parts)
    ]
    columns = ["position", "value", "period", "first", "last", "first_closed", "last_closed"]
    frame = pd.DataFrame(found, columns=columns)
    numbers = dict.fromkeys(set(columns) - {"value", "period"}, COUNT)
    return with_trend_shares(frame.astype({**numbers, "value": TEXT, "period": "datetime64[s]"}))


COUNTS = st.tuples(st.integers(1, 10**6), *[st.integers(0, 10**6)] * 3)


@examples(40)
@given(parts=st.lists(COUNTS, max_size=12), values=st.integers(1, 7))
def test_any_trend_gives_words_and_a_figure_without_nan(
    parts: list[tuple[int, int, int, int]], values: int
) -> None:
    rows = rows_of(parts, values)
    for name in ("closed_rate", "low", "high", "so_far"):
        assert rows[name].dropna().between(0, 1).all()
    assert "nan" not in trend_sentence(rows, "day", "submission")
    assert len(lines(rows)) <= 5
    assert len(trend_table(rows)) == len(rows)
    for colors in (LIGHT, DARK):
        figure = trend_chart(rows, [release(MONDAY)], "day", UTC_ZONE, colors)
        assert not has_nan(figure)
        shown = str(figure.to_json())
        assert "<i>" not in shown
        assert "<script>" not in shown


def test_an_open_period_is_hollow_and_few_are_crossed() -> None:
    rows = rows_of([(40, 40, 20, 20), (40, 30, 20, 20), (9, 0, 4, 0)])
    figure = json.loads(str(trend_chart(rows, [], "day", UTC_ZONE, LIGHT).to_json()))
    _, closed, waiting = figure["data"]
    assert closed["marker"]["symbol"] == ["circle"]
    assert (closed["line"]["dash"], waiting["line"]["dash"]) == ("solid", "dash")
    # The dashed line starts at the last closed dot.
    assert waiting["marker"]["symbol"] == ["circle", "circle-open", "x-open"]
    assert waiting["y"] == [0.5, 0.5, 4 / 9]
    assert [each["text"] for each in figure["layout"]["annotations"]] == ["in progress"]
