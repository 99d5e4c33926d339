"""The Funnel page's first sentences: how many came through, and where most were lost on the way."""

import pandas as pd

from dashboard.funnel.data import Funnel
from dashboard.shared.formats import count, counted, percent

# Below this a share is not worth a headline: one lead more or less moves it by over 3 points.
FEW = 30


def headline(funnel: Funnel) -> str:
    """Say how many leads of the first recorded step reached the last one."""
    steps = funnel.recorded
    if funnel.leads == 0:
        return "No lead was created in this period"
    if steps.empty:
        return f"None of the {len(funnel.steps)} steps was recorded"
    first, last = steps.iloc[0], steps.iloc[-1]
    if not first["count"]:
        return f"No lead reached “{first['label']}”"
    if len(steps) == 1:
        return f"{counted(int(first['count']), 'lead')} reached “{first['label']}”"
    return f"{_part(int(last['count']), int(first['count']))} reached “{last['label']}”"


def beside_headline(funnel: Funnel) -> str:
    """Say what the headline's numbers are shares of, and name the largest drop."""
    steps = funnel.recorded
    parts = [f"Period: {funnel.filters.period}, {counted(funnel.leads, 'lead')}."]
    if len(steps) > 1 and steps.iloc[0]["count"]:
        parts.insert(0, f"Of the leads that reached “{steps.iloc[0]['label']}”, within 30 days.")
        parts.append(_largest_drop(steps))
    if 0 < int(steps["count"].max() if len(steps) else 0) < FEW:
        parts.append("Too few leads for the shares to mean much.")
    return " ".join(part for part in parts if part)


def _part(part: int, whole: int) -> str:
    if whole < FEW:
        return f"{count(part)} of {counted(whole, 'lead')}"
    return f"{count(part)} of {counted(whole, 'lead')} ({percent(part / whole)})"


def _largest_drop(steps: pd.DataFrame) -> str:
    """Name the step at which most leads of the step before it are missing, by number of leads."""
    lost = (-steps["count"].diff()).dropna()
    if lost.empty or lost.max() <= 0:
        return ""
    at = int(lost.argmax())  # of the differences, which begin at the second step
    before, after = steps.iloc[at], steps.iloc[at + 1]
    return (
        f"Most are missing between “{before['label']}” and “{after['label']}”: "
        f"{counted(int(lost.max()), 'lead')}."
    )
