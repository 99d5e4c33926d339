"""Every write strategy under load: remedies are correct, and what is wrong is caught."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from dashboard.database.address import Address
from dashboard.lab.conditions import Conditions
from dashboard.lab.outcome import StrategyResult, percentile_ms
from dashboard.lab.strategies import STRATEGIES
from dashboard.lab.verdict import result_in_words
from dashboard.submit.address import normalized_website
from tests.conftest import Parameters
from tests.lab.conftest import REMEDIES, schemas, stressed

# Owned websites, lost connections, late visitors: what a remedy has to bear.
HARD = {"owned_share": 0.5, "crash_share": 0.3, "jitter": 0.01}
LATER = ("as-is-ece936e", "as-is-ece936e-jobs")
ENOUGH_FOR_A_RACE = {"visitors": 20, "websites": 8}


def all_is_well(found: StrategyResult) -> bool:
    wrong = found.duplicate_organizations + found.duplicate_leads + found.lost_steps
    return wrong == 0 and found.saved == found.attempts and found.correct


def alone(address: Address, strategy: str, **conditions: Any) -> StrategyResult:
    """Run a strategy with one visitor, whose analysis ends long after the tracking."""
    return stressed(address, strategy, visitors=1, analysis_time=3, **conditions)


@pytest.mark.parametrize("constraint", ["inclusive", "exclusive"])
@pytest.mark.parametrize("strategy", REMEDIES)
def test_a_remedy_leaves_no_duplicates_and_no_losses(
    address: Address, strategy: str, constraint: str
) -> None:
    hard = HARD if constraint == "exclusive" else {}
    found = stressed(address, strategy, visitors=10, websites=4, constraint=constraint, **hard)
    assert all_is_well(found), found


@pytest.mark.soak
@pytest.mark.parametrize("repeat", range(3))
@pytest.mark.parametrize("strategy", REMEDIES)
def test_a_remedy_is_correct_every_time(address: Address, strategy: str, repeat: int) -> None:
    found = stressed(address, strategy, visitors=20, websites=15)
    assert all_is_well(found), found


@pytest.mark.soak
@pytest.mark.parametrize("constraint", ["exclusive", "absent"])
@pytest.mark.parametrize("strategy", REMEDIES)
def test_a_remedy_is_correct_where_much_goes_wrong(
    address: Address, strategy: str, constraint: str
) -> None:
    found = stressed(address, strategy, visitors=20, websites=4, constraint=constraint, **HARD)
    assert all_is_well(found), found


def test_as_it_is_every_submission_leaves_two_leads_and_some_websites_several_organizations(
    address: Address,
) -> None:
    found = stressed(address, "as-is", **ENOUGH_FOR_A_RACE, constraint="absent")
    assert not found.correct
    assert found.duplicate_organizations > 0
    assert found.duplicate_leads > 0
    # A visitor whose slug somebody else took has lost the rows.
    assert found.errors.keys() == {"23505"}
    assert found.lost_steps > 0
    assert found.saved < found.attempts


def test_as_it_is_an_analysis_that_comes_first_loses_its_lead(address: Address) -> None:
    """The race decides that it inserts; it fails because it has no session id."""
    found = stressed(address, "as-is", **ENOUGH_FOR_A_RACE)
    assert found.errors.get("23514", 0) > 0
    with_session = stressed(address, "as-is-with-session", **ENOUGH_FOR_A_RACE)
    assert "23514" not in with_session.errors
    assert not with_session.correct


def test_as_it_is_an_owned_website_loses_everything_in_the_exclusive_form(address: Address) -> None:
    found = stressed(
        address,
        "as-is-with-session",
        visitors=2,
        websites=2,
        constraint="exclusive",
        owned_share=1.0,
        analysis_time=0.05,
    )
    assert found.errors == {"23514": 12}
    assert (found.saved, found.lost_steps) == (0, 12)


def test_retry_without_a_key_saves_what_failed_and_not_what_is_silent(address: Address) -> None:
    found = stressed(address, "retry-without-key", **ENOUGH_FOR_A_RACE)
    assert found.retries > 0
    assert (found.saved, found.lost_steps) == (found.attempts, 0)
    assert found.duplicate_leads > 0
    assert not found.correct


def test_tracking_that_never_creates_is_wrong_for_many(address: Address) -> None:
    found = stressed(address, "tracking-never-creates-leads", **ENOUGH_FOR_A_RACE)
    assert found.duplicate_leads == 0
    assert not found.correct


def test_tracking_that_waits_is_wrong_for_many(address: Address) -> None:
    found = stressed(address, "tracking-waits-for-the-lead", visitors=20, websites=5)
    assert found.duplicate_leads == 0
    # Where the analysis path was refused there is no lead to wait for.
    assert found.lost_steps > 0


def test_a_visitor_alone_loses_nothing_and_leaves_no_schema(
    address: Address, lab_database: Parameters
) -> None:
    strategies = STRATEGIES.keys() - {*LATER}
    with ThreadPoolExecutor(len(strategies)) as threads:
        found = [*threads.map(partial(alone, address, websites=1), strategies)]
    for each in found:
        assert (each.saved, each.lost_steps, each.errors) == (1, 0, {}), each
        # Those that check, then insert, leave a second lead without any race.
        twice = each.strategy in ("as-is", "as-is-with-session", "retry-without-key")
        assert (each.duplicate_leads, each.correct) == (int(twice), not twice), each
    assert schemas(lab_database) == []


def test_since_ece936e_a_visitor_alone_loses_every_step_without_an_error(address: Address) -> None:
    direct, jobs = (stressed(address, name, visitors=1, websites=2) for name in LATER)
    for each in (direct, jobs):
        assert (each.saved, each.lost_steps, each.correct) == (0, 6, False), each
    # The analysis of a new website is refused in its direct form. As a job it writes no lead.
    assert (direct.errors, direct.lost_without_error) == ({"23514": 2}, 4)
    assert (jobs.errors, jobs.lost_without_error) == ({}, 6)
    assert result_in_words(direct) == "Wrong: 6 lost events, 4 of them without an error"


def test_since_ece936e_a_known_website_keeps_its_analyzed_lead(address: Address) -> None:
    found = stressed(address, "as-is-ece936e", visitors=1, websites=2, owned_share=1.0)
    assert (found.errors, found.lost_steps, found.lost_without_error) == ({}, 4, 4)
    assert found.saved == 0


@pytest.mark.parametrize("strategy", ["as-is", "retry-without-key", "unique-upsert"])
def test_what_a_refused_request_lost_is_not_called_lost_without_an_error(
    address: Address, strategy: str
) -> None:
    found = stressed(address, strategy, **ENOUGH_FOR_A_RACE, crash_share=0.2)
    assert found.lost_without_error == 0
    assert "without an error" not in result_in_words(found)


def test_more_requests_than_connections_wait_for_one(address: Address) -> None:
    assert stressed(address, "unique-upsert", visitors=50, websites=1).correct


def test_submissions_are_the_same_on_every_run() -> None:
    conditions = Conditions(visitors=4, websites=5, crash_share=0.5, jitter=1, owned_share=0.4)
    assert [*conditions.submissions] == [*conditions.submissions]
    assert len({each.session_id for each in conditions.submissions}) == 20
    assert sum(each.crash is not None for each in conditions.submissions) == 10
    assert len(conditions.owned_websites) == 2


def test_a_website_of_the_lab_is_spelled_as_submit_stores_it() -> None:
    for submission in Conditions().submissions:
        assert normalized_website(submission.website_url) == submission.website_url


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile_ms([], 95) == 0
    assert percentile_ms([0.1], 95) == 100
    assert percentile_ms([i / 1000 for i in range(1, 101)], 50) == 50
    assert percentile_ms([i / 1000 for i in range(1, 101)], 95) == 95
