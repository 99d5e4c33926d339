"""`submit URL`: one submission to the sandbox, made in this process, call by call."""

import argparse
from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

from dashboard.command_line.command import Asked, Command, NotThereError, Outcome, tell
from dashboard.command_line.options import add_format
from dashboard.model.times import now
from dashboard.submit import data
from dashboard.submit.address import normalized_website
from dashboard.submit.choices import MOST_TOGETHER, Choices, DeployedRelease, VisitorKind
from dashboard.submit.submissions import open_submissions
from dashboard.submit.workflow import Pace, PlannedCall


def _submit(asked: Asked) -> Outcome:
    """Submit a website; raises WebsiteError before anything is started."""
    website_url, pace = normalized_website(asked.options.url), _pace(asked.options)
    choices = _choices(asked.options)
    # Each command is a visitor of its own: whoever types it twice means it twice.
    visitor = f"command line {uuid4()}"
    with asked.sources() as sources, closing(open_submissions(sources)) as submissions:
        job_id = submissions.run_now(visitor, website_url, pace, _teller(), choices)
        jobs = submissions.find_all(job_id)
        if not jobs:
            raise NotThereError("the submission is not in the ledger any more; submit it again")
        with submissions.reading.read() as reader:
            return asked.written(data.submission_json(reader, jobs))


def _teller() -> Callable[[PlannedCall], None]:
    """Return what tells of each call when it is made."""
    began_at = now()

    def tell_call(call: PlannedCall) -> None:
        made = (now() - began_at).total_seconds()
        tell(f"T+{call.at:04.1f} s  {call.path:<8}  {call.label:<25}  made at {made:.2f} s")

    return tell_call


def _pace(options: argparse.Namespace) -> Pace:
    return Pace.AT_ONCE if options.fast else Pace.REAL


def _choices(options: argparse.Namespace) -> Choices:
    release, visitor = DeployedRelease(options.release), VisitorKind(options.visitor)
    return Choices(release, visitor, options.same_moment, options.together)


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("url", metavar="URL", help="the website; it is never fetched")
    add("--fast", action="store_true", help="make all calls at once, not in 40 to 60 s")
    releases, visitors = [*map(str, DeployedRelease)], [*map(str, VisitorKind)]
    release = (
        "the deployed commit (%(default)s, with all four fixes); ece936e: tracking writes nothing"
        " without a lead; ece936e-jobs: the same, and the analysis writes no lead"
    )
    add("--release", choices=releases, default=str(Choices().release), help=release)
    visitor = "the visitor (%(default)s)"
    add("--visitor", choices=visitors, default=str(Choices().visitor), help=visitor)
    add("--same-moment", action="store_true", help="both paths look before either of them writes")
    together = f"number of visitors who submit it together, 1 to {MOST_TOGETHER} (%(default)s)"
    add("--together", type=_typed_visitors, default=1, metavar="N", help=together)
    add_format(parser)


def _typed_visitors(given: str) -> int:
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given) <= MOST_TOGETHER:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_TOGETHER}")
    return int(given)


SUBMIT_COMMAND = Command("submit", "submit a website to the sandbox", _add_options, _submit)
