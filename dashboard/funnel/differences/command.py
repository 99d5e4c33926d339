"""`segments`: which values of which properties convert unlike all others, and at which step."""

import argparse

import pandas as pd

from dashboard.command_line.command import Asked, Command, Outcome, tell
from dashboard.funnel.differences.data import DIFFERENCES, compared_age, differences
from dashboard.funnel.differences.table import left_out_sentences
from dashboard.funnel.options import add_age, add_question, asked_age, reading_funnel

NO_AGE = (
    "nothing is compared: the conversion of all units has no age, because too few are old enough "
    "or have an event of the first step. Name one with --within"
)


def _segments(asked: Asked) -> Outcome:
    within = asked_age(asked.options)
    with reading_funnel(asked) as (reader, prepared):
        filters = prepared.filters
        age = compared_age(reader, filters, prepared, within)
        found = differences(reader, filters, prepared, age) if age else None
    for sentence in left_out_sentences(found) if found else [NO_AGE]:
        tell(f"dashboard: {sentence}")
    return asked.written(
        {
            **prepared.as_json(),
            "within_s": found and found.within.total_seconds(),
            "segments": found.rows if found else pd.DataFrame(columns=[*DIFFERENCES]),
        }
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_question(parser, breakdown=False)
    add_age(parser)


SEGMENTS_COMMAND = Command(
    "segments",
    "which values of a property convert unlike all others, step by step",
    _add_options,
    _segments,
)
