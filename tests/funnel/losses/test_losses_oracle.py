"""Provable losses of random histories: SQL against the definition in plain Python."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.funnel.losses.data import LOSS_KINDS, losses
from dashboard.model.filters import Filters
from dashboard.model.limits import DEFAULT_WINDOW
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.model.tracking_plan import ANALYSIS_COMPLETED, load_plan
from tests.conftest import Parameters, execute, source_of
from tests.examples import examples
from tests.funnel.proofs_oracle import Event, lead_proofs
from tests.funnel.worlds import ANALYSIS_WINDOW, AT, PAIRING, RULES, START, STEPS
from tests.matching import oracle
from tests.matching.oracle import RACING, Lead

PLAN = load_plan()
NOW = datetime(2026, 11, 1)
REACH = ANALYSIS_WINDOW + RACING
Found = dict[UUID, set[str]]


@dataclass(frozen=True)
class Organization:
    id: UUID
    created_at: datetime
    website_url: str | None
    owned: bool


@dataclass(frozen=True)
class Tables:
    leads: list[Lead]
    placeholders: set[UUID]
    events: list[Event]
    organizations: list[Organization]


@dataclass(frozen=True)
class Submission:
    leads: list[Lead]
    ambiguous: bool

    @property
    def begun_at(self) -> datetime:
        return min(lead.created_at for lead in self.leads)

    @property
    def has_session(self) -> bool:
        return any(lead.session_id for lead in self.leads)


# Second, session, whether it is a placeholder; organizations: second, kind.
LEADS = st.lists(
    st.tuples(AT, st.sampled_from([0, 0, 1, 2, None, None]), st.booleans()), max_size=5
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, ANALYSIS_COMPLETED, ANALYSIS_COMPLETED]),
        AT,
        st.sampled_from([0, 0, 0, 1, 2, None]),
        st.sampled_from([None, 0, 1]),
    ),
    max_size=5,
)
ORGANIZATIONS = st.lists(
    st.tuples(
        st.one_of(AT, st.sampled_from([304.0, 305.0, 306.0, 610.0, 611.0])),
        st.sampled_from(["here", "here", "www", "none", "owned", "with lead"]),
    ),
    max_size=3,
)
WORLDS = st.lists(st.tuples(LEADS, EVENTS, ORGANIZATIONS), min_size=40, max_size=40)
FILTERS = st.fixed_dictionaries(
    {
        "start_at": st.sampled_from([None, START, START + timedelta(seconds=1)]),
        "end_at": st.sampled_from(
            [None, START + timedelta(seconds=44), START + timedelta(hours=1)]
        ),
        "as_of": st.sampled_from(
            [None, START + timedelta(seconds=350), START + timedelta(hours=1, seconds=43)]
        ),
    }
)


@pytest.fixture(scope="module")
def stored(new_database: Callable[..., Parameters]) -> Parameters:
    parameters = new_database("three_tables")
    execute(
        parameters, "alter table website_leads drop constraint website_leads_organization_id_fkey"
    )
    execute(
        parameters, "alter table organizations drop constraint chk_organizations_user_or_session"
    )
    return parameters


def tables_of(
    worlds: list[
        tuple[
            list[tuple[float, int | None, bool]],
            list[tuple[str, float, int | None, int | None]],
            list[tuple[float, str]],
        ]
    ],
) -> Tables:
    """Every world has a website of its own; two share the organization that has leads."""
    tables = Tables([], set(), [], [])
    for number, (rows, happened, organizations) in enumerate(worlds):
        own = [
            Lead(
                UUID(int=number * 16 + position + 1),
                START + timedelta(seconds=second),
                None if session is None else f"s{session}-{number}",
                f"w{number}{'x' * (session == 2)}.example",
                _shared(number) if position % 3 != 2 else None,
                not placeholder,
            )
            for position, (second, session, placeholder) in enumerate(rows)
        ]
        tables.leads.extend(own)
        tables.placeholders.update(
            lead.id for lead, (_, _, placeholder) in zip(own, rows, strict=True) if placeholder
        )
        tables.events.extend(
            Event(
                step,
                START + timedelta(seconds=second),
                own[lead].id if lead is not None and lead < len(own) else None,
                None if session is None else f"s{session}-{number}",
            )
            for step, second, lead, session in happened
        )
        tables.organizations.extend(
            Organization(
                _shared(number) if kind == "with lead" else UUID(int=10**6 + number * 8 + position),
                START + timedelta(seconds=second),
                {"none": " ", "www": f"HTTPS://www.w{number}.example/x"}.get(
                    kind, f"w{number}.example"
                ),
                kind == "owned",
            )
            for position, (second, kind) in enumerate(organizations)
        )
    once = {each.id: each for each in tables.organizations}
    return Tables(tables.leads, tables.placeholders, tables.events, [*once.values()])


def _shared(number: int) -> UUID:
    """The organization of two worlds; no lead has its id."""
    return UUID(int=10**7 + number // 2)


def store(parameters: Parameters, tables: Tables) -> None:
    with psycopg.connect(**parameters) as connection, connection.cursor() as cursor:
        cursor.execute("truncate conversion_tracking, website_leads, organizations")
        columns = "(id, name, created_at, website_url, user_id)"
        with cursor.copy(f"copy organizations {columns} from stdin".encode()) as copy:
            for each in tables.organizations:
                owner = each.id if each.owned else None
                copy.write_row((each.id, "x", each.created_at, each.website_url, owner))
        columns = "(id, created_at, session_id, website_url, organization_id, business_name)"
        with cursor.copy(f"copy website_leads {columns} from stdin".encode()) as copy:
            for lead in tables.leads:
                copy.write_row(
                    (
                        lead.id,
                        lead.created_at,
                        lead.session_id,
                        lead.website_url,
                        lead.organization_id,
                        PLACEHOLDER if lead.id in tables.placeholders else None,
                    )
                )
        columns = "(website_lead_id, conversion_step, step_completed_at, session_id)"
        with cursor.copy(f"copy conversion_tracking {columns} from stdin".encode()) as copy:
            for event in tables.events:
                copy.write_row((event.lead_id, event.step, event.at, event.session_id))


def expected(tables: Tables, filters: Filters) -> Found:
    """Tell every submission's losses, one after another."""
    as_of, clock = filters.as_of or datetime.max, filters.as_of or NOW
    leads = [lead for lead in tables.leads if lead.created_at < as_of]
    stored = {lead.id for lead in leads}
    events = [event for event in tables.events if event.at < as_of]
    until = filters.end_at + DEFAULT_WINDOW if filters.end_at else datetime.max
    known = {event.step for event in events if event.at < until}
    matched = oracle.submissions(leads, RULES)
    submissions = {
        first: Submission(
            [x for x in leads if matched[x.id][0] == first],
            any(matched[x.id] == (first, True) for x in leads),
        )
        for first, _ in matched.values()
    }
    begun = {first: each.begun_at for first, each in submissions.items()}
    found: Found = {}
    for first, each in submissions.items():
        own = {lead.id for lead in each.leads}
        sessions = {x.session_id for x in each.leads if x.session_id} - {
            x.session_id for x in leads if x.id not in own
        }
        happened = [
            e
            for e in events
            if (e.lead_id in own if e.lead_id in stored else e.session_id in sessions)
        ]
        recorded = {e.step for e in happened}
        implied = {step for name in recorded for step in PLAN.implied(name)} | {
            proof.step
            for lead in each.leads
            for proof in lead_proofs(lead, leads, events, matched, RULES)
            if proof.is_loss
        }
        if (implied & known) - recorded:
            found.setdefault(first, set()).add("lost_step")
        if ANALYSIS_COMPLETED in recorded & known and unanalyzed(
            each, happened, tables.placeholders, submissions, clock
        ):
            found.setdefault(first, set()).add("unanalyzed")
    for group in leadless(tables.organizations, leads, min(as_of, clock - REACH)):
        first = group[0].id
        if lead := closest(group[0], leads):
            first = matched[lead.id][0]
        begun.setdefault(first, group[0].created_at)
        found.setdefault(first, set()).add("without_lead")
    start, end = filters.start_at or datetime.min, filters.end_at or datetime.max
    return {first: kinds for first, kinds in found.items() if start <= begun[first] < end}


