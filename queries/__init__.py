"""The catalog: finds, checks and binds the SQL files beside it.

A file begins with a header that states its question, grain, parameters and, where it reads the
three tables, the columns it needs. A file whose header and binds disagree is refused on load.

`-- from: funnel/journeys` builds a question on the answer of another one: its rows stand ready as
the relation `journeys`, and its parameters and needed columns become those of both. One without
parameters of its own is another look at a table, and one without columns is a constant: the planner
reads both where they are used, as if they stood there.

A parameter in STANDING is a fact of the source, and bound by whoever reads it.

`-- calls: model/website_host` writes a question of one parameter as a function, `website_host(x)`:
its SQL takes the place of each call, with x as its parameter. No function is made anywhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from sqlalchemy import Dialect, TextClause, text
from sqlalchemy.dialects import postgresql

FOLDER = Path(__file__).parent
DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
FIELD = re.compile(r"^(grain|params|needs|from|calls): *(.*)$")
STANDING = frozenset({"no_websites"})
HEADER = re.compile(r"\A(--.*\n)*")


class CatalogError(Exception):
    """A .sql file is missing, or its header and its binds disagree."""


@dataclass(frozen=True)
class Query:
    """One question: its SQL and what its header declares.

    `params` are bind names; `needs` are `table.column` names of the schema contract; `parts` are
    the relations of the questions it builds on, in the order of their use.
    """

    name: str
    question: str
    grain: str
    params: frozenset[str]
    needs: frozenset[str]
    sql: str
    parts: Mapping[str, str] = field(default_factory=dict)

    def bind(self, values: Mapping[str, object]) -> TextClause:
        """Return the statement with every declared parameter bound.

        Raises CatalogError when a value is missing or was never declared.
        """
        if values.keys() != self.params:
            wrong = ", ".join(sorted(values.keys() ^ self.params))
            raise CatalogError(f"{self.name}: parameters given and declared differ in: {wrong}")
        return self._text.bindparams(**values)

    @cached_property
    def _text(self) -> TextClause:
        """The statement as it is bound each time: looking for its binds takes longer than that."""
        return text(self.statement)

    @property
    def statement(self) -> str:
        """The SQL with the relations it builds on before it."""
        if not self.parts:
            return self.sql
        relations = ",\n\n".join(f"{name} as {part}" for name, part in self.parts.items())
        body = HEADER.sub("", self.sql)
        rest = body.removeprefix("with\n")
        return f"with\n\n{relations}{'' if rest == body else ','}\n{rest}"

    @property
    def relation(self) -> str:
        """What stands after `as` where another question builds on this one."""
        constant = not self.needs and not self.parts
        seen_through = "not materialized " if constant or not self.params - STANDING else ""
        return f"{seen_through}(\n{self.sql}\n)"


def names() -> list[str]:
    """Return every question's name, `<slice>/<question>`, in alphabetical order."""
    return sorted(
        path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.sql")
    )


@cache
def load(name: str) -> Query:
    """Read one file and check its header against its binds; raises CatalogError."""
    path = FOLDER / f"{name}.sql"
    if not path.is_file():
        raise CatalogError(f"{name}: there is no queries/{name}.sql")
    sql = path.read_text(encoding="utf-8")
    question, fields = _header(sql)
    if not question or not fields.get("grain") or not fields.get("params"):
        raise CatalogError(f"{name}: the header states question, grain and params")
    for called in _listed(fields.get("calls", "none")):
        sql = _called(sql, load(called))
    params, needs = _listed(fields["params"]), _listed(fields.get("needs", "none"))
    binds = frozenset(text(sql).compile(dialect=DIALECT).params)
    if binds != params:
        wrong = ", ".join(sorted(binds ^ params))
        raise CatalogError(f"{name}: header and binds differ in: {wrong}")
    parts: dict[str, str] = {}
    for part in sorted(_listed(fields.get("from", "none")), key=fields.get("from", "").index):
        other = load(part)
        parts |= {**other.parts, part.rpartition("/")[2]: other.relation}
        params, needs = params | other.params, needs | other.needs
    return Query(name, question, fields["grain"], params, needs, sql, parts)


def _called(sql: str, question: Query) -> str:
    """Put the SQL of a question of one parameter in the place of each call of it."""
    function = question.name.rpartition("/")[2]
    [param] = question.params
    body = HEADER.sub("", question.sql).strip()

    def written_out(call: re.Match[str]) -> str:
        return "(\n" + re.sub(rf":{param}\b", call[1], body) + "\n)"

    return re.sub(rf"\b{function}\(([\w.]+)\)", written_out, sql)


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
