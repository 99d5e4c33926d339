"""A question that reads a column must say so: every reliable column is dropped once."""

import pytest

from dashboard.database.contract import REQUIRED
from dashboard.database.errors import DatabaseProblem
from queries import load
from tests.conftest import Parameters, execute, source_of
from tests.queries.questions import reading_questions, sample_binds

COLUMNS = [(table, column) for table, columns in REQUIRED.items() for column in columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_question_runs_without_a_column_it_does_not_declare(
    tables: Parameters, table: str, column: str
) -> None:
    execute(tables, f"alter table {table} drop column {column} cascade")
    spared = [name for name in reading_questions() if f"{table}.{column}" not in load(name).needs]
    with source_of(tables).read() as reader:
        for name in spared:
            reader.frame(name, {}, **sample_binds(load(name)))


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_question_names_the_column_it_declares_and_lacks(
    tables: Parameters, table: str, column: str
) -> None:
    execute(tables, f"alter table {table} drop column {column} cascade")
    needing = [name for name in reading_questions() if f"{table}.{column}" in load(name).needs]
    with source_of(tables).read() as reader:
        for name in needing:
            with pytest.raises(DatabaseProblem) as raised:
                reader.frame(name, {}, **sample_binds(load(name)))
            assert raised.value.kind == "schema_drift"
            assert raised.value.what == f"{table}.{column} is missing"


def test_a_missing_table_is_named_by_itself(tables: Parameters) -> None:
    question = load("status/recent_events")
    execute(tables, "drop table website_leads cascade")
    with source_of(tables).read() as reader, pytest.raises(DatabaseProblem) as raised:
        reader.frame(question.name, {}, **sample_binds(question))
    assert raised.value.what == "website_leads is missing"


def test_needs_are_columns_that_the_contract_requires() -> None:
    required = {f"{table}.{column}" for table, column in COLUMNS}
    beyond = {name: load(name).needs - required - REQUIRED.keys() for name in reading_questions()}
    assert {name: columns for name, columns in beyond.items() if columns} == {}
