"""The estimated conversion: SQL and its sums against an independent Kaplan-Meier estimate."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from math import exp
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from dashboard.funnel.conversion.data import Conversion, conversion
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion, QuestionError
from dashboard.model.filters import Filters
from dashboard.model.formats import percent
from dashboard.model.limits import FEW, LISTED_AGES
from dashboard.model.statistics import Proportion, wilson
from tests.conftest import Parameters, execute, url_of
from tests.examples import examples
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import PAIRING, PLAN, START, reading, store
from tests.matching.oracle import Lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# When a unit enters, and its age when it converts; few distinct times, so that many are tied.
Units = list[tuple[timedelta, timedelta | None]]
UNITS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 30, 60, 3600, 7200, 86400, 3 * 86400]).map(
            lambda second: timedelta(seconds=second)
        ),
        st.one_of(
            st.none(),
            st.sampled_from([0, 1, 30, 1800, 3600, 3601, 7200, 86400, 2 * 86400, 5 * 86400]).map(
                lambda second: timedelta(seconds=second)
            ),
        ),
    ),
    min_size=20,
    max_size=120,
)
CLOCKS = st.sampled_from([HOUR, HOUR + timedelta(seconds=43), 2 * HOUR, 2 * DAY, 4 * DAY, 40 * DAY])


def asked(parameters: Parameters, question: FunnelQuestion, filters: Filters) -> Conversion | None:
    with reading(parameters) as reader:
        prepared = prepare_funnel(reader, filters, PLAN, question, pairing=PAIRING)
        return conversion(reader, filters, prepared)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@examples(80)
@given(units=UNITS, window=st.sampled_from([2 * HOUR, 4 * DAY, None]), clock=CLOCKS)
def test_the_estimate_is_that_of_kaplan_and_meier(
    stored: Parameters, units: Units, window: timedelta | None, clock: timedelta
) -> None:
    store(stored, *rows_of(units))
    filters = Filters(as_of=START + clock)
    found = asked(stored, FunnelQuestion("matched", window=window), filters)
    lives = [
        (clock - entered, None if age is None or age > (window or age) else age)
        for entered, age in units
        if entered < clock
    ]
    converted = [age for seen, age in lives if age is not None and age < seen]
    censored = [min(seen, window or seen) for seen, age in lives if age is None or age >= seen]
    ages = [each for each in LISTED_AGES if not window or each < window]
    ages += [window] if window else []
    qualified = [
        each
        for each in ages
        if (old := sum(seen >= each for seen, _ in lives)) >= FEW and old * 10 >= len(lives)
    ]
    if not qualified or not converted:
        assert found is None or found.rate == 0
        return
    assert found is not None
    assert (found.within, found.entered) == (qualified[-1], len(lives))
    assert found.observed == sum(seen >= found.within for seen, _ in lives)
    assert (found.rate, found.low, found.high) == pytest.approx(
        independent(converted, censored, found), abs=1e-9
    )


def rows_of(units: Units) -> tuple[list[Lead], list[Event]]:
    """Make a lead of each unit, with its start and, if it has one, its completion."""
    leads, events = [], []
    for number, (entered, age) in enumerate(units, 1):
        lead, at = UUID(int=number), START + entered
        leads.append(Lead(lead, at, None, f"w{number}.example", None, False, None))
        events.append(Event("analysis_started", at, lead, None))
        if age is not None:
            events.append(Event("analysis_completed", at + age, lead, None))
    return leads, events


def independent(
    converted: list[timedelta], censored: list[timedelta], found: Conversion
) -> tuple[float, float, float]:
    if not found.estimated:
        assert not censored or {*censored} == {found.within}
        interval = wilson(len(converted), found.entered)
        assert interval
        return (len(converted) / found.entered, *interval)
    seconds: Any = [[each.total_seconds() for each in ages] for ages in (converted, censored)]
    left = ecdf(CensoredData(uncensored=seconds[0], right=seconds[1])).sf
    at = found.within.total_seconds()
    share = float(left.evaluate(at))
    if share in (0.0, 1.0):
        interval = wilson(round((1 - share) * found.observed), found.observed)
        assert interval
        return (1 - share, *interval)
    ends = left.confidence_interval(confidence_level=0.95, method="log-log")
    return 1 - share, 1 - float(ends.high.evaluate(at)), 1 - float(ends.low.evaluate(at))


# Hundred submissions, one an hour; half of them complete after two days, those of age.
AN_HOUR_APART = """
    insert into website_leads (id, website_url, business_name, created_at)
    select cast(lpad(n::text, 32, '0') as uuid), n || '.example', 'Unknown Business',
           timestamp '2026-01-01' + n * interval '1 hour'
    from generate_series(1, 100) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', created_at from website_leads;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_completed', created_at + interval '2 days' from website_leads
    where right(id::text, 1) in ('1', '3', '5', '7', '9')
