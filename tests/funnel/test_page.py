"""The Funnel page, its words and its figure."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.database.errors import TIMEOUT
from dashboard.funnel.breakdown.page import parts_of, widest_gap
from dashboard.funnel.consistency.data import Check, consistency
from dashboard.funnel.data import Funnel, ask
from dashboard.funnel.figures import funnel_chart, parts_chart
from dashboard.funnel.headline import beside_headline, closed_days, funnel_headline
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.whole_view import whole_view
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.ui.step_choice import step_words
from dashboard.ui.theme import DARK, LIGHT
from dashboard.ui.view import View
from dashboard.ui.workbook import workbook
from tests.conftest import Parameters, execute, source_of
from tests.examples import examples
from tests.funnel.test_recorded import START, at, lead_id, store

OpenApp = Callable[..., AppTest]


def funnel(counts: list[int | None], leads: int = 100) -> Funnel:
    """Make a funnel of those counts, as data.recorded would."""
    steps = pd.DataFrame(
        {
            "step": [f"s{n}" for n in range(len(counts))],
            "label": [f"Step {n}" for n in range(len(counts))],
            "count": pd.array(counts, dtype="Int64"),
        }
    )
    reached = steps["count"].dropna().astype("float64")
    steps["step_conversion"] = reached / reached.shift()
    steps["overall_conversion"] = reached / (reached.iloc[0] if len(reached) else 1)
    steps["with_event"] = steps["count"].fillna(0)
    steps["first_at"] = datetime(2026, 1, 1)
    prepared = Prepared(FunnelQuestion("raw"), Filters(), datetime(2026, 1, 2), steps, {})
    return Funnel(prepared, leads, datetime(2026, 1, 1), steps)


def told(
    counts: list[int | None], over: list[int] | None = None, window: bool = True, leads: int = 100
) -> Funnel:
    """Make a funnel whose units dropped off where their window is closed, as data.ask would."""
    base = funnel(counts, leads)
    steps = base.steps
    steps["optional"] = False
    steps["closed"] = pd.array(over or [0] * len(counts), dtype="Int64")
    after = steps["count"].shift(-1)
    steps["converted"] = after.fillna(steps["count"])
    steps["dropped_off"] = (steps["closed"] - steps["closed"].shift(-1)).fillna(0).clip(lower=0)
    steps["in_progress"] = steps["count"] - steps["converted"] - steps["dropped_off"]
    first = over[0] if over and window else 0
    for name, shift in (("low", -0.01), ("closed_rate", 0.0), ("high", 0.01)):
        share = steps["closed"].astype("float64") / first if first else float("nan")
        steps[name] = share + shift
    question = FunnelQuestion(window=timedelta(days=30) if window else None)
    return replace(base, prepared=replace(base.prepared, question=question))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (told([200, 80], [100, 40]), "40.0 % of submissions reached “Step 1”"),
        (told([9, 4], [3, 1]), "4 of 9 submissions reached “Step 1” so far"),
        (told([9, 4], [9, 4]), "4 of 9 submissions reached “Step 1”"),
        (told([200, 80], [100, 40], window=False), "80 of 200 submissions reached “Step 1”"),
        (told([5, None, None]), "5 submissions reached “Step 0”"),
        (told([0, 0]), "No submission reached “Step 0”"),
        (told([None, None]), "None of the 2 steps was recorded"),
        (
            told([None, 200, 80], [0, 100, 40]),
            "80 submissions reached “Step 2”; “Step 0” is not recorded",
        ),
        (
            told([None, None, None, 3, 3]),
            "3 submissions reached “Step 4”; “Step 0” and 2 other steps are not recorded",
        ),
        (told([0, 0], leads=0), "No lead was created in this period"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_headline_is_the_conversion_rate_of_closed_windows(given: Funnel, words: str) -> None:
    assert funnel_headline(given) == words


@pytest.mark.parametrize(
    ("submissions", "words"),
    [
        (401, "80 submissions reached “Step 1”; 201 of 401 submissions have no “Step 0”"),
        (400, "40.0 % of submissions reached “Step 1”"),
    ],
)
def test_without_half_of_the_submissions_there_is_no_rate(submissions: int, words: str) -> None:
    given = told([200, 80], [100, 40])
    assert funnel_headline(given, submissions) == words
    assert ("The rate is of" in beside_headline(given, submissions)) == (submissions == 400)


def test_beside_it_stand_the_denominator_and_its_interval() -> None:
    words = beside_headline(told([200, 80], [100, 40]))
    assert "100 submissions that reached “Step 0” and whose window of 30 days is closed" in words
    assert "95 % interval is 39.0 % to 41.0 %" in words


def test_the_largest_drop_is_that_of_most_submissions_not_of_most_percent() -> None:
    words = beside_headline(told([1000, 500, 50], [1000, 500, 50]))
    assert "500 of 1,000 (50.0 %) dropped off at “Step 0”, before “Step 1”" in words


def test_without_a_closed_window_the_newest_days_that_have_one_are_offered() -> None:
    young, base = told([9, 4], [0, 0]), told([9, 4], [3, 1])
    clock = datetime(2026, 11, 23, 13, 30)
    at = replace(young, prepared=replace(young.prepared, clock=clock))
    assert closed_days(at) == (date(2026, 9, 24), date(2026, 10, 23))
    assert closed_days(base) is None
    at.steps["first_at"] = datetime(2026, 10, 24)
    assert closed_days(at) is None
    assert closed_days(told([9, 4], window=False)) is None


def test_nothing_has_dropped_off_where_all_are_in_progress() -> None:
    words = beside_headline(told([100, 40]))
    assert "No submission has a closed window of 30 days yet" in words
    assert "60 of 100 (60.0 %) have not converted yet at “Step 0”" in words


def test_few_are_said_to_be_few() -> None:
    assert "too few" in beside_headline(told([9, 4], [9, 4]))
    assert "too few" not in beside_headline(told([200, 80], [100, 40]))


@examples(40)
@given(counts=st.lists(st.one_of(st.none(), st.integers(0, 10**7)), min_size=1, max_size=12))
def test_any_counts_give_words_and_a_figure_without_nan(counts: list[int | None]) -> None:
    counted = sorted((c for c in counts if c is not None), reverse=True)
    for shown in (told([*counted] or [None]), told([*counted] or [None], counted or None)):
        assert "nan" not in funnel_headline(shown) + beside_headline(shown)
        for colors in (LIGHT, DARK):
            assert "NaN" not in str(funnel_chart(shown.steps, colors, "lead").to_json())


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
    parts = parts_of(pd.concat([told([100, 40]).steps.assign(value=each) for each in names]), "s1")
    figure = json.loads(str(parts_chart(parts, LIGHT, "Parts").to_json()))
    assert figure["data"][0]["y"] == [0, 1]
    ticks = figure["layout"]["yaxis"]["ticktext"]
    assert len(set(ticks)) == 2
    assert [each[-6:] for each in ticks] == ["states", "ingdom"]


def test_an_optional_first_step_is_not_what_the_trend_adds_up_to() -> None:
    shown = told([5, 40, 30])
    shown = replace(shown, steps=shown.steps.assign(optional=[True, False, False]))
    days = pd.DataFrame({"first": [30, 10]})
    (trend,) = (each for each in consistency(shown, days, None) if "trend" in each.words)
    assert (trend.one, trend.other, trend.holds) == (40, 40, True)


def test_parts_have_their_own_denominator_and_interval() -> None:
    steps = told([100, 40]).steps.assign(value="a")
    other = told([50, 5]).steps.assign(value="b")
    parts = parts_of(pd.concat([steps, other]), "s1").set_index("value")
    assert parts["share"].to_dict() == {"a": 0.4, "b": 0.1}
    assert parts["whole"].to_dict() == {"a": 100, "b": 50}
    assert widest_gap(pd.concat([steps, other]), ["s0", "s1"]) == "s1"


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
    sheets = whole_view(view, shown, "week", None, {"Compared": times_out, "List": lambda: None})
    with ZipFile(BytesIO(sheets)) as content:
        names = content.read("xl/workbook.xml").decode()
        texts = content.read("xl/sharedStrings.xml").decode()
    assert 'name="Steps"' in names
    assert 'name="Compared"' not in names
    assert "left out: Compared" in texts
    assert "longer than the time-out allows" in texts


def test_numbers_that_do_not_agree_are_told() -> None:
    shown = told([10, 4], [10, 4])
    days = pd.DataFrame({"first": [4, 5]})
    checks = consistency(shown, days, Check("list", 3, 3))
    assert [(check.one, check.other) for check in checks] == [(14, 14), (9, 10), (3, 3)]
    assert [check.holds for check in checks] == [True, False, True]


def test_two_wrong_numbers_do_not_make_up_for_each_other() -> None:
    shown = told([10, 4], [10, 4])
    steps = shown.steps.assign(in_progress=shown.steps["in_progress"] + [1, -1])
    (sums,) = consistency(replace(shown, steps=steps), pd.DataFrame({"first": []}), None)
    assert (sums.one, sums.other) == (11, 10)


def test_start_where_recording_began(open_app: OpenApp, tables: Parameters) -> None:
    begin = at(days=20)
    store(tables, [[("analysis_started", begin)], []])
    app = open_app(tables, "funnel")
    (start,) = [each for each in app.button if each.label.startswith("Start on")]
    start.click().run()
    assert not app.exception
    assert app.selectbox(key="range").value == "custom range"
    assert app.date_input(key="from").value == begin.date()


def test_a_period_without_leads_shows_no_empty_chart(open_app: OpenApp, tables: Parameters) -> None:
    app = open_app(tables, "funnel")
    assert app.title[0].value == "No lead was created in this period"
    assert not app.dataframe
