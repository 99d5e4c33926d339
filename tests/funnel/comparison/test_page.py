"""The comparison as a person finds it on the page, over the demo's history and made rows."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.funnel.comparison.compared import CHANCE
from dashboard.funnel.comparison.data import ask_both, compare
from dashboard.funnel.comparison.figures import comparison_chart
from dashboard.funnel.comparison.periods import previous_period
from dashboard.funnel.comparison.table import in_words, whole_sentence
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.ui.theme import DARK, LIGHT
from tests.conftest import Parameters, source_of
from tests.funnel.drawn import has_nan
from tests.ten_months import Connection

OpenApp = Callable[..., AppTest]


@pytest.fixture
def history(demo_tables: Connection) -> Parameters:
    """The demo's ten months, until 2026-11-23."""
    info = demo_tables.info
    names = ("host", "port", "user", "password", "dbname")
    return {name: getattr(info, name) for name in names}


def words_of(app: AppTest) -> str:
    return " ".join(each.value for each in app.markdown).replace("\\", "")


def rows_of(app: AppTest, column: str) -> list[dict[Hashable, Any]]:
    (table,) = (each.value for each in app.dataframe if {column, "verdict"} <= {*each.value})
    return list(table.to_dict("records"))


def test_the_default_view_is_compared_with_the_period_before(
    open_app: OpenApp, history: Parameters
) -> None:
    app = open_app(
        history, "funnel", as_of="2026-11-22T18:00", compare="previous", by="lead source"
    )
    assert not app.exception
    assert "Compared within 14 days of the first step." in words_of(app)
    rows = rows_of(app, "label")
    assert [row["label"] for row in rows][:2] == ["All steps", "Analysis completed"]
    assert all(row["within"] == "14 days" for row in rows)
    assert "By lead source, " in words_of(app)
    values = rows_of(app, "value")
    assert {"organic_search", "paid_search", "(none)"} <= {str(row["value"]) for row in values}
    assert any(row["verdict"] == CHANCE for row in values)


def test_last_week_is_always_compared_with_the_week_before(history: Parameters) -> None:
    """On each day of the week after it."""
    monday = datetime(2026, 11, 16)
    source = source_of(history)
    for hours in range(1, 168, 27):
        clock = monday + timedelta(hours=hours)
        week = Filters(monday - timedelta(days=7), monday, clock)
        before = previous_period(week)
        assert before
        with source.read() as reader:
            here, there = (
                prepare_funnel(reader, each, load_plan(), FunnelQuestion())
                for each in (week, before)
            )
            found = compare(ask_both(reader, week, here, there))
        assert found.whole.differs is not None
        assert found.whole.within
        assert found.whole.within >= timedelta(days=3)
        assert found.steps["differs"].notna().all()
        assert not has_nan(comparison_chart(found.overall, ("<b>1", "2"), "Share", LIGHT))
        assert "nan" not in whole_sentence(found, "submission") + str(in_words(found.steps))
    source.engine.dispose()


def test_hostile_names_are_no_markup_in_the_figure() -> None:
    figures = {"rate": [0.5], "other_rate": [0.4], "n": [30], "other_n": [30]}
    rows = pd.DataFrame({"label": ["<b>Step"], **figures})
    for colors in (LIGHT, DARK):
        drawn = str(comparison_chart(rows, ("<b>1", "2"), "Share", colors).to_json())
        assert "<b>" not in drawn
        assert "u003cb" not in drawn
