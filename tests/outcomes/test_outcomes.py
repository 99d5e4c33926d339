"""Outcomes of random histories: SQL against the definition in plain Python."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model.filters import Filters
from dashboard.model.limits import DEFAULT_WINDOW
from dashboard.outcomes.data import lead_outcomes, submission_outcomes
from tests.conftest import Parameters, execute
from tests.examples import examples
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import (
    AT,
    CLOCK,
    FILTERS,
    LEADS,
    PAIRING,
    PLAN,
    RULES,
    reading,
    store,
    tables_of,
)
from tests.matching.oracle import Lead, submissions

DAY = timedelta(days=1)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from([*PLAN.names, PLAN.payment, PLAN.payment, "other"]),
        st.one_of(AT, AT.map(lambda second: second + DEFAULT_WINDOW.total_seconds())),
        st.sampled_from([0, 0, 0, 1, 2, None, -1]),
        st.sampled_from([None, 0, 1]),
    ),
    max_size=6,
)
WORLDS = st.lists(st.tuples(LEADS, EVENTS), min_size=30, max_size=30)
SOURCES = ["a", "b", None]
# What an event carries is told from its second, so that events of one moment carry the same.
CARRIED = """
    update conversion_tracking set
        conversion_value = case extract(second from step_completed_at)::int % 3
            when 0 then extract(minute from step_completed_at) + 0.5 end,
        step_data = case extract(second from step_completed_at)::int % 3
            when 1 then '{"amount": 7, "currency": "EUR"}'::jsonb
            when 0 then '{"amount": "12,50", "currency": "USD"}' end
"""


@dataclass(frozen=True)
class Expected:
    """One submission: its first lead and what became of it."""

    begun_at: datetime
    source: str
    users: list[str]
    last_step_at: datetime | None
    paid_at: datetime | None
    amount: tuple[str, float] | None
    in_progress: bool


def carried(at: datetime) -> tuple[str, float] | None:
    return [("USD", at.minute + 0.5), ("EUR", 7.0), None][at.second % 3]


def expected(
    leads: list[Lead], events: list[Event], filters: Filters, sources: dict[str, str]
) -> list[Expected]:
    as_of = filters.as_of or datetime.max
    leads = sorted((x for x in leads if x.created_at < as_of), key=lambda each: each.order)
    matched = {lead: found for lead, (found, _) in submissions(leads, RULES).items()}
    found = []
    for own in sorted({*matched.values()}):
        members = [lead for lead in leads if matched[lead.id] == own]
        begun_at = members[0].created_at
        if not (filters.start_at or datetime.min) <= begun_at < (filters.end_at or datetime.max):
            continue
        history = [e for e in events if e.at < as_of and owner(e, leads, matched) == own]
        steps = [e for e in history if e.step in PLAN.names]
        required = [e.at for e in steps if e.step not in PLAN.optional]
        paid = sorted(e.at for e in steps if e.step == PLAN.payment)
        amounts = [carried(at) for at in paid if carried(at)]
        converted = [x for x in members if x.converted_at and x.converted_at < as_of]
        clock = filters.as_of or CLOCK
        found.append(
            Expected(
                begun_at,
                next((sources[str(x.id)] for x in members if str(x.id) in sources), "(none)"),
                [str(x.id) for x in sorted(converted, key=lambda x: (x.converted_at, x.id))][:1],
                max((e.at for e in steps), default=None),
                next(iter(paid), None),
                next(iter(amounts), None),
                not paid and bool(required) and min(required) > clock - DEFAULT_WINDOW,
            )
        )
    return found


def owner(event: Event, leads: list[Lead], matched: dict[Any, Any]) -> object:
    if event.lead_id in matched:
        return matched[event.lead_id]
    of_session = {matched[x.id] for x in leads if x.session_id == event.session_id}
    return of_session.pop() if event.session_id and len(of_session) == 1 else None


def summary(found: list[Expected], clock: datetime) -> dict[str, object]:
    """The figures of some submissions, as a row of the answer has them."""
    days = [max((x.paid_at - x.begun_at) / DAY, 0) for x in found if x.paid_at]
    idle = [
        max((clock - x.last_step_at) / DAY, 0) for x in found if x.in_progress and x.last_step_at
    ]
    return {
        "submissions": len(found),
        "converted": sum(bool(x.users) for x in found),
        "converted_users": len({user for x in found for user in x.users}),
        "paid": sum(x.paid_at is not None for x in found),
        "days_to_payment": pytest.approx(median(days)) if days else None,
        "in_progress": sum(x.in_progress for x in found),
        "days_idle": pytest.approx(median(idle)) if idle else None,
    }


def told(rows: Any, names: Any) -> dict[str, object]:
    (row,) = rows[[*names]].astype(object).where(rows[[*names]].notna(), None).to_dict("records")
    return dict(row)


@examples(60)
@given(worlds=WORLDS, chosen=FILTERS, late=st.booleans())
def test_outcomes_are_those_of_the_definition(
    stored: Parameters, worlds: Any, chosen: dict[str, Any], late: bool
) -> None:
    leads, events = tables_of(worlds)
    sources = {
        str(lead.id): source
        for number, lead in enumerate(leads)
        if (source := SOURCES[number % len(SOURCES)])
    }
    store(stored, leads, events, **sources)
    execute(stored, CARRIED)
    clock = max((e.at for e in events), default=CLOCK) + (DEFAULT_WINDOW if late else timedelta())
    filters = Filters(**{"as_of": clock, **{k: v for k, v in chosen.items() if v}})
    with reading(stored) as reader:
        found = submission_outcomes(reader, filters, PLAN, pairing=PAIRING)
        each = lead_outcomes(reader, filters, PLAN, None, PAIRING)
    truth = expected(leads, events, filters, sources)
    figures = summary(truth, filters.as_of or clock)
    if found.payment is None:
        figures["paid"] = None
        assert not any(x.paid_at for x in truth)
    assert told(found.total, figures) == figures
    assert found.sources is not None
    for source in {x.source for x in truth}:
        rows = found.sources[found.sources["source"] == source]
        of_source = summary([x for x in truth if x.source == source], filters.as_of or clock)
        if found.payment is None:
            of_source["paid"] = None
        assert told(rows, of_source) == of_source
    assert found.total_amounts is not None
    amounts = [x.amount for x in truth if x.amount]
    assert {
        row["currency"]: (row["payments"], row["amount"])
        for _, row in found.total_amounts.iterrows()
    } == {
        currency: (
            sum(name == currency for name, _ in amounts),
            pytest.approx(sum(amount for name, amount in amounts if name == currency)),
        )
        for currency in {name for name, _ in amounts}
    }
    if not filters.start_at and not filters.end_at:
        assert len(each) == sum(x.created_at < (filters.as_of or clock) for x in leads)
