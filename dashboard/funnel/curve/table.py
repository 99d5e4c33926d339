"""The conversion curve in words: its listed ages, and which parts of a breakdown have a line."""

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from dashboard.database.reading import TEXT
from dashboard.funnel.conversion.ages import listed_ages
from dashboard.model.formats import counted, percent
from dashboard.model.windows import length_words

MOST_CURVES = 6
OTHER = "Other"


def lines_apart(breakdown: pd.DataFrame, chosen: Sequence[str]) -> tuple[int, ...]:
    """Return the positions of the parts with a line of their own; all others are one.

    They are the `chosen` values, or else the most frequent ones. A single other part has its own
    line, too. `breakdown` is that of a Funnel.
    """
    parts = breakdown.drop_duplicates("position").set_index("value")["position"]
    named = [value for value in parts.index if value != OTHER]
    wanted = [value for value in named if value in chosen] or named[: MOST_CURVES - 1]
    alone = parts.index.difference(wanted)
    apart = parts.index if len(alone) <= 1 else wanted
    return tuple(int(each) for each in parts[apart].sort_values())


def line_names(breakdown: pd.DataFrame, apart: Sequence[int]) -> list[str]:
    """Return the values in these positions, and what the others together are called, if any are."""
    parts = breakdown.drop_duplicates("position").set_index("position")["value"]
    return [*parts[[*apart]], *([OTHER] if len(apart) < len(parts) else [])]


def listed_points(curve: pd.DataFrame, window: timedelta | None) -> pd.DataFrame:
    """Return a curve's rows at the listed ages, each with the age in words (`within`)."""
    words = {each.total_seconds(): length_words(each) for each in listed_ages(window)}
    rows = curve[curve["age_s"].isin([*words])]
    return rows.assign(within=rows["age_s"].map(words).astype(TEXT)).reset_index(drop=True)


def curve_sentence(
    curve: pd.DataFrame, ends: tuple[str, str], unit: str, window: timedelta | None
) -> str:
    """Write the share at the first listed age with any, and at the last; `ends` are labels."""
    listed = listed_points(curve, window)
    rows = listed[(listed["rate"] > 0) | (listed.index == listed.index[-1])].to_dict("records")
    shown = [rows[0], rows[-1]] if len(rows) > 1 else rows
    shares = " and ".join(f"{percent(row['rate'])} within {row['within']}" for row in shown)
    interval = f"{percent(rows[-1]['low'])} to {percent(rows[-1]['high'])}"
    return (
        f"Of {counted(int(curve['at_risk'].iloc[0]), unit)} on “{ends[0]}”, {shares} convert to "
        f"“{ends[1]}” (95 % interval: {interval})."
    )
