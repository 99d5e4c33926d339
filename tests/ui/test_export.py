import csv
import io
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.ui.export import FORMULA_STARTS, csv_text, records, text_table

# What PostgreSQL can store as text.
TEXTS = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=40)
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "x\r=1",
    "x\n=1",
    "x\r\n=1",
    '"=1',
    "a,=1",
    "'",
    '"',
    "\n",
    ",",
    "=",
    "<script>alert(1)</script>",
    "שלום",
    "👩‍👩‍👧",
]


def frame(*texts: str | None) -> pd.DataFrame:
    return pd.DataFrame({"name": [*texts], "n": range(len(texts))}).astype(
        {"name": "string", "n": "Int64"}
    )


def cells(text: str) -> list[list[str]]:
    """Read CSV as a spreadsheet does: a lone carriage return ends a row as well."""
    return [*csv.reader(io.StringIO(text, newline=""))]


@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
@example(texts=HOSTILE)
def test_no_stored_text_becomes_a_formula_or_another_row(texts: list[str]) -> None:
    header, *rows = cells(csv_text(frame(*texts)))
    assert header == ["name", "n"]
    assert [row[1] for row in rows] == [str(n) for n in range(len(texts))]
    assert not any(row[0].startswith(FORMULA_STARTS) for row in rows)


@given(texts=st.lists(TEXTS.filter(lambda each: "\r" not in each), min_size=1, max_size=5))
def test_text_comes_back_from_csv_but_for_one_apostrophe(texts: list[str]) -> None:
    _, *rows = cells(csv_text(frame(*texts)))
    for text, (cell, _) in zip(texts, rows, strict=True):
        assert cell == (f"'{text}" if text.startswith(FORMULA_STARTS) else text)


def test_negative_numbers_are_numbers_not_formulas() -> None:
    assert csv_text(pd.DataFrame({"n": [-5, 3]})) == "n\n-5\n3\n"


def test_csv_writes_times_in_utc_and_nulls_as_nothing() -> None:
    rows = pd.DataFrame(
        {
            "at": pd.Series([datetime(2026, 1, 26, 2, 30, 0, 1), None], dtype="datetime64[us]"),
            "name": pd.Series([None, "a"], dtype="string"),
            "n": pd.Series([1, None], dtype="Int64"),
            "share": [0.5, None],
        }
    )
    assert csv_text(rows) == "at,name,n,share\n2026-01-26T02:30:00.000001Z,,1,0.5\n,a,,\n"


def test_csv_without_rows_keeps_its_header() -> None:
    assert csv_text(frame()) == "name,n\n"


@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
@example(texts=HOSTILE)
@example(texts=["\x1b[31mred", "\x07", "a\u202eb", "\u2028", "\x85", "\x7f"])
def test_a_terminal_gets_one_line_a_row_and_nothing_to_obey(texts: list[str]) -> None:
    lines = text_table(frame(*texts)).split("\n")
    assert len(lines) == len(texts) + 1
    assert all(line.isprintable() for line in lines)


def test_a_table_shows_what_is_missing() -> None:
    assert text_table(frame("a", None)).split() == ["name", "n", "a", "0", "–", "1"]


def test_a_table_without_rows_says_so() -> None:
    assert text_table(frame()) == "(no rows)"


def test_a_long_text_does_not_widen_a_table_without_end() -> None:
    assert max(map(len, text_table(frame("x" * 255)).split("\n"))) < 70


@pytest.mark.parametrize("text", HOSTILE)
def test_json_rows_are_exact(text: str) -> None:
    assert records(frame(text, None)) == [{"name": text, "n": 0}, {"name": None, "n": 1}]


def test_json_rows_have_plain_values() -> None:
    rows = pd.DataFrame(
        {
            "at": pd.Series([datetime(2026, 1, 26, 2, 30), None], dtype="datetime64[us]"),
            "day": pd.Series([datetime(2026, 1, 26), None], dtype="datetime64[s]"),
            "n": pd.Series([1, None], dtype="Int64"),
            "share": [0.5, float("nan")],
        }
    )
    assert records(rows) == [
        {"at": "2026-01-26T02:30:00Z", "day": "2026-01-26", "n": 1, "share": 0.5},
        {"at": None, "day": None, "n": None, "share": None},
    ]


def test_exporting_leaves_the_frame_as_it_was() -> None:
    rows = frame("=1", None)
    before = rows.copy()
    csv_text(rows)
    text_table(rows)
    pd.testing.assert_frame_equal(rows, before)
