"""An answer of the command line as JSON, as tables for a terminal, or as CSV."""

import json
from collections.abc import Callable, Mapping

import pandas as pd

from dashboard.ui.export import csv_text, records, text_table

SINGLE_VALUES = "about"
# Single values, lists of rows and mappings by name, or only a list of rows.
Answer = dict[str, object] | pd.DataFrame


def json_text(answer: Answer) -> str:
    """Write the answer as JSON, without rounding."""
    plain = records(answer) if isinstance(answer, pd.DataFrame) else answer
    return json.dumps(plain, indent=2, allow_nan=False)


def table_text(answer: Answer) -> str:
    """Write a table for each part, below the part's name; single values are never cut."""
    return "\n\n".join(
        f"{name}\n{text_table(rows, None) if name == SINGLE_VALUES else text_table(rows)}"
        for name, rows in _sections(answer)
    )


def csv_answer(answer: Answer) -> str:
    """Write one table alone, or several under one header; then each row names its table."""
    if isinstance(answer, pd.DataFrame):
        return csv_text(answer).rstrip("\n")
    tables = [(name, rows) for name, rows in _sections(answer) if not rows.empty]
    rows_only = [rows for name, rows in tables if name != SINGLE_VALUES]
    if len(rows_only) == 1:
        return csv_text(rows_only[0]).rstrip("\n")
    if not tables:
        return ""
    # Rows may already have a column `table`, with another meaning.
    renamed = [(name, rows.rename(columns={"table": "table_name"})) for name, rows in tables]
    together = pd.concat([rows.assign(table=name) for name, rows in renamed])
    return csv_text(together[["table", *together.columns.drop("table")]]).rstrip("\n")


ANSWER_FORMATS: Mapping[str, Callable[[Answer], str]] = {
    "table": table_text,
    "json": json_text,
    "csv": csv_answer,
}


def _sections(answer: Answer) -> list[tuple[str, pd.DataFrame]]:
    """Lay an answer out as tables: its single values first, then each list and each mapping."""
    if isinstance(answer, pd.DataFrame):
        return [("rows", answer)]
    single = {key: value for key, value in answer.items() if not isinstance(value, list | dict)}
    sections = [(SINGLE_VALUES, _pairs(single))] if single else []
    for key, value in answer.items():
        if isinstance(value, list):
            sections.append((key, pd.DataFrame([*map(_row, value)], dtype=object)))
        elif isinstance(value, dict):
            nested = value and all(isinstance(each, dict) for each in value.values())
            sections.append((key, _named(value) if nested else _pairs(value)))
    return sections


def _row(values: Mapping[str, object]) -> dict[str, object]:
    """Write nested values as JSON."""
    return {
        name: json.dumps(value) if isinstance(value, dict) else value
        for name, value in values.items()
    }


def _named(rows: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    return pd.DataFrame([{"name": name, **row} for name, row in rows.items()], dtype=object)


def _pairs(values: Mapping[str, object]) -> pd.DataFrame:
    shown = [", ".join(map(str, v)) if isinstance(v, list) else v for v in values.values()]
    return pd.DataFrame({"name": [*values], "value": shown}, dtype=object)
