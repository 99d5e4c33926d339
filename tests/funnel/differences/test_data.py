"""Segments that differ: the counts against an oracle, and what is found among them."""

import math
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.database.reading import COUNT, TEXT
from dashboard.funnel.differences.data import (
    Differences,
    compared_age,
    compared_values,
    differences,
    is_found,
    value_counts,
)
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion, QuestionError
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW
from tests.conftest import Parameters, execute
from tests.examples import examples
from tests.funnel.oracle import Journey
from tests.funnel.worlds import (
    CLOCK,
    FILTERS,
    PAIRING,
    PLAN,
    RULES,
    WORLDS,
    World,
    followed,
    questions,
    reading,
    store,
    tables_of,
)
from tests.matching.oracle import Lead, submissions

DAY = timedelta(days=1)
SOURCES = st.lists(st.sampled_from(["paid", "direct", " ", None]), min_size=250, max_size=250)
# Rates of five steps and the values' shares, near those of the demo.
RATES = (0.97, 0.78, 0.72, 0.75, 0.12)
SHARES = (0.3, 0.25, 0.2, 0.1, 0.06, 0.05, 0.04)


# --- the counts ---


@examples(40)
@given(
    worlds=WORLDS,
    picked=SOURCES,
    asking=st.tuples(questions(), FILTERS, st.sampled_from([2, 44, 3600])),
)
def test_the_counts_are_those_of_the_oracle(
    stored: Parameters,
    worlds: list[World],
    picked: list[str | None],
    asking: tuple[FunnelQuestion, dict[str, Any], int],
) -> None:
    question, filters, seconds = asking
    asked, within = Filters(**filters), timedelta(seconds=seconds)
    leads, events = tables_of(worlds)
    sources = dict(zip((lead.id for lead in leads), picked, strict=False))
    store(stored, leads, events, **{str(lead): source for lead, source in sources.items()})
    clock = asked.as_of or CLOCK
    with reading(stored) as reader:
        prepared = prepare_funnel(reader, asked, PLAN, question, pairing=PAIRING)
        prepared = replace(prepared, binds={**prepared.binds, "clock": clock})
        found = value_counts(reader, prepared, within)
    there = [each for each in leads if each.created_at < (asked.as_of or datetime.max)]
    expected = Counter(
        (value_of(journey, there, sources, question), pair, name)
        for journey in followed(leads, events, question, asked, clock)[0]
        for pair in range(1, len(prepared.required))
        for name in counted(journey, pair, clock, within)
    )
    assert told(found, "lead_source") == expected
    # Nobody has a campaign; of an industry that nobody has, nothing can be told.
    assert sum(told(found, "campaign").values()) == expected.total()
    assert {*found["property"]} <= {"lead_source", "campaign", "release"}


def told(found: pd.DataFrame, name: str) -> Counter[tuple[str, int, str]]:
    """Return the counts of a property that are not 0."""
    return Counter(
        {
            (row["value"], row["pair"], each): row[each]
            for row in found[found["property"] == name].to_dict("records")
            for each in ("entered", "n", "converted")
            if row[each]
        }
    )


def value_of(
    journey: Journey, leads: list[Lead], sources: dict[Any, str | None], question: FunnelQuestion
) -> str:
    """Return the value of the first lead of the unit's first submission that has one."""
    of_lead = submissions(leads, RULES)
    own = [
        lead
        for lead in leads
        if lead.id == journey.unit.id
        or (question.correction != "raw" and of_lead[lead.id][0] == of_lead[journey.unit.id][0])
    ]
    ordered = sorted(own, key=lambda lead: (lead.created_at, lead.id))
    named = [value for lead in ordered if (value := (sources.get(lead.id) or "").strip())]
    return named[0] if named else "(none)"


def counted(journey: Journey, pair: int, clock: datetime, within: timedelta) -> list[str]:
    """Name what a unit counts as on a pair of steps."""
    marks = ["entered"] if journey.times else []
    if len(journey.times) < pair:
        return marks
    entered = journey.times[pair - 1]
    if not journey.over and clock - entered < within:
        return marks
    converted = len(journey.times) > pair and journey.times[pair] - entered <= within
    return [*marks, "n", *(["converted"] if converted else [])]


