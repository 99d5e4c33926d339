"""`trend` and `cohorts`: the conversion by the day, week or month in which the units began."""

import argparse

import pandas as pd

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.funnel.cohorts.data import (
    COHORT_FIELDS,
    CohortQuestion,
    at_age,
    funnel_trend,
    longest_age,
)
from dashboard.funnel.conversion.stretch import Stretch, asked_stretch
from dashboard.funnel.options import add_conversion, add_question, asked_age, reading_funnel
from dashboard.funnel.prepared import Prepared
from dashboard.model.periods import GRAINS
from dashboard.ui.export import records


def _trend(asked: Asked) -> Outcome:
    """Answer with one age: the typed one, or the longest that enough units are old enough for."""
    prepared, stretch, rows = _asked(asked)
    within = asked_age(asked.options)
    if rows is not None:
        within = within or longest_age(rows, prepared.question.window)
        rows = at_age(rows, within)
    about = _about(asked, prepared, stretch)
    age = {"within_s": within and within.total_seconds()}
    return asked.written({**about, **age, "periods": _periods(prepared, rows)})


def _cohorts(asked: Asked) -> Outcome:
    """Answer with every listed age, or with the typed one."""
    prepared, stretch, rows = _asked(asked)
    return asked.written({**_about(asked, prepared, stretch), "cohorts": _periods(prepared, rows)})


def _asked(asked: Asked) -> tuple[Prepared, Stretch | None, pd.DataFrame | None]:
    """Read the rows of the typed stretch; None where there is no conversion to follow."""
    typed = asked.options
    with reading_funnel(asked) as (reader, prepared):
        stretch = asked_stretch(prepared, typed.from_step, typed.to_step)
        if stretch is None:
            return prepared, None, None
        question = CohortQuestion(typed.grain, stretch, asked_age(typed))
        rows = funnel_trend(reader, prepared.filters, prepared, question)
    return prepared, stretch, rows


def _about(asked: Asked, prepared: Prepared, stretch: Stretch | None) -> dict[str, object]:
    return {
        **prepared.as_json(),
        "grain": asked.options.grain,
        "from_step": stretch and stretch.before,
        "to_step": stretch and stretch.after,
    }


def _periods(prepared: Prepared, rows: pd.DataFrame | None) -> list[dict[str, object]]:
    """Write the rows as JSON takes them."""
    if rows is None:
        return []
    without = [] if prepared.question.breakdown else ["value"]
    return records(rows[COHORT_FIELDS].drop(columns=without))


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_question(parser)
    add_conversion(parser)
    start = "the required step that the conversion is from; left out: the first one"
    parser.add_argument("--from-step", metavar="STEP", help=start)
    grain = "by the day, week or month in which the units began (%(default)s)"
    parser.add_argument("--grain", choices=GRAINS, default="week", help=grain)


TREND_COMMAND = Command(
    "trend", "the conversion within one age, by day, week or month", _add_options, _trend
)
COHORTS_COMMAND = Command(
    "cohorts",
    "the conversion within every listed age, by day, week or month",
    _add_options,
    _cohorts,
)
