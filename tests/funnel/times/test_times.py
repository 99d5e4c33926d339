"""Times to convert: against the oracle's chains, their figure, table and words."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.funnel.data import Funnel, ask
from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.times.data import BOUNDS, Durations, durations
from dashboard.funnel.times.figures import bound_in_words, distribution_chart, place_of
from dashboard.funnel.times.table import ALL_VALUES, time_sentence, time_table
from dashboard.funnel.words import window_words
from dashboard.model.filters import Filters
from dashboard.ui.theme import DARK, LIGHT
from tests.conftest import Parameters, source_of
from tests.examples import examples
from tests.funnel.drawn import has_nan
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import PAIRING, PLAN, START, store
from tests.matching.oracle import Lead

SHORT = ("analysis_started", "analysis_completed", "previews_viewed")


def measured(
    parameters: Parameters, question: FunnelQuestion, **filters: Any
) -> tuple[Funnel, Durations]:
    source = source_of(parameters)
    with source.read() as reader:
        period = Filters(**filters)
        funnel = ask(reader, period, PLAN, question, pairing=PAIRING)
        found = durations(reader, period, funnel.prepared)
    source.engine.dispose()
    return funnel, found


def took(parameters: Parameters, *seconds: list[float], **sources: Any) -> None:
    """Store one lead per list: its first step at the start, the others so many seconds later."""
    leads = [Lead(UUID(int=n), START, f"s{n}", f"w{n}.example") for n, _ in enumerate(seconds, 1)]
    events = [
        Event(step, START + timedelta(seconds=second), lead.id)
        for lead, times in zip(leads, seconds, strict=True)
        for step, second in zip(SHORT, [0, *times], strict=False)
    ]
    store(parameters, leads, events, **sources)


def test_half_and_nine_in_ten_and_what_is_left_out(stored: Parameters) -> None:
    # The last one's second step is there by its proof alone: it has no time.
    proof = Event(SHORT[2], START + timedelta(seconds=500), UUID(int=9))
    leads = [Lead(UUID(int=n), START, f"s{n}", f"w{n}.example") for n in (1, 2, 3, 9)]
    times = {1: [0, 60, 120], 2: [0, 120, 7200], 3: [0, 180]}
    events = [
        Event(step, START + timedelta(seconds=second), UUID(int=n))
        for n, seconds in times.items()
        for step, second in zip(SHORT, seconds, strict=False)
    ]
    store(stored, leads, [*events, Event(SHORT[0], START, UUID(int=9)), proof])
    funnel, found = measured(stored, FunnelQuestion(steps=SHORT))
    table = time_table(funnel, found).set_index("step")
    assert table["units"].to_dict() == {SHORT[1]: 3, SHORT[2]: 2, "": 3}
    assert table["reached"].to_dict() == {SHORT[1]: 4, SHORT[2]: 3, "": 3}
    assert table.loc[SHORT[1], "half_within"] == "2 min"
    assert table.loc["", "p50"] == 500
    assert table.loc["", "way"] == "Analysis started → Previews viewed"
    words = time_sentence(funnel, found, SHORT[1])
    assert words == (
        "Of the 3 submissions that converted from “Analysis started” to “Analysis completed” "
        "with both recorded, the median time is 2 min, the p90 3 min."
    )


def test_by_breakdown_each_value_has_its_own_times(stored: Parameters) -> None:
    took(
        stored,
        [10, 20],
        [30, 60],
        [3600, 7200],
        **{str(UUID(int=1)): "paid", str(UUID(int=2)): "paid", str(UUID(int=3)): "seo"},
    )
    funnel, found = measured(stored, FunnelQuestion(steps=SHORT, breakdown="lead_source"))
    table = time_table(funnel, found)
    assert table["value"].drop_duplicates().tolist() == [ALL_VALUES, "paid", "seo"]
    step = table[table["step"] == SHORT[1]].set_index("value")
    assert step["p50"].to_dict() == {ALL_VALUES: 30, "paid": 20, "seo": 3600}
    assert step["units"].to_dict() == {ALL_VALUES: 3, "paid": 2, "seo": 1}
    assert step["reached"].to_dict() == {ALL_VALUES: 3, "paid": 2, "seo": 1}
    plain, without = measured(stored, FunnelQuestion(steps=SHORT))
    everybody = table[table["value"] == ALL_VALUES].reset_index(drop=True)
    pd.testing.assert_frame_equal(time_table(plain, without), everybody)


def test_times_of_a_single_step_are_none(stored: Parameters) -> None:
    took(stored, [], [])
    funnel, found = measured(stored, FunnelQuestion(steps=(SHORT[0], "content_generated")))
    assert funnel.prepared.required == [SHORT[0]]
    assert found.times.empty
    assert found.distribution.empty


@examples(40)
@given(
    counts=st.dictionaries(st.integers(0, len(BOUNDS)), st.integers(1, 10**7), max_size=20),
    marks=st.lists(st.one_of(st.floats(0, 10**9), st.just(float("nan"))), max_size=2),
)
def test_any_distribution_gives_a_figure_without_nan(
    counts: dict[int, int], marks: list[float]
) -> None:
    edges = [0, *BOUNDS]
    bins = pd.DataFrame(
        {"from_seconds": [float(edges[n]) for n in counts], "units": [*counts.values()]}
    )
    named = {f"<b>{number}": seconds for number, seconds in enumerate(marks)}
    for colors in (LIGHT, DARK):
        figure = distribution_chart(bins, named, "<script>", "submission", colors)
        assert not has_nan(figure)
        shown = str(figure.to_json())
        assert "<script>" not in shown
        assert "<b>" not in shown


def test_the_axis_reads_in_people_s_units() -> None:
    assert [bound_in_words(each) for each in (1, 30, 60, 3600, 43_200, 172_800)] == [
        "1 s",
        "30 s",
        "1 min",
        "1 h",
        "12 h",
        "2 d",
    ]
    assert place_of(BOUNDS[3]) == 4
    assert place_of(0.5) == 0.5
    assert place_of(10**9) == len(BOUNDS) + 0.5
    assert sorted(BOUNDS) == BOUNDS


def test_a_window_in_words() -> None:
    assert window_words(timedelta(days=30)) == "the window of 30 days"
    assert window_words(timedelta(hours=36)) == "the window of 36 h"
    assert window_words(timedelta(days=1)) == "the window of 1 day"
    assert window_words(None) == "a window without limit"
