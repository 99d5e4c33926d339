"""Random histories for the funnel: many small worlds a database, asked by SQL and by the oracle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import strategies as st

from dashboard.database.reading import Reader, Source
from dashboard.funnel.data import Funnel, count_steps
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import Correction, FunnelQuestion, Unit
from dashboard.matching.data import Pairing
from dashboard.model.filters import Filters
from dashboard.model.limits import DEFAULT_WINDOW
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.model.tracking_plan import load_plan
from tests.conftest import Parameters, source_of
from tests.funnel import oracle
from tests.funnel.oracle import Asked, Journey
from tests.funnel.proofs_oracle import Event
from tests.matching.oracle import Lead, Rules, submissions

START = datetime(2026, 3, 29, 0, 30)
WINDOW = timedelta(hours=1)
ANALYSIS_WINDOW = timedelta(minutes=5)
RULES = Rules(ANALYSIS_WINDOW, timedelta(seconds=42), timedelta(seconds=5))
PAIRING = Pairing(ANALYSIS_WINDOW, 1, RULES.median_lag, timedelta())
PLAN = load_plan()
STEPS = PLAN.names[:7]
CLOCK = datetime(2026, 11, 1)
# A lead: its second, its session, what it is, and the second of its conversion.
DrawnLead = tuple[float, int | None, bool, float | None]
World = tuple[list[DrawnLead], list[tuple[str, float, int | None, int | None]]]

# Few distinct times near each edge: ties, the 2 s tolerance, the window, pairs, races and bounds.
AT = st.sampled_from(
    [-4, -3, -2, 0, 1, 2, 3, 42, 43, 44, 60, 84, 299, 301, 1800, 3599, 3600, 3601, 3642, 7200]
).map(float)
LEADS = st.lists(
    st.tuples(
        AT,
        st.sampled_from([0, 0, 1, 2, None, None]),
        st.booleans(),
        st.one_of(st.none(), st.none(), AT),
    ),
    max_size=5,
)
# step, time, the number of its lead (None: without lead; -1: not there), the number of its session
EVENTS = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, *STEPS[:3], "other"]),
        AT,
        st.sampled_from([0, 0, 0, 1, 2, None, -1]),
        st.sampled_from([None, 0, 1]),
    ),
    max_size=9,
)
WORLDS = st.lists(st.tuples(LEADS, EVENTS), min_size=50, max_size=50)
FILTERS = st.fixed_dictionaries(
    {
        "start_at": st.sampled_from([None, START, START + timedelta(seconds=1)]),
        "end_at": st.sampled_from(
            [None, START + timedelta(seconds=44), START + timedelta(hours=1)]
        ),
        "as_of": st.sampled_from([None, None, START + timedelta(hours=1, seconds=43)]),
    }
)


@st.composite
def questions(draw: st.DrawFn) -> FunnelQuestion:
    """Draw correction and unit, steps in and out of plan order, optional ones, and a window."""
    pairs: list[tuple[Correction, Unit]] = [
        ("raw", "submission"),
        ("matched", "submission"),
        ("corrected", "submission"),
        ("corrected", "submission"),
        ("corrected", "visitor"),
        ("corrected", "organization"),
    ]
    correction, unit = draw(st.sampled_from(pairs))
    steps = draw(
        st.sampled_from(
            [
                (),
                tuple(STEPS),
                tuple(STEPS[:3]),
                ("analysis_started", "other", "content_generated"),
                ("analysis_completed", "audience_selected", "previews_viewed"),
                ("never", "previews_viewed", "analysis_completed", "audience_selected"),
            ]
        )
    )
    optional = draw(st.sets(st.sampled_from(["previews_viewed", "audience_selected"])))
    window = draw(st.sampled_from([WINDOW, DEFAULT_WINDOW, None]))
    return FunnelQuestion(correction, unit, steps, frozenset(optional & {*steps}), window)


def tables_of(
    worlds: list[World], moments: list[datetime] | None = None
) -> tuple[list[Lead], list[Event]]:
    """Every world has a website and sessions of its own; organizations span two of them.

    World n begins at the nth of `moments`, over and over; without them all begin at START.
    """
    leads: list[Lead] = []
    events: list[Event] = []
    for number, (rows, happened) in enumerate(worlds):
        begin = moments[number % len(moments)] if moments else START
        own = [
            Lead(
                UUID(int=number * 16 + position + 1),
                begin + timedelta(seconds=second),
                None if session is None else f"s{session}-{number}",
                # A session's second website, now and then.
                f"w{number}{'x' * (session == 2)}.example",
                UUID(int=number // 2 + 1) if position % 3 != 2 else None,
                analyzed,
                None if converted is None else begin + timedelta(seconds=converted),
            )
            for position, (second, session, analyzed, converted) in enumerate(rows)
        ]
        leads += own
        events += [
            Event(
                step,
                begin + timedelta(seconds=second),
                _lead_id(number, own, lead),
                None if session is None else f"s{session}-{number}",
            )
            for step, second, lead, session in happened
        ]
    return leads, events


def _lead_id(number: int, own: list[Lead], lead: int | None) -> UUID | None:
    """The lead's id, or one that no lead has."""
    if lead is None or lead >= len(own):
        return None
    return own[lead].id if lead >= 0 else UUID(int=number * 16 + 16)


