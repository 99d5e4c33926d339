"""The options of every command that asks about a funnel, and what was typed as its question."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from dashboard.command_line.command import Asked, NotThereError
from dashboard.command_line.options import add_period
from dashboard.database.reading import Reader
from dashboard.funnel.data import Funnel
from dashboard.funnel.prepared import Prepared, prepare_funnel
from dashboard.funnel.question import (
    CORRECTIONS,
    UNITS,
    FunnelQuestion,
    QuestionError,
    named_steps,
    typed_age,
    typed_filter,
    typed_names,
    typed_window,
)
from dashboard.model.limits import DEFAULT_WINDOW, MOST_STEPS
from dashboard.model.properties import PROPERTIES, PROPERTY_NAMES
from dashboard.model.releases import releases_of
from dashboard.model.tracking_plan import load_plan
from dashboard.model.windows import shown_window

EXAMPLES = ", ".join(f"{each.name}={each.demo_values[0]}" for each in PROPERTIES)
FILTER_HELP = f"only units with this value, such as {EXAMPLES}; may be repeated"


@contextmanager
def reading_funnel(asked: Asked) -> Iterator[tuple[Reader, Prepared]]:
    """Read the chosen source, with the typed funnel made ready.

    Raises DatabaseProblem, and QuestionError where the typed question has no answer.
    """
    filters, question = asked.filters, typed_question(asked.options)
    with asked.read() as reader:
        releases = releases_of(reader.where)
        yield reader, prepare_funnel(reader, filters, load_plan(), question, releases)


def typed_question(options: argparse.Namespace) -> FunnelQuestion:
    """Return the typed question; raises QuestionError."""
    return FunnelQuestion(
        options.correction or ("raw" if options.unit == "submission" else "corrected"),
        options.unit,
        *named_steps(_steps(options), typed_names(options.optional), load_plan()),
        typed_window(options.window),
        typed_filter(options.filters),
        options.breakdown,
    )


def _steps(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the typed steps; raises QuestionError."""
    if options.steps and options.named:
        raise QuestionError("the steps are named twice: give --steps or --step, not both")
    return tuple(options.named) or typed_names(options.steps)


def asked_age(options: argparse.Namespace) -> timedelta | None:
    """Return the typed age, None where none was typed; raises QuestionError."""
    return None if options.within is None else typed_age(options.within)


def typed_position(funnel: Funnel, value: str) -> int:
    """Return the number of a value of the breakdown; raises NotThereError where no unit has it."""
    values = [] if funnel.breakdown is None else [*funnel.breakdown["value"].unique()]
    if value in values:
        return funnel.position(value)
    known = f"choose one of: {', '.join(values)}" if values else "no unit has any"
    raise NotThereError(
        f"{value!r} is no value of {funnel.question.breakdown} in this period; {known}"
    )


def add_question(parser: argparse.ArgumentParser, *, breakdown: bool = True) -> None:
    """Add the options for a funnel's question, its period and the source."""
    add = parser.add_argument
    correction = "data correction; left out: raw, or corrected with another unit"
    add("--correction", choices=CORRECTIONS, help=correction)
    unit = "what is counted (%(default)s); visitor and organization only in corrected"
    add("--unit", choices=UNITS, default="submission", help=unit)
    add(
        "--steps",
        default="",
        metavar="A,B,…",
        help=f"at most {MOST_STEPS} step names in order, in double quotes where a name has commas "
        "or outer blanks; left out: the whole plan",
    )
    exact = "one step name exactly as it is stored; may be repeated, in place of --steps"
    add("--step", action="append", default=[], metavar="NAME", dest="named", help=exact)
    missing = "steps that may be missing; with the whole plan, besides those of the plan"
    add("--optional", default="", metavar="A,B,…", help=missing)
    window = "conversion window, counted from the first step: 36h, unlimited (%(default)s)"
    add("--window", default=shown_window(DEFAULT_WINDOW), metavar="LENGTH", help=window)
    if breakdown:
        add("--breakdown", choices=PROPERTY_NAMES, help="the same figures per value of a property")
    else:
        parser.set_defaults(breakdown=None)
    shown = "PROPERTY=VALUE"
    add("--filter", action="append", default=[], metavar=shown, dest="filters", help=FILTER_HELP)
    add_period(parser)


def add_conversion(parser: argparse.ArgumentParser) -> None:
    """Add the options for the conversion's last step and for its age."""
    add = parser.add_argument
    to_step = "the required step that the conversion is to; left out: the last one"
    add("--to-step", metavar="STEP", help=to_step)
    add_age(parser)


def add_age(parser: argparse.ArgumentParser) -> None:
    """Add the option for the age to convert within."""
    within = "the age to convert within, such as 7d; left out: the largest with enough units"
    parser.add_argument("--within", metavar="AGE", help=within)
