"""The Funnel page's first sentences: the units that completed it, and the largest drop."""

from datetime import date, timedelta

import pandas as pd

from dashboard.funnel.data import Funnel
from dashboard.model.formats import count, counted, percent
from dashboard.model.limits import FEW
from dashboard.model.times import TimeError, day_end, to_local
from dashboard.model.windows import length_words

ONE_DAY = timedelta(days=1)


def funnel_headline(funnel: Funnel) -> str:
    """Say what share went from the first recorded step to the last one, of those who could."""
    steps = _required(funnel)
    if funnel.leads == 0:
        return "No lead was created in this period"
    if steps.empty:
        return f"None of the {len(funnel.steps)} steps was recorded"
    first, last = steps.iloc[0], steps.iloc[-1]
    if not first["count"]:
        return f"No {funnel.unit} reached “{first['label']}”"
    if len(steps) == 1:
        return f"{counted(int(first['count']), funnel.unit)} reached “{first['label']}”"
    if _over(first) >= FEW:
        return f"{percent(float(last['closed_rate']))} of {funnel.unit}s reached “{last['label']}”"
    part = f"{count(int(last['count']))} of {counted(int(first['count']), funnel.unit)}"
    return f"{part} reached “{last['label']}”{_so_far(funnel, first)}"


def beside_headline(funnel: Funnel) -> str:
    """Say what the headline's share is of, how sure it is, and name the largest drop."""
    steps = _required(funnel)
    parts = [f"Period: {funnel.filters.period}, {counted(funnel.leads, 'lead')}."]
    if len(steps) > 1 and steps.iloc[0]["count"]:
        parts = [_denominator(funnel, steps), _largest_drop(funnel, steps), *parts]
    if funnel.left_out:
        without = f"without {'an' if funnel.unit == 'organization' else 'a'} {funnel.unit}"
        parts.append(f"Not counted: {counted(funnel.left_out, 'submission')} {without}.")
    return " ".join(part for part in parts if part)


def finished_days(funnel: Funnel) -> tuple[date, date] | None:
    """Return the newest 30 local days whose windows are all closed.

    None where somebody's of the period is over already, it has no limit, or nobody was there yet.
    """
    steps, window = _required(funnel), funnel.question.window
    if window is None or steps.empty or not steps.iloc[0]["count"] or steps.iloc[0]["closed"]:
        return None
    try:
        last = to_local(funnel.prepared.clock - window, funnel.filters.zone).date() - ONE_DAY
        begun = steps.iloc[0]["first_at"] < day_end(last, funnel.filters.zone)
        return (last - 29 * ONE_DAY, last) if begun else None
    except (OverflowError, TimeError):
        return None


def outside_chain(funnel: Funnel) -> str:
    """Say how many have the last required step's event without being counted on it, if any."""
    steps = _required(funnel)
    more = int((steps["with_event"] - steps["count"]).iloc[-1]) if len(steps) else 0
    if more <= 0:
        return ""
    return (
        f"{counted(more, f'{funnel.unit} has', f'{funnel.unit}s have')} the event of "
        f"“{steps.iloc[-1]['label']}” and {'is' if more == 1 else 'are'} not counted on it: not "
        "all steps before it are there in order, or not in time."
    )


def _required(funnel: Funnel) -> pd.DataFrame:
    return funnel.recorded[~funnel.recorded["optional"].astype(bool)]


def _over(step: pd.Series) -> int:
    return 0 if pd.isna(step["closed_rate"]) else int(step["closed"])


def _so_far(funnel: Funnel, first: pd.Series) -> str:
    return (
        " so far" if funnel.question.window and int(first["closed"]) < int(first["count"]) else ""
    )


def _denominator(funnel: Funnel, steps: pd.DataFrame) -> str:
    first, last = steps.iloc[0], steps.iloc[-1]
    started = f"that reached “{first['label']}”"
    if funnel.question.window is None:
        return f"Of the {funnel.unit}s {started}, however long it took."
    length = length_words(funnel.question.window)
    if not _over(first):
        return f"Of the {funnel.unit}s {started}; none has had its {length} yet."
    whole = f"Of {counted(_over(first), funnel.unit)} {started} and had {length} to go on"
    if _over(first) < FEW:
        return f"{whole}: too few for a share to mean much."
    return f"{whole}; 95 % interval {percent(last['low'])} to {percent(last['high'])}."


def _largest_drop(funnel: Funnel, steps: pd.DataFrame) -> str:
    """Name the step with the largest drop, by number, of units whose window is closed.

    Where no window is closed, of all: some of them may still convert.
    """
    before = steps.iloc[:-1]
    over = before["dropped_off"].max() > 0
    stopped = before["dropped_off"] if over else before["count"] - before["converted"]
    if not stopped.max() > 0:
        return ""
    at = int(stopped.to_numpy(dtype=float).argmax())
    step, after = before.iloc[at], steps.iloc[at + 1]
    part, whole = int(stopped.iloc[at]), int(step["closed" if over else "count"])
    went = "dropped off" if over else "have not converted yet"
    return (
        f"Largest drop: {count(part)} of {count(whole)} ({percent(part / whole)}) {went} at "
        f"“{step['label']}”, before “{after['label']}”."
    )
