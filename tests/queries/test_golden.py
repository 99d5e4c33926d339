"""Golden fixtures: small tables, binds and the rows a question must give for them.

`golden/<slice>/<question>.toml` holds the cases of one question. A key left out is null; `id`s are
small numbers that stand for UUIDs; times are UTC without zone, as stored. A column that a database
may lack is there in the cases that name it. `properties` are those of a lead that have a value.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import RowMapping

from dashboard.database.contract import OPTIONAL, REQUIRED
from dashboard.database.reading import Source
from queries import load
from tests.conftest import WORK_MEMS, Parameters, connect, execute, source_of
from tests.queries.questions import reading_questions

GOLDEN = Path(__file__).parent / "golden"
IDS = ("id", "organization_id", "website_lead_id")


@dataclass(frozen=True)
class Case:
    """One set of tables with the answer it must give."""

    question: str
    name: str
    content: dict[str, Any]
    any_order: bool

    def __str__(self) -> str:
        return f"{self.question}: {self.name}"


def fixture_cases() -> Iterator[Case]:
    for path in sorted(GOLDEN.rglob("*.toml")):
        question = path.relative_to(GOLDEN).with_suffix("").as_posix()
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in content["case"]:
            yield Case(question, case["name"], case, content.get("any_order", False))


@dataclass(frozen=True)
class Database:
    """The three tables, all columns nullable, and how the product reads them: at each work_mem."""

    parameters: Parameters
    sources: tuple[Source, ...]


@pytest.fixture(scope="module")
def bare(new_database: Callable[[], Parameters]) -> Database:
    """The three tables with nothing but the columns that can be relied on."""
    return _database(new_database(), REQUIRED)


@pytest.fixture(scope="module")
def full(new_database: Callable[[], Parameters]) -> Database:
    """The three tables with the columns that a database may lack, too."""
    return _database(
        new_database(), {table: (*REQUIRED[table], *OPTIONAL[table]) for table in REQUIRED}
    )


def _database(parameters: Parameters, tables: Mapping[str, Sequence[str]]) -> Database:
    for table, columns in tables.items():
        declared = ", ".join(f"{column} {_type(column)}" for column in columns)
        execute(parameters, f"create table {table} ({declared})")
    sources = (
        source_of({**parameters, "options": f"-c work_mem={work_mem}"}) for work_mem in WORK_MEMS
    )
    return Database(parameters, tuple(sources))


@pytest.mark.parametrize("case", [*fixture_cases()], ids=str)
def test_a_question_gives_the_rows_of_its_golden_fixture(
    case: Case, bare: Database, full: Database
) -> None:
    database = full if _names_more(case) else bare
    _replace_rows(database.parameters, case)
    for source in database.sources:
        found = _answer(source, case)
        expected = [_complete(row, found) for row in case.content["expected"]]
        if case.any_order:
            assert sorted(found, key=repr) == sorted(expected, key=repr)
        else:
            assert found == expected


def test_every_question_that_reads_the_tables_has_a_golden_fixture() -> None:
    covered = {case.question for case in fixture_cases()}
    assert set(reading_questions()) - covered == set()


def test_every_golden_fixture_belongs_to_a_question() -> None:
    assert {case.question for case in fixture_cases()} - set(reading_questions()) == set()


def _type(column: str) -> str:
    if column in IDS:
        return "uuid"
    return {"created_at": "timestamp", "step_completed_at": "timestamp", "step_data": "jsonb"}.get(
        column, "text"
    )


def _names_more(case: Case) -> bool:
    """Tell whether a row has a column that a database may lack."""
    return any(
        column in OPTIONAL[table]
        for table in OPTIONAL
        for row in case.content.get(table, [])
        for column in row
    )


def _replace_rows(parameters: Parameters, case: Case) -> None:
    with connect(parameters) as connection:
        connection.execute(f"truncate {', '.join(REQUIRED)}".encode())
        for table, columns in REQUIRED.items():
            for row in case.content.get(table, []):
                known = {*columns, *OPTIONAL[table]}
                assert row.keys() <= known, f"{case}: {table} has no such column"
                values = [f"%({column})s" for column in row]
                connection.execute(
                    f"insert into {table} ({', '.join(row)}) values ({', '.join(values)})".encode(),
                    {column: _stored(column, value) for column, value in row.items()},
                )


def _stored(column: str, value: object) -> object:
    return f"00000000-0000-0000-0000-{value:012}" if column in IDS else value


def _answer(source: Source, case: Case) -> list[dict[str, Any]]:
    question = load(case.question)
    given = case.content.get("binds", {})
    assert given.keys() <= question.params, f"{case}: no such bind"
    binds = {name: _length(given.get(name)) for name in question.params}
    with source.read() as reader:
        # The columns are the question's own: a frame would show only those that were asked for.
        rows: list[RowMapping] = [*reader.connection.execute(question.bind(binds)).mappings()]
    return [_shown_row(row) for row in rows]


def _length(given: object) -> object:
    """Read a length of time, which a fixture writes as PostgreSQL does."""
    match = (
        re.fullmatch(r"(\d+) (second|minute|hour|day)s?", given) if isinstance(given, str) else None
    )
    return timedelta(**{f"{match[2]}s": int(match[1])}) if match else given


def _shown_row(row: RowMapping) -> dict[str, Any]:
    """Write a row as a fixture does: the two arrays of properties as one table."""
    shown: dict[str, Any] = {column: _shown(value) for column, value in row.items()}
    if "property_names" in shown:
        pairs = zip(shown.pop("property_names"), shown.pop("property_values"), strict=True)
        shown["properties"] = {name: value for name, value in pairs if value is not None} or None
    return shown


def _shown(value: object) -> object:
    """Write a UUID, a length of time or an exact number as a fixture does."""
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, UUID | timedelta) else value


def _complete(expected: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    """Add what the fixture leaves out as null."""
    columns = found[0] if found else expected
    return dict.fromkeys(columns) | expected