def store(parameters: Parameters, leads: list[Lead], events: list[Event], **sources: Any) -> None:
    """Replace the tables' rows; `sources` are lead sources by lead id."""
    with psycopg.connect(**parameters) as connection, connection.cursor() as cursor:
        cursor.execute("truncate conversion_tracking, website_leads, organizations")
        columns = (
            "(id, created_at, session_id, website_url, organization_id, business_name, "
            "converted_to_user_id, converted_at, lead_source)"
        )
        with cursor.copy(f"copy website_leads {columns} from stdin".encode()) as copy:
            for lead in leads:
                copy.write_row(
                    (
                        lead.id,
                        lead.created_at,
                        lead.session_id,
                        lead.website_url,
                        lead.organization_id,
                        None if lead.analyzed else PLACEHOLDER,
                        lead.converted_at and lead.id,
                        lead.converted_at,
                        sources.get(str(lead.id)),
                    )
                )
        columns = "(website_lead_id, conversion_step, step_completed_at, session_id)"
        with cursor.copy(f"copy conversion_tracking {columns} from stdin".encode()) as copy:
            for event in events:
                copy.write_row((event.lead_id, event.step, event.at, event.session_id))


@contextmanager
def reading(parameters: Parameters) -> Iterator[Reader]:
    """Read the tables as the product does."""
    source: Source = source_of(parameters)
    try:
        with source.read() as reader:
            yield reader
    finally:
        source.engine.dispose()


def ask_in(reader: Reader, question: FunnelQuestion, filters: Filters) -> Funnel:
    """Count one funnel with a median lag that is given, not measured."""
    prepared = prepare_funnel(reader, filters, PLAN, question, pairing=PAIRING)
    return count_steps(reader, filters, prepared)


def asked(parameters: Parameters, question: FunnelQuestion, **filters: Any) -> Funnel:
    """Count one funnel by itself."""
    with reading(parameters) as reader:
        return ask_in(reader, question, Filters(**filters))


def followed(
    leads: list[Lead],
    events: list[Event],
    question: FunnelQuestion,
    filters: Filters,
    clock: datetime = CLOCK,
) -> tuple[list[Journey], Asked]:
    """Follow the same histories with the oracle; without as-of time, until the clock."""
    as_of, end = filters.as_of, filters.end_at
    leads = [each for each in leads if not as_of or each.created_at < as_of]
    leads = [
        each
        if not as_of or not each.converted_at or each.converted_at < as_of
        else replace(each, converted_at=None)
        for each in leads
    ]
    events = [each for each in events if not as_of or each.at < as_of]
    until = end + question.window if end and question.window else datetime.max
    known = {each.step for each in events if each.at < until}
    later = {each.step for each in events} - known
    steps = [each for each in question.steps or PLAN.names if each in known]
    may_be_missing = question.optional if question.steps else PLAN.optional
    required = [each for each in steps if each not in may_be_missing]
    optional = {
        each: sum(steps.index(x) < steps.index(each) for x in required)
        for each in steps
        if each in may_be_missing
    }
    implies = {name: PLAN.implied(name) for name in PLAN.names}
    made = Asked(
        question.correction,
        question.unit,
        required,
        optional,
        question.window,
        as_of or clock,
        implies,
        filters.start_at,
        end,
        frozenset(later & {*(question.steps or PLAN.names)}),
    )
    return oracle.journeys(leads, events, RULES, made), made


def first_leads(leads: list[Lead], question: FunnelQuestion, filters: Filters) -> dict[str, str]:
    """Return the first lead of each lead's submission.

    A unit is named by a lead of it, not always by the first: a lead without session and without
    steps is not looked for.
    """
    if question.correction == "raw" or question.unit != "submission":
        return {}
    there = [each for each in leads if not filters.as_of or each.created_at < filters.as_of]
    found = submissions(there, RULES)
    return {str(lead): str(submission) for lead, (submission, _) in found.items()}
