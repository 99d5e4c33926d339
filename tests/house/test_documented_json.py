"""The keys that docs/command-line.md shows are those of real answers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.__main__ import main
from tests.conftest import Parameters, execute, url_of
from tests.funnel.differences.test_data import TWO_SOURCES
from tests.house.modules import ROOT
from tests.outcomes.test_answers import PAID

AS_OF = ("--as-of", "2026-01-26 02:30")
LIMITS = ("--max-session-gap", "5%", "--max-silence", "6h", "--max-lost", "0")
# Chosen so that each list of the answer has a row.
ASKED: dict[str, tuple[str, ...]] = {
    "status": AS_OF,
    "report": AS_OF,
    "leads": (*AS_OF, "--limit", "1"),
    "races": (),
    "funnel": (*AS_OF, "--correction", "corrected"),
    "times": (*AS_OF, "--correction", "corrected"),
    "who": (*AS_OF, "--correction", "corrected", "--on", "analysis_started"),
    "trend": (*AS_OF, "--correction", "corrected"),
    "cohorts": (*AS_OF, "--correction", "corrected"),
    "coverage": AS_OF,
    "continuity": AS_OF,
    "silences": AS_OF,
    "check": (*LIMITS, *AS_OF),
}


@pytest.mark.parametrize("command", ASKED)
def test_documented_keys_are_answered(
    command: str,
    capsys: pytest.CaptureFixture[str],
    demo_parameters: Parameters,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(demo_parameters))
    main([command, *ASKED[command], "--format", "json"])
    real = {*_keys(json.loads(capsys.readouterr().out))}
    assert {*_keys(_documented(command))} <= real


def test_the_timeline_has_the_documented_keys(
    capsys: pytest.CaptureFixture[str],
    demo_parameters: Parameters,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(demo_parameters))
    lead_id = _documented("leads")[0]["lead_id"]
    assert main(["timeline", lead_id, *AS_OF, "--format", "json"]) == 0
    real = {*_keys(json.loads(capsys.readouterr().out))}
    assert {*_keys(_documented("timeline"))} <= real


def test_outcomes_have_the_documented_keys(
    capsys: pytest.CaptureFixture[str], tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    execute(tables, PAID)
    assert main(["outcomes", "--format", "json"]) == 0
    real = {*_keys(json.loads(capsys.readouterr().out))}
    assert {*_keys(_documented("outcomes"))} == real


def test_anomalies_have_the_documented_keys(
    capsys: pytest.CaptureFixture[str], tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    execute(
        tables,
        "insert into conversion_tracking (conversion_step, step_completed_at)"
        " values ('project_saved', '2026-01-01')",
    )
    assert main(["anomalies", "--format", "json"]) == 0
    real = {*_keys(json.loads(capsys.readouterr().out))}
    assert {*_keys(_documented("anomalies"))} == real


def test_segments_have_the_documented_keys(
    capsys: pytest.CaptureFixture[str], tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    execute(tables, TWO_SOURCES)
    assert main(["segments", "--format", "json"]) == 0
    real = {*_keys(json.loads(capsys.readouterr().out))}
    assert {*_keys(_documented("segments"))} == real


def test_a_triaged_log_has_the_documented_keys(
    capsys: pytest.CaptureFixture[str],
    demo_parameters: Parameters,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(demo_parameters))
    log = tmp_path / "log"
    log.write_text("2026-01-26 02:18:10 UTC [1] ERROR:  40P01: deadlock detected\n", "utf-8")
    assert main(["triage", str(log), *AS_OF, "--format", "json"]) == 0
    real = {*_keys(json.loads(capsys.readouterr().out))}
    assert {*_keys(_documented("triage"))} <= real


def _documented(command: str) -> Any:
    """Return the first JSON example of a command's section."""
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    section = re.split(rf"^## `{command}\b", text, flags=re.M)[1]
    return json.loads(section.split("```json\n", 1)[1].split("```", 1)[0])


def _keys(answer: Any, above: str = "") -> Iterator[str]:
    """Name every key with those above it; the rows of a list count as one."""
    if isinstance(answer, list):
        for each in answer:
            yield from _keys(each, f"{above}[]")
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield f"{above}.{key}"
            yield from _keys(value, f"{above}.{key}")
