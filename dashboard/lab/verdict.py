"""A run in words: the strategies that were correct, and the faults of the others."""

from dataclasses import dataclass
from typing import Literal

from dashboard.lab.conditions import Conditions
from dashboard.lab.outcome import StrategyResult
from dashboard.lab.runs import LabRun
from dashboard.lab.strategies import STRATEGIES
from dashboard.model.formats import count, counted

LabColor = Literal["green", "orange", "red"]
# Below this many submissions speeds are not compared.
ENOUGH = 30


@dataclass(frozen=True)
class LabVerdict:
    """The sentence, and what it amounts to."""

    color: LabColor
    sentence: str
    reason: str


def run_verdict(run: LabRun) -> LabVerdict:
    """Judge a run that has ended."""
    correct = [each for each in run.results if each.correct]
    reason = run.message or _named(correct)
    if run.state != "done":
        how = {"cancelled": "cancelled", "failed": "ended by a failure"}
        measured = f"{len(run.results)} of {_strategies(len(run.strategies))} measured"
        sentence = f"The run was {how.get(run.state, 'interrupted')}: {measured}"
        return LabVerdict("orange", sentence, reason)
    numbers = f"{len(correct)} of {_strategies(len(run.results))}"
    sentence = f"{numbers} left no duplicates and no losses"
    return LabVerdict("green" if correct else "red", sentence, reason)


def run_progress(run: LabRun) -> tuple[str, str]:
    """Say where a run stands that has not ended: a sentence and a line about it."""
    if run.state == "queued":
        return "The run waits for its turn", "The Lab makes one run at a time."
    number = min(len(run.results) + 1, len(run.strategies))
    name = strategy_label(run.strategy) if run.strategy else "beginning"
    return (
        f"Write strategy {number} of {len(run.strategies)}: {name}",
        f"{count(run.attempts_done)} of {counted(run.conditions.attempts, 'submission')} done."
        f" {conditions_in_words(run.conditions)}",
    )


def result_in_words(result: StrategyResult) -> str:
    """Judge one strategy by its duplicates and losses."""
    if result.correct:
        return "Correct here: no duplicates, no losses"
    numbers = {
        "duplicate organization": result.duplicate_organizations,
        "duplicate lead": result.duplicate_leads,
        "lost event": result.lost_steps,
    }
    faults = [counted(number, name) for name, number in numbers.items() if number]
    silent = result.lost_without_error
    without = f", {count(silent)} of them without an error" if silent > 0 else ""
    return f"Wrong: {', '.join(faults) or 'a submission is not saved whole'}{without}"


def conditions_in_words(conditions: Conditions) -> str:
    """Name the conditions; those that are off are left out."""
    parts = [
        f"{counted(conditions.visitors, 'visitor')} × {counted(conditions.websites, 'website')}",
        f"analysis {conditions.analysis_time:g} s",
        f"constraint {conditions.constraint}",
        f"up to {conditions.jitter:g} s late" if conditions.jitter else "",
        f"{100 * conditions.owned_share:g} % of websites owned" if conditions.owned_share else "",
        f"{100 * conditions.crash_share:g} % of submissions lose the connection once"
        if conditions.crash_share
        else "",
    ]
    return " · ".join(part for part in parts if part)


def errors_in_words(result: StrategyResult) -> str:
    """Return `57 × 23505, 3 × 40001`; nothing for none."""
    return ", ".join(f"{count(number)} × {state}" for state, number in result.errors.items())


def strategy_label(strategy: str) -> str:
    """Return a strategy's label; one that there is no more goes by its name."""
    found = STRATEGIES.get(strategy)
    return found.label if found else strategy


def _strategies(number: int) -> str:
    return counted(number, "write strategy", "write strategies")


def _named(kept: list[StrategyResult]) -> str:
    if not kept:
        return "Each of them left duplicates or lost events."
    names = ", ".join(strategy_label(each.strategy) for each in kept)
    quickest = min(kept, key=lambda each: each.p50_ms)
    if len(kept) == 1 or quickest.attempts < ENOUGH:
        return f"Correct here: {names}."
    return (
        f"Correct here: {names}. {strategy_label(quickest.strategy)} was the quickest of them, with"
        f" a median of {quickest.p50_ms:g} ms per request."
    )
