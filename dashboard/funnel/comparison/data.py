"""Two funnels side by side: what differs per step, and whether it could be chance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pandas as pd

from dashboard.database.reading import COUNT, SHARE, TEXT
from dashboard.funnel.data import Funnel
from dashboard.model.filters import Filters, day_filters
from dashboard.model.formats import count, percent
from dashboard.model.limits import FEW
from dashboard.model.statistics import difference, plain_share
from dashboard.model.times import TimeError, to_local

Basis = Literal["first", "previous"]
HIGHER, LOWER, CHANCE = "higher", "lower", "could be chance"
TOO_FEW_TO_COMPARE, TOO_MANY_OPEN = f"too few to compare (n < {FEW})", "in progress"
BEGINNING, NO_LIMIT = "first step", "in progress: the window has no limit"
NUMBERS = {
    "part": COUNT,
    "whole": COUNT,
    "other_part": COUNT,
    "other_whole": COUNT,
    "share": SHARE,
    "other_share": SHARE,
    "difference": SHARE,
    "low": SHARE,
    "high": SHARE,
}


@dataclass(frozen=True)
class _Side:
    """A step in one period: `part` of `whole`, in closed windows; `all_of` includes open ones.

    `before` are the steps that the chain has up to it, itself included.
    """

    part: int
    whole: int
    all_of: int
    before: tuple[str, ...]


def previous_period(filters: Filters) -> Filters | None:
    """Return as many local days right before the period; None where it has no bounds or no room."""
    if filters.start_at is None or filters.end_at is None:
        return None
    first = to_local(filters.start_at, filters.zone).date()
    last = to_local(filters.end_at - timedelta(microseconds=1), filters.zone).date()
    day = timedelta(days=1)
    try:
        return day_filters(first - (last - first) - day, first - day, filters.as_of, filters.zone)
    except (OverflowError, TimeError):
        return None


def overlap(filters: Filters, other: Filters) -> bool:
    """Whether a moment is in both periods: then some units count in both."""
    return not (
        (filters.end_at and other.start_at and filters.end_at <= other.start_at)
        or (other.end_at and filters.start_at and other.end_at <= filters.start_at)
    )


def compare_funnels(funnel: Funnel, other: Funnel, basis: Basis) -> pd.DataFrame:
    """Compare the conversion rates (closed windows) of two funnels with the same question.

    One row per step: `step`, `label`; `part` of `whole` units whose window is closed,
    `share` and the same of the `other`; `difference` (share − other_share) with its 95 %
    interval `low` to `high` (Newcombe's), null where no comparison is
    made; `verdict` says in words which, or why not.
    The whole is that of the first step, or of the required one before (`basis`).
    """
    here, there = _sides(funnel, basis), _sides(other, basis)
    limited = funnel.question.window is not None
    labels = funnel.prepared.laid_out[["step", "label"]]
    found = [_row(here.get(step), there.get(step), limited) for step in labels["step"]]
    columns = [*NUMBERS, "verdict"]
    rows = pd.DataFrame(found, columns=columns, index=labels.index)
    return labels.join(rows.astype({**NUMBERS, "verdict": TEXT})).reset_index(drop=True)


def one_sided(funnel: Funnel, other: Funnel) -> tuple[list[str], list[str]]:
    """Return the labels of the steps recorded in this period only, and in the other one only."""
    here, there = (
        dict(zip(f.recorded["step"], f.recorded["label"], strict=True)) for f in (funnel, other)
    )
    return (
        [str(label) for step, label in here.items() if step not in there],
        [str(label) for step, label in there.items() if step not in here],
    )


def comparison_sentence(rows: pd.DataFrame) -> str:
    """Say at which steps the share differs by more than chance allows."""
    made = rows.dropna(subset="difference")
    if made.empty:
        return _nothing_compared({*rows["verdict"]})
    parts = [
        f"{word} at {', '.join(f'“{label}”' for label in found)}"
        for word in (LOWER, HIGHER)
        if (found := made.loc[made["verdict"] == word, "label"].tolist())
    ]
    if not parts:
        steps = "the one step" if len(made) == 1 else f"any of the {count(len(made))} steps"
        return f"No difference is more than chance allows, at {steps} compared."
    rest = int((made["verdict"] == CHANCE).sum())
    chance = f"; at {count(rest)} more the difference could be chance" if rest else ""
    return f"This period is {', and '.join(parts)}{chance}."


def _nothing_compared(verdicts: set[object]) -> str:
    if NO_LIMIT in verdicts:
        return "Nothing can be compared: without a limit, no window closes."
    if TOO_MANY_OPEN in verdicts:
        return "Nothing can be compared yet: too many windows are open. Choose earlier days."
    return "Nothing can be compared: too few units, or no step in common."


def comparison_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the comparison with `here`, `there` and `by` written out."""
    written = pd.DataFrame(
        [
            (
                _part(row["part"], row["whole"]),
                _part(row["other_part"], row["other_whole"]),
                _by(row["difference"], row["low"], row["high"]),
            )
            for row in rows.to_dict("records")
        ],
        columns=["here", "there", "by"],
        index=rows.index,
        dtype=TEXT,
    )
    return rows.join(written)


def _sides(funnel: Funnel, basis: Basis) -> dict[str, _Side]:
    """Return each recorded step's count and its denominator."""
    sides: dict[str, _Side] = {}
    chain: list[str] = []
    wholes: list[tuple[int, int]] = []
    for row in funnel.recorded.to_dict("records"):
        step, counts = str(row["step"]), (int(row["closed"]), int(row["count"]))
        whole, all_of = (wholes[0] if basis == "first" else wholes[-1]) if wholes else (0, 0)
        sides[step] = _Side(counts[0], whole, all_of, (*chain, step))
        if not row["optional"]:
            chain.append(step)
            wholes.append(counts)
    return sides


def _row(here: _Side | None, there: _Side | None, limited: bool) -> list[object]:
    numbers = [*_numbers(here), *_numbers(there), *_shares(here, there)]
    reason = _why_not(here, there, limited)
    if reason or here is None or there is None:
        return [*numbers, None, None, None, reason]
    share, other = plain_share(here.part, here.whole), plain_share(there.part, there.whole)
    if share is None or other is None:
        return [*numbers, None, None, None, TOO_FEW_TO_COMPARE]
    interval, by = difference(share, other), share.share - other.share
    verdict = HIGHER if interval[0] > 0 else LOWER if interval[1] < 0 else CHANCE
    return [*numbers, by, *interval, verdict]


def _numbers(side: _Side | None) -> tuple[int | None, int | None]:
    if side is None or len(side.before) == 1:
        return (None, None) if side is None else (side.part, None)
    return side.part, side.whole


def _shares(here: _Side | None, there: _Side | None) -> list[float | None]:
    return [side.part / side.whole if side and side.whole else None for side in (here, there)]


def _why_not(here: _Side | None, there: _Side | None, limited: bool) -> str | None:
    """Say why two steps can't be compared; None where they can."""
    if here is None or there is None:
        return _not_recorded(here, there)
    if here.before != there.before:
        return "not compared: a step before it is recorded in one period only"
    if len(here.before) == 1:
        return BEGINNING
    if not limited:
        return NO_LIMIT
    lacking = [side for side in (here, there) if side.whole < FEW]
    if not lacking:
        return None
    return TOO_MANY_OPEN if all(side.all_of >= FEW for side in lacking) else TOO_FEW_TO_COMPARE


def _not_recorded(here: _Side | None, there: _Side | None) -> str:
    if here is None and there is None:
        return "not recorded in either period"
    return f"not recorded in {'this' if here is None else 'the other'} period"


def _part(part: Any, whole: Any) -> str | None:
    if pd.isna(part):
        return None
    if pd.isna(whole):
        return count(int(part))
    share = f" ({percent(part / whole)})" if whole else ""
    return f"{count(int(part))} of {count(int(whole))}{share}"


def _by(by: Any, low: float, high: float) -> str | None:
    """Write a difference in points, with what chance allows."""
    if pd.isna(by):
        return None
    return f"{_points(by)} points ({_points(low)} to {_points(high)})"


def _points(value: float) -> str:
    shown = f"{value * 100:+.1f}".replace("-", "−")
    return shown[1:] if shown in ("+0.0", "−0.0") else shown


def named_values(labels: Iterable[object]) -> str:
    """Write labels as a list in words."""
    return ", ".join(f"“{each}”" for each in labels)
