"""`status` and `report`: what the tables hold, and every claim of the status report judged."""

import argparse
from collections.abc import Callable, Mapping

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.command_line.options import add_period
from dashboard.model.hosts import typed_host
from dashboard.model.releases import releases_of
from dashboard.model.tracking_plan import load_plan
from dashboard.status import data
from dashboard.status.html import as_html
from dashboard.status.markdown import as_markdown
from dashboard.status.report import StatusReport, status_report

REPORT_FORMATS: Mapping[str, Callable[[StatusReport], str]] = {"html": as_html, "md": as_markdown}


def _status(asked: Asked) -> Outcome:
    filters = asked.filters
    with asked.read() as reader:
        return asked.written(data.status_json(reader, filters))


def _report(asked: Asked) -> Outcome:
    filters, website = asked.filters, asked.options.website
    with asked.read() as reader:
        report = status_report(reader, filters, load_plan(), releases_of(reader.where), website)
    as_file = REPORT_FORMATS.get(asked.options.format)
    return Outcome(as_file(report)) if as_file else asked.written(report.as_json())


def _add_report_options(parser: argparse.ArgumentParser) -> None:
    help_text = "the website whose rows must be complete; in the demo the report’s own"
    parser.add_argument("--website", type=_typed_website, metavar="URL", help=help_text)
    add_period(parser, *REPORT_FORMATS)


def _typed_website(given: str) -> str:
    if typed_host(given) is None:
        raise argparse.ArgumentTypeError("names no website: write example.com")
    return given


STATUS_COMMAND = Command(
    "status", "what the three tables hold, and the contract's findings", add_period, _status
)
REPORT_COMMAND = Command(
    "report", "the status report: every claim judged by the data", _add_report_options, _report
)
