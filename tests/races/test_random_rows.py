"""Findings on random rows: against plain rules, other clocks, and rows that are truly deleted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.matching.data import (
    measure_pairing,
    submissions_of,
)
from dashboard.model.filters import Filters
from dashboard.model.limits import ANALYSIS_WINDOW
from dashboard.model.tracking_plan import load_plan
from dashboard.races import data
from dashboard.races.asking import asking
from dashboard.races.kinds import FAMILIES
from queries import load
from tests.conftest import Parameters, connect, execute
from tests.examples import examples
from tests.funnel.worlds import reading

PLAN = load_plan()
BEGIN = datetime(2026, 3, 1, 11, 59)
AS_OF = BEGIN + timedelta(hours=1)
EPOCH = datetime(1970, 1, 1)
MILLISECOND = timedelta(milliseconds=1)
RACING = timedelta(seconds=5)
PLACEHOLDER = "Unknown Business"
NO_NAME = ("", None)
COLUMNS = {
    "organizations": ("id", "name", "session_id", "website_url", "created_at", "user_id"),
    "website_leads": (
        "id",
        "organization_id",
        "session_id",
        "website_url",
        "business_name",
        "created_at",
    ),
    "conversion_tracking": (
        "id",
        "website_lead_id",
        "conversion_step",
        "step_completed_at",
        "session_id",
    ),
}
Rows = dict[str, list[tuple[Any, ...]]]
SEEDS = st.integers(0, 10**9)


@pytest.fixture(scope="module")
def database(new_database: Callable[[], Parameters]) -> Parameters:
    """The three tables without foreign keys, so that any row can be missing."""
    parameters = new_database()
    execute(parameters, load("schema/tables").sql)
    for child, parent in (
        ("website_leads", "organization_id"),
        ("conversion_tracking", "website_lead_id"),
    ):
        execute(parameters, f"alter table {child} drop constraint {child}_{parent}_fkey")
    execute(
        parameters,
        "alter table organizations drop constraint chk_organizations_user_or_session",
    )
    return parameters


def store(parameters: Parameters, rows: Rows) -> None:
    with connect(parameters) as connection, connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(COLUMNS)} cascade".encode())
        for table, columns in COLUMNS.items():
            copying = f"copy {table} ({', '.join(columns)}) from stdin".encode()
            with cursor.copy(copying) as copy:
                for row in rows[table]:
                    copy.write_row(row)


def session(made: datetime, number: int) -> str:
    return f"session_{(made - EPOCH) // MILLISECOND}_{number:09}"


def found(parameters: Parameters, kind: str, filters: Filters) -> pd.DataFrame:
    with reading(parameters) as reader:
        return data.findings(reader, filters, PLAN, kind)


def every_finding(parameters: Parameters, filters: Filters) -> pd.DataFrame:
    with reading(parameters) as reader:
        frames = [
            reader.frame(
                f"races/{family}_findings",
                data.FINDING,
                kind=None,
                row_limit=None,
                **asking(reader, filters, PLAN, family).binds,
            )
            for family in FAMILIES
        ]
    return pd.concat(frames, ignore_index=True)


def random_rows(random: Random) -> Rows:
    """Rows of a few websites within two hours, with everything missing now and then."""

    def moment() -> datetime:
        second = random.choice((0, 1, 3, 5, 6, 40, 42, 45, 60, 299, 300, 301, 3599, 3600, 3601))
        return BEGIN + timedelta(seconds=second + random.choice((0, 0, 1800, 3600)))

    def site() -> str | None:
        return random.choice(("a.example", "https://www.b.example/x", "c.example", "", None))

    def visitor() -> str | None:
        number = random.randrange(4)
        return random.choice((session(BEGIN + timedelta(seconds=number), number), None, ""))

    organizations = [
        (UUID(int=n), "A", visitor(), site(), moment(), random.choice((None, None, UUID(int=9))))
        for n in range(1, 7)
    ]
    leads = [
        (
            UUID(int=n),
            random.choice((None, UUID(int=random.randrange(1, 9)))),
            visitor(),
            site(),
            random.choice((PLACEHOLDER, PLACEHOLDER, "A", *NO_NAME)),
            moment(),
        )
        for n in range(11, 26)
    ]
    events = [
        (
            UUID(int=n),
            random.choice((None, UUID(int=random.randrange(11, 29)))),
            random.choice((*PLAN.names[:5], "website_analysis")),
            moment(),
            visitor(),
        )
        for n in range(31, 56)
    ]
    return {"organizations": organizations, "website_leads": leads, "conversion_tracking": events}


@examples(40)
@given(seed=SEEDS)
def test_only_placeholders_are_left_where_no_analyzed_lead_could_be_their_own(
    database: Parameters, seed: int
) -> None:
    """Each submission by itself: the matching is tested elsewhere, what is made of it here."""
    rows = random_rows(Random(seed))
    store(database, rows)
    filters = Filters(as_of=AS_OF)
    with reading(database) as reader:
        matched = submissions_of(reader, filters, measure_pairing(reader, filters))
        hosts = reader.frame("model/lead_facts", {"id": "object", "website": "string"})
        answer = data.findings(reader, filters, PLAN, "unanalyzed_leads")
    name = {str(row[0]): row[4] for row in rows["website_leads"]}
    websites = dict(zip(hosts["id"].map(str), hosts["website"], strict=True))
    matched["website"] = matched["lead_id"].map(websites)
    matched["placeholder"] = matched["lead_id"].map(name).eq(PLACEHOLDER)
    created = {str(row[0]): row[5] for row in rows["website_leads"]}
    whole = matched.groupby("submission_id").agg(
        placeholder=("placeholder", "all"),
        sessions=("session_id", "count"),
        begun_at=("begun_at", "min"),
        website=("website", "first"),
    )
    free = whole[~whole["placeholder"] & (whole["sessions"] == 0)]
    analyzed = [*zip(free["website"], free["begun_at"], strict=True)]
    expected = {
        submission
        for submission, row in whole[whole["placeholder"]].iterrows()
        if row["begun_at"] <= AS_OF - ANALYSIS_WINDOW
        and not any(
            row["website"] == website
            and row["begun_at"] - RACING <= at <= row["begun_at"] + ANALYSIS_WINDOW
            for website, at in analyzed
        )
    }
    submission = matched.set_index("lead_id")["submission_id"]
    assert {submission[each] for each in answer["row_id"]} == expected
    assert len(answer) == len(expected)
    assert all(created[each] < AS_OF for each in answer["row_id"])


@examples(20)
@given(seed=SEEDS)
def test_findings_as_of_a_time_are_those_after_deleting_what_is_later(
    database: Parameters, seed: int
) -> None:
    rows = random_rows(Random(seed))
    store(database, rows)
    filters = Filters(as_of=AS_OF)
    as_of = every_finding(database, filters)
    later = {"organizations": 4, "website_leads": 5, "conversion_tracking": 3}
    store(
        database,
        {table: [row for row in rows[table] if row[at] < AS_OF] for table, at in later.items()},
    )
    pd.testing.assert_frame_equal(as_of, every_finding(database, filters))


def visits(random: Random, returning: int = 3) -> tuple[Rows, set[UUID]]:
    """Quiet days: few visitors, of whom so many in five come back with an old session id.

    Returns the rows, and the organizations whose session id another visitor wrote over.
    """
    organizations: list[tuple[Any, ...]] = []
    leads: list[tuple[Any, ...]] = []
    overwritten: set[UUID] = set()
    for day in range(10):
        for number in range(random.randrange(1, 5)):
            at = BEGIN + timedelta(days=day, seconds=random.randrange(86_000))
            own = UUID(int=len(organizations) + 1)
            made = at - RACING
            if random.randrange(5) < returning:
                made -= timedelta(hours=random.choice((26, 30, 52)), minutes=random.randrange(60))
            carried = session(made, 10 * day + number)
            leads.append((UUID(int=1000 + own.int), own, carried, "x.example", "A", at))
            if random.random() < 0.2:
                overwritten.add(own)
                carried = session(at + timedelta(hours=random.randrange(1, 40)), 500 + own.int)
            organizations.append((own, "A", carried, f"{own.int}.example", at, None))
    rows: Rows = {"organizations": organizations, "website_leads": leads}
    return rows | {"conversion_tracking": []}, overwritten


def off_by(row: tuple[Any, ...], clock: timedelta) -> tuple[Any, ...]:
    """Stamp a row by another clock; session ids are made by the browser's."""
    return tuple(each + clock if isinstance(each, datetime) else each for each in row)


