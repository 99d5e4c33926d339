"""`times` on the command line: the figures of the page, per step and value."""

import io
import json
from typing import Any
from uuid import UUID

import pandas as pd
import pytest

from dashboard.__main__ import main
from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.times.table import ALL_VALUES, time_table
from tests.conftest import Parameters, url_of
from tests.funnel.times.test_times import SHORT, measured, took

STEPS = ("--steps", ",".join(SHORT), "--correction", "corrected")


def asked(parameters: Parameters, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["times", "--source", url_of(parameters), *STEPS, *options]) == 0
    return capsys.readouterr().out


def answered(parameters: Parameters, capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    return json.loads(asked(parameters, capsys, *options, "--format", "json"))


def test_the_figures_are_those_of_the_page(
    stored: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    # A value may be called like the page's row of all units.
    named = {str(UUID(int=n)): value for n, value in enumerate(["paid", "paid", ALL_VALUES], 1)}
    took(stored, [10, 20], [30, 60], [3600, 7200], [5], **named)
    answer = answered(stored, capsys, "--breakdown", "lead_source")
    funnel, found = measured(stored, FunnelQuestion(steps=SHORT, breakdown="lead_source"))
    shown = time_table(funnel, found)[["value", "units", "reached", "p50", "p90"]]
    rows = [{"value": "all", **row} for row in answer["times"]] + answer["breakdown"]
    told = [[row[name] for name in ("value", "units", "reached", "p50_s", "p90_s")] for row in rows]
    assert told == shown.to_numpy().tolist()
    assert [(row["from_step"], row["to_step"]) for row in answer["times"]] == [
        (SHORT[0], SHORT[1]),
        (SHORT[1], SHORT[2]),
        (SHORT[0], SHORT[2]),
    ]
    bins = found.distribution[["from_seconds", "to_seconds", "units"]]
    assert [[row["from_s"], row["to_s"], row["units"]] for row in answer["distribution"]] == (
        bins.to_numpy().tolist()
    )
    assert answer["times"][0]["p50_s"] == 20


def test_as_table_and_csv(stored: Parameters, capsys: pytest.CaptureFixture[str]) -> None:
    took(stored, [10, 20], [30, 60])
    assert "p90_s" in asked(stored, capsys)
    rows = pd.read_csv(io.StringIO(asked(stored, capsys, "--format", "csv")))
    assert rows[rows["table"] == "times"]["p50_s"].tolist() == [20, 20, 40]
    assert rows[rows["table"] == "distribution"]["units"].sum() == 6


def test_of_two_steps_the_time_stands_once(
    stored: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    took(stored, [10], [30])
    answer = answered(stored, capsys)
    assert [row["p50_s"] for row in answer["times"]] == [20]
    assert sum(row["units"] for row in answer["distribution"]) == 2


def test_nothing_recorded_has_no_times(
    tables: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answered(tables, capsys, "--breakdown", "lead_source")
    assert (answer["times"], answer["distribution"], answer["breakdown"]) == ([], [], [])
