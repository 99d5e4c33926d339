"""The words of a comparison: its sentences, and its rows as people read them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pandas as pd

from dashboard.database.reading import TEXT
from dashboard.funnel.comparison.compared import (
    CHANCE,
    HIGHER,
    LOWER,
    TOO_FEW_TO_COMPARE,
    TOO_YOUNG,
    UNTRACKED,
    Compared,
)
from dashboard.funnel.comparison.data import PeriodComparison
from dashboard.funnel.comparison.periods import days_of
from dashboard.model.formats import count, counted, percent
from dashboard.model.limits import FEW
from dashboard.model.windows import length_words

WHOLE_WAY = "All steps"


def whole_sentence(comparison: PeriodComparison, unit: str) -> str:
    """Say whether the overall conversion differs and within which age, or why it is not told."""
    both, whole = comparison.both, comparison.whole
    figures = whole.figures
    if both.whole is None or figures["rate"] is None or whole.within is None:
        return f"The overall conversion is not compared: {_why_nothing(comparison, unit)}"
    label = both.here.recorded_labels[both.whole.after]
    shares = (
        f"{percent(figures['rate'])} of {unit}s reached “{label}”, "
        f"against {percent(figures['other_rate'] or 0)} in {days_of(both.there.filters)}."
    )
    age = f"Compared within {length_words(whole.within)} of the first step."
    return f"{shares} {_difference(whole)} {age}"


def _difference(whole: Compared) -> str:
    by, low, high = (_points(whole.figures[each] or 0) for each in ("difference", "low", "high"))
    words = f"{by} points (95 % interval {low} to {high})"
    if whole.verdict == CHANCE:
        return f"The difference of {words} could be chance."
    return f"This period is {whole.verdict}, by {words}."


def _why_nothing(comparison: PeriodComparison, unit: str) -> str:
    """Say why the overall conversion is not compared."""
    both, whole = comparison.both, comparison.whole
    periods = [days_of(each.filters) for each in (both.here, both.there)]
    n, other_n = whole.n or 0, whole.other_n or 0
    if whole.reason == TOO_FEW_TO_COMPARE:
        return (
            f"{counted(n, unit)} in {periods[0]}, {counted(other_n, unit)} in {periods[1]}. "
            f"Each period needs at least {FEW}."
        )
    if whole.reason == TOO_YOUNG:
        return (
            f"too few {unit}s are old enough. At least {FEW} of each period, and a tenth of all, "
            "must have begun so long ago."
        )
    if whole.reason == UNTRACKED:
        return (
            f"fewer than half of the {unit}s of one period have an event of the first step. "
            "Tracking may be off for the others."
        )
    return "a step of it is not recorded in both periods."


def steps_sentence(steps: pd.DataFrame) -> str:
    """Say at which steps the conversion differs by more than chance allows; empty without any."""
    return _together(steps, "label", "Step by step", "step")


def values_sentence(values: pd.DataFrame, name: str) -> str:
    """Say for which values the overall conversion differs by more than chance allows."""
    return _together(values, "value", f"By {name}", "value") or (
        f"By {name}, nothing is compared: no value has enough units in both periods."
    )


def _together(rows: pd.DataFrame, column: str, begin: str, noun: str) -> str:
    """Sum up the rows of judged() that are compared; `column` names them."""
    made = rows[rows["differs"].notna()]
    if made.empty:
        return ""
    parts = [
        f"{word} at {named_values(found)}"
        for word in (LOWER, HIGHER)
        if (found := made.loc[made["verdict"] == word, column].tolist())
    ]
    rest = int((made["verdict"] == CHANCE).sum())
    if not parts:
        compared = f"the one {noun}" if rest == 1 else f"any of the {count(rest)} {noun}s"
        return f"{begin}, no difference is more than chance allows, at {compared} compared."
    chance = f"; at {count(rest)} more the difference could be chance" if rest else ""
    return f"{begin}, this period is {', and '.join(parts)}{chance}."


def as_rows(comparison: PeriodComparison) -> pd.DataFrame:
    """Return the overall conversion and every step, with `label` and the columns of judged()."""
    whole = comparison.whole
    first = {
        "label": WHOLE_WAY,
        **whole.figures,
        "p": whole.probability,
        "differs": whole.differs,
        "verdict": whole.verdict,
    }
    rows = comparison.steps.drop(columns="step")
    beginning = pd.DataFrame([first]).reindex(columns=rows.columns).astype(rows.dtypes)
    return pd.concat([beginning, rows], ignore_index=True)


def in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of judged() with `here`, `there`, `by` and `within` written out."""
    written = pd.DataFrame(
        [
            (
                _share(row["rate"], row["n"]),
                _share(row["other_rate"], row["other_n"]),
                _by(row["difference"], row["low"], row["high"]),
                _length(row["within_s"]),
            )
            for row in rows.to_dict("records")
        ],
        columns=["here", "there", "by", "within"],
        index=rows.index,
        dtype=TEXT,
    )
    return rows.join(written)


def named_values(labels: Iterable[object]) -> str:
    """Write labels as a list in words."""
    return ", ".join(f"“{each}”" for each in labels)


def _share(rate: Any, n: Any) -> str | None:
    """Write a share with its denominator; where only that is known, the number alone."""
    if pd.isna(n):
        return None
    return count(int(n)) if pd.isna(rate) else f"{percent(rate)} of {count(int(n))}"


def _by(by: Any, low: float, high: float) -> str | None:
    """Write a difference in points, with what chance allows."""
    if pd.isna(by):
        return None
    return f"{_points(by)} points ({_points(low)} to {_points(high)})"


def _length(seconds: Any) -> str | None:
    return None if pd.isna(seconds) else length_words(timedelta(seconds=seconds))


def _points(value: float) -> str:
    shown = f"{value * 100:+.1f}".replace("-", "−")
    return shown[1:] if shown in ("+0.0", "−0.0") else shown
