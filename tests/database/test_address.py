import traceback
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from dashboard.database.address import is_address, parse_address
from dashboard.database.errors import DatabaseProblem

SECRET = "hunter2"
AS_TEXT = st.text(
    st.characters(min_codepoint=1, exclude_categories=["Cs"]), min_size=1, max_size=30
)


@pytest.mark.parametrize(
    "scheme",
    [
        "postgres",
        "postgresql",
        "postgresql+psycopg",
        "postgresql+psycopg2",
        "postgresql+asyncpg",
        "postgres+pg8000",
        "PostgreSQL",
    ],
)
def test_every_usual_scheme_means_the_same_database(scheme: str) -> None:
    address = parse_address(f"{scheme}://reader:{SECRET}@db.example:5433/leads")
    assert address.parameters == {
        "user": "reader",
        "password": SECRET,
        "host": "db.example",
        "port": "5433",
        "dbname": "leads",
    }
    assert address.label == "db.example:5433/leads"


def test_blanks_around_an_address_are_ignored() -> None:
    assert is_address(" postgresql://h/d\n")
    assert parse_address(" postgresql://h/d\n").parameters == {"host": "h", "dbname": "d"}


def test_tls_parameters_are_kept() -> None:
    address = parse_address(
        "postgresql://h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem&channel_binding=require"
    )
    assert address.parameters["sslmode"] == "verify-full"
    assert address.parameters["sslrootcert"] == "/etc/ca.pem"
    assert address.parameters["channel_binding"] == "require"


def test_the_jdbc_spelling_of_tls_is_understood() -> None:
    assert parse_address("postgresql://h/d?ssl=true").parameters["sslmode"] == "require"


@given(password=AS_TEXT, database=AS_TEXT)
def test_percent_encoded_text_comes_out_as_it_was(password: str, database: str) -> None:
    url = f"postgresql://u:{quote(password, safe='')}@h/{quote(database, safe='')}"
    parameters = parse_address(url).parameters
    assert parameters["password"] == password
    assert parameters["dbname"] == database
    # And it survives the way to libpq's own form.
    assert make_conninfo("", **parameters)


@pytest.mark.parametrize(
    "url", ["postgresql://u@/leads?host=/var/run/pg", "postgresql://u@%2Fvar%2Frun%2Fpg/leads"]
)
def test_a_unix_socket_is_a_host(url: str) -> None:
    address = parse_address(url)
    assert address.parameters["host"] == "/var/run/pg"
    assert address.label == "/var/run/pg/leads"


def test_an_address_without_host_is_the_local_socket() -> None:
    assert parse_address("postgresql:///leads").label == "local socket/leads"


def test_an_ipv6_host_keeps_its_port() -> None:
    parameters = parse_address("postgresql://u@[2001:db8::1]:6432/leads").parameters
    assert (parameters["host"], parameters["port"]) == ("2001:db8::1", "6432")


def test_several_hosts_are_kept_in_order() -> None:
    parameters = parse_address("postgresql://h1:5432,h2:5433/leads").parameters
    assert (parameters["host"], parameters["port"]) == ("h1,h2", "5432,5433")


@pytest.mark.parametrize(
    ("query", "named"),
    [("pgbouncer=true", "pgbouncer"), ("sslmode=require&schema=public", "schema"), ("x", "x")],
)
def test_an_option_that_the_client_does_not_know_is_named(query: str, named: str) -> None:
    with pytest.raises(DatabaseProblem) as raised:
        parse_address(f"postgresql://u:{SECRET}@h/d?{query}")
    assert raised.value.kind == "configuration"
    assert raised.value.what.endswith(f"doesn't know: {named}")
    assert SECRET not in _everything_said(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hunter2@h/d",
        "u:hunter2@h/d",
        "",
        "postgresql:/h/d",
        "postgresql://u:hunter2%zz@h/d",
        "postgresql://u:hunter2%00@h/d",
        "postgresql://u:hunter2\udcff@h/d",
        "postgresql://u:hunter2@[::1/d",
        "postgresql://h/d?ssl=hunter2",
        # Unencoded special characters move pieces of the password to where they would be shown.
        "postgresql://u:p@hunter2@h/d",
        "postgresql://u:p/hunter2@h/d",
        "postgresql://u:12/hunter2@h/d",
        "postgresql://u:p/x?hunter2@h/d",
        "postgresql://u:p/x?hunter2=1@h/d",
        "postgresql://u:hunter2",
        "postgresql://u:hunter2/d",
    ],
)
def test_what_cannot_be_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(DatabaseProblem) as raised:
        parse_address(url)
    assert raised.value.kind == "configuration"
    assert "postgresql://USER:PASSWORD@HOST" in raised.value.next_step
    assert SECRET not in _everything_said(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@h/d",
        f"postgresql://h/d?user=u&password={SECRET}",
        f"postgresql://u:x?{SECRET}@h/d",
        f"postgresql://u:x#{SECRET}@h/d",
        f"postgresql://h/d?sslpassword={SECRET}",
        f"postgresql://u:{SECRET}@/d",
    ],
)
def test_no_credential_is_in_what_an_address_shows(url: str) -> None:
    address = parse_address(url)
    assert SECRET in str(address.parameters.values())
    assert SECRET not in address.label
    assert SECRET not in repr(address)


def test_pg_variables_of_the_environment_are_not_read_into_an_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    assert parse_address("postgresql://u@h/d").parameters.keys() == {"user", "host", "dbname"}


def _everything_said(problem: DatabaseProblem) -> str:
    return f"{problem} {problem!r} {''.join(traceback.format_exception(problem))}"
