"""The command line: every page's figures without a browser, and `serve`, which runs the pages.

Only the answer goes to stdout. Exit code 0: answered; 1: the question failed, or a checked limit
is not kept; 2: wrong use.
"""

import argparse
import os
import sys

from dashboard.check.command import CHECK_COMMAND
from dashboard.command_line.command import Asked, NotThereError, Outcome, tell
from dashboard.command_line.options import Parser
from dashboard.coverage.command import CONTINUITY_COMMAND, COVERAGE_COMMAND, SILENCES_COMMAND
from dashboard.database.errors import DatabaseProblem
from dashboard.funnel.anomalies.command import ANOMALIES_COMMAND
from dashboard.funnel.command import FUNNEL_COMMAND
from dashboard.funnel.differences.command import SEGMENTS_COMMAND
from dashboard.funnel.lists.command import WHO_COMMAND
from dashboard.funnel.times.command import TIMES_COMMAND
from dashboard.funnel.trend.command import COHORTS_COMMAND, TREND_COMMAND
from dashboard.lab.command import LAB_COMMAND
from dashboard.leads.command import LEADS_COMMAND, TIMELINE_COMMAND
from dashboard.model.configuration_files import check_configuration_files
from dashboard.outcomes.command import OUTCOMES_COMMAND
from dashboard.races.command import RACES_COMMAND
from dashboard.races.triage.command import TRIAGE_COMMAND
from dashboard.serve import SERVE_COMMAND
from dashboard.settings import InputError, load_settings
from dashboard.status.command import REPORT_COMMAND, STATUS_COMMAND
from dashboard.submit.command import RESET_COMMAND, SUBMIT_COMMAND

COMMANDS = (
    STATUS_COMMAND,
    REPORT_COMMAND,
    FUNNEL_COMMAND,
    SEGMENTS_COMMAND,
    TIMES_COMMAND,
    WHO_COMMAND,
    ANOMALIES_COMMAND,
    TREND_COMMAND,
    COHORTS_COMMAND,
    OUTCOMES_COMMAND,
    LEADS_COMMAND,
    TIMELINE_COMMAND,
    COVERAGE_COMMAND,
    CONTINUITY_COMMAND,
    SILENCES_COMMAND,
    RACES_COMMAND,
    TRIAGE_COMMAND,
    CHECK_COMMAND,
    SUBMIT_COMMAND,
    RESET_COMMAND,
    LAB_COMMAND,
    SERVE_COMMAND,
)


def main(arguments: list[str] | None = None) -> int:
    """Answer one question; returns the exit code."""
    options = command_parser().parse_args(arguments)
    try:
        outcome = _outcome(options)
    except InputError as error:
        return _fail(str(error), 2)
    except NotThereError as error:
        return _fail(str(error), 1)
    except DatabaseProblem as problem:
        return _fail(str(problem), 2 if problem.kind == "configuration" else 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 1)
    if outcome.text is not None:
        _write(outcome.text)
    return outcome.exit_code


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = Parser(prog="python -m dashboard", allow_abbrev=False, description=__doc__)
    parsers = parser.add_subparsers(required=True, metavar="QUESTION")
    for command in COMMANDS:
        own = parsers.add_parser(command.name, help=command.help, allow_abbrev=False)
        command.add_options(own)
        own.set_defaults(command=command)
    return parser


def _outcome(options: argparse.Namespace) -> Outcome:
    settings = load_settings()
    check_configuration_files(settings)
    outcome: Outcome = options.command.answer(Asked(settings, options))
    return outcome


def _fail(text: str, code: int) -> int:
    tell(f"dashboard: {text}")
    return code


def _write(text: str) -> None:
    # A terminal with another encoding gets ? for characters it can't show, and no traceback.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # The reader closed the pipe (`| head`). Nothing may be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
