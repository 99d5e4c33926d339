"""The curve as a visitor finds it in the section Time to convert."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.conftest import Parameters
from tests.funnel.conversion.test_data import Units, rows_of
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import store

# Nine of 2026-03-28 and the others of the day after; two of three complete within an hour.
UNITS: Units = [
    (timedelta(minutes=10 * n - 120), timedelta(minutes=1 + n) if n % 3 else None)
    for n in range(50)
]
AS_OF = ", as of 2026-03-30 12:00"


def section(parameters: dict[str, object], breakdown: str | None, all_time: bool) -> None:
    """Show the section for the day 2026-03-29; a script of its own."""
    from datetime import datetime

    from dashboard.funnel.data import ask
    from dashboard.funnel.prepared import prepare_funnel
    from dashboard.funnel.question import FunnelQuestion
    from dashboard.funnel.times.page import show_times
    from dashboard.model.filters import Filters
    from dashboard.model.tracking_plan import load_plan
    from dashboard.ui.view import View
    from tests.conftest import source_of

    day = Filters(datetime(2026, 3, 29), datetime(2026, 3, 30), datetime(2026, 3, 30, 12))
    view = View(source_of(parameters), Filters() if all_time else day)
    question = FunnelQuestion("matched", breakdown=breakdown)
    funnel = view.ask(ask, load_plan(), question)
    show_times(view, funnel, lambda other: other.ask(prepare_funnel, load_plan(), question))


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Every test's database has the same name to the cache."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def shown(
    parameters: Parameters, breakdown: str | None = None, *, all_time: bool = False, **link: str
) -> AppTest:
    given = {"parameters": parameters, "breakdown": breakdown, "all_time": all_time}
    app = AppTest.from_function(section, kwargs=given, default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def figure(app: AppTest) -> Any:
    return json.loads(app.get("plotly_chart")[0].proto.spec)


def lines(app: AppTest) -> dict[str, list[float]]:
    return {each["name"]: each["y"] for each in figure(app)["data"] if each.get("name")}


def words(app: AppTest) -> str:
    return " ".join(each.value.replace("\\", "") for each in [*app.markdown, *app.caption])


def fill(parameters: Parameters) -> None:
    store(parameters, *rows_of(UNITS))


def test_the_curve_is_the_first_answer(stored: Parameters) -> None:
    fill(stored)
    app = shown(stored)
    assert figure(app)["layout"]["xaxis"]["type"] == "log"
    [(name, shares)] = lines(app).items()
    assert (name, shares[-1]) == (f"2026-03-29{AS_OF}", max(shares))
    table = app.dataframe[0].value
    assert table["within"].tolist() == ["1 h", "1 day"]
    assert table["rate"].tolist()[-1] == shares[-1]
    assert "convert to “Analysis completed”" in words(app)
    assert "the median time is" in words(app)


def test_a_link_draws_the_previous_period_beside_it(stored: Parameters) -> None:
    fill(stored)
    app = shown(stored, beside_previous="true", age_axis="linear")
    assert figure(app)["layout"]["xaxis"]["type"] == "linear"
    assert len(lines(app)) == 1
    assert "The previous period has too few submissions." in words(app)
    # All of both days are an hour old.
    store(stored, *rows_of([*UNITS, *[(-timedelta(hours=3), timedelta(minutes=9))] * 30]))
    st.cache_resource.clear()
    app = shown(stored, beside_previous="true")
    assert [*lines(app)] == [f"2026-03-{day}{AS_OF}" for day in (29, 28)]
    assert app.dataframe[0].value["line"].nunique() == 2


def test_the_chosen_step_is_that_of_the_curve(stored: Parameters) -> None:
    leads, events = rows_of(UNITS)
    later = [
        Event("previews_viewed", each.at + timedelta(seconds=5), each.lead_id)
        for each in events
        if each.step == "analysis_completed"
    ]
    store(stored, leads, [*events, *later])
    app = shown(stored, all_time=True, time_of="previews_viewed")
    assert figure(app)["layout"]["xaxis"]["title"]["text"] == "Time since “Analysis completed”"
    [shares] = lines(app).values()
    assert shares == [0, 1, *[1] * (len(shares) - 2)]
    assert "Of 33 submissions on “Analysis completed”, 100 % within 1 h" in words(app)


def test_all_time_has_no_previous_period(stored: Parameters) -> None:
    fill(stored)
    app = shown(stored, all_time=True, beside_previous="true")
    assert len(lines(app)) == 1
    assert "This period has no bounds, so none comes before it." in words(app)


def test_a_breakdown_has_six_lines_at_most(stored: Parameters) -> None:
    units: Units = [(timedelta(minutes=n), timedelta(minutes=1)) for n in range(8 * 40)]
    leads, events = rows_of(units)
    named = {str(lead.id): f"<b>{n % 8}" for n, lead in enumerate(leads)}
    store(stored, leads, events, **named)
    app = shown(stored, "lead_source")
    assert [*lines(app)] == [*(f"&lt;b&gt;{n}" for n in range(5)), "Other"]
    app = app.multiselect(key="lines").select("<b>7").run()
    assert [*lines(app)] == ["&lt;b&gt;7", "Other"]


def test_too_few_for_a_curve_is_said(stored: Parameters) -> None:
    leads, events = rows_of(UNITS[15:25])
    store(stored, leads, events)
    app = shown(stored)
    assert "A curve needs at least 30 submissions that are 1 h old, and a tenth of all." in words(
        app
    )
    assert "the median time is" in words(app)


def test_starts_that_are_not_recorded_are_said(stored: Parameters) -> None:
    leads, events = rows_of(UNITS)
    store(stored, leads, [each for each in events if each.step != "analysis_started"])
    assert "Fewer than two steps were recorded" in words(shown(stored))
