"""`leads` and `timeline`: the leads of a period, and the timeline of one lead."""

import argparse
from uuid import UUID

from dashboard.command_line.command import Asked, Command, NotThereError, Outcome
from dashboard.command_line.options import add_period, typed_count
from dashboard.leads.data import LeadOrder, LeadSearch, lead_rows, with_submissions
from dashboard.leads.timeline.data import lead_timeline


def _leads(asked: Asked) -> Outcome:
    filters = asked.filters
    search, order = LeadSearch(text=asked.options.search), LeadOrder(row_limit=asked.options.limit)
    with asked.read() as reader:
        found = lead_rows(reader, filters, search, order)
        return asked.written(with_submissions(reader, filters, found))


def _timeline(asked: Asked) -> Outcome:
    filters, lead_id = asked.filters, asked.options.lead_id
    with asked.read() as reader:
        found = lead_timeline(reader, filters, lead_id)
    if found is None:
        raise NotThereError(f"there is no lead {lead_id} here; see the leads question")
    return asked.written(found.as_json())


def _add_leads_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--search", default="", metavar="TEXT", help="part of website or business")
    parser.add_argument("--limit", type=typed_count, metavar="N", help="at most this many rows")
    add_period(parser)


def _add_timeline_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lead_id", type=_typed_lead_id, metavar="LEAD_ID", help="the lead's id")
    add_period(parser)


def _typed_lead_id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "must be a lead's id, as the leads question gives it"
        ) from None


LEADS_COMMAND = Command(
    "leads", "the leads of a period, one row each, newest first", _add_leads_options, _leads
)
TIMELINE_COMMAND = Command(
    "timeline", "every stored row about one lead, in order", _add_timeline_options, _timeline
)
