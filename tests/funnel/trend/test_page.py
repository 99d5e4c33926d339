"""The trend in words and as a figure; and on the page beside the command line."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from dashboard.demo.rhythm import HISTORY_START
from dashboard.funnel.cohorts.data import (
    FULLY,
    NOT_TRACKED,
    PARTLY,
    TOO_FEW,
    CohortQuestion,
    at_age,
    funnel_trend,
)
from dashboard.funnel.cohorts.figures import MOST_COHORTS, cohort_chart
from dashboard.funnel.conversion.stretch import Stretch
from dashboard.funnel.data import Funnel, ask
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.trend.figures import trend_chart
from dashboard.funnel.trend.table import (
    TrendWords,
    lines,
    periods_check,
    releases_inside,
    trend_legend,
    trend_sentence,
    trend_table,
)
from dashboard.model.filters import Filters
from dashboard.model.formats import percent
from dashboard.model.periods import GRAINS, Grain
from dashboard.model.releases import Release
from dashboard.settings import UTC_ZONE
from dashboard.ui.theme import DARK, LIGHT
from tests.conftest import Parameters, execute, source_of, url_of
from tests.examples import examples
from tests.funnel.drawn import has_nan
from tests.funnel.worlds import PAIRING, PLAN
from tests.ten_months import END, Connection

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 12)
WORDS = TrendWords("week", "submission", 7 * DAY, "Begun")


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("breakdown", [None, "lead_source"])
def test_periods_add_up_to_the_step_before(
    demo_tables: Connection, grain: Grain, breakdown: str | None
) -> None:
    info = demo_tables.info
    names = ("host", "port", "user", "password", "dbname")
    source = source_of({name: getattr(info, name) for name in names})
    steps = ("analysis_started", "analysis_completed", "content_generated")
    filters = Filters(start_at=HISTORY_START, as_of=END)
    with source.read() as reader:
        question = FunnelQuestion(steps=steps, breakdown=breakdown)
        funnel = ask(reader, filters, PLAN, question, pairing=PAIRING)
        stretch = Stretch(*steps[1:])
        rows = funnel_trend(reader, filters, funnel.prepared, CohortQuestion(grain, stretch))
    source.engine.dispose()
    check = periods_check(funnel, stretch, at_age(rows, DAY))
    assert check.words == "The trend’s periods = all on “Analysis completed”"
    assert check.holds
    assert check.one > 1_000
    if funnel.breakdown is not None:
        parts = funnel.breakdown[funnel.breakdown["step"] == stretch.before]
        counts = parts.set_index("value")["count"]
        told = at_age(rows, DAY).groupby("value")["entered"].sum()
        assert told.to_dict() == counts[counts > 0].to_dict()


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


# entered, observed, converted in time, state
Part = tuple[int, int, int, str]


def rows_of(parts: list[Part], values: int = 1, age: timedelta = 7 * DAY) -> pd.DataFrame:
    """Make rows of funnel_trend() at one age: each value has one after the other, week by week."""
    rows = [
        {
            "position": n % values,
            "value": f"<i>{n % values}",
            "period": pd.Timestamp(MONDAY.date()) + (n // values) * 7 * DAY,
            "within_s": age.total_seconds(),
            "entered": entered,
            "observed": min(observed, entered),
            "in_time": min(converted, observed, entered),
            "state": state,
            "few": entered < 30,
            **_share(min(converted, observed, entered), min(observed, entered), state),
        }
        for n, (entered, observed, converted, state) in enumerate(parts)
    ]
    columns = ["position", "value", "period", "within_s", "entered", "observed", "in_time"]
    columns += ["state", "few", "rate", "low", "high"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(
        {
            "value": "string",
            "state": "string",
            "period": "datetime64[s]",
            "few": bool,
            **dict.fromkeys(("rate", "low", "high"), float),
        }
    )


def _share(part: int, whole: int, state: str) -> dict[str, float | None]:
    if state in (TOO_FEW, NOT_TRACKED) or not whole:
        return dict.fromkeys(("rate", "low", "high"))
    rate = part / whole
    return {"rate": rate, "low": rate * 0.5, "high": min(1.0, rate * 1.5)}


WEEKS = [(40, 40, 20, FULLY), (40, 40, 10, FULLY), (40, 30, 9, PARTLY), (9, 0, 0, TOO_FEW)]


def test_the_sentence_names_the_newest_fully_observed_period() -> None:
    assert trend_sentence(rows_of(WEEKS), WORDS) == (
        "In the newest fully observed week, from 2026-03-09, 10 of 40 submissions that reached "
        "“Begun” completed the funnel within 7 days (25.0 %). 2 of 4 weeks are partly observed."
    )
    step = TrendWords("week", "submission", HOUR, "Begun", "Paid")
    assert "“Begun” reached “Paid” within 1 h (25.0 %)." in trend_sentence(rows_of(WEEKS), step)
    day = TrendWords("day", "submission", HOUR, "Begun")
    assert "In the newest fully observed day, 2026-03-09, 10" in trend_sentence(rows_of(WEEKS), day)


def test_where_no_period_is_fully_observed_the_sentence_says_so() -> None:
    assert trend_sentence(rows_of(WEEKS[2:3]), WORDS) == (
        "No week is fully observed for 7 days. 1 of 1 week is partly observed."
    )
    untracked = rows_of([*WEEKS[:1], (40, 40, 0, NOT_TRACKED)])
    assert trend_sentence(untracked, WORDS).endswith(
        "1 of 2 weeks has no share: most of the submissions there have no recorded “Begun”."
    )


def test_full_and_partly_observed_periods_are_drawn_apart() -> None:
    parts = [*WEEKS[:1], (9, 9, 4, FULLY), *WEEKS[2:]]
    drawn = json.loads(str(trend_chart(rows_of(parts), [], UTC_ZONE, LIGHT, WORDS).to_json()))
    full, hollow = drawn["data"]
    assert full["marker"]["symbol"][:2] == ["circle", "x"]
    assert full["y"] == [0.5, 4 / 9, None, None]
    assert (full["line"]["dash"], hollow["line"]["dash"]) == ("solid", "dash")
    # The dashed line starts at the last full dot; where too few are observed there is none.
    assert hollow["marker"]["symbol"][:2] == ["x", "circle-open"]
    assert hollow["y"] == [4 / 9, 0.3, None]
    assert hollow["error_y"]["array"][1] == pytest.approx(0.15)
    assert [each["text"] for each in drawn["layout"]["annotations"]] == ["partly observed"]
    legend = trend_legend(rows_of(parts), WORDS, 0)
    for words in ("Full dots: every", "Hollow dots: some", "No dot: too few", "A cross marks"):
        assert words in legend
    assert trend_table(rows_of(parts))["state"].tolist() == [
        "too few observed, few",
        "partly observed",
        "fully observed, few",
        "fully observed",
    ]


STATES = st.sampled_from([FULLY, PARTLY, TOO_FEW, NOT_TRACKED])
COUNTS = st.tuples(st.integers(1, 10**6), *[st.integers(0, 10**6)] * 2, STATES)


@examples(40)
@given(parts=st.lists(COUNTS, max_size=12), values=st.integers(1, 7))
def test_any_trend_gives_words_and_figures_without_nan(parts: list[Part], values: int) -> None:
    rows = rows_of(parts, values)
    assert "nan" not in trend_sentence(rows, WORDS)
    assert len(lines(rows)) <= 5
    assert len(trend_table(rows)) == len(rows)
    for colors in (LIGHT, DARK):
        trend = trend_chart(rows, [release(MONDAY)], UTC_ZONE, colors, WORDS)
        for figure in (trend, cohort_chart(rows[rows["position"] == 0], colors)):
            assert not has_nan(figure)
            shown = str(figure.to_json())
            assert "<i>" not in shown
            assert "<script>" not in shown


def cells(figure: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return the text of each cell of the heat map, by cohort and age."""
    _, texts = figure["data"]
    keys = zip(texts["y"], texts["x"], strict=True)
    return dict(zip(keys, texts["text"], strict=True))


