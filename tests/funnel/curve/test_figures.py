"""The curve's figure and words: steps, bands, ends, and which parts have a line."""

from datetime import timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.funnel.curve.figures import MOST_DRAWN, curve_chart
from dashboard.funnel.curve.table import curve_sentence, line_names, lines_apart, listed_points
from dashboard.ui.theme import DARK, LIGHT
from tests.examples import examples
from tests.funnel.drawn import has_nan

DAY = 86_400.0


def curve(*points: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "value": "",
            "age_s": [age for age, _ in points],
            "rate": [rate for _, rate in points],
            "low": [rate * 0.8 for _, rate in points],
            "high": [min(1, rate * 1.2) for _, rate in points],
            "at_risk": [100 - n for n, _ in enumerate(points)],
        }
    )


POINTS = st.lists(st.floats(0, 14 * DAY), max_size=30).map(
    lambda ages: [(age, n / 31) for n, age in enumerate(sorted({0.0, 3600.0, *ages}))]
)


@examples(40)
@given(
    lines=st.lists(POINTS, min_size=1, max_size=6),
    logarithmic=st.booleans(),
    colors=st.sampled_from([LIGHT, DARK]),
)
def test_any_curves_give_a_figure_without_nan(
    lines: list[list[tuple[float, float]]], logarithmic: bool, colors: Any
) -> None:
    drawn = {f"<b>{n}": curve(*points) for n, points in enumerate(lines)}
    figure = curve_chart(drawn, "<i>", "<script>", colors, logarithmic=logarithmic)
    assert not has_nan(figure)
    shown, traces = str(figure.to_json()), traces_of(figure)
    assert not [each for each in ("<script>", "<b>", "<i>") if each in shown]
    named = [trace for trace in traces if trace.name]
    assert [len(trace.y) for trace in named] == [len(points) for points in lines]
    assert {trace.line.shape for trace in traces} == {"hv"}
    assert len(traces) == len(lines) * (3 if len(lines) <= 2 else 1)
    if logarithmic:
        assert all(x > 0 for trace in traces for x in trace.x)


def traces_of(figure: go.Figure) -> list[Any]:
    return [*figure.data]


def test_of_many_points_the_first_and_the_last_are_drawn() -> None:
    points = [(float(n), n / 4000) for n in range(2003)]
    many = {"": curve(*points)}
    line = traces_of(curve_chart(many, "A", "B", LIGHT, logarithmic=False))[-1]
    assert len(line.x) <= MOST_DRAWN + 1
    assert (line.x[0], line.x[-1], line.y[-1]) == (0, 2002, 2002 / 4000)


def test_a_logarithmic_axis_begins_before_anyone_converts() -> None:
    one = curve((0, 0), (45, 0.1), (3600, 0.2))
    figure = curve_chart({"": one}, "A", "B", LIGHT, logarithmic=True)
    assert [*traces_of(figure)[-1].x] == [30, 45, 3600]
    assert [*figure.layout.xaxis.ticktext] == ["1 min", "10 min", "1 h"]
    at_once = curve_chart({"": curve((0, 1), (3600, 1))}, "A", "B", LIGHT, logarithmic=True)
    assert traces_of(at_once)[-1].x[0] == 1


def test_the_sentence_begins_where_some_converted() -> None:
    some = curve((0, 0), (3600, 0), (DAY, 0.25), (2 * DAY, 0.5), (3 * DAY, 0.5))
    assert curve_sentence(some, ("A", "B"), "lead", timedelta(days=3)) == (
        "Of 100 leads on “A”, 25.0 % within 1 day and 50.0 % within 3 days convert to “B” "
        "(95 % interval: 40.0 % to 60.0 %)."
    )
    nobody = curve((0, 0), (3600, 0), (DAY, 0))
    assert "0 % within 1 day convert" in curve_sentence(nobody, ("A", "B"), "lead", None)
    assert listed_points(some, None)["within"].tolist() == ["1 h", "1 day", "3 days"]


@pytest.mark.parametrize(
    ("parts", "chosen", "apart", "names"),
    [
        (3, [], (0, 1, 2), ["a", "b", "c"]),
        (6, [], (0, 1, 2, 3, 4, 5), ["a", "b", "c", "d", "e", "f"]),
        (7, [], (0, 1, 2, 3, 4), ["a", "b", "c", "d", "e", "Other"]),
        (7, ["g", "b", "gone"], (1, 6), ["b", "g", "Other"]),
        (12, [], (0, 1, 2, 3, 4), ["a", "b", "c", "d", "e", "Other"]),
        (12, ["Other"], (0, 1, 2, 3, 4), ["a", "b", "c", "d", "e", "Other"]),
    ],
)
def test_six_lines_at_most(
    parts: int, chosen: list[str], apart: tuple[int, ...], names: list[str]
) -> None:
    values = [*"abcdefghij", "Other", "(none)"][:parts]
    breakdown = pd.DataFrame(
        [(value, position) for position, value in enumerate(values) for _ in range(2)],
        columns=["value", "position"],
    )
    assert lines_apart(breakdown, chosen) == apart
    assert line_names(breakdown, apart) == names
