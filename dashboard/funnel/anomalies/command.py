"""`anomalies`: how many records contradict each other or the clock, and the events no unit has."""

import argparse

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.command_line.options import typed_count
from dashboard.funnel.anomalies.data import anomalies, stray_events
from dashboard.funnel.data import count_steps
from dashboard.funnel.options import add_question, reading_funnel


def _anomalies(asked: Asked) -> Outcome:
    limit = asked.options.limit
    with reading_funnel(asked) as (reader, prepared):
        filters = prepared.filters
        funnel = count_steps(reader, filters, prepared)
        # Each row has its kind's total, so one of each kind is read even where none is wanted.
        read = None if limit is None else max(limit, 1)
        strays = stray_events(reader, filters, prepared, read)
    found = anomalies(funnel, strays)
    events = strays if limit is None else strays.groupby("kind").head(limit)
    return asked.written(
        {
            **prepared.as_json(),
            # Events of any step are counted under no step.
            "anomalies": found.mask(found == ""),
            "stray_events": events.drop(columns="total"),
        }
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    limit = "at most this many stray events of each kind, the newest"
    parser.add_argument("--limit", type=typed_count, metavar="N", help=limit)
    add_question(parser)


ANOMALIES_COMMAND = Command(
    "anomalies",
    "records that contradict each other or the clock, by kind, with the events that no unit has",
    _add_options,
    _anomalies,
)
