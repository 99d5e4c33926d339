"""`triage FILE`: a log's errors and what became of their rows, on the command line."""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from dashboard.database.errors import DatabaseProblem
from dashboard.model.filters import typed_filters
from dashboard.model.tracking_plan import load_plan
from dashboard.races.triage.data import Facts, facts, triage
from dashboard.races.triage.log import read_log
from dashboard.races.triage.notes import notes_of
from dashboard.races.triage.text import MOST_BYTES, LogError
from dashboard.settings import Settings
from dashboard.sources import Sources
from dashboard.ui.answers import Answer


def triage_file(
    settings: Settings, file: str, source: str | None, as_of: str | None, say: Callable[[str], None]
) -> Answer:
    """Triage a file, `-` for what is piped in, against a source; raises LogError.

    Where the source can't be read, the log is classified as far as it goes without.
    """
    filters = typed_filters(None, None, as_of, settings.zone)
    log = read_log(_content(file), settings.zone)
    try:
        with (
            closing(Sources(settings, say=say)) as sources,
            sources.open(source or sources.default).read() as reader,
        ):
            found = facts(reader, filters, log, load_plan())
    except DatabaseProblem as problem:
        if problem.kind == "configuration":
            raise
        say(str(problem))
        found = Facts()
    for note in notes_of(log, found):
        say(note)
    return triage(log, found).as_json()


def _content(file: str) -> bytes:
    """Read one byte more than is taken, so that a larger file is told from one that just fits."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is none"
        raise LogError(f"The log can’t be read: {reason}") from None