def shifted(rows: Rows, by: timedelta) -> Rows:
    """Move all times by a constant, those in session ids included."""

    def moved(value: object) -> object:
        if isinstance(value, datetime):
            return value + by
        if isinstance(value, str) and value.startswith("session_"):
            _, made, rest = value.split("_")
            return f"session_{int(made) + by // MILLISECOND}_{rest}"
        return value

    return {table: [tuple(map(moved, row)) for row in of] for table, of in rows.items()}


@examples(50)
@given(seed=SEEDS)
def test_visitors_who_come_back_on_a_quiet_day_do_not_shift_the_clock(
    database: Parameters, seed: int
) -> None:
    rows, overwritten = visits(Random(seed))
    store(database, rows)
    answer = found(database, "overwritten_sessions", Filters())
    assert {UUID(each) for each in answer["row_id"]} == overwritten


@examples(25)
@given(seed=SEEDS, minutes=st.sampled_from([1, 17, 450, 720, 1439]), ahead=st.sampled_from([0, 5]))
def test_overwritten_session_ids_do_not_depend_on_where_the_rows_lie_on_the_clock(
    database: Parameters, seed: int, minutes: int, ahead: int
) -> None:
    rows, _ = visits(Random(seed))
    for table, of in rows.items():
        rows[table] = [off_by(row, timedelta(hours=ahead)) for row in of]
    answers = []
    for by in (timedelta(), timedelta(minutes=minutes)):
        store(database, shifted(rows, by))
        frame = found(database, "overwritten_sessions", Filters())
        answers.append(frame[["row_id", "gap_seconds"]].sort_values("row_id").to_numpy().tolist())
    assert answers[0] == answers[1]


@examples(40)
@given(seed=SEEDS, hours=st.sampled_from([-7, 2, 5]))
def test_a_database_clock_that_is_hours_off_changes_no_finding(
    database: Parameters, seed: int, hours: int
) -> None:
    rows, overwritten = visits(Random(seed), returning=1)
    for table, of in rows.items():
        rows[table] = [off_by(row, timedelta(hours=hours)) for row in of]
    store(database, rows)
    answer = found(database, "overwritten_sessions", Filters())
    assert {UUID(each) for each in answer["row_id"]} == overwritten
