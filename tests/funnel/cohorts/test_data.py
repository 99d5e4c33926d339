"""Cohorts: periods of the workspace zone, whose shares are those of plain Python."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.funnel.cohorts.data import (
    FULLY,
    NOT_TRACKED,
    PARTLY,
    TOO_FEW,
    CohortQuestion,
    at_age,
    funnel_cohorts,
    funnel_trend,
    longest_age,
)
from dashboard.funnel.conversion.ages import listed_ages
from dashboard.funnel.conversion.stretch import Stretch
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion, QuestionError
from dashboard.model.filters import Filters, day_filters
from dashboard.model.limits import FEW
from dashboard.model.periods import GRAINS, Grain
from tests.conftest import Parameters, execute
from tests.examples import examples
from tests.funnel import oracle
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import (
    PAIRING,
    PLAN,
    STEPS,
    WORLDS,
    World,
    ask_in,
    followed,
    questions,
    reading,
    store,
    tables_of,
)
from tests.matching.oracle import Lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
# Midnights in UTC around the days on which clocks change, there and here; and the changes.
MOMENTS = [
    *(datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 22)),
    *(datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 1), datetime(2026, 10, 25, 23)),
    *(datetime(2026, 3, 8, 5), datetime(2026, 3, 8, 7), datetime(2026, 3, 9, 4)),
    *(datetime(2026, 10, 31, 18, 15), datetime(2026, 11, 1, 4), datetime(2026, 11, 2, 5)),
]
PERIODS = st.builds(
    day_filters,
    st.sampled_from([None, date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25)]),
    st.sampled_from([None, date(2026, 10, 25), date(2026, 11, 1)]),
    st.sampled_from([datetime(2026, 10, 26), datetime(2026, 11, 2, 5, 0, 43)]),
    ZONES.map(ZoneInfo),
)


@examples(20)
@given(worlds=WORLDS, question=questions(), filters=PERIODS, grain=st.sampled_from(get_args(Grain)))
def test_random_histories_fall_into_the_periods_that_the_oracle_puts_them_in(
    stored: Parameters,
    worlds: list[World],
    question: FunnelQuestion,
    filters: Filters,
    grain: Grain,
) -> None:
    leads, events = tables_of(worlds, MOMENTS)
    store(stored, leads, events)
    journeys, made = followed(leads, events, question, filters)
    with reading(stored) as reader:
        funnel = ask_in(reader, question, filters)
        steps = funnel.steps.set_index("step")["count"]
        for stretch in followable(made.required):
            asked = CohortQuestion(grain, stretch)
            rows = funnel_cohorts(reader, filters, funnel.prepared, asked)
            begin, end = (made.required.index(each) + 1 for each in vars(stretch).values())
            lives = oracle.cohorts(journeys, made, grain, filters.zone, (begin, end))
            assert told(rows) == counted(lives, listed_ages(question.window))
            # The consistency check of the page: the periods add up to the step before.
            first = rows[rows["age_number"] == 1]
            assert first["entered"].sum() == steps[stretch.before]


def followable(required: list[str]) -> set[Stretch]:
    """Return the stretches that the page lets one follow."""
    alone = {Stretch(*pair) for pair in pairwise(required)}
    return {*alone, Stretch(required[0], required[-1])} if alone else set()


def told(rows: pd.DataFrame) -> dict[tuple[date, float], tuple[int, ...]]:
    return {
        (row["period"].date(), row["within_s"]): tuple(
            row[name] for name in ("entered", "closed", "converted", "observed", "in_time")
        )
        for row in rows.to_dict("records")
    }


def counted(
    cohorts: dict[date, list[oracle.Life]], ages: list[timedelta]
) -> dict[tuple[date, float], tuple[int, ...]]:
    return {
        (period, age.total_seconds()): (
            len(lives),
            sum(life.seen is None for life in lives),
            sum(life.age is not None for life in lives),
            sum(life.is_old(age) for life in lives),
            sum(life.is_old(age) and life.age is not None and life.age <= age for life in lives),
        )
        for period, lives in cohorts.items()
        for age in ages
    }


# When a unit enters, and its age when it converts; few distinct times, so that many are tied.
ENTERED = st.sampled_from([0, 60, 3600, 86_400, 90_000, 2 * 86_400])
AGES = st.sampled_from([0, 30, 1800, 3600, 7200, 86_400, 2 * 86_400])
UNITS = st.lists(st.tuples(ENTERED, st.one_of(st.none(), AGES)), min_size=60, max_size=150)
MIDNIGHT = datetime(2026, 3, 2)
CLOCKS = st.sampled_from([HOUR, 26 * HOUR, 2 * DAY, 2 * DAY + HOUR, 3 * DAY, 9 * DAY])


@examples(40)
@given(units=UNITS, clock=CLOCKS, window=st.sampled_from([2 * HOUR, 4 * DAY, None]))
def test_each_period_has_the_estimate_of_its_own_units(
    stored: Parameters,
    units: list[tuple[int, int | None]],
    clock: timedelta,
    window: timedelta | None,
) -> None:
    store(stored, *rows_of(units))
    now = MIDNIGHT + clock
    found = by_day(stored, FunnelQuestion("matched", window=window), now)
    for row in found.to_dict("records"):
        age = timedelta(seconds=row["within_s"])
        lives = [
            life_of(MIDNIGHT + timedelta(seconds=entered), after, now, window)
            for entered, after in units
            if (MIDNIGHT + timedelta(seconds=entered)).date() == row["period"].date()
            and MIDNIGHT + timedelta(seconds=entered) < now
        ]
        old = sum(life.is_old(age) for life in lives)
        if old == len(lives) and row["period"].date() < now.date():
            assert row["state"] == FULLY
        else:
            enough = old >= FEW and old * 10 >= len(lives)
            assert row["state"] == (PARTLY if enough else TOO_FEW)
        if row["state"] == TOO_FEW:
            assert pd.isna([row[name] for name in ("rate", "low", "high")]).all()
        else:
            assert row["rate"] == pytest.approx(oracle.share_within(lives, age), abs=1e-9)
            assert row["low"] <= row["rate"] <= row["high"]
        if row["state"] == FULLY:
            assert row["rate"] == pytest.approx(row["in_time"] / row["entered"], abs=1e-9)
        assert row["few"] == (len(lives) < FEW)


def rows_of(units: list[tuple[int, int | None]]) -> tuple[list[Lead], list[Event]]:
    """Make a lead of each unit, with its start and, if it has one, its completion."""
    leads, events = [], []
    for number, (entered, age) in enumerate(units, 1):
        lead, at = UUID(int=number), MIDNIGHT + timedelta(seconds=entered)
        leads.append(Lead(lead, at, None, f"w{number}.example", None, False, None))
        events.append(Event(STEPS[0], at, lead, None))
        if age is not None:
            events.append(Event(STEPS[1], at + timedelta(seconds=age), lead, None))
    return leads, events


def by_day(parameters: Parameters, question: FunnelQuestion, clock: datetime) -> pd.DataFrame:
    with reading(parameters) as reader:
        prepared = prepare_funnel(reader, Filters(as_of=clock), PLAN, question, pairing=PAIRING)
        if len(prepared.required) < 2:
            return pd.DataFrame()
        asked = CohortQuestion("day", Stretch(*prepared.required[:2]))
        return funnel_cohorts(reader, prepared.filters, prepared, asked)


def life_of(
    entered: datetime, after: int | None, clock: datetime, window: timedelta | None
) -> oracle.Life:
    """Follow one unit until the clock; the product drops what is written at it or later."""
    age = None if after is None else timedelta(seconds=after)
    if age is not None and (entered + age >= clock or age > (window or age)):
        age = None
    over = window is not None and entered + window < clock
    return oracle.Life(None if over else clock - entered, age)


# Forty units a day on three days, an hour before noon; every second one converts after six hours.
THREE_DAYS = """
    insert into website_leads (id, website_url, business_name, created_at, lead_source)
    select cast(lpad(n::text, 32, '0') as uuid), n || '.example', 'Unknown Business',
        timestamp '2026-03-02 11:00' + (n / 40) * interval '1 day',
        case when n % 4 = 0 then 'paid' end
    from generate_series(0, 119) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', created_at from website_leads;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_completed', created_at + interval '6 hours' from website_leads
    where right(id::text, 1) in ('1', '3', '5', '7', '9')
