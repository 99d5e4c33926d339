"""The command line: every page's figures without a browser, and `serve`, which runs the pages.

Only the answer goes to stdout. Exit code 0: answered; 1: the question failed; 2: wrong use.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import NoReturn

import pandas as pd

from dashboard.database.address import is_address
from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import Reader
from dashboard.database.sources import Sources
from dashboard.funnel import data as funnel
from dashboard.serve import serve
from dashboard.settings import Settings, SettingsError, load_settings
from dashboard.shared.export import csv_text, text_table
from dashboard.shared.filters import Filters, typed_filters
from dashboard.shared.times import TimeError
from dashboard.shared.tracking_plan import PlanError, load_plan
from dashboard.status import data as status

Answer = dict[str, object]


def main(arguments: list[str] | None = None) -> int:
    """Answer one question; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        if options.question == "serve":
            return serve(settings, options.host, options.port)
        filters = typed_filters(options.start, options.end, options.as_of, settings.zone)
        answer = _ask(settings, options.source, options.question, filters)
    except (TimeError, SettingsError, PlanError) as error:
        return _fail(str(error), 2)
    except DatabaseProblem as problem:
        return _fail(str(problem), 2 if problem.kind == "configuration" else 1)
    _write(FORMATS[options.format](answer))
    return 0


def _ask(settings: Settings, source: str | None, question: str, filters: Filters) -> Answer:
    with (
        closing(Sources(settings, say=_tell)) as sources,
        sources.open(source or sources.default).read() as reader,
    ):
        return QUESTIONS[question](reader, filters)


def _status(reader: Reader, filters: Filters) -> Answer:
    return status.as_json(reader, filters)


def _funnel(reader: Reader, filters: Filters) -> Answer:
    return funnel.recorded(reader, filters, load_plan()).as_json()


QUESTIONS: Mapping[str, Callable[[Reader, Filters], Answer]] = {
    "status": _status,
    "funnel": _funnel,
}
HELP = {
    "status": "what the three tables hold, and the schema contract's findings",
    "funnel": "how many leads reached each step of the tracking plan",
}


def _as_json(answer: Answer) -> str:
    return json.dumps(answer, indent=2, allow_nan=False)


def _as_table(answer: Answer) -> str:
    return "\n\n".join(f"{name}\n{text_table(rows)}" for name, rows in _sections(answer))


def _as_csv(answer: Answer) -> str:
    """One table as it is; several under one header, each row with the name of its table."""
    tables = [(name, rows) for name, rows in _sections(answer) if not rows.empty]
    rows_only = [rows for name, rows in tables if name != "about"]
    if len(rows_only) == 1:
        return csv_text(rows_only[0]).rstrip("\n")
    named = [rows.assign(table=name) for name, rows in tables]
    together = pd.concat(named)
    return csv_text(together[["table", *together.columns.drop("table")]]).rstrip("\n")


FORMATS: Mapping[str, Callable[[Answer], str]] = {
    "table": _as_table, "json": _as_json, "csv": _as_csv,
}  # fmt: skip


def _sections(answer: Answer) -> list[tuple[str, pd.DataFrame]]:
    """Lay an answer out as tables: its single values first, then each list and each mapping."""
    single = {key: value for key, value in answer.items() if not isinstance(value, list | dict)}
    sections = [("about", _pairs(single))]
    for key, value in answer.items():
        if isinstance(value, list):
            sections.append((key, pd.DataFrame(value, dtype=object)))
        elif isinstance(value, dict):
            sections.append((key, _pairs(value)))
    return sections


def _pairs(values: Mapping[str, object]) -> pd.DataFrame:
    shown = [", ".join(map(str, v)) if isinstance(v, list) else v for v in values.values()]
    return pd.DataFrame({"name": [*values], "value": shown}, dtype=object)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what was wrong and how to find what is right."""
        self.exit(2, f"dashboard: {message}\nSee: python -m dashboard --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m dashboard", allow_abbrev=False, description=__doc__)
    questions = parser.add_subparsers(dest="question", required=True, metavar="QUESTION")
    for name in QUESTIONS:
        question = questions.add_parser(name, help=HELP[name], allow_abbrev=False)
        _add_options(question)
    pages = questions.add_parser("serve", help="run the pages", allow_abbrev=False)
    pages.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    pages.add_argument("--port", type=_port, default=8501, help="port to listen on (%(default)s)")
    return parser


def _add_options(question: argparse.ArgumentParser) -> None:
    add = question.add_argument
    add("--source", type=_source, metavar="URL|demo|sandbox",
        help="what to read; left out: DATABASE_URL, or the demo")  # fmt: skip
    add("--from", dest="start", metavar="TIME", help="first day or time, included")
    add("--to", dest="end", metavar="TIME", help="last day, included, or a time, excluded")
    add("--as-of", metavar="TIME", help="drop every row written at or after this time")
    add("--format", choices=[*FORMATS], default="table", help="form of the answer (%(default)s)")


def _source(given: str) -> str:
    if given in ("demo", "sandbox") or is_address(given):
        return given
    # The text is not repeated: a mistyped address may hold a password.
    raise argparse.ArgumentTypeError("must be demo, sandbox or postgresql://…")


def _port(given: str) -> int:
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise argparse.ArgumentTypeError(f"{given!r} is no port between 1 and 65535")
    return int(given)


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def _fail(text: str, code: int) -> int:
    _tell(f"dashboard: {text}")
    return code


def _write(text: str) -> None:
    # A terminal of another encoding gets ? for what it can't show, never a traceback.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
