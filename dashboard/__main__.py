"""The command line: every page's figures without a browser, and `serve`, which runs the pages.

Only the answer goes to stdout. Exit code 0: answered; 1: the question failed, or a
checked limit does not hold; 2: wrong use.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from dashboard.check import data as checking
from dashboard.check.limits import chosen_limits
from dashboard.coverage import data as coverage
from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import Reader
from dashboard.funnel import data as funnel
from dashboard.funnel.question import (
    FunnelQuestion,
    QuestionError,
    named_steps,
    typed_filter,
    typed_window,
)
from dashboard.lab import command as lab
from dashboard.lab.conditions import ConditionError
from dashboard.leads import data as leads
from dashboard.model.configuration_files import check_configuration_files
from dashboard.model.filters import Filters, typed_filters
from dashboard.model.releases import releases_of
from dashboard.model.times import TimeError
from dashboard.model.tracking_plan import load_plan
from dashboard.parsing import (
    Parser,
    add_format,
    add_funnel_options,
    add_leads_options,
    add_limit_options,
    add_report_options,
    add_shared,
    add_source,
    add_timeline_options,
    port,
)
from dashboard.races import data as races
from dashboard.races.triage.command import triage_file
from dashboard.races.triage.text import LogError
from dashboard.serve import serve
from dashboard.settings import Settings, SettingsError, load_settings
from dashboard.sources import Sources
from dashboard.status import data as status
from dashboard.status.html import as_html
from dashboard.status.markdown import as_markdown
from dashboard.status.report import Report, status_report
from dashboard.submit.address import WebsiteError
from dashboard.submit.command import add_choices, chosen, submit
from dashboard.ui.answers import FORMATS, Answer, NotThereError


@dataclass(frozen=True)
class Question:
    """One question: what it answers, how, and the options that it alone has."""

    help: str
    answer: Callable[[Reader, Filters, argparse.Namespace], Answer | str]
    add_options: Callable[[argparse.ArgumentParser], None] = lambda _: None
    more_formats: tuple[str, ...] = ()


def main(arguments: list[str] | None = None) -> int:
    """Answer one question; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        check_configuration_files(settings)
        if options.question == "serve":
            return serve(settings, options.host, options.port)
        if options.question == "check":
            return _check(settings, options)
        answer = _answer(settings, options)
    except (
        TimeError,
        SettingsError,
        WebsiteError,
        QuestionError,
        LogError,
        ConditionError,
    ) as error:
        return _fail(str(error), 2)
    except NotThereError as error:
        return _fail(str(error), 1)
    except DatabaseProblem as problem:
        return _fail(str(problem), 2 if problem.kind == "configuration" else 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 1)
    _write(answer if isinstance(answer, str) else FORMATS[options.format](answer))
    return 0


def _check(settings: Settings, options: argparse.Namespace) -> int:
    """Say whether every rule holds; returns the exit code."""
    limits = chosen_limits(settings, options.session_gap, options.silence, options.lost)
    filters = typed_filters(options.start, options.end, options.as_of, settings.zone)
    with _opened(settings, options) as reader:
        rules = checking.check(reader, filters, load_plan(), limits)
    answer = checking.as_json(rules)
    as_lines = options.format == "table"
    _write("\n".join(rule.line for rule in rules) if as_lines else FORMATS[options.format](answer))
    return 0 if answer["ok"] else 1


def _answer(settings: Settings, options: argparse.Namespace) -> Answer | str:
    if options.question == "submit":
        return submit(settings, options.url, *chosen(options), _tell)
    if options.question == "triage":
        return triage_file(settings, options.file, options.source, options.as_of, _tell)
    if options.question == "lab":
        return lab.lab(settings, options, _tell)
    filters = typed_filters(options.start, options.end, options.as_of, settings.zone)
    return _ask(settings, filters, options)


def _ask(settings: Settings, filters: Filters, options: argparse.Namespace) -> Answer | str:
    with _opened(settings, options) as reader:
        return QUESTIONS[options.question].answer(reader, filters, options)


@contextmanager
def _opened(settings: Settings, options: argparse.Namespace) -> Iterator[Reader]:
    with (
        closing(Sources(settings, say=_tell)) as sources,
        sources.open(options.source or sources.default).read() as reader,
    ):
        yield reader


