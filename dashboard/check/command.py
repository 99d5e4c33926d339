"""`check`: tells cron whether the source keeps its limits; exit code 1 where it does not."""

import argparse

from dashboard.check.data import as_json, check
from dashboard.check.limits import chosen_limits
from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.command_line.options import add_period
from dashboard.model.tracking_plan import load_plan


def _check(asked: Asked) -> Outcome:
    options, filters = asked.options, asked.filters
    limits = chosen_limits(asked.settings, options.session_gap, options.silence, options.lost)
    with asked.read() as reader:
        rules = check(reader, filters, load_plan(), limits)
    answer = as_json(rules)
    as_lines = options.format == "table"
    text = "\n".join(rule.line for rule in rules) if as_lines else asked.written(answer).text
    return Outcome(text, 0 if answer["ok"] else 1)


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    gap = "largest share of a table's rows that may lack an expected session id: 5%% or 0.05"
    add("--max-session-gap", dest="session_gap", metavar="SHARE", help=gap)
    silence = "longest time since the last event of a frequent step: 6h, 90m"
    add("--max-silence", dest="silence", metavar="LENGTH", help=silence)
    lost = "largest number of submissions with a provable loss"
    add("--max-lost", dest="lost", metavar="N", help=lost)
    add_period(parser)


CHECK_COMMAND = Command(
    "check", "whether limits are kept, for cron: exit code 1 when one is not", _add_options, _check
)
