"""Runs of the Lab as frames: the results of each strategy, and the saved runs."""

from collections.abc import Sequence

import pandas as pd

from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT
from dashboard.lab.runs import LabRun
from dashboard.lab.verdict import (
    conditions_in_words,
    errors_in_words,
    result_in_words,
    strategy_label,
)

RESULT_COLUMNS = {
    "run": TEXT,
    "conditions": TEXT,
    "strategy": TEXT,
    "label": TEXT,
    "verdict": TEXT,
    "correct": "boolean",
    "attempts": COUNT,
    "saved": COUNT,
    "duplicate_organizations": COUNT,
    "duplicate_leads": COUNT,
    "lost_steps": COUNT,
    "errors": TEXT,
    "retries": COUNT,
    "p50_ms": SHARE,
    "p95_ms": SHARE,
}
RUN_COLUMNS = {"run": TEXT, "at": MOMENT, "conditions": TEXT, "strategies": COUNT, "correct": COUNT}


def result_rows(runs: Sequence[LabRun]) -> pd.DataFrame:
    """Return one row per run and strategy, in the order of the runs and in which they ran."""
    rows = [
        {
            **result.as_json(),
            "run": str(run.id),
            "label": strategy_label(result.strategy),
            "conditions": conditions_in_words(run.conditions),
            "verdict": result_in_words(result),
            "errors": errors_in_words(result),
        }
        for run in runs
        for result in run.results
    ]
    return pd.DataFrame(rows, columns=[*RESULT_COLUMNS]).astype(RESULT_COLUMNS)


def run_rows(runs: Sequence[LabRun]) -> pd.DataFrame:
    """Return one row per run: when it was, under which conditions, how many were correct."""
    rows = [
        {
            "run": str(run.id),
            "at": run.created_at,
            "strategies": len(run.results),
            "conditions": conditions_in_words(run.conditions),
            "correct": sum(result.correct for result in run.results),
        }
        for run in runs
    ]
    return pd.DataFrame(rows, columns=[*RUN_COLUMNS]).astype(RUN_COLUMNS)