"""
EVENING = datetime(2026, 3, 4, 20)
WHOLE = Stretch("analysis_started", "analysis_completed")


def asked(
    parameters: Parameters,
    question: FunnelQuestion,
    clock: datetime = EVENING,
    grain: Grain = "day",
    within: timedelta | None = None,
) -> pd.DataFrame:
    filters = Filters(as_of=clock)
    with reading(parameters) as reader:
        prepared = prepare_funnel(reader, filters, PLAN, question, pairing=PAIRING)
        return funnel_trend(reader, filters, prepared, CohortQuestion(grain, WHOLE, within))


def test_a_day_that_is_not_over_is_never_fully_observed(tables: Parameters) -> None:
    execute(tables, THREE_DAYS)
    rows = at_age(asked(tables, FunnelQuestion("matched")), HOUR)
    # All its units are nine hours old, but more may begin until midnight.
    assert rows["observed"].tolist() == rows["entered"].tolist() == [40, 40, 40]
    assert rows["state"].tolist() == [FULLY, FULLY, PARTLY]
    after = asked(tables, FunnelQuestion("matched"), datetime(2026, 3, 5))
    assert at_age(after, HOUR)["state"].tolist() == [FULLY, FULLY, FULLY]


def test_the_age_is_the_longest_that_enough_of_all_units_have(tables: Parameters) -> None:
    execute(tables, THREE_DAYS)
    rows = asked(tables, FunnelQuestion("matched"))
    assert longest_age(rows, 30 * DAY) == DAY
    assert at_age(rows, DAY)["state"].tolist() == [FULLY, FULLY, TOO_FEW]
    assert at_age(rows, DAY)["rate"].tolist()[:2] == pytest.approx([0.5, 0.5])
    # Each day alone has enough for 3 days; of all it is a third.
    later = asked(tables, FunnelQuestion("matched"), EVENING + DAY)
    assert longest_age(later, 30 * DAY) == 3 * DAY
    # Nobody is an hour old: the periods say that too few are.
    execute(tables, "update conversion_tracking set step_completed_at = '2026-03-04 11:00'")
    early = asked(tables, FunnelQuestion("matched"), datetime(2026, 3, 4, 11, 30))
    assert longest_age(early, 30 * DAY) == HOUR
    assert {*early["state"]} == {TOO_FEW}


def test_a_period_whose_starts_are_not_recorded_has_no_share(tables: Parameters) -> None:
    execute(tables, THREE_DAYS + "; update website_leads set business_name = 'A'")
    second = "delete from conversion_tracking where step_completed_at::date = '2026-03-03'"
    execute(tables, second)
    rows = at_age(asked(tables, FunnelQuestion()), HOUR)
    assert rows["state"].tolist() == [FULLY, NOT_TRACKED, PARTLY]
    assert rows["entered"].tolist() == [40, 40, 40]
    assert rows["rate"].isna().tolist() == [False, True, False]


def test_the_parts_of_a_breakdown_have_periods_of_their_own(tables: Parameters) -> None:
    execute(tables, THREE_DAYS)
    rows = asked(tables, FunnelQuestion("matched", breakdown="lead_source"), within=2 * HOUR)
    assert rows["value"].tolist() == ["paid"] * 3 + ["(none)"] * 3
    assert rows["entered"].tolist() == [10, 10, 10, 30, 30, 30]
    assert rows["within_s"].unique().tolist() == [7200.0]
    assert rows["few"].tolist() == [True] * 3 + [False] * 3
    # Few units, all of them observed, have a share; a tenth of few is not enough for an estimate.
    assert rows["state"].tolist() == [FULLY, FULLY, TOO_FEW, FULLY, FULLY, PARTLY]


def test_an_age_beyond_the_window_is_refused(tables: Parameters) -> None:
    execute(tables, THREE_DAYS)
    with pytest.raises(QuestionError, match="within 31d is longer than the window of 30d"):
        asked(tables, FunnelQuestion("matched"), within=31 * DAY)


@pytest.mark.parametrize("grain", GRAINS)
def test_a_unit_without_a_time_is_in_no_period_and_counted(
    tables: Parameters, grain: Grain
) -> None:
    execute(tables, THREE_DAYS + "; update website_leads set created_at = 'infinity'")
    rows: Any = at_age(asked(tables, FunnelQuestion("raw"), EVENING, grain), HOUR)
    assert rows.empty or rows["period"].isna().all()