"""
CLOCK = datetime(2026, 1, 5, 5, 30)


def test_an_age_needs_thirty_units_and_a_tenth(tables: Parameters) -> None:
    execute(tables, AN_HOUR_APART)
    question = FunnelQuestion("matched", window=timedelta(days=30))
    found = asked(tables, question, Filters(as_of=CLOCK))
    assert found
    # 29 of them are three days old.
    assert (found.within, found.observed, found.entered) == (DAY, 77, 100)
    assert found.rate == 0.0
    later = asked(tables, question, Filters(as_of=CLOCK + HOUR))
    assert later
    assert (later.within, later.observed) == (3 * DAY, 30)
    assert later.rate == pytest.approx(0.5, abs=0.05)
    assert later.low < 0.5 < later.high


def test_where_all_windows_are_closed_it_is_the_plain_share(tables: Parameters) -> None:
    execute(tables, AN_HOUR_APART)
    found = asked(tables, FunnelQuestion("matched"), Filters(as_of=CLOCK + 40 * DAY))
    assert found
    assert (found.rate, found.estimated, found.closed) == (0.5, False, 100)
    assert (found.low, found.high) == wilson(50, 100)


@pytest.mark.parametrize(
    ("to", "within", "fault"),
    [
        ("analysis_started", None, "is the first step: name a later one"),
        ("registration", None, "is optional: name a required step"),
        ("first_payment", None, "was not recorded before the last window closes"),
        ("gone", None, "is no step of this funnel"),
        (None, 31 * DAY, "within 31d is longer than the window of 30d"),
    ],
)
def test_what_nobody_can_convert_to_is_refused(
    tables: Parameters, to: str | None, within: timedelta | None, fault: str
) -> None:
    execute(tables, AN_HOUR_APART)
    with reading(tables) as reader:
        prepared = prepare_funnel(reader, Filters(as_of=CLOCK), PLAN, FunnelQuestion("matched"))
        with pytest.raises(QuestionError, match=re.escape(fault)):
            conversion(reader, Filters(as_of=CLOCK), prepared, to, within)


def test_an_age_that_too_few_have_has_no_rate(tables: Parameters) -> None:
    execute(tables, AN_HOUR_APART)
    with reading(tables) as reader:
        prepared = prepare_funnel(reader, Filters(as_of=CLOCK), PLAN, FunnelQuestion("matched"))
        assert conversion(reader, Filters(), prepared, within=7 * DAY) is None
        assert conversion(reader, Filters(), prepared, within=36 * HOUR) is not None


def test_starts_that_leads_prove_are_no_base_for_a_rate(tables: Parameters) -> None:
    execute(tables, AN_HOUR_APART + "; update website_leads set business_name = 'A'")
    first = "analysis_started"
    execute(
        tables,
        "delete from conversion_tracking where conversion_step = %s and step_completed_at > %s",
        *(first, datetime(2026, 1, 3, 2)),
    )
    found = asked(tables, FunnelQuestion(), Filters(as_of=CLOCK + 40 * DAY))
    assert found
    assert found.entered == 100
    execute(
        tables,
        "delete from conversion_tracking where conversion_step = %s and step_completed_at = %s",
        *(first, datetime(2026, 1, 3, 2)),
    )
    assert asked(tables, FunnelQuestion(), Filters(as_of=CLOCK + 40 * DAY)) is None


def test_where_the_first_steps_were_never_recorded_there_is_no_rate(tables: Parameters) -> None:
    execute(tables, AN_HOUR_APART)
    steps = ("analysis_started", "analysis_completed")
    later = Filters(as_of=CLOCK + 40 * DAY)
    assert asked(tables, FunnelQuestion("matched", steps=steps), later) is not None
    assert asked(tables, FunnelQuestion("matched", steps=("never", *steps)), later) is None


def test_halves_that_differ_are_told_until_all_windows_are_closed(tables: Parameters) -> None:
    execute(tables, AN_HOUR_APART.replace("'2 days'", "'1 minute'"))
    question = FunnelQuestion("matched", window=10 * DAY)
    assert not rate_of(tables, question, CLOCK).halves_differ
    # The first fifty all complete now, of the newer ones every other one.
    execute(
        tables,
        "insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)"
        " select id, 'analysis_completed', created_at + interval '1 minute' from website_leads"
        " where right(id::text, 1) in ('0', '2', '4', '6', '8') and created_at <= %s",
        datetime(2026, 1, 3, 2),
    )
    assert rate_of(tables, question, CLOCK).halves_differ
    assert not rate_of(tables, question, CLOCK + 20 * DAY).halves_differ


def rate_of(parameters: Parameters, question: FunnelQuestion, clock: datetime) -> Conversion:
    found = asked(parameters, question, Filters(as_of=clock))
    assert found
    return found


def test_each_value_has_its_rate_at_the_same_age(
    tables: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    execute(
        tables,
        AN_HOUR_APART + "; update website_leads set lead_source = 'paid'"
        " where created_at < '2026-01-02 12:00'; update website_leads set lead_source = 'few'"
        " where created_at > '2026-01-05 04:00'",
    )
    answer = ("--breakdown", "lead_source", "--as-of", "2026-01-05 06:30", "--format", "json")
    assert main(["funnel", "--source", url_of(tables), *answer]) == 0
    told = json.loads(capsys.readouterr().out)
    by_value = {each.pop("value"): each for each in told["conversion_by_value"]}
    assert [*by_value] == ["paid", "(none)"]
    # Of the 35 before noon of the second day 30 are three days old.
    assert by_value["paid"]["observed"] == 30
    assert by_value["paid"]["within_s"] == told["conversion"]["within_s"] == 3 * 86_400
    assert by_value["paid"]["rate"] == pytest.approx(0.5, abs=0.1)
    # None of the others is.
    assert (by_value["(none)"]["entered"], by_value["(none)"]["observed"]) == (65, 0)
    assert {by_value["(none)"][each] for each in ("rate", "low", "high")} == {None}


@pytest.mark.parametrize(("units", "share"), [(200, 0.05), (200, 0.5), (1000, 0.014)])
def test_the_interval_holds_the_true_share_in_95_of_100_runs(units: int, share: float) -> None:
    random, runs, window = np.random.default_rng(7), 2000, 30.0
    held = 0
    for _ in range(runs):
        # They enter over a month; those that convert take two days on average.
        entered = random.uniform(0, window, units)
        took = np.where(random.random(units) < share, random.exponential(2, units), np.inf)
        low, high = interval_within(14.0, took, window - entered)
        held += low <= share * (1 - exp(-14 / 2)) <= high
    assert 0.93 <= held / runs <= 0.97


def interval_within(
    age: float, took: "np.ndarray[Any, Any]", seen: "np.ndarray[Any, Any]"
) -> tuple[float, float]:
    """Return the interval of the share that converts within an age, as the product has it."""
    times = np.minimum(took, seen)
    order = np.argsort(times)
    converted = (took <= seen)[order] & (times[order] <= age)
    at_risk = len(times) - np.flatnonzero(converted)
    left = float(np.prod(1 - 1 / at_risk))
    spread = float(np.sum(1 / (at_risk * (at_risk - 1.0))))
    return Proportion(1 - left, int(np.sum(seen >= age)), spread).interval()


def test_all_pages_the_report_and_the_command_line_say_the_same(
    tables: Parameters, open_app: Callable[..., AppTest], capsys: pytest.CaptureFixture[str]
) -> None:
    execute(tables, AN_HOUR_APART)
    shown = {"as_of": "2026-01-05T06:30", "range": "all time"}
    funnel = open_app(tables, "funnel", **shown).title[0].value
    status = {each.label: each.value for each in open_app(tables, **shown).metric}["Conversion"]
    as_of = ("--as-of", "2026-01-05 06:30", "--correction", "corrected", "--format", "json")
    assert main(["funnel", "--source", url_of(tables), *as_of]) == 0
    told = json.loads(capsys.readouterr().out)["conversion"]
    assert told["within_s"] == (3 * DAY).total_seconds()
    assert status == percent(told["rate"])
    assert funnel == f"{status} of submissions reached “Analysis completed” within 3 days"
    coverage = " ".join(each.value for each in open_app(tables, "coverage", **shown).markdown)
    assert f"**{status}** from “Analysis started” to “Analysis completed” within 3 days" in coverage
    page = ("--as-of", "2026-01-05 06:30", "--format", "html")
    assert main(["report", "--source", url_of(tables), *page]) == 0
    assert status in capsys.readouterr().out
