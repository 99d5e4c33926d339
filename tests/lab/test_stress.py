"""Every strategy under load: correct remedies in every run, and what is wrong is caught."""

import pytest

from dashboard.database.address import Address
from dashboard.lab.conditions import Conditions
from dashboard.lab.outcome import percentile_ms
from dashboard.lab.strategies import STRATEGIES
from tests.conftest import Parameters
from tests.lab.conftest import REMEDIES, schemas, stressed


@pytest.mark.parametrize("repeat", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in (1, 2))])
@pytest.mark.parametrize("strategy", REMEDIES)
def test_a_cure_leaves_nothing_twice_and_loses_nothing(
    address: Address, strategy: str, repeat: int
) -> None:
    found = stressed(address, strategy, visitors=20, websites=15)
    twice_or_lost = found.duplicate_organizations, found.duplicate_leads, found.lost_steps
    assert twice_or_lost == (0, 0, 0), found
    assert (found.attempts, found.saved, found.correct) == (300, 300, True)


@pytest.mark.parametrize("constraint", ["exclusive", "absent"])
@pytest.mark.parametrize("strategy", REMEDIES)
def test_a_cure_holds_where_websites_are_owned_and_connections_are_lost(
    address: Address, strategy: str, constraint: str
) -> None:
    found = stressed(
        address,
        strategy,
        visitors=20,
        websites=4,
        constraint=constraint,
        owned_share=0.5,
        crash_share=0.3,
        jitter=0.01,
    )
    twice_or_lost = found.duplicate_organizations, found.duplicate_leads, found.lost_steps
    assert twice_or_lost == (0, 0, 0), found
    assert found.correct


def test_as_it_is_every_submission_leaves_two_leads_and_some_websites_several_organizations(
    address: Address,
) -> None:
    found = stressed(address, "as-is", visitors=20, websites=15, constraint="absent")
    assert not found.correct
    assert found.duplicate_organizations > 0
    assert found.duplicate_leads > 0
    # Whoever was given a number that somebody else took lost what it wrote.
    assert found.errors.keys() == {"23505"}
    assert found.lost_steps > 0
    assert found.saved < found.attempts


def test_as_it_is_an_analysis_that_comes_first_loses_its_lead(address: Address) -> None:
    """The race decides that it inserts; that it has no session id is what fails."""
    found = stressed(address, "as-is", visitors=20, websites=15)
    assert found.errors.get("23514", 0) > 0
    with_session = stressed(address, "as-is-with-session", visitors=20, websites=15)
    assert "23514" not in with_session.errors
    assert not with_session.correct


def test_as_it_is_one_visitor_alone_loses_nothing_and_still_leaves_two_leads(
    address: Address,
) -> None:
    found = stressed(address, "as-is", visitors=1, websites=2, analysis_time=1)
    assert (found.duplicate_organizations, found.duplicate_leads, found.lost_steps) == (0, 2, 0)
    assert (found.saved, found.errors, found.correct) == (2, {}, False)


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
    found = stressed(address, "retry-without-key", visitors=20, websites=15)
    assert found.retries > 0
    assert (found.saved, found.lost_steps) == (300, 0)
    assert found.duplicate_leads > 0
    assert not found.correct


def test_tracking_that_never_creates_keeps_its_events_without_lead(address: Address) -> None:
    alone = stressed(address, "tracking-never-creates-leads", visitors=1, websites=3)
    assert alone.correct
    crowd = stressed(address, "tracking-never-creates-leads", visitors=20, websites=15)
    assert crowd.duplicate_leads == 0
    assert not crowd.correct


def test_tracking_that_waits_is_right_for_one_visitor_and_not_for_many(address: Address) -> None:
    alone = stressed(
        address, "tracking-waits-for-the-lead", visitors=1, websites=2, analysis_time=1
    )
    assert alone.correct
    crowd = stressed(address, "tracking-waits-for-the-lead", visitors=20, websites=5)
    assert crowd.duplicate_leads == 0
    # Where the analysis path was refused there is no lead to wait for.
    assert crowd.lost_steps > 0


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_visitor_alone_loses_nothing_and_leaves_no_schema(
    address: Address, lab_database: Parameters, strategy: str
) -> None:
    found = stressed(address, strategy, visitors=1, websites=1, analysis_time=1)
    assert (found.saved, found.lost_steps, found.errors) == (1, 0, {})
    assert schemas(lab_database) == []


def test_more_requests_than_connections_wait_for_one(address: Address) -> None:
    found = stressed(address, "unique-upsert", visitors=50, websites=1)
    assert found.correct


def test_submissions_are_the_same_on_every_run() -> None:
    conditions = Conditions(visitors=4, websites=5, crash_share=0.5, jitter=1, owned_share=0.4)
    assert [*conditions.submissions] == [*conditions.submissions]
    assert len({each.session_id for each in conditions.submissions}) == 20
    assert sum(each.crash is not None for each in conditions.submissions) == 10
    assert len(conditions.owned_websites) == 2


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile_ms([], 95) == 0
    assert percentile_ms([0.1], 95) == 100
    assert percentile_ms([i / 1000 for i in range(1, 101)], 50) == 50
    assert percentile_ms([i / 1000 for i in range(1, 101)], 95) == 95