def test_the_future_of_a_cohort_is_blank() -> None:
    both = pd.concat([rows_of(WEEKS), rows_of([*WEEKS[:1], (40, 4, 2, TOO_FEW)], age=14 * DAY)])
    figure = json.loads(str(cohort_chart(both, LIGHT).to_json()))
    assert cells(figure) == {
        ("2026-03-02 · 40", "7 days"): "50.0",
        ("2026-03-09 · 40", "7 days"): "25.0",
        # Some of its submissions are younger.
        ("2026-03-16 · 40", "7 days"): "~30.0",
        ("2026-03-02 · 40", "14 days"): "50.0",
    }
    cohorts = ["2026-03-02 · 40", "2026-03-09 · 40", "2026-03-16 · 40", "2026-03-23 · 9"]
    assert figure["data"][0]["y"] == cohorts
    assert figure["data"][0]["z"][1:] == [[0.5, None], [0.6, None], [None, None]]


def test_the_heat_map_has_the_newest_cohorts() -> None:
    rows = rows_of([(40, 40, 20, FULLY)] * (MOST_COHORTS + 3))
    figure = json.loads(str(cohort_chart(rows, DARK).to_json()))
    assert len(figure["data"][0]["y"]) == MOST_COHORTS
    assert figure["data"][0]["y"][0] == "2026-03-23 · 40"


