"""What the schema contract finds, on tables and constraints as PostgreSQL itself keeps them."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.database.contract import OPTIONAL, OWNER_COLUMNS, REQUIRED, Contract
from dashboard.embedded.server import Server
from queries import load
from tests.conftest import Parameters, connect, execute, source_of
from tests.examples import examples

NUMBERS = count()


@dataclass(frozen=True)
class Place:
    """A database on one server, with a schema of its own for each test."""

    parameters: Parameters
    version: int

    def organizations(self, *constraints: str, owners: tuple[str, ...] = ("user_id",)) -> Contract:
        """Create organizations with these constraints and read the contract of its schema."""
        schema = f"contract_{next(NUMBERS)}"
        columns = [
            "id uuid",
            "name text",
            "slug text",
            "session_id text",
            "website_url text",
            "created_at timestamp",
            *(f"{owner} uuid" for owner in owners),
        ]
        execute(
            self.parameters,
            f"create schema {schema};"
            f"create table {schema}.organizations ({', '.join(columns)});"
            + "".join(f"alter table {schema}.organizations add {c};" for c in constraints),
        )
        return contract_of(self.parameters, schema)

    def check(self, condition: str) -> Contract:
        return self.organizations(f"constraint chk_organizations_user_or_session check {condition}")


def contract_of(parameters: Parameters, schema: str = "public") -> Contract:
    source = source_of(parameters, schema)
    with source.read() as reader:
        found = reader.contract
    source.engine.dispose()
    return found


def place_on(server: Server) -> Place:
    with connect(server.parameters("postgres")) as connection:
        connection.execute(b"create database contract")
    return Place(server.parameters("contract"), server.version)


@pytest.fixture(scope="module")
def here(server: Server) -> Place:
    return place_on(server)


@pytest.fixture(scope="module", params=["embedded", "debian"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "debian":
        return place_on(request.getfixturevalue("debian_server"))
    found: Place = request.getfixturevalue("here")
    return found


@pytest.mark.parametrize(
    "condition",
    [
        "(user_id is not null or session_id is not null)",
        "(session_id is not null or user_id is not null)",
        "(not (user_id is null and session_id is null))",
        "(num_nonnulls(user_id, session_id) >= 1)",
        "(num_nonnulls(session_id, user_id) > 0)",
        "(0 <> num_nonnulls(user_id, session_id))",
        "(num_nulls(user_id, session_id) < 2)",
        "((user_id is not null)::int + (session_id is not null)::int > 0)",
    ],
)
def test_either_id_is_enough_in_the_inclusive_form(place: Place, condition: str) -> None:
    found = place.check(condition)
    assert (found.constraint, found.validated) == ("inclusive", True)


@pytest.mark.parametrize(
    "condition",
    [
        "((user_id is not null) <> (session_id is not null))",
        "((session_id is null) <> (user_id is null))",
        "((user_id is null) = (session_id is not null))",
        "((user_id is null) is distinct from (session_id is null))",
        "((user_id is null) is not distinct from (session_id is not null))",
        "(num_nonnulls(user_id, session_id) = 1)",
        "(num_nulls(session_id, user_id) = 1)",
        "((user_id is not null)::int + (session_id is not null)::int = 1)",
        "(user_id is not null and session_id is null"
        " or user_id is null and session_id is not null)",
        "((user_id is not null or session_id is not null)"
        " and not (user_id is not null and session_id is not null))",
    ],
)
def test_exactly_one_id_is_allowed_in_the_exclusive_form(place: Place, condition: str) -> None:
    found = place.check(condition)
    assert (found.constraint, found.validated) == ("exclusive", True)


@pytest.mark.parametrize(
    "condition",
    [
        "(user_id is not null or length(session_id) > 10)",
        "((user_id is not null or session_id is not null) and length(name) > 0)",
        "(user_id is not null and session_id is not null)",
        "(user_id is null or session_id is null)",
        "(user_id is not null or session_id <> '')",
        "(coalesce(user_id::text, session_id) is not null)",
        "(user_id::text <> session_id)",
        "(case when user_id is null then session_id is not null else true end)",
    ],
)
def test_a_constraint_that_says_something_else_is_called_other(
    place: Place, condition: str
) -> None:
    assert place.check(condition).constraint == "other"


def test_values_compared_are_no_null_tests(here: Place) -> None:
    schema = "texts"
    execute(
        here.parameters,
        f"create schema {schema}; create table {schema}.organizations"
        " (user_id text, session_id text, check (user_id <> session_id))",
    )
    assert contract_of(here.parameters, schema).constraint == "other"


def test_a_constraint_not_valid_is_told_apart(place: Place) -> None:
    found = place.check("(user_id is not null or session_id is not null) not valid")
    assert (found.constraint, found.validated) == ("inclusive", False)


def test_a_constraint_not_enforced_guarantees_nothing(here: Place) -> None:
    if here.version < 18:
        pytest.skip("NOT ENFORCED came with PostgreSQL 18")
    found = here.check("(user_id is not null or session_id is not null) not enforced")
    assert (found.constraint, found.validated) == ("inclusive", False)


def test_without_constraint_the_form_is_absent(place: Place) -> None:
    found = place.organizations()
    assert (found.constraint, found.validated) == ("absent", None)


def test_constraints_on_other_columns_do_not_matter(place: Place) -> None:
    found = place.organizations(
        "check (length(name) > 0)", "check (session_id is not null)", "unique (session_id)"
    )
    assert (found.constraint, found.validated) == ("absent", None)


def test_the_name_of_the_constraint_does_not_matter(place: Place) -> None:
    found = place.organizations('constraint "Any name" check (num_nonnulls(user_id, session_id)=1)')
    assert found.constraint == "exclusive"


def test_two_constraints_are_read_together(place: Place) -> None:
    found = place.organizations(
        "check (user_id is not null or session_id is not null)",
        "check (user_id is null or session_id is null) not valid",
    )
    assert (found.constraint, found.validated) == ("exclusive", False)


NULL_TESTS = st.sampled_from(
    ["user_id is null", "user_id is not null", "session_id is null", "session_id is not null"]
)
COUNTS = st.builds(
    "{}({}) {} {}".format,
    st.sampled_from(["num_nonnulls", "num_nulls"]),
    st.sampled_from(["user_id, session_id", "session_id, user_id", "user_id"]),
    st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
    st.integers(0, 2),
)
CONDITIONS = st.recursive(
    NULL_TESTS | COUNTS,
    lambda inner: (
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or", "<>", "="]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=5,
)


@examples(60)
@given(condition=CONDITIONS)
@example(condition="(user_id is null) <> (session_id is null)")
@example(condition="not (num_nulls(user_id, session_id) = 2)")
def test_a_combination_of_null_tests_is_read_as_postgresql_evaluates_it(
    here: Place, condition: str
) -> None:
    values = [f"({o}, {s})" for o, s in product(("null", "'x'"), repeat=2)]
    with connect(here.parameters) as connection:
        sql = f"select ({condition}) from (values {', '.join(values)}) as v (user_id, session_id)"
        rows = connection.execute(sql.encode()).fetchall()
    truth = tuple(row[0] for row in rows)
    form = {(False, True, True, True): "inclusive", (False, True, True, False): "exclusive"}
    is_about_both = "user_id" in condition and "session_id" in condition
    expected = form.get(truth, "other") if is_about_both else "absent"
    assert here.check(f"({condition})").constraint == expected


@pytest.mark.parametrize("owner", ["user_id", "owner_user_id"])
def test_the_owner_column_is_found_under_either_name(place: Place, owner: str) -> None:
    found = place.organizations(
        f"check ({owner} is not null or session_id is not null)", owners=(owner,)
    )
    assert (found.owner_columns, found.constraint) == ((owner,), "inclusive")


@pytest.mark.parametrize("owner", ["user_id", "owner_user_id"])
def test_both_owner_columns_count_whichever_is_constrained(here: Place, owner: str) -> None:
    found = here.organizations(
        f"check ((session_id is null) <> ({owner} is null))", owners=("user_id", "owner_user_id")
    )
    assert (found.owner_columns, found.constraint) == (OWNER_COLUMNS, "exclusive")


def test_both_owner_columns_count_without_constraint(here: Place) -> None:
    found = here.organizations(owners=("user_id", "owner_user_id"))
    assert (found.owner_columns, found.constraint) == (OWNER_COLUMNS, "absent")


def test_without_owner_column_there_is_none(here: Place) -> None:
    found = here.organizations("check (session_id is not null)", owners=())
    assert (found.owner_columns, found.constraint) == ((), "absent")


def test_the_documented_tables_lack_nothing(tables: Parameters) -> None:
    found = contract_of(tables)
    assert (found.missing, found.optional_missing) == ((), ())
    assert (found.owner_columns, found.constraint, found.validated) == (
        ("user_id",),
        "inclusive",
        True,
    )


def test_missing_columns_are_named(tables: Parameters) -> None:
    execute(
        tables,
        "alter table website_leads drop column session_id;"
        "alter table conversion_tracking drop column step_data",
    )
    assert contract_of(tables).missing == (
        "conversion_tracking.step_data",
        "website_leads.session_id",
    )


def test_optional_columns_may_be_missing(tables: Parameters) -> None:
    for table, columns in OPTIONAL.items():
        for column in columns:
            execute(tables, f"alter table {table} drop column {column}")
    found = contract_of(tables)
    assert found.missing == ()
    assert set(found.optional_missing) == {f"{t}.{c}" for t, cs in OPTIONAL.items() for c in cs}


def test_a_missing_table_is_named_once(tables: Parameters) -> None:
    execute(tables, "drop table website_leads cascade")
    assert contract_of(tables).missing == ("website_leads",)


@pytest.mark.parametrize("schema", ["public", "nowhere"])
def test_without_any_table_all_three_are_named(empty_database: Parameters, schema: str) -> None:
    found = contract_of(empty_database, schema)
    assert found.missing == tuple(sorted(REQUIRED))
    assert (found.owner_columns, found.constraint) == ((), "absent")


def test_a_schema_other_than_public_is_looked_at_alone(
    new_database: Callable[[], Parameters],
) -> None:
    database = new_database()
    execute(database, "create schema leads; set search_path = leads; " + load("schema/tables").sql)
    execute(database, "create table public.organizations (owner_user_id uuid)")
    assert contract_of(database, "leads").missing == ()
    assert contract_of(database, "leads").owner_columns == ("user_id",)
    assert contract_of(database).owner_columns == ("owner_user_id",)


@pytest.mark.parametrize("kind", ["view", "materialized view"])
def test_views_do_in_place_of_tables(tables: Parameters, kind: str) -> None:
    execute(tables, "create schema shown")
    for table in REQUIRED:
        execute(tables, f"create {kind} shown.{table} as select * from public.{table}")
    source = source_of(tables, "shown")
    with source.read() as reader:
        assert reader.contract.missing == ()
        assert (reader.contract.owner_columns, reader.contract.constraint) == (
            ("user_id",),
            "unknown",
        )
        assert (
            reader.one("database/leads_in_range", start_at=None, end_at=None, as_of=None).leads == 0
        )


def test_a_dropped_column_is_not_seen_as_present(tables: Parameters) -> None:
    execute(tables, "alter table organizations drop column user_id cascade")
    assert contract_of(tables).owner_columns == ()
