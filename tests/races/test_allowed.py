"""What a database allows is read from its catalog, in whatever form keys and constraints are."""

import pytest

from dashboard.model.filters import Filters
from dashboard.races import data
from dashboard.races.allowed import allowed_verdict, possibilities
from dashboard.races.possibility import Possibility
from queries import load
from tests.conftest import Parameters, execute, source_of

OWNED = """
    insert into organizations (name, user_id, website_url) values
        ('A', gen_random_uuid(), 'a.example'), ('B', gen_random_uuid(), null);
"""
EXCLUSIVE = """
    alter table organizations drop constraint chk_organizations_user_or_session,
        add constraint chk_organizations_user_or_session
        check ((user_id is null) <> (session_id is null));
"""
REFUSED = "Writes of a session id to an owned organization are refused (23514)"
TWICE = "The same website twice"
LEAD_TWICE = "The same lead twice"


def allowed(parameters: Parameters, *statements: str) -> dict[str, Possibility]:
    for statement in statements:
        execute(parameters, statement)
    with source_of(parameters).read() as reader:
        rules, paths = data.rules(reader, Filters()), data.lead_paths(reader, Filters())
    return {each.failure: each for each in possibilities(rules, paths)}


def test_the_documented_form_lets_everything_be_written_twice(tables: Parameters) -> None:
    found = allowed(tables, OWNED)
    assert found[REFUSED].state == "prevented"
    assert found["Writes without a session id are refused (23514)"].state == "certain"
    assert found["A lead with an “unknown” IP address is refused (22P02)"].state == "certain"
    assert found["One of two writers of a slug is refused (23505)"].race
    assert (found[TWICE].state, found[LEAD_TWICE].state) == ("possible", "possible")
    assert found["Leads or events that name a row that does not exist"].state == "prevented"
    assert allowed_verdict([*found.values()]) == (
        "The same website and lead can be written twice without an error; "
        "2 failures are certain in any order"
    )


def test_in_the_exclusive_form_each_owned_website_refuses_every_visitor(tables: Parameters) -> None:
    assert allowed(tables, EXCLUSIVE)[REFUSED].state == "possible"
    found = allowed(tables, OWNED)[REFUSED]
    assert (found.state, found.race) == ("certain", False)
    assert "1 owned organization with a website" in found.why


def test_without_a_constraint_rows_may_have_neither(tables: Parameters) -> None:
    found = allowed(
        tables, "alter table organizations drop constraint chk_organizations_user_or_session"
    )
    assert found["Organizations with neither owner nor session id"].state == "possible"


def test_an_unknown_form_is_called_unknown(tables: Parameters) -> None:
    found = allowed(
        tables,
        """
        alter table organizations drop constraint chk_organizations_user_or_session,
            add constraint own check (coalesce(session_id, 'x') <> '' or user_id is null)
    """,
    )
    assert found[REFUSED].state == "inconclusive"


def test_the_remedies_keys_prevent_both(tables: Parameters) -> None:
    found = allowed(
        tables, *(load(f"remedies/{name}").sql for name in ("website_host", "unique_keys"))
    )
    assert (found[TWICE].state, found[LEAD_TWICE].state) == ("prevented", "prevented")
    assert allowed_verdict([*found.values()]).startswith("This database’s keys let neither")


@pytest.mark.parametrize(
    ("key", "failure", "state"),
    [
        ("organizations (website_url)", "The same website twice, in another spelling", "possible"),
        ("organizations (lower(website_url)) where name <> 'x'", TWICE, "inconclusive"),
        (
            "organizations (lower(website_url))",
            "The same website twice, in another spelling",
            "possible",
        ),
        ("organizations (website_url) where user_id is not null", TWICE, "inconclusive"),
        ("organizations (website_url) where created_at is null", TWICE, "inconclusive"),
        (
            "organizations (website_url) where user_id is null and website_url <> ''",
            "The same website twice, in another spelling",
            "possible",
        ),
        ("organizations (website_url, session_id)", TWICE, "possible"),
        ("website_leads (organization_id, session_id)", LEAD_TWICE, "possible"),
        ("website_leads (session_id)", LEAD_TWICE, "prevented"),
        ("website_leads (session_id) where session_id is not null", LEAD_TWICE, "prevented"),
        ("website_leads (session_id, created_at)", LEAD_TWICE, "possible"),
        ("website_leads (session_id) where status = 'new'", LEAD_TWICE, "inconclusive"),
    ],
)
def test_a_key_prevents_what_it_covers(
    tables: Parameters, key: str, failure: str, state: str
) -> None:
    found = allowed(tables, f"create unique index own_key on {key}")
    assert found[failure].state == state
    assert state == "possible" or "own_key" in found[failure].why


def test_keys_that_hold_for_some_rows_are_not_said_to_prevent(tables: Parameters) -> None:
    host = load("remedies/website_host").sql
    found = allowed(
        tables,
        host,
        "create unique index a on organizations (website_host(website_url))",
        "create unique index b on website_leads (session_id) where status <> 'spam'",
    )
    assert (found[TWICE].state, found[LEAD_TWICE].state) == ("prevented", "inconclusive")
    assert "hold for some rows only" in allowed_verdict([*found.values()])


def test_without_foreign_keys_rows_may_hang_loose(tables: Parameters) -> None:
    found = allowed(
        tables,
        "drop table organizations cascade",
        """
        create table organizations (
            id uuid, name text, session_id text, website_url text, created_at timestamp
        )
    """,
    )
    loose = found["Leads or events that name a row that does not exist"]
    assert (loose.state, loose.why) == ("possible", "No foreign key ties leads to organizations.")


def test_the_servers_counters_are_of_this_database(tables: Parameters) -> None:
    with source_of(tables).read() as reader:
        counted = data.counters(reader, Filters())
    assert counted.deadlocks == 0
    assert counted.rollbacks >= 0