def unanalyzed(
    each: Submission,
    happened: list[Event],
    placeholders: set[UUID],
    submissions: dict[UUID, Submission],
    clock: datetime,
) -> bool:
    if each.ambiguous or not each.has_session or each.begun_at + ANALYSIS_WINDOW >= clock:
        return False
    if any(lead.id not in placeholders for lead in each.leads):
        return False
    completed = [e for e in happened if e.step == ANALYSIS_COMPLETED]
    if completed and min(e.at for e in completed) + ANALYSIS_WINDOW >= clock:
        return False
    alone = [
        lead
        for other in submissions.values()
        if not other.has_session
        for lead in other.leads
        if lead.id not in placeholders
    ]
    return not any(
        lead.website == each.leads[0].website and abs(lead.created_at - e.at) <= ANALYSIS_WINDOW
        for e in completed
        for lead in alone
    )


def leadless(
    organizations: list[Organization], leads: list[Lead], until: datetime
) -> list[list[Organization]]:
    """Group the organizations without lead: one each beside a lead, chains where there is none."""
    groups: list[list[Organization]] = []
    last: dict[str, Organization] = {}
    for each in sorted(organizations, key=lambda each: (each.created_at, each.id)):
        has_lead = any(lead.organization_id == each.id for lead in leads)
        if each.owned or has_lead or each.created_at >= until or not host(each):
            continue
        before = last.get(host(each))
        if closest(each, leads):
            groups.append([each])
        elif before and each.created_at - before.created_at <= REACH:
            next(group for group in groups if before in group).append(each)
            last[host(each)] = each
        else:
            groups.append([each])
            last[host(each)] = each
    return groups


