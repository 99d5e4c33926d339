"""Runs of the lab as frames: what each strategy came to, and which runs there are."""

from collections.abc import Sequence

import pandas as pd

from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT
from dashboard.lab.ledger import Run
from dashboard.lab.verdict import conditions_in_words, errors_in_words, in_words, label

RESULT = {
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
RUN = {"run": TEXT, "at": MOMENT, "conditions": TEXT, "strategies": COUNT, "correct": COUNT}


def results(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row per run and strategy, in the order of the runs and in which they ran."""
    rows = [
        {
            **result.as_json(),
            "run": str(run.id),
            "label": label(result.strategy),
            "conditions": conditions_in_words(run.conditions),
            "verdict": in_words(result),
            "errors": errors_in_words(result),
        }
        for run in runs
        for result in run.results
    ]
    return pd.DataFrame(rows, columns=[*RESULT]).astype(RESULT)


def saved_runs(runs: Sequence[Run]) -> pd.DataFrame:
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
    return pd.DataFrame(rows, columns=[*RUN]).astype(RUN)
