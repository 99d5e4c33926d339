"""The section "Segments that differ" as a visitor finds it, and its figure."""

import json
from collections.abc import Callable
from datetime import timedelta

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.funnel.differences.data import DIFFERENCES, Differences
from dashboard.funnel.differences.figures import differences_chart
from dashboard.funnel.differences.table import compared_sentence, left_out_sentences
from dashboard.ui.theme import DARK, LIGHT
from tests.conftest import Parameters, execute
from tests.funnel.differences.test_data import TWO_SOURCES

OpenApp = Callable[..., AppTest]
ALL_TIME = {"range": "all time", "correction": "Matched"}
FIRST = (
    "Lead source direct\\: 100 % of 50 submissions on “Analysis started” reached “Analysis "
    "completed”, 20\\.0 % of all 50 others\\. About 40 more\\."
)


def test_each_sentence_opens_its_breakdown(open_app: OpenApp, tables: Parameters) -> None:
    execute(tables, TWO_SOURCES)
    app = open_app(tables, "funnel", **ALL_TIME)
    assert not app.exception
    assert "Segments that differ" in [each.value for each in app.subheader]
    told = [each.value for each in app.markdown]
    at = told.index(FIRST)
    assert told[at - 1].startswith("2 of 2 comparisons of a value with all others differ, within")
    assert told[at - 1].endswith("This shows association, not cause\\.")
    assert told[at + 1].startswith("Lead source paid\\: 20\\.0 % of 50 submissions")
    (first, _) = [each for each in app.button if each.label == "Open the breakdown"]
    first.click().run()
    assert not app.exception
    assert app.selectbox(key="by").value == "lead source"
    assert app.selectbox(key="step").value == "analysis_completed"
    assert "By lead source" in [each.value for each in app.subheader]


def test_where_nothing_can_be_compared_that_is_said(open_app: OpenApp, tables: Parameters) -> None:
    execute(tables, TWO_SOURCES + "; update website_leads set lead_source = 'paid'")
    app = open_app(tables, "funnel", **ALL_TIME)
    assert not app.exception
    told = " ".join(each.value for each in app.markdown)
    assert "Nothing can be compared\\: no value with 30 submissions has others beside it" in told
    assert not [each for each in app.button if each.label == "Open the breakdown"]


def test_without_a_rate_there_is_no_age(open_app: OpenApp, tables: Parameters) -> None:
    execute(tables, TWO_SOURCES)
    app = open_app(tables, "funnel", as_of="2026-01-01T12:00", **ALL_TIME)
    assert not app.exception
    words = "This period has no conversion rate, so no age to compare its values at."
    assert words in [each.value for each in app.caption]


def test_a_section_that_fails_leaves_the_headline_and_the_others(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(tables, TWO_SOURCES)
    # No lead can be read with its properties then; the funnel itself needs none of them.
    execute(tables, "alter table website_leads alter utm_campaign type text[] using null")
    app = open_app(tables, "funnel", **ALL_TIME)
    assert not app.exception
    assert app.title[0].value.startswith("60.0 % of submissions reached")
    shown = [each.value for each in app.subheader]
    assert {"Segments that differ", "Time to convert", "Trend"} <= {*shown}


# --- words and figure ---


def row(value: str, step: str, by: float, q: float) -> tuple[object, ...]:
    return ("lead_source", value, step, 0.5 + by, 0.5, 100, 900, q, q, 100 * by, 60.0)


ROWS = pd.DataFrame(
    [row("<b>a</b>", "s2", -0.3, 0.01), row("c", "s1", 0.2, 0.04), row("c", "s2", 0.1, 0.2)],
    columns=[*DIFFERENCES],
).astype(DIFFERENCES)
WORDS = ROWS.assign(
    segment="Lead source " + ROWS["value"],
    label=ROWS["step"].str.upper(),
    differs=["differs", "differs", ""],
)


def test_only_what_differs_has_a_color() -> None:
    for colors in (LIGHT, DARK):
        chart = differences_chart(WORDS, {"s1": "S1", "s2": "Two words"}, colors)
        cells, texts = json.loads(str(chart.to_json()))["data"]
        assert [[z and round(z, 1) for z in line] for line in cells["z"]] == [
            [None, -0.3],
            [0.2, None],
        ]
        assert (cells["zmin"], cells["zmax"]) == (-0.3, 0.3)
        assert texts["text"] == ["▼ 20.0 %", "▲ 70.0 %", "60.0 %"]
        assert texts["textfont"]["color"] == [colors.text, colors.text, colors.muted]


def test_stored_text_is_no_markup() -> None:
    chart = differences_chart(WORDS, {"s1": "S1", "s2": "Two words"}, LIGHT)
    layout = json.loads(str(chart.to_json()))["layout"]
    assert layout["yaxis"]["ticktext"] == [
        "Lead source<br>&lt;b&gt;a&lt;/b&gt;",
        "Lead source<br>c",
    ]
    assert layout["xaxis"]["ticktext"] == ["S1", "Two<br>words"]
    assert "<b>" not in json.dumps(json.loads(str(chart.to_json()))["data"])


def test_the_sentences_say_how_many_and_how_sure() -> None:
    found = Differences(timedelta(days=14), ROWS, {"campaign": 1})
    assert compared_sentence(found, "visitor") == (
        "2 of 3 comparisons of a value with all others differ, within 14 days of the step before. "
        "At most 5 % of those found may be chance. This shows association, not cause."
    )
    none = Differences(timedelta(days=1), ROWS.assign(q=0.06), {})
    assert compared_sentence(none, "visitor") == (
        "None of 3 comparisons of a value with all others differs, within 1 day of the step "
        "before. No difference is more than chance allows."
    )
    assert left_out_sentences(found) == [
        "Campaign: the ten most frequent values are compared, and not 1 other value."
    ]
