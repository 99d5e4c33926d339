"""Matching leads into submissions: SQL against the oracle, its edges, and what was planted."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pandas as pd
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.demo.fill import execute as fill_with
from dashboard.demo.fill import fill
from dashboard.demo.history import history
from dashboard.demo.report_picture import report_picture
from dashboard.demo.rhythm import HISTORY_START
from dashboard.demo.top_up import append
from dashboard.matching.data import Pairing, measure_pairing, submissions_of
from dashboard.model.filters import Filters
from tests.conftest import Parameters, execute, source_of
from tests.examples import examples
from tests.matching import oracle
from tests.matching.oracle import Lead, Rules

START = datetime(2026, 3, 1, 12)
ANALYSIS_WINDOW = timedelta(minutes=5)
RULES = Rules(ANALYSIS_WINDOW, timedelta(seconds=42), timedelta(seconds=5))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


Row = tuple[str, float, str | None]


@pytest.fixture(scope="module")
def stored(new_database: Callable[..., Parameters]) -> Parameters:
    parameters = new_database("three_tables")
    execute(
        parameters, "alter table website_leads drop constraint website_leads_organization_id_fkey"
    )
    return parameters


def store(parameters: Parameters, leads: list[Lead]) -> None:
    with psycopg.connect(**parameters) as connection, connection.cursor() as cursor:
        cursor.execute("truncate conversion_tracking, website_leads, organizations")
        columns = "(id, created_at, session_id, website_url, organization_id)"
        with cursor.copy(f"copy website_leads {columns} from stdin".encode()) as copy:
            for lead in leads:
                copy.write_row(
                    (
                        lead.id,
                        lead.created_at,
                        lead.session_id,
                        lead.website_url,
                        lead.organization_id,
                    )
                )


def matched(
    parameters: Parameters, rules: Rules, as_of: datetime | None = None
) -> dict[UUID, tuple[UUID, bool]]:
    source = source_of(parameters)
    spread = rules.margin / 3 if rules.margin > timedelta(seconds=5) else timedelta()
    pairing = Pairing(rules.analysis_window, 1, rules.median_lag, spread)
    assert pairing.margin == rules.margin
    with source.read() as reader:
        frame = submissions_of(reader, Filters(as_of=as_of), pairing)
    source.engine.dispose()
    return {
        UUID(row["lead_id"]): (UUID(row["submission_id"]), bool(row["ambiguous"]))
        for row in records(frame)
    }


def lead(number: int, seconds: float, session: str | None, website: str | None) -> Lead:
    return Lead(UUID(int=number), START + timedelta(seconds=seconds), session, website)


# Offsets around the median lag, the margin, the race and the window, with ties.
OFFSETS = st.sampled_from(
    [0, 1, 2, 5, 6, 36, 37, 38, 42, 43, 46, 47, 48, 84, 100, 300, 301, 342, 350, 900, 942]
).map(float) | st.integers(0, 1000).map(float)
ROWS = st.lists(
    st.tuples(OFFSETS, st.sampled_from(["s1", "s2", "s3", "s4", None, None, None])), max_size=10
)
WORLDS = st.lists(ROWS, min_size=40, max_size=40)
SPELLINGS = ["{}.example", "https://www.{}.example/path", "HTTP://{}.EXAMPLE:80", " {}.example?q"]


def world(number: int, rows: list[tuple[float, str | None]], first: int) -> list[Lead]:
    """Every world has a website, or in one of five an organization, of its own."""
    leads = []
    for position, (seconds, session) in enumerate(rows):
        spelled = SPELLINGS[position % 4].format(f"w{number}")
        known = number % 5 != 0
        leads.append(
            Lead(
                UUID(int=first + (position * 7) % 11),
                START + timedelta(seconds=seconds),
                session and f"{session}-{number}",
                spelled if known else None,
                None if known else UUID(int=number),
            )
        )
    return leads


@examples(60)
@given(worlds=WORLDS, lag=st.sampled_from([0.002, 42, 290]), spread=st.sampled_from([0, 4]))
def test_random_websites_are_matched_as_the_oracle_matches_them(
    stored: Parameters, worlds: list[list[tuple[float, str | None]]], lag: float, spread: int
) -> None:
    leads = [
        each for number, rows in enumerate(worlds) for each in world(number, rows, number * 20)
    ]
    rules = Rules(ANALYSIS_WINDOW, timedelta(seconds=lag), timedelta(seconds=max(5, 3 * spread)))
    store(stored, leads)
    assert matched(stored, rules) == oracle.submissions(leads, rules)


def ambiguous_website(number: int, size: int, dice: random.Random) -> list[Lead]:
    """Leads that follow each other so closely that nearly every match is ambiguous."""
    rows = [
        (dice.uniform(0, 25 * size), f"s{number}-{position}" if dice.random() < 0.5 else None)
        for position in range(size)
    ]
    return [
        lead(number * 1000 + position, seconds, session, f"w{number}.example")
        for position, (seconds, session) in enumerate(rows)
    ]


@pytest.mark.parametrize("size", [30, 120])
def test_ambiguous_leads_pair_in_order_of_time(stored: Parameters, size: int) -> None:
    dice = random.Random(size)
    websites = [ambiguous_website(number, size, dice) for number in range(6000 // size)]
    leads = [each for website in websites for each in website]
    store(stored, leads)
    assert matched(stored, RULES) == oracle.submissions(leads, RULES)


def test_no_pairing_in_order_of_time_has_more_pairs() -> None:
    dice = random.Random(5)
    for number in range(200):
        leads = ambiguous_website(number, 30, dice)
        pairs = oracle.in_order_of_time(leads, RULES)
        assert len(pairs) == most_pairs(leads)


def most_pairs(leads: list[Lead]) -> int:
    """Count the pairs of a largest one-to-one matching, in whatever order, by augmenting paths."""
    partners = [each for each in leads if each.session_id]
    taken: dict[UUID, Lead] = {}

    def placed(alone: Lead, tried: set[UUID]) -> bool:
        for partner in partners:
            if partner.id not in tried and RULES.distance(alone, partner) is not None:
                tried.add(partner.id)
                if partner.id not in taken or placed(taken[partner.id], tried):
                    taken[partner.id] = alone
                    return True
        return False

    return sum(placed(each, set()) for each in leads if not each.session_id)


@examples(40)
@given(worlds=WORLDS)
def test_the_median_lag_is_measured_as_the_oracle_measures_it(
    stored: Parameters, worlds: list[list[tuple[float, str | None]]]
) -> None:
    leads = [
        each for number, rows in enumerate(worlds) for each in world(number, rows[:3], number * 20)
    ]
    store(stored, leads)
    source = source_of(stored)
    with source.read() as reader:
        found = measure_pairing(reader, Filters())
    source.engine.dispose()
    measured = (found.pairs, found.median_lag, found.spread)
    assert measured == oracle.median_lag(leads, ANALYSIS_WINDOW)


CASES: dict[str, tuple[list[Row], list[int], list[int]]] = {
    # leads as (session, second, website); the submission of each; the ambiguous ones
    "a placeholder and its analysis": (
        [("s", 0, "a.com"), ("", 42, "https://www.A.com/x")],
        [0, 0],
        [],
    ),
    "two sessions never join": ([("s", 0, "a.com"), ("t", 1, "a.com")], [0, 1], []),
    "one session on two websites": ([("s", 0, "a.com"), ("s", 1, "b.com")], [0, 1], []),
    "twins of one session, days apart": ([("s", 0, "a.com"), ("s", 9e5, "a.com")], [0, 0], []),
    "a twin is no second candidate": (
        [("s", 0, "a.com"), ("s", 0.01, "a.com"), ("", 42, "a.com")],
        [0, 0, 0],
        [],
    ),
    "the analysis first, by a race": ([("", 0, "a.com"), ("s", 5, "a.com")], [0, 0], []),
    "more than 5 s before is no race": ([("", 0, "a.com"), ("s", 5.1, "a.com")], [0, 1], []),
    "at the window's end": ([("s", 0, "a.com"), ("", 300, "a.com")], [0, 0], []),
    "after it": ([("s", 0, "a.com"), ("", 300.1, "a.com")], [0, 1], []),
    "a second analysis has no partner": (
        [("s", 0, "a.com"), ("", 42, "a.com"), ("", 100, "a.com")],
        [0, 0, 2],
        [],
    ),
    "two visitors far enough apart": (
        [("s", 0, "a.com"), ("t", 10, "a.com"), ("", 42, "a.com"), ("", 52, "a.com")],
        [0, 1, 0, 1],
        [],
    ),
    "two visitors at almost the same time": (
        [("s", 0, "a.com"), ("t", 2, "a.com"), ("", 42, "a.com"), ("", 44, "a.com")],
        [0, 1, 0, 1],
        [0, 1, 2, 3],
    ),
    "a lead that reaches no partner uses none up": (
        [
            ("s", 0, "a.com"),
            ("", 216, "a.com"),
            ("", 218, "a.com"),
            ("t", 333, "a.com"),
            ("u", 354, "a.com"),
            ("v", 354, "a.com"),
            ("", 600, "a.com"),
        ],
        [0, 0, 2, 3, 4, 5, 3],
        [0, 1, 2, 3, 4, 5, 6],
    ),
    "without website the organization": ([("s", 0, ""), ("", 42, "")], [0, 0], []),
}


@pytest.mark.parametrize("case", CASES)
def test_the_edges_of_matching(stored: Parameters, case: str) -> None:
    rows, belongs, ambiguous = CASES[case]
    leads = [
        Lead(
            UUID(int=number),
            START + timedelta(seconds=second),
            session or None,
            website or None,
            None if website else UUID(int=99),
        )
        for number, (session, second, website) in enumerate(rows)
    ]
    store(stored, leads)
    expected = {
        UUID(int=number): (UUID(int=first), number in ambiguous)
        for number, first in enumerate(belongs)
    }
    assert matched(stored, RULES) == expected == oracle.submissions(leads, RULES)


def test_without_website_and_organization_a_lead_stands_alone(stored: Parameters) -> None:
    leads = [lead(0, 0, "s", None), lead(1, 0, "s", ""), lead(2, 42, None, "http://")]
    store(stored, leads)
    assert {each for each, _ in matched(stored, RULES).values()} == {each.id for each in leads}


def test_leads_at_or_after_as_of_are_dropped(stored: Parameters) -> None:
    store(stored, [lead(0, 0, "s", "a.com"), lead(1, 42, None, "a.com")])
    cut = START + timedelta(seconds=42)
    assert matched(stored, RULES, cut) == {UUID(int=0): (UUID(int=0), False)}


@pytest.mark.parametrize("lost", [0.0, 0.3])
def test_a_day_of_visitors_on_one_website_is_counted_right(stored: Parameters, lost: float) -> None:
    dice = random.Random(7)
    leads: list[Lead] = []
    true = 0
    for number in range(1500):
        at = dice.uniform(0, 20000)
        kept = [dice.random() >= lost, dice.random() >= lost]
        true += any(kept)
        if kept[0]:
            leads.append(lead(2 * number, at, f"s{number}", "popular.com"))
        if kept[1]:
            leads.append(lead(2 * number + 1, at + dice.uniform(40, 60), None, "popular.com"))
    store(stored, leads)
    found = len({each for each, _ in matched(stored, RULES).values()})
    # Among hundreds without a pause, or with rows lost on both sides, strangers may be paired.
    assert abs(found - true) <= (0.04 if not lost else 0.17) * true


def planted_and_matched(parameters: dict[str, Any]) -> dict[str, float]:
    """Compare pairs of the planted truth with those found."""
    with psycopg.connect(**parameters) as connection:
        rows = connection.execute(
            b"select lead_id, submission_id, role, in_crowd from planted.leads"
            b" inner join planted.submissions as s on s.id = submission_id"
        ).fetchall()
    source = source_of(parameters)
    with source.read() as reader:
        filters = Filters(start_at=datetime(2026, 1, 26, 8))
        pairing = measure_pairing(reader, filters)
        frame = submissions_of(reader, filters, pairing)
    source.engine.dispose()
    found = {
        UUID(row["lead_id"]): (row["submission_id"], row["ambiguous"]) for row in records(frame)
    }
    true: dict[UUID, list[tuple[UUID, str, bool]]] = {}
    for lead_id, submission, role, in_crowd in rows:
        true.setdefault(submission, []).append((lead_id, role, in_crowd))
    owner = {lead_id: submission for lead_id, submission, _, _ in rows}
    members: dict[str, list[UUID]] = {}
    for lead_id, (submission, _) in found.items():
        if lead_id in owner:
            members.setdefault(submission, []).append(lead_id)
    plain = [m for m in members.values() if len(m) > 1 and not found[m[0]][1]]
    single = [
        [lead_id for lead_id, _, _ in leads]
        for leads in true.values()
        if len(leads) > 1 and not leads[0][2]
    ]
    return {
        "precision": sum(len({owner[x] for x in m}) == 1 for m in plain) / len(plain),
        "recall": sum(len({found[x][0] for x in m}) == 1 for m in single) / len(single),
        "submissions": len(members) / len(true),
        "ambiguous": sum(ambiguous for _, ambiguous in found.values()) / len(found),
        "median_lag": pairing.median_lag.total_seconds(),
        "spread": pairing.spread.total_seconds(),
    }


@pytest.fixture(scope="module")
def planted(new_database: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The demo's history until 2026-11-23, with its truth."""

    parameters = new_database()
    with psycopg.connect(**parameters, autocommit=True) as connection:
        fill(connection, report_picture())
        fill_with(connection, "demo/planted_tables")
        append(
            connection, history(HISTORY_START.date(), date(2026, 11, 23), datetime(2026, 11, 23))
        )
    return parameters


@pytest.mark.parametrize("milliseconds", [False, True], ids=["seconds", "milliseconds"])
def test_matching_finds_what_was_planted(planted: dict[str, Any], milliseconds: bool) -> None:
    if milliseconds:
        # The same submissions where an analysis takes a thousandth of its time.
        execute(
            planted,
            """
            update website_leads as l
            set created_at = s.submitted_at + (l.created_at - s.submitted_at) / 1000
            from planted.leads as p inner join planted.submissions as s on s.id = p.submission_id
            where p.lead_id = l.id and p.role = 'analyzed'
        """,
        )
    found = planted_and_matched(planted)
    assert found["precision"] >= 0.99
    assert found["recall"] >= 0.98
    assert abs(found["submissions"] - 1) <= 0.01
