"""`funnel`: how many submissions reached each step, for any question that the page can ask."""

import argparse
from collections.abc import Sequence
from datetime import timedelta

from dashboard.command_line.command import Asked, Command, Outcome, tell
from dashboard.database.reading import Reader
from dashboard.funnel.cohorts.data import CohortQuestion, funnel_cohorts
from dashboard.funnel.comparison.data import PeriodComparison, ask_both, compare
from dashboard.funnel.comparison.periods import typed_period
from dashboard.funnel.comparison.table import whole_sentence
from dashboard.funnel.consistency.data import Check, consistency
from dashboard.funnel.conversion.ages import listed_ages
from dashboard.funnel.conversion.data import Conversion, conversion, conversions_by_value
from dashboard.funnel.conversion.stretch import stretch_to
from dashboard.funnel.corrections.data import corrections, matching_summary
from dashboard.funnel.curve.data import conversion_curve
from dashboard.funnel.data import Funnel, count_steps
from dashboard.funnel.drops.data import step_rates
from dashboard.funnel.headline import HALVES_DIFFER
from dashboard.funnel.options import (
    add_conversion,
    add_question,
    asked_age,
    reading_funnel,
    typed_position,
)
from dashboard.funnel.prepared import Prepared, prepare_funnel
from dashboard.funnel.question import QuestionError
from dashboard.funnel.recording import unrecorded_steps
from dashboard.funnel.trend.table import periods_check
from dashboard.model.filters import Filters
from dashboard.model.releases import releases_of
from dashboard.model.tracking_plan import load_plan
from dashboard.ui.export import records


def _funnel(asked: Asked) -> Outcome:
    options = asked.options
    to, within = options.to_step, asked_age(options)
    other = typed_period(options.compare, asked.filters) if options.compare is not None else None
    if options.from_step is not None and not options.curve:
        raise QuestionError("--from-step is where a curve starts: give --curve, too")
    if options.lines and not (options.curve and options.breakdown):
        raise QuestionError("--line is a value with its own curve: give --curve and --breakdown")
    with reading_funnel(asked) as (reader, prepared):
        filters = prepared.filters
        found = count_steps(reader, filters, prepared)
        for sentence in unrecorded_steps(reader, filters, found.never_recorded):
            tell(f"dashboard: {sentence}")
        rate = conversion(reader, filters, prepared, to, within)
        answer = {**found.as_json(), "conversion": rate and rate.as_json()}
        if rate and rate.halves_differ:
            tell(f"dashboard: the conversion is estimated. {HALVES_DIFFER}")
        if rate:
            answer |= _at_equal_age(reader, prepared, rate)
        if options.curve:
            answer |= _curves(reader, found, (options.from_step, to), options.lines)
        if options.corrections:
            answer |= _corrections(reader, found)
        if options.checks:
            checks = consistency(found, _trend_check(reader, found))
            answer["checks"] = [each.as_json() for each in checks]
        if other is not None:
            comparison = _compared(reader, prepared, other, to, within)
            if comparison.whole.differs is None:
                tell(f"dashboard: {whole_sentence(comparison, found.unit)}")
            answer["comparison"] = comparison.as_json()
    return asked.written(answer)


def _at_equal_age(reader: Reader, prepared: Prepared, rate: Conversion) -> dict[str, object]:
    """Return where units drop off, and with a breakdown what each value converts."""
    filters = prepared.filters
    drops = step_rates(reader, filters, prepared, rate)
    told: dict[str, object] = {"drops": drops.as_json()}
    if prepared.question.breakdown:
        told["conversion_by_value"] = conversions_by_value(reader, filters, prepared, rate)
        told["drops_by_value"] = drops.by_value()
    return told


def _curves(
    reader: Reader,
    funnel: Funnel,
    ends: tuple[str | None, str | None],
    lines: Sequence[str],
) -> dict[str, object]:
    """Return the curve of all units, and with a breakdown that of each value, or of `lines`.

    `ends` are the typed steps that it is from and to.
    """
    filters, prepared, (start, to) = funnel.filters, funnel.prepared, ends
    whole = conversion_curve(reader, filters, prepared, to, start=start, by_value=False)
    curves: dict[str, object] = {"curve": records(whole.drop(columns="value"))}
    if funnel.breakdown is not None:
        apart = sorted(typed_position(funnel, each) for each in lines) or None
        parts = conversion_curve(reader, filters, prepared, to, apart, start=start)
        curves["curve_by_value"] = records(parts)
    return curves


def _corrections(reader: Reader, funnel: Funnel) -> dict[str, object]:
    """Return the three corrections side by side, and how the period's leads match."""
    filters, question = funnel.filters, funnel.question
    beside = corrections(reader, filters, load_plan(), question, releases_of(reader.where))
    matching = matching_summary(reader, filters, funnel.tracked_since)
    return {"corrections": records(beside), "matching": matching.as_json()}


def _trend_check(reader: Reader, funnel: Funnel) -> Check | None:
    """Compare the trend's periods with the first step; None where there is no conversion."""
    stretch = stretch_to(funnel.prepared)
    if stretch is None:
        return None
    question = CohortQuestion("week", stretch, listed_ages(funnel.question.window)[0])
    rows = funnel_cohorts(reader, funnel.filters, funnel.prepared, question)
    return periods_check(funnel, stretch, rows)


def _compared(
    reader: Reader, here: Prepared, other: Filters, to: str | None, within: timedelta | None
) -> PeriodComparison:
    """Compare the period with another one."""
    there = prepare_funnel(reader, other, load_plan(), here.question, releases_of(reader.where))
    return compare(ask_both(reader, here.filters, here, there, to, within), within)


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_question(parser)
    add_conversion(parser)
    add = parser.add_argument
    curve = "the share converted by each age, too: the points of the conversion curve"
    add("--curve", action="store_true", help=curve)
    start = "with --curve, the required step that the curve is from; left out: the first one"
    add("--from-step", metavar="STEP", help=start)
    line = "with --curve, a value of --breakdown with a curve of its own; all others are Other"
    add("--line", action="append", default=[], metavar="VALUE", dest="lines", help=line)
    beside = "raw, matched and corrected side by side, too, and how the leads match"
    add("--corrections", action="store_true", help=beside)
    period = "another period, to compare this one with at equal age"
    add("--compare", metavar="FROM..TO|previous", help=period)
    add("--checks", action="store_true", help="the numbers that must agree with each other, too")


FUNNEL_COMMAND = Command(
    "funnel", "how many submissions reached each step of the tracking plan", _add_options, _funnel
)
