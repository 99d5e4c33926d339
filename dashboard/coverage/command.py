"""`coverage`, `continuity` and `silences`: session ids, the rows' clock, and the tracking plan."""

import argparse

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.command_line.options import add_period, typed_count
from dashboard.coverage.answers import continuity_json, coverage_json, silences_json
from dashboard.coverage.continuity import CONTINUITY_KINDS, CONTINUITY_STATES
from dashboard.database.contract import TABLES
from dashboard.model.periods import GRAINS
from dashboard.model.tracking_plan import load_plan
from dashboard.settings import InputError


def _coverage(asked: Asked) -> Outcome:
    filters, options = asked.filters, asked.options
    with asked.read() as reader:
        return asked.written(
            coverage_json(reader, filters, load_plan(), options.grain, options.table)
        )


def _continuity(asked: Asked) -> Outcome:
    filters, options = asked.filters, asked.options
    if (options.kind is None) != (options.state is None):
        raise InputError("submissions are listed by --kind and --state together: give both")
    cell = (options.kind, options.state) if options.kind else None
    if cell is None and options.limit is not None:
        raise InputError("--limit cuts the list of submissions: give --kind and --state too")
    with asked.read() as reader:
        return asked.written(continuity_json(reader, filters, load_plan(), cell, options.limit))


def _silences(asked: Asked) -> Outcome:
    filters = asked.filters
    with asked.read() as reader:
        return asked.written(silences_json(reader, filters, load_plan()))


def _add_coverage_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--grain", choices=GRAINS, help="the coverage of each local day, week or month too")
    table = "this table before and after each release, and by lead source, step and write path too"
    add("--table", choices=TABLES, help=table)
    add_period(parser)


def _add_continuity_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    kind = "list the submissions by the session id of these rows; with --state"
    add("--kind", choices=CONTINUITY_KINDS, help=kind)
    add("--state", choices=CONTINUITY_STATES, help="the state of that session id")
    add("--limit", type=typed_count, metavar="N", help="at most this many of them, the newest")
    add_period(parser)


COVERAGE_COMMAND = Command(
    "coverage",
    "which rows have a session id, and what their clock says",
    _add_coverage_options,
    _coverage,
)
CONTINUITY_COMMAND = Command(
    "continuity",
    "whether a submission's events, leads and organization have one session id",
    _add_continuity_options,
    _continuity,
)
SILENCES_COMMAND = Command(
    "silences",
    "the state of each planned step, when steps were silent, and what is missing now",
    add_period,
    _silences,
)
