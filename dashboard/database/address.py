"""Database addresses: the usual forms read as libpq's keywords, and a name safe to show."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from dashboard.database.errors import DatabaseProblem

# postgres://, postgresql:// and SQLAlchemy's postgresql+driver://
SCHEME = re.compile(r"^(postgres|postgresql)(\+\w+)?://", re.IGNORECASE)
NEXT_STEP = "Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require."


@dataclass(frozen=True)
class Address:
    """Where a database lives. `label` has no credentials; `parameters` do, and stay out of repr."""

    label: str
    parameters: dict[str, str] = field(repr=False)


def is_address(given: str) -> bool:
    """Tell whether the text has the form of a database URL."""
    return SCHEME.match(given) is not None


def parse_address(url: str) -> Address:
    """Read a database URL; raises DatabaseProblem (kind configuration) that never repeats it."""
    if not is_address(url):
        raise _problem("DATABASE_URL is no PostgreSQL address")
    url = SCHEME.sub("postgresql://", url.strip())
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    try:
        options = [name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)]
    except ValueError:
        raise _problem("DATABASE_URL can't be read as an address") from None
    # libpq takes `ssl=true` too, for the sake of JDBC addresses.
    if unknown := sorted(set(options) - known - {"ssl"}):
        raise _problem(
            f"DATABASE_URL has an option that PostgreSQL's client doesn't know: {unknown[0]}"
        )
    try:
        parameters = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (psycopg.ProgrammingError, UnicodeError):
        raise _problem("DATABASE_URL can't be read as an address") from None
    return Address(_label(parameters), parameters)


def _label(parameters: dict[str, str]) -> str:
    host = parameters.get("host") or parameters.get("hostaddr") or "local socket"
    port = parameters.get("port")
    place = f"{host}:{port}" if port else host
    return f"{place}/{parameters.get('dbname') or parameters.get('user') or ''}"


def _problem(what: str) -> DatabaseProblem:
    return DatabaseProblem("configuration", what, "settings", NEXT_STEP)