# Every 51st submission has one of three campaigns, all others one of their own; who came with c0
# completes.
MANY_VALUES = """
    insert into website_leads (id, website_url, business_name, utm_campaign, created_at)
    select cast(lpad(n::text, 32, '0') as uuid), n || '.example', 'Unknown Business',
           case when n % 51 = 0 then 'c' || n % 9 else 'own ' || n end,
           timestamp '2026-01-01' + n * interval '1 second'
    from generate_series(1, {number}) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', created_at from website_leads
    union all
    select id, 'analysis_completed', created_at + interval '1 minute' from website_leads
    where utm_campaign = 'c0'
"""


@pytest.mark.parametrize("values", [10_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_of_many_values_the_ten_most_frequent_are_looked_at(
    tables: Parameters, values: int
) -> None:
    number = values // 50 * 51
    execute(tables, MANY_VALUES.format(number=number))
    found = asked_of(tables, FunnelQuestion("raw"), DAY)
    assert {*found.rows["value"]} == {"c0", "c3", "c6"}
    # The first seven of the others, by name, fill up the ten; they are too few to be compared.
    assert found.left_out == {"campaign": values - 7}
    told = found.rows.set_index("value")
    c0 = len(range(153, number + 1, 153))
    assert told["n"].to_dict()["c0"] == c0
    assert told["other_n"].to_dict()["c0"] == number - c0
    assert told["rate"].to_dict() == {"c0": 1.0, "c3": 0.0, "c6": 0.0}


def asked_of(parameters: Parameters, question: FunnelQuestion, within: timedelta) -> Differences:
    filters = Filters(as_of=datetime(2026, 6, 1))
    with reading(parameters) as reader:
        prepared = prepare_funnel(reader, filters, PLAN, question)
        return differences(reader, filters, prepared, within)


# Fifty submissions of each source, an hour apart; of `paid` a fifth completes, of `direct` all.
TWO_SOURCES = """
    insert into website_leads
        (id, website_url, business_name, lead_source, industry_category, created_at)
    select cast(lpad(n::text, 32, '0') as uuid), n || '.example',
           case when n % 20 >= 10 or n % 5 = 0 then 'B' || n else 'Unknown Business' end,
           case when n % 20 >= 10 then 'direct' else 'paid' end,
           case when n % 20 >= 10 or n % 5 = 0 then 'Food' end,
           timestamp '2026-01-01' + n * interval '1 hour'
    from generate_series(1, 100) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', created_at from website_leads;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_completed', created_at + interval '1 minute' from website_leads
    where business_name <> 'Unknown Business'
"""


def test_what_the_analysis_fills_is_not_held_against_those_without_it(tables: Parameters) -> None:
    execute(tables, TWO_SOURCES)
    found = asked_of(tables, FunnelQuestion("matched"), DAY)
    # Everybody with an industry has completed: that is how they got it.
    assert {*found.rows["property"]} == {"lead_source"}
    told = found.rows.set_index("value")
    assert told["units"].to_dict() == {"paid": -40.0, "direct": 40.0}
    assert told["rate"].to_dict() == {"paid": 0.2, "direct": 1.0}
    assert told["other_rate"].to_dict() == {"paid": 1.0, "direct": 0.2}
    assert {*told["n"], *told["other_n"]} == {50}
    assert is_found(found.rows).all()
    assert {*found.rows["within_s"]} == {DAY.total_seconds()}


def test_a_filter_leaves_only_what_it_lets_through(tables: Parameters) -> None:
    execute(tables, TWO_SOURCES)
    paid = FunnelQuestion("matched", filters={"lead_source": ("paid",)})
    assert asked_of(tables, paid, DAY).rows.empty
    both = FunnelQuestion("matched", filters={"industry": ("Food",)})
    assert asked_of(tables, both, DAY).rows["n"].tolist() == [50]
    # Ten of `paid` are too few to be compared, but not to compare with.
    assert asked_of(tables, both, DAY).rows["other_n"].tolist() == [10]


def test_one_step_compares_nothing(tables: Parameters) -> None:
    execute(tables, TWO_SOURCES)
    only = FunnelQuestion("matched", steps=("analysis_started",))
    assert asked_of(tables, only, DAY).rows.empty


def test_no_unit_compares_nothing(tables: Parameters) -> None:
    assert asked_of(tables, FunnelQuestion(), DAY).rows.empty


def test_the_age_is_that_of_the_conversion_unless_it_is_named(tables: Parameters) -> None:
    execute(tables, TWO_SOURCES)
    filters = Filters(as_of=datetime(2026, 1, 5, 8))
    with reading(tables) as reader:
        prepared = prepare_funnel(reader, filters, PLAN, FunnelQuestion("matched"))
        assert compared_age(reader, filters, prepared) == 3 * DAY
        assert compared_age(reader, filters, prepared, 6 * DAY) == 6 * DAY
        with pytest.raises(QuestionError, match="within 31d is longer"):
            compared_age(reader, filters, prepared, 31 * DAY)
        assert len(differences(reader, filters, prepared, 6 * DAY).rows) == 0


# --- what is found ---


def test_the_value_with_most_units_lost_comes_first() -> None:
    counts = counts_of({"a": (400, 200), "b": (300, 210), "c": (29, 0), "d": (300, 150)})
    rows = compared_values(counts)
    # c has too few units to be told, but is one of all others. Half of both a and d converts.
    assert rows["value"].tolist() == ["b", "a", "d"]
    assert rows.loc[0, "units"] == pytest.approx(300 * (210 / 300 - 350 / 729))
    assert rows.loc[0, "other_n"] == 729
    assert is_found(rows).tolist() == [True, True, False]


def counts_of(values: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Write a property's counts as value_counts() does: how many of n converted per value."""
    rows = [("p", value, "s", n, n, part) for value, (n, part) in values.items()]
    names = ["property", "value", "step", "entered", "n", "converted"]
    dtypes = dict(zip(names, [*[TEXT] * 3, *[COUNT] * 3], strict=True))
    return pd.DataFrame(rows, columns=names).astype(dtypes)


def shuffled_counts(generator: np.random.Generator, units: int) -> pd.DataFrame:
    """Draw how far units come, give two properties' values to them by lot, and count."""
    left = np.ones(units, dtype=bool)
    reached = [left := left & (generator.random(units) < rate) for rate in RATES]
    before = [np.ones(units, dtype=bool), *reached[:-1]]
    parts = []
    for name in ("one", "other"):
        of_values = generator.choice(len(SHARES), units, p=SHARES)
        for value in range(len(SHARES)):
            own = of_values == value
            parts += [
                (name, str(value), str(step), own.sum(), (own & was).sum(), (own & came).sum())
                for step, (was, came) in enumerate(zip(before, reached, strict=True))
            ]
    names = ["property", "value", "step", "entered", "n", "converted"]
    dtypes = dict(zip(names, [*[TEXT] * 3, *[COUNT] * 3], strict=True))
    return pd.DataFrame(parts, columns=names).astype(dtypes)


def false_finds(runs: int) -> int:
    generator = np.random.default_rng(12)
    return sum(
        bool(is_found(compared_values(shuffled_counts(generator, 1_500))).any())
        for _ in range(runs)
    )


def most_false_finds(runs: int) -> float:
    """5 % of the runs, and three standard errors."""
    return 0.05 * runs + 3 * math.sqrt(0.05 * 0.95 * runs)


@pytest.mark.parametrize("runs", [60, pytest.param(1_000, marks=pytest.mark.soak)])
def test_on_shuffled_properties_hardly_ever_is_anything_found(runs: int) -> None:
    assert false_finds(runs) <= most_false_finds(runs)


def test_a_planted_segment_is_found_among_shuffled_ones() -> None:
    counts = shuffled_counts(np.random.default_rng(3), 1_500)
    at = (counts["property"] == "one") & (counts["value"] == "2") & (counts["step"] == "2")
    counts.loc[at, "converted"] = counts.loc[at, "n"] // 4
    found = compared_values(counts)
    assert is_found(found).any()
    first = found.to_dict("records")[0]
    assert (first["property"], first["value"], first["step"]) == ("one", "2", "2")
    assert first["units"] < -FEW
