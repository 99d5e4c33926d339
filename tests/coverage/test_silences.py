"""When a stretch without events is called a silence, and how often that is wrong."""

from math import sqrt

import numpy as np
import numpy.typing as npt
import pytest

from dashboard.coverage.silences import (
    FALSE_ALARMS,
    NEIGHBORHOOD,
    expectation,
    past_stretches,
    past_threshold,
    present_stretch,
    present_threshold,
    silent_places,
    usual_gap,
)
from tests.coverage.simulated import HOURS, STEPS, history, hourly, judged, looks

Hours = npt.NDArray[np.int64]
DAY = 24


def hours(days: int, *, at: int = 12, each: int = 1) -> Hours:
    """So many events every day at the same hour."""
    series = np.zeros(days * DAY, np.int64)
    series[at::DAY] = each
    return series


def at_once(upstream: Hours) -> npt.NDArray[np.float64]:
    return expectation(upstream, np.zeros(1, np.int64))


def found(events: Hours, upstream: Hours) -> list[tuple[int, int]]:
    """Return the last and next hour of each stretch that is called a silence."""
    stretches = past_stretches(events, at_once(upstream))
    silent = silent_places(events, stretches, past_threshold(len(stretches.last)))
    return [(int(stretches.last[each]), int(stretches.next[each])) for each in silent]


# --- the past ---


def test_the_chance_is_that_of_as_many_misses() -> None:
    upstream = hours(12, each=5)
    events = hours(12)
    events[5 * DAY : 7 * DAY] = 0
    stretches = past_stretches(events, at_once(upstream))
    longest = int(np.argmax(stretches.next - stretches.last))
    # Ten events in ten days; the first of them aside, nine missed two days of twelve.
    assert stretches.chance[longest] == pytest.approx((10 / 12) ** 9)
    assert stretches.expected[longest] == pytest.approx(2)


def test_a_step_that_misses_days_while_its_upstream_goes_on_is_silent() -> None:
    events = hours(90, each=20)
    events[40 * DAY : 42 * DAY] = 0
    assert found(events, hours(90, each=30)) == [(39 * DAY + 12, 42 * DAY + 12)]


def test_days_on_which_the_upstream_is_missing_too_prove_nothing() -> None:
    events, upstream = hours(90, each=20), hours(90, each=30)
    events[40 * DAY : 50 * DAY] = upstream[40 * DAY : 50 * DAY] = 0
    assert found(events, upstream) == []


def test_nights_are_no_silence() -> None:
    assert found(hours(90, each=500), hours(90, each=500)) == []


def test_visitors_of_the_night_who_never_go_on_make_no_silence_of_it() -> None:
    events, upstream = hours(90, each=100), hours(90, each=200) + hours(90, at=2, each=200)
    assert past_stretches(events, at_once(upstream)).chance.min() < 1e-9
    assert found(events, upstream) == []


def test_a_crowd_that_never_goes_on_makes_no_silence_of_its_hour() -> None:
    events, upstream = hours(90, each=20), hours(90, each=30)
    upstream[40 * DAY + 18] = 5000
    assert found(events, upstream) == []


def test_nothing_before_the_first_event_is_a_silence_and_nothing_after_it_is_excused() -> None:
    events = hours(120, each=10)
    events[: 60 * DAY] = 0
    events[80 * DAY : 83 * DAY] = 0
    assert found(events, hours(120, each=30)) == [(79 * DAY + 12, 83 * DAY + 12)]


def test_the_begin_of_a_late_step_does_not_lower_its_usual_share() -> None:
    events, upstream = hours(70, each=2), hours(70, each=1000)
    events[: 60 * DAY] = 0
    events[64 * DAY : 66 * DAY] = 0
    stretches = past_stretches(events, at_once(upstream))
    longest = int(np.argmax(stretches.next - stretches.last))
    # Two a day since the day it began, not two a day in seventy.
    assert stretches.expected[longest] == pytest.approx(4)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_step_with_few_events_is_never_called_silent(number: int) -> None:
    events = np.zeros(60 * DAY, np.int64)
    events[np.linspace(12, 59 * DAY, number, dtype=int)] = 1
    assert found(events, hours(60, each=10_000)) == []


