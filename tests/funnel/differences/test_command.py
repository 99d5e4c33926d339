"""`segments` as a person types it: its rows, what it refuses, and what it warns of."""

import json

import pytest

from dashboard.__main__ import main
from dashboard.funnel.differences.data import DIFFERENCES
from tests.conftest import Parameters, execute, url_of
from tests.funnel.differences.test_data import MANY_VALUES, TWO_SOURCES

Capture = pytest.CaptureFixture[str]


def asked(parameters: Parameters, *options: str) -> int:
    return main(["segments", "--source", url_of(parameters), *options])


def test_the_rows_have_the_agreed_fields(tables: Parameters, capsys: Capture) -> None:
    execute(tables, TWO_SOURCES)
    assert asked(tables, "--format", "json", "--within", "1d") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["within_s"] == 86_400.0
    assert [[*row] for row in answer["segments"]] == [[*DIFFERENCES]] * 2
    paid, direct = sorted(answer["segments"], key=lambda row: str(row["value"]), reverse=True)
    assert (paid["value"], paid["step"], paid["units"]) == ("paid", "analysis_completed", -40.0)
    assert (
        (direct["rate"], direct["other_rate"]) == (paid["other_rate"], paid["rate"]) == (1.0, 0.2)
    )
    assert paid["p"] == direct["p"] == paid["q"] < 1e-12
    assert asked(tables, "--format", "csv") == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head == ",".join(DIFFERENCES)
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--within", "0"], "'0' is no age"),
        (["--within", "-1d"], "argument --within: expected one argument"),
        (["--within", "31d"], "within 31d is longer than the window of 30d"),
        (["--within", "unlimited"], "'unlimited' is no age"),
        (["--breakdown", "lead_source"], "unrecognized arguments: --breakdown lead_source"),
    ],
)
def test_what_has_no_answer_is_refused(
    options: list[str], fault: str, tables: Parameters, capsys: Capture
) -> None:
    try:
        code = asked(tables, *options)
    except SystemExit as refused:
        code = int(str(refused.code))
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert fault in told.err
    assert told.err.count("\n") <= 2


def test_where_no_age_has_enough_units_that_is_said(tables: Parameters, capsys: Capture) -> None:
    execute(tables, TWO_SOURCES)
    early = ("--as-of", "2026-01-01 12:00")
    assert asked(tables, "--format", "json", *early) == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert (answer["segments"], answer["within_s"]) == ([], None)
    assert "Name one with --within" in told.err
    assert asked(tables, "--format", "csv", *early) == 0
    assert capsys.readouterr().out.strip() == ",".join(DIFFERENCES)


def test_values_that_are_not_looked_at_are_said(tables: Parameters, capsys: Capture) -> None:
    execute(tables, MANY_VALUES.format(number=2_040))
    assert asked(tables, "--format", "json") == 0
    assert capsys.readouterr().err == (
        "dashboard: Campaign: the ten most frequent values are compared, and not "
        "1,993 other values.\n"
    )
