"""A run in words: which strategies kept everything, once, and what the others did."""

from dataclasses import dataclass
from typing import Literal

from dashboard.lab.conditions import Conditions
from dashboard.lab.outcome import PLANNED_STEPS, StrategyResult
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
    kept = [each for each in run.results if each.correct]
    numbers = f"{len(kept)} of {counted(len(run.results), 'strategy', 'strategies')}"
    if run.state != "done":
        ended = f"{len(run.results)} of {counted(len(run.strategies), 'strategy', 'strategies')}"
        how = {"cancelled": "cancelled", "failed": "ended by a failure"}
        return LabVerdict(
            "orange",
            f"The run was {how.get(run.state, 'interrupted')}: {ended} measured",
            run.message or _named(kept),
        )
    sentence = f"{numbers} kept everything, once"
    return LabVerdict("green" if kept else "red", sentence, _named(kept))


def run_progress(run: LabRun) -> tuple[str, str]:
    """Say where a run stands that has not ended: a sentence and a line about it."""
    if run.state == "queued":
        return "The run waits for its turn", "One run at a time: another one would disturb it."
    number = min(len(run.results) + 1, len(run.strategies))
    name = strategy_label(run.strategy) if run.strategy else "beginning"
    return (
        f"WriteStrategy {number} of {len(run.strategies)}: {name}",
        f"{count(run.attempts_done)} of {counted(run.conditions.attempts, 'submission')} done."
        f" {conditions_in_words(run.conditions)}",
    )


def result_in_words(result: StrategyResult) -> str:
    """Judge one strategy: what is there twice and what is lost."""
    if result.correct:
        return "Correct here: nothing twice, nothing lost"
    twice = [
        counted(result.duplicate_organizations, "organization"),
        counted(result.duplicate_leads, "lead"),
    ]
    parts = [
        f"{' and '.join(each for each in twice if not each.startswith('0 '))} too many"
        if result.duplicate_organizations or result.duplicate_leads
        else "",
        f"{count(result.lost_steps)} of {counted(result.attempts * PLANNED_STEPS, 'event')} lost"
        if result.lost_steps
        else "",
    ]
    said = "; ".join(part for part in parts if part)
    return f"Wrong: {said or 'not every submission is saved whole'}"


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


def _named(kept: list[StrategyResult]) -> str:
    if not kept:
        return "Each of them left something twice, or lost something."
    names = ", ".join(strategy_label(each.strategy) for each in kept)
    quickest = min(kept, key=lambda each: each.p50_ms)
    if len(kept) == 1 or quickest.attempts < ENOUGH:
        return f"Correct here: {names}."
    return (
        f"Correct here: {names}. The quickest of them was {strategy_label(quickest.strategy)}:"
        f" half of its requests took at most {quickest.p50_ms:g} ms."
    )
