"""`who`: the units behind one figure of the funnel, such as those that dropped off at a step."""

import argparse
from datetime import timedelta
from typing import cast

from dashboard.command_line.command import Asked, Command, NotThereError, Outcome
from dashboard.command_line.options import typed_count
from dashboard.database.reading import Reader
from dashboard.funnel.conversion.ages import checked_age
from dashboard.funnel.conversion.data import conversion
from dashboard.funnel.conversion.stretch import stretch_from
from dashboard.funnel.data import LOSSES, count_steps
from dashboard.funnel.lists.data import OUTCOMES, ListedOutcome, listed
from dashboard.funnel.options import (
    add_age,
    add_question,
    asked_age,
    reading_funnel,
    typed_position,
    typed_question,
)
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import FunnelQuestion, QuestionError
from dashboard.funnel.recording import unrecorded_steps

NOT_IN_TIME: ListedOutcome = "not_in_time"


def _who(asked: Asked) -> Outcome:
    options = asked.options
    outcome, value = cast("ListedOutcome", options.outcome), options.value
    _check_outcome(typed_question(options), outcome, value)
    age = asked_age(options)
    if age and outcome != NOT_IN_TIME:
        raise QuestionError(f"--within belongs to --outcome {NOT_IN_TIME}")
    with reading_funnel(asked) as (reader, prepared):
        step = _recorded_step(reader, prepared, options.on)
        within = _age_of(reader, prepared, step, age) if outcome == NOT_IN_TIME else None
        position = None
        if value is not None:
            position = typed_position(count_steps(reader, prepared.filters, prepared), value)
        found = listed(
            reader,
            prepared.filters,
            prepared,
            step,
            outcome,
            value_position=position,
            row_limit=options.limit,
            within=within,
        )
    kept = found.rows if prepared.question.breakdown else found.rows.drop(columns="value")
    about = {
        "step": step,
        "outcome": outcome,
        "within_s": within and within.total_seconds(),
        "value": value,
        "total": found.total,
    }
    return asked.written({**prepared.as_json(), **about, "units": kept})


def _check_outcome(question: FunnelQuestion, outcome: ListedOutcome, value: str | None) -> None:
    """Refuse what the question has no list of; raises QuestionError."""
    if question.correction == "raw" and outcome in LOSSES:
        raise QuestionError(
            f"raw does not know {outcome}: another lead of the submission may have the event; "
            "give --correction matched or corrected"
        )
    if value is not None and not question.breakdown:
        raise QuestionError("--value is a part of a breakdown: give --breakdown PROPERTY too")


def _recorded_step(reader: Reader, prepared: Prepared, step: str) -> str:
    """Return the step if it has a list; raises QuestionError, or NotThereError without events."""
    names = prepared.laid_out["step"].tolist()
    if step not in names:
        known = ", ".join(names)
        raise QuestionError(f"{step!r} is no step of this funnel; --on takes one of: {known}")
    if step in prepared.slots:
        return step
    never = " ".join(unrecorded_steps(reader, prepared.filters, [step]))
    recorded = ", ".join(prepared.slots) or "none of the others"
    raise NotThereError(f"{never} So it has no list. Recorded: {recorded}.")


def _age_of(reader: Reader, prepared: Prepared, step: str, typed: timedelta | None) -> timedelta:
    """Return the age that the units on a step had to convert within; raises QuestionError.

    It is the typed one, or that of the conversion.
    """
    if stretch_from(prepared, step) is None:
        raise QuestionError(f"no required step follows {step!r}, so no unit can be late for one")
    if typed:
        return checked_age(typed, prepared.question.window)
    rate = conversion(reader, prepared.filters, prepared)
    if rate is None:
        raise QuestionError("there is no conversion whose age could be taken: give --within AGE")
    return rate.within


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--on", required=True, metavar="STEP", help="the step, by its name as it is stored")
    outcome = "what became of the units on the step, as the keys of funnel's steps (%(default)s)"
    add("--outcome", choices=OUTCOMES, default="count", help=outcome)
    add("--value", metavar="VALUE", help="only this value of --breakdown")
    add_age(parser)
    add("--limit", type=typed_count, metavar="N", help="at most this many units, the newest")
    add_question(parser)


WHO_COMMAND = Command(
    "who", "the units behind a figure of the funnel, one row each, newest first", _add_options, _who
)
