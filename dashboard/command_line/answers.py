"""An answer of the command line as JSON, as tables for a terminal, or as CSV."""

import json
from collections.abc import Callable, Mapping

import pandas as pd

from dashboard.ui.export import csv_text, records, text_table

SINGLE_VALUES = "about"
# Single values, lists of rows and mappings by name, or only a list of rows. A list may be a frame,
# whose columns stay where there is no row.
Answer = dict[str, object] | pd.DataFrame


def json_text(answer: Answer) -> str:
    """Write the answer as JSON, without rounding."""
    return json.dumps(_plain(answer), indent=2, allow_nan=False)


def _plain(answer: Answer) -> object:
    """Return the answer with its frames as lists of rows, as JSON takes them."""
    if isinstance(answer, pd.DataFrame):
        return records(answer)
    return {
        name: records(value) if isinstance(value, pd.DataFrame) else value
        for name, value in answer.items()
    }


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
    sections = [(name, rows) for name, rows in _sections(answer) if len(rows.columns)]
    rows_only = [rows for name, rows in sections if name != SINGLE_VALUES]
    if len(rows_only) == 1:
        return csv_text(rows_only[0]).rstrip("\n")
    tables = [(name, rows) for name, rows in sections if not rows.empty]
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
    """Lay an answer out as tables: its single values first, then each list and each mapping.

    Rows within a mapping follow it as a table of their own.
    """
    if isinstance(answer, pd.DataFrame):
        return [("rows", answer)]
    parts = (list, dict, pd.DataFrame)
    single = {key: value for key, value in answer.items() if not isinstance(value, parts)}
    sections = [(SINGLE_VALUES, _pairs(single))] if single else []
    for key, value in answer.items():
        if isinstance(value, pd.DataFrame):
            sections.append((key, value))
        elif isinstance(value, list):
            sections.append((key, _rows(value)))
        elif isinstance(value, dict):
            nested = value and all(isinstance(each, dict) for each in value.values())
            inner = {name: each for name, each in value.items() if _are_rows(each)}
            own = {name: each for name, each in value.items() if name not in inner}
            sections.append((key, _named(value) if nested else _pairs(own)))
            sections += [(f"{key}.{name}", _rows(each)) for name, each in inner.items()]
    return sections


def _are_rows(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _rows(values: list[Mapping[str, object]]) -> pd.DataFrame:
    return pd.DataFrame([*map(_row, values)], dtype=object)


def _row(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _cell(value) for name, value in values.items()}


def _cell(value: object) -> object:
    """Write nested values as JSON."""
    return json.dumps(value) if isinstance(value, dict | list) else value


def _named(rows: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    return pd.DataFrame([{"name": name, **row} for name, row in rows.items()], dtype=object)


def _pairs(values: Mapping[str, object]) -> pd.DataFrame:
    shown = [
        ", ".join(map(str, each)) if isinstance(each, list) else _cell(each)
        for each in values.values()
    ]
    return pd.DataFrame({"name": [*values], "value": shown}, dtype=object)
