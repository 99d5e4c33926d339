"""`lab`: the JSON contract, the exit codes, and a configured source that is not touched."""

import json
from pathlib import Path

import pytest

from dashboard.__main__ import main
from dashboard.lab.strategies import STRATEGIES

KEYS = [
    "strategy",
    "attempts",
    "saved",
    "duplicate_organizations",
    "duplicate_leads",
    "lost_steps",
    "errors",
    "retries",
    "p50_ms",
    "p95_ms",
    "correct",
]
SMALL = ["--visitors", "2", "--websites", "2", "--analysis-time", "0.01"]


@pytest.fixture(autouse=True)
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(home))
    # Whatever it is: the lab never connects to it.
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")


def test_all_strategies_answer_with_exactly_these_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "--strategy", "all", *SMALL, "--format", "json"]) == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert [*answer] == ["runs"]
    assert [run["strategy"] for run in answer["runs"]] == [*STRATEGIES]
    for run in answer["runs"]:
        assert [*run] == KEYS
        assert run["attempts"] == 4
        assert run["correct"] == (
            not run["duplicate_organizations"]
            and not run["duplicate_leads"]
            and not run["lost_steps"]
            and run["saved"] == run["attempts"]
        )
    assert f"{len(STRATEGIES)} of {len(STRATEGIES)}: Serializable, with retry" in told.err


@pytest.mark.parametrize("form", ["table", "csv"])
def test_it_is_told_as_the_other_answers_are(capsys: pytest.CaptureFixture[str], form: str) -> None:
    arguments = ["lab", "--strategy", "unique-upsert", *SMALL, "--constraint", "exclusive"]
    shares = ["--owned-share", "0.5", "--crash-share", "0.5", "--jitter", "0.01"]
    assert main([*arguments, *shares, "--format", form]) == 0
    out = capsys.readouterr().out
    assert "unique-upsert" in out
    assert "True" in out


@pytest.mark.parametrize(
    "wrong",
    [["--strategy", "hope"], ["--visitors", "many"], ["--constraint", "other"], ["--visitor", "2"]],
    ids=str,
)
def test_wrong_use_is_exit_2(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["lab", *wrong])
    assert stop.value.code == 2


@pytest.mark.parametrize("wrong", [["--visitors", "0"], ["--analysis-time", "nan"]], ids=str)
def test_a_condition_that_cant_be_run_is_exit_2(
    capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main(["lab", *wrong]) == 2
    assert "must be between" in capsys.readouterr().err


def test_a_server_that_cant_start_is_exit_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", "/dev/null/nowhere")
    assert main(["lab", *SMALL]) == 1
    assert capsys.readouterr().out == ""
