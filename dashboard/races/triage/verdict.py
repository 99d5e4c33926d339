"""A triage in one sentence: whether rows are lost, why, and the numbers behind it."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from dashboard.model.formats import count, counted
from dashboard.races.triage.data import ERROR_CLASSES, FATES, Triage


@dataclass(frozen=True)
class Verdict:
    """The sentence, its color, and the numbers behind it."""

    color: Literal["red", "orange", "green", "gray"]
    sentence: str
    reason: str


def triage_verdict(found: Triage) -> Verdict:
    """Judge a triage by the rows that are provably missing."""
    errors = found.read - found.total("unrelated")
    lost, open_ = found.fate("lost"), found.fate("inconclusive")
    read = f"{counted(found.read, 'entry', 'entries')} in {counted(found.lines, 'line')}"
    if not errors:
        return Verdict("gray", "No error of the lead tables is in this log", f"Read: {read}.")
    reason = f"Of {counted(errors, 'error')}: {fates(found.groups)}. {_kinds(found)} Read: {read}."
    if lost:
        verb = "stands" if lost == 1 else "stand"
        return Verdict("red", f"{counted(lost, 'error')} {verb} for rows that are missing", reason)
    if open_:
        return Verdict("orange", "Some errors are inconclusive: rows may be missing", reason)
    return Verdict("green", "The rows of every submission that failed here are stored", reason)


def fates(groups: pd.DataFrame) -> str:
    """Return a sentence on the fates of these entries' rows."""
    lost, harmless, open_ = (int(groups[name].sum()) for name in FATES)
    return f"{count(lost)} lost, {count(harmless)} harmless, {count(open_)} inconclusive"


def _kinds(found: Triage) -> str:
    """Return how many entries are races, and how many are not."""
    kinds = [(kind, found.total(kind)) for kind in ERROR_CLASSES if kind != "unrelated"]
    return f"By class: {', '.join(f'{count(number)} {kind}' for kind, number in kinds if number)}."
