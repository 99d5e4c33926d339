"""Bars of the Leads page: how long each is, which days it holds, and how it is labeled."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, strategies
from streamlit.testing.v1 import AppTest

from dashboard.leads.bars import lead_bars
from dashboard.leads.data import LeadSearch
from dashboard.leads.figures import MOST_TICKS, leads_per_period
from dashboard.model.filters import Filters, day_filters
from dashboard.model.periods import GRAINS, Grain, grain_end, grain_of
from dashboard.ui.theme import LIGHT
from tests.conftest import Parameters, execute, source_of

OpenApp = Callable[..., AppTest]
BERLIN = ZoneInfo("Europe/Berlin")


def store_days(tables: Parameters, *days: str) -> None:
    for day in days:
        execute(
            tables,
            "insert into website_leads (created_at, website_url) values (%s, %s)",
            day,
            "a'b",
        )


def grain_start(day: date, grain: Grain) -> date:
    """Return the first day of the day, week or month that a day lies in."""
    if grain == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if grain == "week" else day


def figure_of(days: list[str], grain: Grain) -> dict[str, Any]:
    bars = pd.DataFrame({"period": pd.to_datetime(days), "leads": 1, "is_partial": False})
    drawn: dict[str, Any] = json.loads(str(leads_per_period(bars, grain, LIGHT).to_json()))
    return drawn


@pytest.mark.parametrize(
    ("days", "grain"),
    [(1, "day"), (92, "day"), (93, "week"), (728, "week"), (729, "month"), (40_000, "month")],
)
def test_a_long_period_has_longer_bars(days: int, grain: str) -> None:
    first = date(2026, 1, 1)
    assert grain_of(first, first + timedelta(days=days - 1)) == grain


@given(
    day=strategies.dates(date(1900, 1, 1), date(2999, 12, 1)), grain=strategies.sampled_from(GRAINS)
)
def test_each_day_lies_in_one_bar(day: date, grain: Grain) -> None:
    begin = grain_start(day, grain)
    assert begin <= day <= grain_end(begin, grain)
    assert grain_start(grain_end(begin, grain) + timedelta(days=1), grain) > day


def test_a_click_on_a_bar_finds_exactly_its_leads(tables: Parameters) -> None:
    store_days(
        tables, "2026-01-30", "2026-01-31 22:59", "2026-01-31 23:00", "2026-02-08", "2026-06-30"
    )
    filters = day_filters(date(2026, 1, 31), date(2026, 6, 30), None, BERLIN)
    with source_of(tables).read() as reader:
        bars = lead_bars(reader, filters, LeadSearch())
        assert bars.grain == "week"
        for row in bars.drawn.to_dict("records"):
            clicked = day_filters(*bars.days_of(row["period"].date()), None, BERLIN)
            assert lead_bars(reader, clicked, LeadSearch()).matching == row["leads"]
    # The first week begins before the period: the click stays within it.
    assert bars.days_of(date(2026, 1, 26)) == (date(2026, 1, 31), date(2026, 2, 1))


def test_all_time_is_drawn_and_clicked_by_month(tables: Parameters) -> None:
    store_days(tables, "2023-11-05", "2026-02-10", "2026-02-27")
    with source_of(tables).read() as reader:
        bars = lead_bars(reader, Filters(), LeadSearch())
    assert bars.grain == "month"
    assert bars.drawn["leads"].tolist() == [1, 2]
    assert bars.days_of(date(2026, 2, 1)) == (date(2026, 2, 1), date(2026, 2, 27))


def test_a_search_that_finds_little_keeps_the_bars_of_the_period(tables: Parameters) -> None:
    store_days(tables, "2023-11-05", "2026-02-10")
    execute(tables, "insert into website_leads (created_at) values ('2025-01-01')")
    with source_of(tables).read() as reader:
        assert lead_bars(reader, Filters(), LeadSearch(text="'")).grain == "month"


def test_leads_without_a_time_match_and_have_no_bar(tables: Parameters) -> None:
    store_days(tables, "2026-01-01", "infinity")
    with source_of(tables).read() as reader:
        bars = lead_bars(reader, Filters(), LeadSearch())
        empty = lead_bars(reader, Filters(as_of=datetime(1999, 1, 1)), LeadSearch())
    assert (bars.matching, len(bars.drawn)) == (2, 1)
    assert (empty.matching, len(empty.drawn)) == (0, 0)


@pytest.mark.parametrize("grain", GRAINS)
@given(span=strategies.integers(0, 40_000))
def test_labels_follow_the_span_and_stand_below_bars(grain: Grain, span: int) -> None:
    first = date(2020, 2, 3)
    days = [grain_start(each, grain) for each in (first, first + timedelta(days=span))]
    axis = figure_of([each.isoformat() for each in days], grain)["layout"]["xaxis"]
    assert axis["tick0"].startswith(days[0].isoformat())
    if grain == "month":
        months = (days[1].year - days[0].year) * 12 + days[1].month - days[0].month
        labels = months // int(axis["dtick"].removeprefix("M")) + 1
    else:
        step = timedelta(milliseconds=axis["dtick"])
        assert step % timedelta(days=7 if grain == "week" else 1) == timedelta()
        labels = (days[1] - days[0]) // step + 1
    assert 1 <= labels <= MOST_TICKS


def test_five_days_in_nine_months_are_not_labeled_day_by_day() -> None:
    days = ["2026-01-05", "2026-02-02", "2026-04-06", "2026-08-03", "2026-09-28"]
    axis = figure_of(days, "week")["layout"]["xaxis"]
    assert timedelta(milliseconds=axis["dtick"]) >= timedelta(weeks=5)


def test_a_bar_is_as_wide_as_its_days() -> None:
    (bars,) = figure_of(["2026-01-01", "2026-02-01"], "month")["data"]
    assert bars["width"][0] / bars["width"][1] == pytest.approx(31 / 28)


def test_the_page_chooses_the_month_whose_bar_is_clicked(
    open_app: OpenApp, tables: Parameters
) -> None:
    store_days(tables, "2023-11-05", "2026-02-10", "2026-02-27")
    app = open_app(tables, "leads", range="all time")
    assert "Click a bar to look at its month alone." in [each.value for each in app.caption]
    assert json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]["x"][-1][:7] == "2026-02"


def test_a_bar_of_a_part_of_its_period_is_hatched(open_app: OpenApp, tables: Parameters) -> None:
    store_days(tables, "2026-01-29 08:00", "2026-01-30 08:00", "2026-01-31 08:00")
    app = open_app(tables, "leads", range="all time", as_of="2026-01-31T12:00")
    (bars,) = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    assert bars["marker"]["pattern"]["shape"] == ["", "", "/"]
    assert bars["customdata"] == ["", "", ", a part of the day"]
    said = "Hatched: a day that is not over, or that is only partly in the range."
    assert any(said in each.value for each in app.caption)
    later = open_app(tables, "leads", range="all time", as_of="2026-02-01")
    (bars,) = json.loads(later.get("plotly_chart")[0].proto.spec)["data"]
    assert bars["marker"]["pattern"]["shape"] == ["", "", ""]
    assert not any("Hatched" in each.value for each in later.caption)


@pytest.mark.parametrize(("leads", "pages"), [(50, 0), (51, 1)])
def test_a_pager_is_shown_only_where_there_are_pages(
    open_app: OpenApp, tables: Parameters, leads: int, pages: int
) -> None:
    execute(
        tables,
        "insert into website_leads (created_at) select now() from generate_series(1, %s)",
        leads,
    )
    app = open_app(tables, "leads", range="all time")
    assert not app.exception
    assert len(app.get("pagination")) == pages