def host(each: Organization) -> str:
    return (
        Lead(each.id, each.created_at, None, each.website_url).website[1].replace(str(each.id), "")
    )


def closest(each: Organization, leads: list[Lead]) -> Lead | None:
    near = [
        (abs(lead.created_at - each.created_at), lead.id, lead)
        for lead in leads
        if lead.website[1] == host(each) and abs(lead.created_at - each.created_at) <= REACH
    ]
    return min(near)[2] if near else None


@examples(60)
@given(worlds=WORLDS, bounds=FILTERS)
def test_random_histories_lost_what_the_definition_says(
    stored: Parameters,
    worlds: list[
        tuple[
            list[tuple[float, int | None, bool]],
            list[tuple[str, float, int | None, int | None]],
            list[tuple[float, str]],
        ]
    ],
    bounds: dict[str, datetime | None],
) -> None:
    tables, filters = (
        tables_of(worlds),
        Filters(bounds["start_at"], bounds["end_at"], bounds["as_of"]),
    )
    store(stored, tables)
    right = expected(tables, filters)
    as_of = filters.as_of or datetime.max
    matched = oracle.submissions([x for x in tables.leads if x.created_at < as_of], RULES)
    source = source_of(stored)
    with source.read() as reader:
        found = losses(reader, filters, PLAN, pairing=PAIRING)
        shown: Found = {}
        for kind in LOSS_KINDS:
            for row in found.examples(reader, kind).to_dict("records"):
                # Any lead may name its submission: one without a step is matched only for a count.
                lead = UUID(row["lead_id"]) if isinstance(row["lead_id"], str) else None
                first = matched[lead][0] if lead else UUID(row["organization_id"])
                shown.setdefault(first, set()).add(kind)
    source.engine.dispose()
    assert shown == right
    assert found.total == len(right)
    for kind, submissions in zip(LOSS_KINDS, found.by_kind["submissions"], strict=True):
        assert submissions == sum(kind in kinds for kinds in right.values())
