"""`funnel`: how many submissions reached each step, for any question that the page can ask."""

import argparse

from dashboard.command_line.command import Asked, Command, Outcome, tell
from dashboard.database.reading import Reader
from dashboard.funnel.conversion.data import conversion, conversions_by_value
from dashboard.funnel.curve.data import conversion_curve
from dashboard.funnel.data import count_steps
from dashboard.funnel.options import add_conversion, add_question, asked_age, reading_funnel
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.recording import unrecorded_steps
from dashboard.ui.export import records


def _funnel(asked: Asked) -> Outcome:
    to, within = asked.options.to_step, asked_age(asked.options)
    with reading_funnel(asked) as (reader, prepared):
        filters = prepared.filters
        found = count_steps(reader, filters, prepared)
        for sentence in unrecorded_steps(reader, filters, found.never_recorded):
            tell(f"dashboard: {sentence}")
        rate = conversion(reader, filters, prepared, to, within)
        answer = {**found.as_json(), "conversion": rate and rate.as_json()}
        if found.breakdown is not None and rate:
            answer["conversion_by_value"] = conversions_by_value(reader, filters, prepared, rate)
        if asked.options.curve:
            answer |= _curves(reader, prepared, to)
    return asked.written(answer)


def _curves(reader: Reader, prepared: Prepared, to: str | None) -> dict[str, object]:
    """Return the curve of all units, and with a breakdown that of each value."""
    filters = prepared.filters
    whole = conversion_curve(reader, filters, prepared, to, by_value=False)
    curves: dict[str, object] = {"curve": records(whole.drop(columns="value"))}
    if prepared.question.breakdown:
        curves["curve_by_value"] = records(conversion_curve(reader, filters, prepared, to))
    return curves


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_question(parser)
    add_conversion(parser)
    curve = "the share converted by each age, too: the points of the conversion curve"
    parser.add_argument("--curve", action="store_true", help=curve)


FUNNEL_COMMAND = Command(
    "funnel", "how many submissions reached each step of the tracking plan", _add_options, _funnel
)
