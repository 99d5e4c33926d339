"""The catalogue: finds, checks and binds the SQL files beside it.

A file begins with a header that states its question, grain, parameters and, where it reads the
three tables, the columns it needs. A file whose header and binds disagree is refused on load.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Dialect, TextClause, text
from sqlalchemy.dialects import postgresql

FOLDER = Path(__file__).parent
DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
FIELD = re.compile(r"^(grain|params|needs): *(.*)$")


class CatalogueError(Exception):
    """A .sql file is missing, or its header and its binds disagree."""


@dataclass(frozen=True)
class Query:
    """One question: its SQL and what its header declares.

    `params` are bind names; `needs` are `table.column` names of the schema contract.
    """

    name: str
    question: str
    grain: str
    params: frozenset[str]
    needs: frozenset[str]
    sql: str

    def bind(self, values: Mapping[str, object]) -> TextClause:
        """Return the statement with every declared parameter bound.

        Raises CatalogueError when a value is missing or was never declared.
        """
        if values.keys() != self.params:
            wrong = ", ".join(sorted(values.keys() ^ self.params))
            raise CatalogueError(f"{self.name}: parameters given and declared differ in: {wrong}")
        return text(self.sql).bindparams(**values)


def names() -> list[str]:
    """Return every question's name, `<slice>/<question>`, in alphabetical order."""
    return sorted(
        path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.sql")
    )


@cache
def load(name: str) -> Query:
    """Read one file and check its header against its binds; raises CatalogueError."""
    path = FOLDER / f"{name}.sql"
    if not path.is_file():
        raise CatalogueError(f"{name}: there is no queries/{name}.sql")
    sql = path.read_text(encoding="utf-8")
    question, fields = _header(sql)
    if not question or not fields.get("grain") or not fields.get("params"):
        raise CatalogueError(f"{name}: the header states question, grain and params")
    params, needs = _listed(fields["params"]), _listed(fields.get("needs", "none"))
    binds = frozenset(text(sql).compile(dialect=DIALECT).params)
    if binds != params:
        wrong = ", ".join(sorted(binds ^ params))
        raise CatalogueError(f"{name}: header and binds differ in: {wrong}")
    return Query(name, question, fields["grain"], params, needs, sql)


def _header(sql: str) -> tuple[str, dict[str, str]]:
    """Split the leading comment into the question and its fields, each over one or more lines."""
    question: list[str] = []
    fields: dict[str, str] = {}
    current = ""
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        content = line.removeprefix("--").strip()
        if match := FIELD.match(content):
            current = match[1]
            fields[current] = match[2]
        elif current:
            fields[current] += f" {content}"
        else:
            question.append(content)
    return " ".join(question), fields


def _listed(declaration: str) -> frozenset[str]:
    """Read `start_at timestamp (inclusive), tz text` as {start_at, tz}; `none` as nothing."""
    plain = re.sub(r"\([^)]*\)", "", declaration)
    entries = (entry.split() for entry in plain.split(","))
    return frozenset(words[0] for words in entries if words and words[0] != "none")
