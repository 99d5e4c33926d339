"""The report's claim about its steps, judged by a plan of its own: the tracking plan may differ."""

from pathlib import Path

import pandas as pd

from dashboard.database.reading import MOMENT, TEXT
from dashboard.model.formats import count
from dashboard.model.tracking_plan import load_plan
from dashboard.status.claim import (
    CONFIRMED,
    INCONCLUSIVE,
    REFUTED,
    ClaimFacts,
    Judgment,
    laid_out,
)

# The steps as the report describes them.
REPORT_PLAN = Path(__file__).with_name("report_plan.toml")
REPORTED_STEP_COLUMNS = {"label": "Step", "implemented": "Implemented", "first_at": "First seen"}


def steps_implemented(facts: ClaimFacts) -> Judgment:
    """An implemented step that was never recorded refutes the claim."""
    steps = _reported_steps(facts)
    declared = steps[steps["implemented"]]
    unseen = declared[declared["first_at"].isna()]
    rows = {"Steps of the report": laid_out(steps, REPORTED_STEP_COLUMNS)}
    if steps["first_at"].isna().all() and not facts.totals.events:
        return Judgment(INCONCLUSIVE, "No event is recorded by then.", rows)
    seen = f"{count(len(declared) - len(unseen))} of the {count(len(declared))} steps"
    late = steps[~steps["implemented"] & steps["first_at"].notna()]["label"]
    beside = f" {', '.join(late)}, declared as missing, is recorded all the same." * bool(len(late))
    if unseen.empty:
        words = f"{seen} that the report calls implemented are recorded.{beside}"
        return Judgment(REFUTED if len(late) else CONFIRMED, words, rows)
    names = ", ".join(unseen["step"])
    return Judgment(
        REFUTED,
        f"{seen} that the report calls implemented were ever recorded; never: {names}.{beside}",
        rows,
    )


def _reported_steps(facts: ClaimFacts) -> pd.DataFrame:
    """Return each step that the report describes, with its first event up to the period's end."""
    plan = load_plan(REPORT_PLAN)
    found = facts.reader.frame(
        "funnel/first_recorded",
        {"step": TEXT, "first_at": MOMENT},
        steps=plan.names,
        until=facts.states.clock,
        as_of=facts.filters.as_of,
    )
    steps = [(step.name, step.label, step.implemented) for step in plan.steps]
    declared = pd.DataFrame(steps, columns=["step", "label", "implemented"]).astype({"step": TEXT})
    return declared.merge(found, on="step", how="left")