def _status(reader: Reader, filters: Filters, _: argparse.Namespace) -> Answer:
    return status.as_json(reader, filters)


def _funnel(reader: Reader, filters: Filters, options: argparse.Namespace) -> Answer:
    releases = releases_of(reader.where)
    question = FunnelQuestion(
        options.correction or ("raw" if options.unit == "submission" else "corrected"),
        options.unit,
        *named_steps(_names(options.steps), _names(options.optional), load_plan()),
        typed_window(options.window),
        typed_filter(options.filters),
        options.breakdown,
    )
    return funnel.ask(reader, filters, load_plan(), question, releases=releases).as_json()


def _races(reader: Reader, filters: Filters, _: argparse.Namespace) -> Answer:
    return races.as_json(reader, filters, load_plan())


def _names(given: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in given.split(",")) if given else ()


def _leads(reader: Reader, filters: Filters, options: argparse.Namespace) -> Answer:
    search, order = leads.Search(text=options.search), leads.Order(row_limit=options.limit)
    rows = leads.rows(reader, filters, search, order)
    return leads.with_submissions(reader, filters, rows)


def _timeline(reader: Reader, filters: Filters, options: argparse.Namespace) -> Answer:
    found = leads.timeline(reader, filters, options.lead_id)
    if found is None:
        raise NotThereError(f"there is no lead {options.lead_id} here; see the leads question")
    return found.as_json()


def _coverage(reader: Reader, filters: Filters, _: argparse.Namespace) -> Answer:
    return coverage.as_json(reader, filters, load_plan())


def _report(reader: Reader, filters: Filters, options: argparse.Namespace) -> Answer | str:
    releases = releases_of(reader.where)
    report = status_report(reader, filters, load_plan(), releases, options.website)
    written = REPORT_FORMATS.get(options.format)
    return written(report) if written else report.as_json()


REPORT_FORMATS: Mapping[str, Callable[[Report], str]] = {"html": as_html, "md": as_markdown}
QUESTIONS: Mapping[str, Question] = {
    "status": Question("what the three tables hold, and the contract's findings", _status),
    "funnel": Question(
        "how many submissions reached each step of the tracking plan", _funnel, add_funnel_options
    ),
    "coverage": Question("which rows carry a session id, and what their clock says", _coverage),
    "leads": Question(
        "the leads of a period, one row each, newest first", _leads, add_leads_options
    ),
    "races": Question("what races and certain failures left, by kind, and what is allowed", _races),
    "report": Question(
        "the status report: every claim judged by the data",
        _report,
        add_report_options,
        (*REPORT_FORMATS,),
    ),
    "timeline": Question("everything that one lead left behind", _timeline, add_timeline_options),
}


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m dashboard", allow_abbrev=False, description=__doc__)
    questions = parser.add_subparsers(dest="question", required=True, metavar="QUESTION")
    for name, question in QUESTIONS.items():
        options = questions.add_parser(name, help=question.help, allow_abbrev=False)
        question.add_options(options)
        add_shared(options, question.more_formats)
    limits = questions.add_parser(
        "check",
        help="whether limits hold, for cron: exit code 1 when one does not",
        allow_abbrev=False,
    )
    add_limit_options(limits)
    add_shared(limits, ())
    website = questions.add_parser(
        "submit", help="submit a website to the sandbox", allow_abbrev=False
    )
    website.add_argument("url", metavar="URL", help="the website; it is never fetched")
    add_choices(website)
    add_format(website)
    log = questions.add_parser(
        "triage", help="the errors of a log, and what became of their rows", allow_abbrev=False
    )
    log.add_argument("file", metavar="FILE", help="the log, at most 10 MB; - for standard input")
    add_source(log)
    add_format(log)
    races = questions.add_parser(
        "lab", help="compare ways to write at the same time", allow_abbrev=False
    )
    lab.add_options(races)
    add_format(races)
    pages = questions.add_parser("serve", help="run the pages", allow_abbrev=False)
    pages.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    pages.add_argument("--port", type=port, default=8501, help="port to listen on (%(default)s)")
    return parser


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def _fail(text: str, code: int) -> int:
    _tell(f"dashboard: {text}")
    return code


def _write(text: str) -> None:
    # A terminal of another encoding gets ? for what it can't show, never a traceback.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Whoever read it has enough (`| head`). Nothing is left to be flushed at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