def test_events_further_away_than_four_weeks_do_not_count() -> None:
    events = np.zeros(3 * NEIGHBORHOOD + 1, np.int64)
    events[[0, NEIGHBORHOOD, 2 * NEIGHBORHOOD, 3 * NEIGHBORHOOD]] = 1
    few = past_stretches(events, np.ones(len(events)))
    events[[0, -1]] = 1000
    assert past_stretches(events, np.ones(len(events))).chance[1] == few.chance[1]


def test_a_step_that_comes_days_later_is_expected_days_later() -> None:
    upstream = np.zeros(10 * DAY, np.int64)
    upstream[0] = 10
    delays = np.zeros(100, np.int64)
    delays[[24, 48]] = 3, 1
    expected = expectation(upstream, delays)
    assert expected[24] == pytest.approx(7.5)
    assert expected[48] == pytest.approx(2.5)
    assert expected.sum() == pytest.approx(10)


# --- the present ---


def test_a_step_that_stopped_is_unusual_by_its_upstream_and_by_its_own_week() -> None:
    events = hours(60, each=3)
    events[57 * DAY :] = 0
    last = present_stretch(events, at_once(hours(60, each=4)))
    assert last
    assert (last.last, last.hours, last.events) == (56 * DAY + 12, 3 * DAY + 11, 84)
    assert last.expected == pytest.approx(9)
    assert last.chance == pytest.approx((28 / 31) ** 83)
    assert last.own_chance <= present_threshold(9)


def test_a_step_whose_upstream_stopped_as_well_is_unusual_by_its_own_week_only() -> None:
    events = hours(60, each=30)
    events[57 * DAY :] = 0
    last = present_stretch(events, at_once(events))
    assert last
    assert last.chance == 1
    assert last.own_chance <= present_threshold(9)


def test_what_is_still_to_come_is_not_missing() -> None:
    """A step that takes ten days is not silent because its newest upstreams lack it."""
    upstream = hours(60, each=30)
    delays = np.zeros(241, np.int64)
    delays[240] = 1
    events = np.zeros(60 * DAY, np.int64)
    events[240:] = upstream[:-240]
    last = present_stretch(events, expectation(upstream, delays))
    assert last
    assert last.chance > 0.3


def test_one_event_is_no_rhythm() -> None:
    events = hours(60) * 0
    assert present_stretch(events, at_once(hours(60))) is None
    events[5] = 1
    last = present_stretch(events, at_once(hours(60, each=1000)))
    assert last
    assert (last.chance, last.own_chance) == (1, 1)


def test_nineteen_of_twenty_gaps_are_no_longer_than_the_usual_one() -> None:
    assert usual_gap(hours(40)) == DAY
    assert usual_gap(np.array([5, 5, 5, 5, 5, 0, 0, 1])) == 1
    assert usual_gap(np.array([0, 1, 0])) is None


# --- false alarms, and that there are others ---


@pytest.mark.parametrize("a_day", [10, 80, 800])
def test_histories_without_a_silence_show_one_at_most_as_often_as_stated(a_day: int) -> None:
    number, seen = 150, looks(150, a_day, seed=7)
    for rate in (FALSE_ALARMS, 0.1):
        # What chance adds in so few: in one of a hundred such tests.
        most = number * rate + 2.33 * sqrt(number * rate)
        assert sum(each.past * FALSE_ALARMS <= rate for each in seen) <= most
        assert sum(each.present * FALSE_ALARMS <= rate for each in seen) <= most
        # The verdict has a rate of its own: outages and falls together.
        assert rate > FALSE_ALARMS or sum(each.refutes for each in seen) <= most


def test_two_days_cut_out_of_a_made_up_history_are_found_in_that_step_alone() -> None:
    dice = np.random.default_rng(3)
    for step in ("completed", "viewed", "selected", "generated"):
        made = history(dice, 80)
        assert judged(made, HOURS).past > 1
        at = made.times[step]
        made.times[step] = at[(at < 1440) | (at >= 1488)]
        silent = []
        for name, (upstream, *_) in STEPS.items():
            events = hourly(made.times[name], HOURS)
            stretches = past_stretches(events, at_once(hourly(made.times[upstream], HOURS)))
            silent += [name] * int((stretches.chance <= 1e-6).sum())
        assert silent == [step]
