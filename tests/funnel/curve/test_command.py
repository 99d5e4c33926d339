"""`funnel --curve`: the points of the curve, of all units and per value."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dashboard.__main__ import main
from tests.conftest import Parameters, url_of
from tests.funnel.conversion.test_data import Units, rows_of
from tests.funnel.worlds import store

AS_OF = ("--as-of", "2026-04-01", "--correction", "matched")


def answered(parameters: Parameters, capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    asked = ["funnel", "--source", url_of(parameters), *AS_OF, *options, "--format", "json"]
    assert main(asked) == 0
    return json.loads(capsys.readouterr().out)


def test_the_curve_ends_with_the_conversion(
    stored: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    units: Units = [
        (timedelta(hours=n), timedelta(minutes=n + 1) if n % 3 else None) for n in range(60)
    ]
    leads, events = rows_of(units)
    store(stored, leads, events, **{str(lead.id): "paid" for lead in leads[:40]})
    assert "curve" not in answered(stored, capsys)
    answer = answered(stored, capsys, "--curve", "--breakdown", "lead_source")
    rate, curve, parts = answer["conversion"], answer["curve"], answer["curve_by_value"]
    assert curve[0] == {"age_s": 0, "rate": 0, "low": 0, "high": curve[0]["high"], "at_risk": 60}
    assert [curve[-1][name] for name in ("age_s", "rate", "low", "high")] == [
        rate[name] for name in ("within_s", "rate", "low", "high")
    ]
    by_value = {row["value"]: row for row in answer["conversion_by_value"]}
    last = {row["value"]: row for row in parts}
    # The others are fewer than 30.
    assert {*last} == {"paid"}
    assert last["paid"]["rate"] == by_value["paid"]["rate"]
    assert list(parts[0]) == ["value", "age_s", "rate", "low", "high", "at_risk"]


def test_the_curve_of_one_step_starts_there(
    stored: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    units: Units = [(timedelta(hours=n), timedelta(minutes=n + 1)) for n in range(60)]
    leads, events = rows_of(units)
    seen = [
        replace(each, step="previews_viewed", at=each.at + timedelta(hours=2))
        for each in events[1::2]
    ]
    store(stored, leads, [*events, *seen])
    start = ("--curve", "--from-step", "analysis_completed", "--to-step", "previews_viewed")
    curve = answered(stored, capsys, *start)["curve"]
    rates = {row["age_s"]: row["rate"] for row in curve}
    # All take two hours from the step before, whenever that was.
    assert (rates[3600], rates[7200]) == (0, 1)
    asked = ["funnel", "--source", url_of(stored), "--from-step", "analysis_completed"]
    assert main(asked) == 2
    assert "give --curve, too" in capsys.readouterr().err


def test_an_optional_step_has_no_curve(
    stored: Parameters, capsys: pytest.CaptureFixture[str]
) -> None:
    store(stored, *rows_of([(timedelta(), None)]))
    asked = ["funnel", "--source", url_of(stored), "--curve", "--to-step", "registration"]
    assert main(asked) == 2
    assert "is optional: name a required step" in capsys.readouterr().err
    assert answered(stored, capsys, "--curve")["curve"] == []
