"""The sections of the Funnel page as a visitor finds them, over stored rows."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.conftest import Parameters, execute
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import START, store
from tests.matching.oracle import Lead

SECTIONS = ["Time to convert", "Trend", "Cohorts", "Compared with another period", "Data anomalies"]


def sections(parameters: dict[str, object]) -> None:
    """Show all sections below each other; a script of its own."""
    from datetime import datetime

    from dashboard.funnel.anomalies.page import show_anomalies
    from dashboard.funnel.comparison.page import show_comparison
    from dashboard.funnel.data import ask
    from dashboard.funnel.prepared import prepare_funnel
    from dashboard.funnel.question import FunnelQuestion
    from dashboard.funnel.times.page import show_times
    from dashboard.funnel.trend.page import show_trend
    from dashboard.model.filters import Filters
    from dashboard.model.tracking_plan import load_plan
    from dashboard.ui.view import View
    from tests.conftest import source_of

    view = View(source_of(parameters), Filters(datetime(2026, 3, 1), datetime(2026, 4, 1)))
    funnel = view.ask(ask, load_plan(), FunnelQuestion())
    show_times(view, funnel, lambda other: other.ask(prepare_funnel, load_plan(), FunnelQuestion()))
    show_trend(view, funnel, ())
    show_comparison(
        view, funnel, lambda other: other.ask(prepare_funnel, load_plan(), FunnelQuestion())
    )
    show_anomalies(view, funnel)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Every test's database has the same name to the cache."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def shown(parameters: Parameters, **link: str) -> AppTest:
    app = AppTest.from_function(sections, kwargs={"parameters": parameters}, default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    return app.run()


def fill(parameters: Parameters) -> None:
    lead = Lead(UUID(int=1), START, "s", "<script>.example")
    store(
        parameters,
        [lead],
        [
            Event("analysis_started", START, lead.id),
            Event("previews_viewed", START, lead.id),
            Event("analysis_started", START, None, "nobody's"),
        ],
    )


def test_a_link_opens_the_same_sections(tables: Parameters) -> None:
    fill(tables)
    app = shown(
        tables,
        time_of="Previews viewed",
        grain="day",
        compare="custom range",
        compare_from="2026-01-01",
        compare_to="2026-01-31",
        anomaly="orphaned event",
    )
    assert not app.exception
    assert [each.value for each in app.subheader] == SECTIONS
    assert app.selectbox(key="time_of").value == "previews_viewed"
    assert app.date_input(key="compare_from").value == date(2026, 1, 1)
    words = " ".join(each.value for each in app.markdown)
    assert "In the newest fully observed day, 2026\\-03\\-29, 1 of 1 submission that" in words
    assert "not compared\\: a step of it is not recorded in both periods" in words
    assert "orphaned event, 1: the event belongs to no lead" in words
    assert app.dataframe[-1].value["session_id"].tolist() == ["nobody's"]


def test_what_only_the_link_knows_is_said(tables: Parameters) -> None:
    fill(tables)
    app = shown(tables, anomaly="out of order: Previews viewed", compare="previous")
    assert not app.exception
    assert app.selectbox(key="anomaly").value == "out of order: Previews viewed"
    assert any(each.value.startswith("None of that kind") for each in app.caption)


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("2026-02-01", "2026-03-01", "2026\\-02\\-01 to 2026\\-03\\-01 overlaps"),
        ("2999-01-01", "2999-01-02", "lies in the future"),
    ],
)
def test_days_in_both_periods_or_not_begun_are_refused(
    tables: Parameters, first: str, last: str, fault: str
) -> None:
    fill(tables)
    app = shown(tables, compare="custom range", compare_from=first, compare_to=last)
    assert not app.exception
    assert fault in app.info[0].value
    assert [each.value for each in app.subheader] == SECTIONS


def test_the_age_to_compare_within_is_chosen_and_linked(tables: Parameters) -> None:
    leads = [
        Lead(UUID(int=n), START - timedelta(days=31 * (n % 2)), None, f"{n}.example")
        for n in range(1, 81)
    ]
    started = [Event("analysis_started", each.created_at, each.id) for each in leads]
    late = timedelta(hours=36)
    store(
        tables,
        leads,
        [*started, *[Event("analysis_completed", e.created_at + late, e.id) for e in leads[:50]]],
    )
    app = shown(tables, compare="previous", compare_within="3 days")
    assert not app.exception
    assert app.selectbox(key="compare_within").options[-2:] == ["14 days", "30 days"]
    assert "62\\.5 % of submissions reached" in " ".join(each.value for each in app.markdown)
    app.selectbox(key="compare_within").set_value("1 day").run()
    assert "Compared within 1 day of the first step" in " ".join(e.value for e in app.markdown)
    # A link to an age that too few have shows the largest one.
    linked = shown(tables, compare="previous", compare_within="90 days")
    assert linked.selectbox(key="compare_within").value == "30 days"


def test_days_in_the_wrong_order_are_said(tables: Parameters) -> None:
    fill(tables)
    app = shown(tables, compare="custom range", compare_from="2026-02-01", compare_to="2026-01-01")
    assert not app.exception
    assert "exchange the two" in app.info[0].value
    assert [each.value for each in app.subheader] == SECTIONS


def test_one_failing_section_leaves_the_others(tables: Parameters) -> None:
    fill(tables)
    execute(tables, "alter table conversion_tracking drop column id")
    app = shown(tables)
    assert not app.exception
    assert [each.value for each in app.subheader] == SECTIONS
    words = " ".join(each.value for each in app.markdown)
    assert "conversion\\_tracking\\.id is missing" in words
    assert "1 of 1 submission that reached “Analysis started” reached “Previews viewed”" in words


def test_nothing_recorded_is_no_failure(tables: Parameters) -> None:
    app = shown(tables, compare="previous")
    assert not app.exception
    # Without a conversion to follow there are no cohorts.
    sections = [each for each in SECTIONS if each != "Cohorts"]
    assert [each.value for each in app.subheader] == sections


def test_the_trend_of_a_single_step_claims_no_conversion(tables: Parameters) -> None:
    fill(tables)
    execute(
        tables,
        "delete from conversion_tracking where conversion_step <> 'analysis_started'",
    )
    app = shown(tables)
    assert not app.exception
    assert any("no conversion to follow" in each.value for each in app.caption)
    assert not any("100 %" in each.value and "reached" in each.value for each in app.markdown)
