"""Exports rows: as CSV that spreadsheets can't execute, and as text tables for a terminal."""

import re
from collections.abc import Callable
from datetime import date, datetime

import pandas as pd

from dashboard.database.reading import DAY

LONGEST_CELL = 60
# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return a frame's rows as JSON takes them: ISO times with Z, local days, null for none."""
    plain = _plain(frame)
    return [{str(name): row[name] for name in plain} for row in plain.to_dict("records")]


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV: times as ISO 8601 UTC with Z, nulls empty, no text a formula."""
    return inert_frame(frame).to_csv(index=False, lineterminator="\n")


def inert_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy with the cells of csv_text, for other spreadsheet files."""
    return _each(_plain(frame), _inert)


def text_table(frame: pd.DataFrame, longest_cell: int | None = LONGEST_CELL) -> str:
    """Return a frame as a table for a terminal; control characters can't reach it.

    Longer cells are cut; None leaves them whole.
    """
    if frame.empty:
        return "(no rows)"
    shown = _each(_plain(frame), _printable)
    return shown.to_string(index=False, na_rep="–", max_colwidth=longest_cell)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose times and days are written out and whose nulls are None."""
    plain = frame.copy()
    for column in plain.select_dtypes("datetime"):
        write = _day if plain[column].dtype == DAY else _moment
        plain[column] = plain[column].map(write, na_action="ignore")
    return plain.astype(object).where(frame.notna(), None)


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _moment(at: datetime) -> str:
    return f"{at.isoformat()}Z"


def _each(plain: pd.DataFrame, write: Callable[[object], object]) -> pd.DataFrame:
    """Rewrite every cell; DataFrame.map would turn counts beside a null into floats."""
    return pd.DataFrame(
        {name: pd.Series([*map(write, plain[name])], plain.index, object) for name in plain}
    )


def _inert(value: object) -> object:
    if not isinstance(value, str):
        return value
    inert = f"'{value}" if value.startswith(FORMULA_STARTS) else value
    # The CSV writer does not quote a lone carriage return, which begins a new spreadsheet row.
    return re.sub(r"\r\n?", "\n", inert)


def _printable(value: object) -> object:
    if isinstance(value, str):
        return "".join(each if each.isprintable() else "�" for each in value)
    return "–" if value is None else value
