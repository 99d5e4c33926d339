"""The Funnel page's first sentences: the units that completed it, and the largest drop."""

from collections.abc import Sequence

import pandas as pd

from dashboard.funnel.conversion.data import Conversion, is_tracked
from dashboard.funnel.data import Funnel
from dashboard.funnel.drops.data import Drop
from dashboard.funnel.words import needed_words
from dashboard.model.formats import count, counted, percent
from dashboard.model.windows import length_words

HALVES_DIFFER = (
    "It may mislead: the older and the newer half of them convert differently at the same age."
)


def funnel_headline(
    funnel: Funnel, submissions: int | None = None, rate: Conversion | None = None
) -> str:
    """Return the conversion from the first recorded step to the last one, as a sentence.

    Where the first steps are not recorded, or fewer than half of the `submissions` since then have
    an event of the first one, a rate of what is left would look healthy: the sentence says what is
    missing, and how many units are known. So it does where none of them has an event of any step.
    """
    steps = funnel.required
    if funnel.leads == 0:
        return "No lead was created in this period"
    if steps.empty:
        return f"None of the {len(funnel.steps)} steps was recorded"
    first, last = steps.iloc[0], steps.iloc[-1]
    if not first["count"]:
        return f"No {funnel.unit} reached “{first['label']}”"
    if _recorded_nothing(funnel):
        known = counted(int(first["count"]), funnel.unit)
        return f"0 of {len(funnel.steps)} steps recorded; {known} known from the lead only"
    if len(steps) == 1:
        return f"{counted(int(first['count']), funnel.unit)} reached “{first['label']}”"
    if missing := missing_base(funnel, submissions):
        reached = f"{counted(int(last['count']), funnel.unit)} reached “{last['label']}”"
        return f"{reached}; {missing}"
    if rate:
        reached = f"{percent(rate.rate)} of {funnel.unit}s reached “{last['label']}”"
        return f"{reached} within {length_words(rate.within)}"
    part = f"{count(int(last['count']))} of {counted(int(first['count']), funnel.unit)}"
    return f"{part} reached “{last['label']}”{_so_far(funnel, first)}"


def beside_headline(
    funnel: Funnel, submissions: int | None = None, rate: Conversion | None = None
) -> str:
    """Return the rate's denominator and interval, the period, and what is not counted."""
    steps = funnel.required
    parts = [f"Period: {funnel.filters.period}, {counted(funnel.leads, 'lead')}."]
    if len(steps) > 1 and steps.iloc[0]["count"] and not _recorded_nothing(funnel):
        known = "" if missing_base(funnel, submissions) else _denominator(funnel, rate)
        parts = [known, *parts]
    if funnel.left_out:
        without = f"without {'an' if funnel.unit == 'organization' else 'a'} {funnel.unit}"
        parts.append(f"Not counted: {counted(funnel.left_out, 'submission')} {without}.")
    return " ".join(part for part in parts if part)


def drop_sentences(drops: Sequence[Drop], unit: str) -> list[str]:
    """Say where most units drop off, by number and by share; `drops` are of largest_drops()."""
    kinds = ("by number", "by share") if len(drops) > 1 else ("by number and by share",)
    return [
        f"Largest drop {kind}: {count(each.dropped)} of {counted(each.observed, unit)} "
        f"({percent(each.share)}) did not go on from “{each.before}” to “{each.after}” within "
        f"{length_words(each.within)}."
        for kind, each in zip(kinds, drops, strict=False)
    ]


def outside_chain(funnel: Funnel) -> str:
    """Say how many have the last required step's event without being counted on it, if any."""
    steps = funnel.required
    more = int((steps["with_event"] - steps["count"]).iloc[-1]) if len(steps) else 0
    if more <= 0:
        return ""
    return (
        f"{counted(more, f'{funnel.unit} has', f'{funnel.unit}s have')} the event of "
        f"“{steps.iloc[-1]['label']}” but {'does' if more == 1 else 'do'} not count there. "
        "An earlier step is missing, out of order or outside the window."
    )


def missing_base(funnel: Funnel, submissions: int | None = None) -> str:
    """Say which first steps are not recorded, or how many units have no event of the first one.

    The units are the `submissions`, if given, or else those on the first step.
    """
    if labels := _unrecorded_beginning(funnel):
        return f"{_named(labels)} not recorded"
    first = funnel.required.iloc[0]
    units, with_event = submissions or int(first["count"]), int(first["with_event"])
    if is_tracked(with_event, units):
        return ""
    lacking = f"{count(units - with_event)} of {counted(units, funnel.unit)}"
    return f"{lacking} have no recorded “{first['label']}”"


def _recorded_nothing(funnel: Funnel) -> bool:
    """Tell whether no unit has any step's event: all that is known of them is from their leads."""
    return not funnel.steps["with_event"].any()


def _unrecorded_beginning(funnel: Funnel) -> list[str]:
    """Return the labels of the required steps before the first recorded one."""
    required = funnel.steps[~funnel.steps["optional"].astype(bool)]
    recorded = required["count"].notna()
    return required.loc[~recorded.cummax(), "label"].tolist() if recorded.any() else []


def _named(labels: list[str]) -> str:
    others = len(labels) - 1
    return (
        f"“{labels[0]}” and {counted(others, 'other step')} are" if others else f"“{labels[0]}” is"
    )


def _so_far(funnel: Funnel, first: pd.Series) -> str:
    return (
        " so far" if funnel.question.window and int(first["closed"]) < int(first["count"]) else ""
    )


def _denominator(funnel: Funnel, rate: Conversion | None) -> str:
    """Say what the rate is of, with its interval, or why there is none."""
    if rate is None:
        return needed_words("A rate", funnel.unit, funnel.question.window)
    entered = f"{counted(rate.entered, funnel.unit)} that reached “{_first_label(funnel)}”"
    interval = f"Its 95 % interval is {percent(rate.low)} to {percent(rate.high)}."
    if not rate.estimated:
        return f"The rate is of {entered}; their windows are closed. {interval}"
    within, window = rate.within, funnel.question.window
    observed = f"{count(rate.observed)} of them are at least {length_words(within)} old"
    too_few = f" Too few are {length_words(window)} old yet." if window and within < window else ""
    warning = f" {HALVES_DIFFER}" if rate.halves_differ else ""
    return f"The rate is estimated from {entered}; {observed}.{too_few} {interval}{warning}"


def _first_label(funnel: Funnel) -> str:
    return str(funnel.required.iloc[0]["label"])
