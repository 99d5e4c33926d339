"""The Funnel page, its words and its figure."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.database.errors import TIMEOUT
from dashboard.funnel.breakdown.page import parts_of, widest_gap
from dashboard.funnel.consistency.data import Check, consistency
from dashboard.funnel.data import ask
from dashboard.funnel.figures import funnel_chart, parts_chart
from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.whole_view import whole_view
from dashboard.model.filters import Filters
from dashboard.model.times import now
from dashboard.model.tracking_plan import load_plan
from dashboard.ui.step_choice import step_words
from dashboard.ui.theme import LIGHT
from dashboard.ui.view import View
from dashboard.ui.workbook import workbook
from tests.conftest import Parameters, execute, source_of
from tests.funnel.test_headline import funnel, told
from tests.funnel.test_recorded import START, at, lead_id, store

OpenApp = Callable[..., AppTest]


def test_a_step_never_recorded_has_words_instead_of_a_zero() -> None:
    figure = json.loads(str(funnel_chart(funnel([10, None]).steps, LIGHT, "lead").to_json()))
    words = [each["text"] for each in figure["layout"]["annotations"]]
    assert words == ["Step 0 · <b>10</b> · 100 %", "Step 1: not recorded"]


def test_the_band_leads_from_raw_to_corrected() -> None:
    band = pd.DataFrame({"step": ["s0"], "raw": [12], "corrected": [10]})
    figure = json.loads(str(funnel_chart(funnel([10]).steps, LIGHT, "lead", band).to_json()))
    assert [12, 10] in [each["x"] for each in figure["data"]]
    assert figure["layout"]["xaxis"]["range"][1] > 12


def test_hostile_names_are_no_markup_in_the_figure() -> None:
    steps = funnel([10]).steps.assign(label="<a href=x>Step</a>")
    assert "<a href" not in str(funnel_chart(steps, LIGHT, "lead").to_json())


def test_why_the_corrections_differ_is_said(open_app: OpenApp, tables: Parameters) -> None:
    now = datetime.now()
    started, completed, viewed = (
        (step, now + timedelta(minutes=minute))
        for minute, step in enumerate(("analysis_started", "analysis_completed", "previews_viewed"))
    )
    store(tables, [[started, completed, viewed], [completed, viewed], [started, viewed]], now)
    corrections = open_app(tables, "funnel").dataframe[0].value
    assert corrections["by_correcting"].dropna().tolist() == [1, 2, 2]
    assert corrections["why"].tolist()[:3] == [
        "1 lost event",
        "1 lost event, the rest blocked by an earlier gap",
        "blocked by an earlier gap",
    ]


def test_the_page_shows_the_counted_steps(open_app: OpenApp, tables: Parameters) -> None:
    now = datetime.now()
    both = [("analysis_started", now), ("analysis_completed", now + timedelta(minutes=1))]
    store(tables, [both, both[:1], []], created=now)
    app = open_app(tables, "funnel")
    assert not app.exception
    assert app.title[0].value == "1 of 2 submissions reached “Analysis completed” so far"
    corrections, steps = app.dataframe[0].value, app.dataframe[1].value
    assert corrections["raw"].dropna().tolist() == [2, 1]
    assert corrections["why"].tolist()[0] == "the same in all"
    assert steps["count"].dropna().tolist() == [2, 1]
    assert len(steps) == 9
    assert any("consistency checks passed" in each.label for each in app.expander)


def test_a_link_opens_the_same_view(open_app: OpenApp, tables: Parameters) -> None:
    now = datetime.now()
    store(tables, [[("analysis_started", now)], [("other", now)]], created=now)
    app = open_app(tables, "funnel", correction="Raw", step="analysis_started", outcome="reached")
    assert not app.exception
    assert app.title[0].value == "1 lead reached “Analysis started”"
    assert any("**1 lead** on “Analysis started”" in each.value for each in app.markdown)
    assert app.selectbox(key="step").value == "analysis_started"


def test_steps_are_chosen_by_label_and_linked_by_label_or_name(
    open_app: OpenApp, tables: Parameters
) -> None:
    now = datetime.now()
    store(tables, [[("analysis_started", now), ("previews_viewed", now)], [("other", now)]], now)
    names = ["analysis_started", "previews_viewed", "gone"]
    labels = ["Analysis started", "Previews viewed", "gone (not in the plan)"]
    for linked in (names, labels):
        one = dict.fromkeys(("step", "share", "time_of"), linked[1])
        app = open_app(tables, "funnel", steps=linked, optional=linked[2:], **one)
        assert not app.exception
        assert app.multiselect(key="steps").value == names
        assert app.multiselect(key="optional").value == ["gone"]
        assert {*labels, "other (not in the plan)"} < {*app.multiselect(key="steps").options}
        assert app.selectbox(key="step").options == labels[:2]
        assert app.selectbox(key="share").options == ["completed the funnel", "Previews viewed"]
        assert {app.selectbox(key=each).value for each in one} == {"previews_viewed"}


def test_a_chosen_step_that_was_never_recorded_is_named(
    open_app: OpenApp, tables: Parameters
) -> None:
    now = datetime.now()
    store(tables, [[("analysis_started", now)], [("previews_viewed", now)]], created=now)
    app = open_app(tables, "funnel", steps=["analysis_started", "preview_viewed"])
    assert not app.exception
    told = [each.value for each in app.caption if "never recorded the step" in each.value]
    assert len(told) == 1
    assert "previews" in told[0]
    # The plan's own steps need no word each: a chart shows them as not recorded.
    assert not any("never recorded" in each.value for each in open_app(tables, "funnel").caption)


def test_steps_of_one_label_are_told_apart() -> None:
    labels = {"one": "Saved", "two": "Saved", "three": "Viewed"}
    assert step_words(labels) == {"one": "Saved (one)", "two": "Saved (two)", "three": "Viewed"}


def test_an_event_that_the_chain_does_not_count_is_explained(
    open_app: OpenApp, tables: Parameters
) -> None:
    now = datetime.now()
    whole = [("analysis_started", now), ("analysis_completed", now)]
    store(tables, [whole, [("analysis_completed", now)]], created=now)
    captions = [each.value for each in open_app(tables, "funnel", correction="Raw").caption]
    words = "1 lead has the event of “Analysis completed” but does not count there"
    assert any(each.startswith(words) for each in captions)


def test_a_part_of_the_breakdown_is_listed_by_itself(open_app: OpenApp, tables: Parameters) -> None:
    now = datetime.now()
    store(tables, [[("analysis_started", now)]] * 3, created=now)
    execute(
        tables,
        "update website_leads set lead_source = 'paid' where id in"
        " (select id from website_leads order by id limit 2)",
    )
    app = open_app(
        tables, "funnel", by="lead source", of="paid", step="analysis_started", outcome="reached"
    )
    assert not app.exception
    shown = " ".join(each.value for each in app.markdown)
    assert "**2 submissions** of “paid” on “Analysis started”" in shown
    assert "The figure above says 2." in shown
    assert any("✓" in each.label for each in app.expander)


def test_a_window_that_is_none_is_said_and_the_choice_stays(
    open_app: OpenApp, tables: Parameters
) -> None:
    app = open_app(tables, "funnel", window="a month")
    assert not app.exception
    assert any("is no window" in each.value for each in app.info)
    assert app.text_input(key="window").value == "a month"


def test_a_breakdown_shows_where_its_parts_differ(open_app: OpenApp, tables: Parameters) -> None:
    now = datetime.now()
    both = [("analysis_started", now), ("analysis_completed", now)]
    store(tables, [both, both[:1]], created=now)
    execute(tables, "update website_leads set lead_source = 'paid' where id = %s", lead_id(1))
    app = open_app(tables, "funnel", by="lead source")
    assert not app.exception
    assert any(each.value == "By lead source" for each in app.subheader)
    assert any("3 consistency checks passed" in each.label for each in app.expander)


def test_two_long_values_keep_a_row_and_a_name_of_their_own() -> None:
    names = [f"spring_sale_2026_brand_united_{each}" for each in ("states", "kingdom")]
    parts = parts_of(pd.concat([rates_of(each, 0.4, 100) for each in names]), "s1")
    figure = json.loads(str(parts_chart(parts, LIGHT, "Parts").to_json()))
    assert figure["data"][0]["y"] == [0, 1]
    ticks = figure["layout"]["yaxis"]["ticktext"]
    assert len(set(ticks)) == 2
    assert [each[-6:] for each in ticks] == ["states", "ingdom"]


def test_parts_have_their_own_denominator_and_interval() -> None:
    rates = pd.concat([rates_of("a", 0.4, 100), rates_of("b", 0.1, 50), rates_of("c", 0.9, 9)])
    parts = parts_of(rates, "s1").set_index("value")
    assert parts["share"].dropna().to_dict() == {"a": 0.4, "b": 0.1}
    assert parts["whole"].to_dict() == {"a": 100, "b": 50, "c": 9}
    assert widest_gap(pd.concat([rates, rates_of("a", 0.5, 90, "s2")])) == "s1"


def rates_of(value: str, rate: float, units: int, after: str = "s1") -> pd.DataFrame:
    """Make the rates of one step for one value, as StepRates has them."""
    row = {"value": value, "before": "s0", "after": after, "rate": rate, "entered": units}
    return pd.DataFrame([{**row, "low": rate - 0.02, "high": rate + 0.02, "enough": units >= 30}])


def test_the_whole_view_is_a_spreadsheet_without_formulas(tables: Parameters) -> None:
    store(tables, [[("analysis_started", START)], []])
    execute(tables, "update website_leads set business_name = '=cmd()'")
    source = source_of(tables)
    with source.read() as reader:
        shown = ask(reader, Filters(), load_plan(), FunnelQuestion(breakdown="lead_source"))
    assert shown.breakdown is not None
    sheets = workbook({"period": "=cmd()"}, {"Steps": shown.steps, "Breakdown": shown.breakdown})
    with ZipFile(BytesIO(sheets)) as content:
        text = "".join(content.read(name).decode() for name in content.namelist() if "xml" in name)
    assert "<f>" not in text
    assert "&apos;=cmd()" in text or "'=cmd()" in text
    assert 'name="Breakdown"' in text


def test_a_table_that_cannot_be_read_is_left_out_of_the_spreadsheet_and_said(
    tables: Parameters,
) -> None:
    def times_out() -> pd.DataFrame:
        raise TIMEOUT.problem("test")

    store(tables, [[("analysis_started", START)]])
    view = View(source_of(tables), Filters())
    shown = view.ask(ask, load_plan(), FunnelQuestion())
    sheets = whole_view(view, shown, None, {"Compared": times_out, "List": lambda: None})
    with ZipFile(BytesIO(sheets)) as content:
        names = content.read("xl/workbook.xml").decode()
        texts = content.read("xl/sharedStrings.xml").decode()
    assert 'name="Steps"' in names
    assert 'name="Compared"' not in names
    assert "left out: Compared" in texts
    assert "longer than the time-out allows" in texts


def test_numbers_that_do_not_agree_are_told() -> None:
    shown = told([10, 4], [10, 4])
    checks = consistency(shown, Check("trend", 9, 10), Check("list", 3, 3), None)
    assert [(check.one, check.other) for check in checks] == [(14, 14), (9, 10), (3, 3)]
    assert [check.holds for check in checks] == [True, False, True]


def test_two_wrong_numbers_do_not_make_up_for_each_other() -> None:
    shown = told([10, 4], [10, 4])
    steps = shown.steps.assign(in_progress=shown.steps["in_progress"] + [1, -1])
    (sums,) = consistency(replace(shown, steps=steps))
    assert (sums.one, sums.other) == (11, 10)


def test_start_where_recording_began(open_app: OpenApp, tables: Parameters) -> None:
    begin = at(days=20)
    store(tables, [[("analysis_started", begin)], []])
    app = open_app(tables, "funnel")
    (start,) = [each for each in app.button if each.label.startswith("Start on")]
    start.click().run()
    assert not app.exception
    today = now().date()
    assert app.text_input(key="period").value == f"{begin.date()}..{today}"


def test_a_period_without_leads_shows_no_empty_chart(open_app: OpenApp, tables: Parameters) -> None:
    app = open_app(tables, "funnel")
    assert app.title[0].value == "No lead was created in this period"
    assert not app.dataframe
