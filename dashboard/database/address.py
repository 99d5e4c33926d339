"""Database addresses: turns the usual forms into libpq's keywords and a label safe to show."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from dashboard.database.errors import DatabaseProblem

# postgres://, postgresql:// and SQLAlchemy's postgresql+driver://
POSTGRES_SCHEME = re.compile(r"^(postgres|postgresql)(\+\w+)?://", re.IGNORECASE)
CREDENTIALS = re.compile(r"^[^@/]*@")
UNREADABLE = "DATABASE_URL can't be read as an address"
NEXT_STEP = (
    "Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require, with characters"
    " such as @ : / ? in the password as %40 %3A %2F %3F."
)


@dataclass(frozen=True)
class Address:
    """Where a database lives. `label` has no credentials; `parameters` do, and stay out of repr."""

    label: str
    parameters: dict[str, str] = field(repr=False)


def is_address(given: str) -> bool:
    """Tell whether the text has the form of a database URL."""
    return POSTGRES_SCHEME.match(given.strip()) is not None


def parse_address(url: str) -> Address:
    """Read a database URL; raises DatabaseProblem (kind configuration), without the URL."""
    if not is_address(url):
        raise _problem("DATABASE_URL is no PostgreSQL address")
    plain = POSTGRES_SCHEME.sub("", url.strip())
    # Split where libpq splits, not where urlsplit does.
    place, _, query = CREDENTIALS.sub("", plain, count=1).partition("?")
    if "@" in place:
        raise _problem(UNREADABLE)
    _check_options(query)
    try:
        found = conninfo_to_dict(f"postgresql://{plain}")
    except (psycopg.ProgrammingError, UnicodeError):
        raise _problem(UNREADABLE) from None
    parameters = {key: str(value) for key, value in found.items()}
    if not re.fullmatch(r"[\d,]*", parameters.get("port", "")):
        raise _problem(UNREADABLE)
    return Address(_label(parameters), parameters)


def _check_options(query: str) -> None:
    """Refuse an option that libpq doesn't know; name it unless it may be part of a password."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    # libpq takes `ssl=true` too, for the sake of JDBC addresses.
    options = {name for name, _ in parse_qsl(query, keep_blank_values=True)} - {"ssl"}
    if unknown := sorted(options - known):
        if "@" in query or not unknown[0].isidentifier():
            raise _problem(UNREADABLE)
        raise _problem(
            f"DATABASE_URL has an option that PostgreSQL's client doesn't know: {unknown[0]}"
        )


def _label(parameters: dict[str, str]) -> str:
    host = parameters.get("host") or parameters.get("hostaddr") or "local socket"
    port = parameters.get("port")
    place = f"{host}:{port}" if port else host
    return f"{place}/{parameters.get('dbname') or parameters.get('user') or ''}"


def _problem(what: str) -> DatabaseProblem:
    return DatabaseProblem("configuration", what, "settings", NEXT_STEP)
