"""What excuses a submission from a provable loss; each was judged wrongly once."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dashboard.funnel.losses.data import LossKind, losses
from dashboard.model.filters import Filters
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.model.tracking_plan import ANALYSIS_COMPLETED, load_plan
from tests.conftest import Parameters, connect, execute, source_of

PLAN = load_plan()
AT = datetime(2026, 3, 1, 12)
MINUTE = timedelta(minutes=1)
LATER = Filters(as_of=AT + timedelta(days=1))


def add_lead(
    tables: Parameters,
    number: int,
    at: datetime,
    session: str | None,
    name: str | None,
    *,
    website: str = "a.example",
) -> None:
    execute(
        tables,
        "insert into website_leads (id, created_at, session_id, business_name, website_url)"
        " values (%s, %s, %s, %s, %s)",
        UUID(int=number),
        at,
        session,
        name,
        website,
    )


def complete(tables: Parameters, at: datetime, session: str) -> None:
    """Record a start and a completion that name the session, and no lead."""
    for step in ("analysis_started", ANALYSIS_COMPLETED):
        execute(
            tables,
            "insert into conversion_tracking (conversion_step, step_completed_at, session_id)"
            " values (%s, %s, %s)",
            step,
            at,
            session,
        )


def lost(tables: Parameters, kind: LossKind, filters: Filters = LATER) -> set[int]:
    """Return the numbers of the leads or organizations with a loss of that kind."""
    source = source_of(tables)
    with source.read() as reader:
        found = losses(reader, filters, PLAN).examples(reader, kind)
    source.engine.dispose()
    ids = {*found["lead_id"].dropna(), *found["organization_id"].dropna()}
    return {UUID(each).int for each in ids}


def test_a_completion_without_lead_counts_as_one(tables: Parameters) -> None:
    add_lead(tables, 1, AT, "s", PLACEHOLDER)
    complete(tables, AT + MINUTE, "s")
    assert lost(tables, "unanalyzed") == {1}


def test_an_analysis_that_a_completion_without_lead_ended_may_still_write(
    tables: Parameters,
) -> None:
    add_lead(tables, 1, AT, "s", PLACEHOLDER)
    complete(tables, AT + 10 * MINUTE, "s")
    assert lost(tables, "unanalyzed", Filters(as_of=AT + 14 * MINUTE)) == set()


def test_an_analyzed_lead_after_a_slow_analysis_excuses(tables: Parameters) -> None:
    add_lead(tables, 1, AT, "s", PLACEHOLDER)
    complete(tables, AT + 10 * MINUTE, "s")
    add_lead(tables, 2, AT + 10 * MINUTE, None, "Snap")
    assert lost(tables, "unanalyzed") == set()


def test_a_second_analysis_excuses_where_the_completion_has_no_lead(tables: Parameters) -> None:
    add_lead(tables, 1, AT, "s", PLACEHOLDER)
    complete(tables, AT + 20 * MINUTE, "s")
    add_lead(tables, 2, AT + 16 * MINUTE, None, "Snap")
    assert lost(tables, "unanalyzed") == set()


def test_losses_pair_by_the_measured_lag_where_all_completions_are_without_lead(
    tables: Parameters,
) -> None:
    for number in range(10, 20):
        website = f"w{number}.example"
        add_lead(tables, number, AT - MINUTE, f"s{number}", PLACEHOLDER, website=website)
        at = AT - MINUTE + timedelta(seconds=200)
        add_lead(tables, 100 + number, at, None, "Snap", website=website)
    add_lead(tables, 1, AT, "s", PLACEHOLDER)
    add_lead(tables, 2, AT + timedelta(seconds=100), "t", PLACEHOLDER)
    add_lead(tables, 3, AT + timedelta(seconds=210), None, "Snap")
    for session in ("s", "t"):
        complete(tables, AT + 3 * MINUTE, session)
    # With 45 s, the default, the analyzed lead would be the second visitor's.
    assert lost(tables, "unanalyzed") == {2}


@pytest.mark.parametrize("name", [None, ""])
def test_a_lead_without_name_proves_no_missing_analysis(
    tables: Parameters, name: str | None
) -> None:
    add_lead(tables, 1, AT, "s", name)
    complete(tables, AT + MINUTE, "s")
    assert lost(tables, "unanalyzed") == set()


@pytest.mark.parametrize("column", ["user_id", "owner_user_id"])
def test_whoever_stands_in_either_owner_column_owns_an_organization(
    tables: Parameters, column: str
) -> None:
    execute(tables, "alter table organizations add column owner_user_id uuid")
    with connect(tables) as connection:
        connection.execute(
            "insert into organizations (id, name, session_id, website_url, created_at)"
            " values (%s, 'x', 's', 'a.example', %s), (%s, 'y', 's', 'b.example', %s)",
            [UUID(int=1), AT, UUID(int=2), AT],
        )
    execute(tables, f"update organizations set {column} = gen_random_uuid() where name = 'y'")
    assert lost(tables, "without_lead") == {1}