# 40 submissions on each of six weeks' Wednesdays; those of odd numbers complete after two days.
SIX_WEEKS = """
    insert into website_leads (id, website_url, business_name, created_at, lead_source)
    select cast(lpad(n::text, 32, '0') as uuid), n || '.example', 'Unknown Business',
        timestamp '2026-03-04 11:00' + (n / 40) * interval '7 days',
        case when n % 4 = 0 then 'paid' end
    from generate_series(0, 239) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', created_at from website_leads;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, step.name, created_at + step.after
    from website_leads
    cross join (values ('analysis_completed', interval '1 minute'),
        ('previews_viewed', interval '2 days')) as step (name, after)
    where right(id::text, 1) in ('1', '3', '5', '7', '9')
"""
SHOWN = {"as_of": "2026-04-02T12:00", "range": "all time"}
TYPED = ("--as-of", "2026-04-02 12:00", "--correction", "corrected")


def answered(
    parameters: Parameters, capsys: pytest.CaptureFixture[str], command: str, *options: str
) -> dict[str, Any]:
    typed = (*options, "--source", url_of(parameters), "--format", "json")
    assert main([command, *TYPED, *typed]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.parametrize(
    ("link", "options"),
    [
        ({}, ()),
        ({"age": "3 days", "grain": "day"}, ("--within", "3d", "--grain", "day")),
        ({"age": "1h", "grain": "month"}, ("--within", "1h", "--grain", "month")),
        (
            {"share": "previews_viewed"},
            ("--from-step", "analysis_completed", "--to-step", "previews_viewed"),
        ),
    ],
    ids=["default", "days", "months", "one step"],
)
def test_page_and_command_line_have_the_same_figures(
    open_app: Callable[..., AppTest],
    tables: Parameters,
    capsys: pytest.CaptureFixture[str],
    link: dict[str, str],
    options: tuple[str, ...],
) -> None:
    execute(tables, SIX_WEEKS)
    app = open_app(tables, "funnel", **SHOWN, **link)
    assert not app.exception
    trend, cohorts = (
        next(each.value for each in app.dataframe if {*columns} <= {*each.value.columns})
        for columns in (["period", "rate", "few"], ["period", "rate", "within"])
    )
    told = answered(tables, capsys, "trend", *options)
    assert shares(trend) == shares(pd.DataFrame(told["periods"]))
    without = [each for each in options if each not in ("--within", "1h", "3d")]
    every = answered(tables, capsys, "cohorts", *without)
    assert shares(cohorts) == shares(pd.DataFrame(every["cohorts"]))
    (sentence,) = (each.value for each in app.markdown if "fully observed" in each.value)
    newest = max(each["period"] for each in told["periods"] if each["state"] == FULLY)
    (row,) = (each for each in told["periods"] if each["period"] == newest)
    assert percent(row["rate"]).replace(".", "\\.") in sentence
    # The numbers in the cells are those of the table.
    heat = json.loads(app.get("plotly_chart")[-1].proto.spec)
    assert len(cells(heat)) == cohorts["rate"].notna().sum()


def shares(rows: pd.DataFrame) -> set[tuple[object, ...]]:
    names = ["within_s", "entered", "observed", "in_time", "rate", "low", "high"]
    told = rows[names].astype(float).fillna(-1.0).assign(period=pd.to_datetime(rows["period"]))
    return {*told.itertuples(index=False, name=None)}


def test_on_the_default_view_the_trend_answers(
    open_app: Callable[..., AppTest], tables: Parameters
) -> None:
    execute(tables, SIX_WEEKS)
    app = open_app(tables, "funnel", **SHOWN)
    words = " ".join(each.value for each in app.markdown).replace("\\", "")
    # No window of 30 days is closed.
    assert "In the newest fully observed week, from 2026-03-16, 20 of 40 submissions" in words
    assert "within 14 days (50.0 %). 2 of 5 weeks are partly observed." in words


def test_a_breakdown_has_a_line_per_value_and_one_heat_map(
    open_app: Callable[..., AppTest], tables: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    execute(tables, SIX_WEEKS)
    app = open_app(tables, "funnel", **SHOWN, by="lead source")
    assert not app.exception
    told = answered(tables, capsys, "trend", "--breakdown", "lead_source")["periods"]
    assert {each["value"] for each in told} == {"(none)", "paid"}
    assert "all values of the breakdown together" in " ".join(e.value for e in app.caption)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--within", "31d"), "within 31d is longer than the window of 30d"),
        (("--within", "0d"), "'0d' is no age: write 45s"),
        (("--within", "unlimited"), "'unlimited' is no age: write 45s"),
        (("--to-step", "registration"), "'registration' is optional: name a required step"),
        (("--from-step", "gone"), "'gone' is no step of this funnel"),
        (("--from-step", "previews_viewed"), "is the last recorded step: name an earlier one"),
        (
            ("--from-step", "analysis_completed", "--to-step", "analysis_started"),
            "'analysis_started' is not after it",
        ),
        (("--grain", "year"), "invalid choice: 'year'"),
    ],
)
@pytest.mark.parametrize("command", ["trend", "cohorts"])
def test_what_cannot_be_followed_is_refused(
    stored: Parameters,
    capsys: pytest.CaptureFixture[str],
    command: str,
    options: tuple[str, ...],
    said: str,
) -> None:
    execute(stored, "truncate conversion_tracking, website_leads, organizations; " + SIX_WEEKS)
    try:
        code = main([command, *TYPED, *options, "--source", url_of(stored)])
    except SystemExit as end:
        code = int(end.code or 0)
    assert code == 2
    assert said in capsys.readouterr().err


def test_without_a_unit_or_a_first_step_there_is_no_period(
    tables: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = answered(tables, capsys, "trend")
    assert (nothing["to_step"], nothing["within_s"], nothing["periods"]) == (None, None, [])
    execute(tables, SIX_WEEKS)
    never = answered(tables, capsys, "cohorts", "--steps", "never,analysis_started,previews_viewed")
    assert (never["from_step"], never["cohorts"]) == (None, [])
    outside = answered(tables, capsys, "trend", "--from", "2026-04-02")
    assert (outside["to_step"], outside["periods"]) == ("previews_viewed", [])


def test_a_question_as_csv_is_one_table(
    tables: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    execute(tables, SIX_WEEKS)
    assert main(["trend", *TYPED, "--source", url_of(tables), "--format", "csv"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "period,within_s,entered,observed,in_time,rate,low,high,estimated,state"
    assert second.startswith("2026-03-02,1209600.0,40,40,20,0.5,")
