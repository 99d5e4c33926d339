"""`triage FILE`: the errors of a log, and whether their rows are lost."""

import argparse
import sys
from pathlib import Path

from dashboard.command_line.command import Asked, Command, Outcome, tell
from dashboard.command_line.options import add_format, add_source
from dashboard.database.errors import DatabaseProblem
from dashboard.model.filters import Filters, typed_filters
from dashboard.model.tracking_plan import load_plan
from dashboard.races.triage.data import Facts, facts, triage
from dashboard.races.triage.log import ErrorLog, read_log
from dashboard.races.triage.notes import notes_of
from dashboard.races.triage.text import MOST_BYTES, LogError


def _triage(asked: Asked) -> Outcome:
    """Triage a file or standard input; raises LogError."""
    zone = asked.settings.zone
    filters = typed_filters(None, None, asked.options.as_of, zone)
    log = read_log(_content(asked.options.file), zone)
    found = _facts(asked, filters, log)
    for note in notes_of(log, found):
        tell(note)
    return asked.written(triage(log, found).as_json())


def _facts(asked: Asked, filters: Filters, log: ErrorLog) -> Facts:
    """Read the rows; without a readable source, the log is classified without them."""
    try:
        with asked.read() as reader:
            return facts(reader, filters, log, load_plan())
    except DatabaseProblem as problem:
        if problem.kind == "configuration":
            raise
        tell(str(problem))
        return Facts()


def _content(file: str) -> bytes:
    """Read one byte more than the limit, so that a larger file shows itself."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is none"
        raise LogError(f"The log can’t be read: {reason}") from None


def _add_options(parser: argparse.ArgumentParser) -> None:
    file_help = "the log, at most 10 MB; - for standard input"
    parser.add_argument("file", metavar="FILE", help=file_help)
    add_source(parser)
    add_format(parser)


TRIAGE_COMMAND = Command(
    "triage", "the errors of a log, and what became of their rows", _add_options, _triage
)
