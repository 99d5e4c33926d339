"""Each fact of a row stands once: no file writes it again, and every question agrees with it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pandas as pd
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dashboard.database.reading import Source
from dashboard.funnel.losses.data import losses
from dashboard.matching.data import Pairing, matching_binds
from dashboard.model.filters import Filters
from dashboard.model.hosts import host_of
from dashboard.model.limits import ANALYSIS_WINDOW
from dashboard.model.placeholder import PLACEHOLDER, are_named, are_placeholders
from dashboard.model.tracking_plan import ANALYSIS_COMPLETED, load_plan
from dashboard.settings import ROOT
from queries import load, names
from tests.conftest import Parameters, connect, execute, source_of

AT = datetime(2026, 3, 1, 12)
LATER = Filters(as_of=AT + timedelta(days=1))
PAIRING = Pairing(ANALYSIS_WINDOW, 0, timedelta(seconds=45), timedelta())
HOMES = ("lead_facts", "organization_facts", "event_facts", "placeholder", "website_host", "dated")
# What a file would write that knows a fact by itself.
COPIES = {
    "the placeholder's name": re.escape(PLACEHOLDER),
    "that an empty session id is none": r"(nullif|coalesce)\(\s*(\w+\.)?session_id,\s*''",
    "which times can be shown": r"isfinite\(",
    "that an empty property is none": r"nullif\(\s*btrim\(",
    "what a host is": r"like 'https?://|'www\.|split_part\([^)]*'/'",
}
WEBSITES = (
    "https://www.w{}.example/x",
    "W{}.EXAMPLE.",
    "http://user:secret@w{}.example:80",
    " w{}.example ",
    "//w{}.Example?a=b",
    "",
    None,
)
TIMES = (AT, AT + timedelta(seconds=1), "infinity", "-infinity")
Row = tuple[str | None, str | None, str | None, object, int]
ROWS = st.lists(
    st.tuples(
        st.sampled_from([PLACEHOLDER, PLACEHOLDER, "", None, "Snap", PLACEHOLDER.lower()]),
        st.sampled_from(["s{}", "s{}", "", None]),
        st.sampled_from(WEBSITES),
        st.sampled_from([AT, *TIMES]),
        # Which owner columns are set: bit 0 and bit 1.
        st.integers(0, 3),
    ),
    min_size=12,
    max_size=12,
)


@pytest.mark.parametrize("fact", COPIES)
def test_a_fact_is_written_in_the_model_alone(fact: str) -> None:
    files = {name: (ROOT / "queries" / f"{name}.sql").read_text("utf-8") for name in names()}
    elsewhere = {name for name in files if name.removeprefix("model/") not in HOMES}
    assert {name for name in elsewhere if re.search(COPIES[fact], files[name])} == set()


def test_the_placeholders_name_stands_once_in_sql_and_once_in_python() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("queries", "dashboard")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".sql", ".py", ".toml") and PLACEHOLDER in path.read_text("utf-8")
    ]
    assert sorted(found) == ["dashboard/model/placeholder.py", "queries/model/placeholder.sql"]


@pytest.mark.parametrize("name", [None, "", " ", PLACEHOLDER, PLACEHOLDER.upper(), "Snap"])
def test_the_two_placeholder_rules_are_equal(empty_database: Parameters, name: str | None) -> None:
    source = source_of(empty_database)
    with source.read() as reader:
        row = reader.one("model/placeholder", business_name=name)
    source.engine.dispose()
    names_given = pd.Series([name], dtype="str")
    assert row.is_placeholder == are_placeholders(names_given)[0]
    assert row.is_named == are_named(names_given)[0]


def test_the_remedies_functions_mean_what_the_model_means(tables: Parameters) -> None:
    execute(tables, load("remedies/website_host").sql)
    with connect(tables) as connection:
        for number, website in enumerate(
            [*WEBSITES, "www.com", "https://www.", "https://u@WWW.a.b."]
        ):
            url = website and website.format(number)
            row = connection.execute("select website_host(%s)", [url]).fetchone()
            assert row == (host_of(url),)
        for name in (None, "", PLACEHOLDER, "Snap"):
            row = connection.execute("select business_is_named(%s)", [name]).fetchone()
            assert row == (are_named(pd.Series([name], dtype="str"))[0],)


@pytest.fixture(scope="module")
def stored(new_database: Callable[[], Parameters]) -> Parameters:
    parameters = new_database()
    execute(parameters, load("schema/tables").sql)
    execute(parameters, "alter table website_leads add column user_id uuid, add owner_user_id uuid")
    return parameters


def store(parameters: Parameters, rows: list[Row]) -> None:
    """Write leads of a website each; every one has a start and a completion of its own."""
    with psycopg.connect(**parameters) as connection, connection.cursor() as cursor:
        cursor.execute("truncate conversion_tracking, website_leads, organizations")
        for number, (name, session, website, at, owners) in enumerate(rows, start=1):
            own = UUID(int=number)
            owner, user = (own if owners & bit else None for bit in (1, 2))
            texts = [name, *(each and each.format(number) for each in (session, website))]
            cursor.execute(
                "insert into website_leads"
                " (id, business_name, session_id, website_url, created_at, user_id, owner_user_id)"
                " values (%s, %s, %s, %s, %s, %s, %s)",
                [own, *texts, at, user, owner],
            )
            for step in ("analysis_started", ANALYSIS_COMPLETED):
                cursor.execute(
                    "insert into conversion_tracking"
                    " (website_lead_id, conversion_step, step_completed_at) values (%s, %s, %s)",
                    [own, step, AT + timedelta(seconds=2)],
                )


def answer(source: Source, name: str, **binds: object) -> pd.DataFrame:
    """Ask with these binds, all others null; rows by the text of `lead_id` or `id`."""
    given_binds = dict.fromkeys(load(name).params) | LATER.binds | binds
    with source.engine.connect() as connection:
        statement = load(name).bind({key: given_binds[key] for key in load(name).params})
        result = connection.execute(statement)
        found = pd.DataFrame(result.mappings().all(), columns=[*result.keys()])
    ids = next((found[key] for key in ("lead_id", "id") if key in found), found.index.to_series())
    return found.set_index(ids.astype(str)).sort_index()


def facts_of(source: Source) -> pd.DataFrame:
    """Return the model's facts by lead; an infinite time can't be read, so it stays there."""
    columns = "id, owner, session_id, website_url, host, business_name, is_placeholder, is_analyzed"
    statement = f"select {columns}, dated_at, is_dated from ({load('model/lead_facts').sql}) as f"
    with source.engine.connect() as connection:
        rows = connection.execute(text(statement), {"no_websites": []}).mappings().all()
        found = pd.DataFrame(rows)
    return found.set_index(found["id"].astype(str)).sort_index()


def told(column: "pd.Series[Any]") -> list[Any]:
    return [None if pd.isna(each) else each for each in column.tolist()]


@settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
@given(rows=ROWS)
def test_every_question_agrees_with_the_model_on_every_lead(
    stored: Parameters, rows: list[Row]
) -> None:
    store(stored, rows)
    source = source_of(stored)
    agree_on_rows(source)
    agree_on_each_missing_analysis(source)
    source.engine.dispose()


def agree_on_rows(source: Source) -> None:
    facts = facts_of(source)
    listed = answer(source, "leads/rows", sort="created_at", descending=True, first_row=0)
    matched = answer(source, "model/submissions", **matching_binds(PAIRING, None))
    marked = answer(source, "coverage/marked_rows", staff_steps=[])
    marked = marked[marked["table_name"] == "website_leads"]
    for found, at in ((listed, "created_at"), (matched, "created_at"), (marked, "at")):
        seen = facts.loc[found.index]
        assert told(found["session_id"]) == told(seen["session_id"])
        assert told(found[at]) == told(seen["dated_at"])
    assert told(marked["exempt"]) == told(facts.loc[marked.index, "owner"].notna())
    with_session = answer(
        source, "leads/rows", sort="created_at", descending=True, first_row=0, has_session=True
    )
    assert {*with_session.index} == {*listed.index[listed["session_id"].notna()]}
    assert told(are_placeholders(facts["business_name"])) == told(facts["is_placeholder"])
    assert [host_of(each) for each in told(facts["website_url"])] == told(facts["host"])


def agree_on_each_missing_analysis(source: Source) -> None:
    """Every lead is a submission of its own, whose analysis has completed."""
    facts = facts_of(source)
    with source.read() as reader:
        found = losses(reader, LATER, load_plan(), pairing=PAIRING).examples(reader, "unanalyzed")
    judged = facts["is_placeholder"] & facts["is_dated"] & facts["session_id"].notna()
    assert {*found["lead_id"]} == {*facts.index[judged]}
    asked: dict[str, object] = {"kind": "unanalyzed_leads", "steps": [], "clock": LATER.as_of}
    races = answer(source, "races/lead_findings", **matching_binds(PAIRING, None), **asked)
    assert {*races.index} == {*facts.index[facts["is_placeholder"] & facts["is_dated"]]}
    triaged = answer(
        source,
        "races/triage_leads",
        start_at=AT - timedelta(days=1),
        end_at=LATER.as_of,
        session_ids=told(facts["session_id"].dropna()),
        hosts=told(facts["host"].dropna()),
    )
    seen = facts[facts["is_dated"] & (facts["session_id"].notna() | facts["host"].notna())]
    assert sorted(triaged["analyzed"]) == sorted(seen["is_analyzed"])
