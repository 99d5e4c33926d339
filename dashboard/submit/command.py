"""`submit URL`: one submission to the sandbox, call by call; `reset`: the sandbox anew."""

import argparse
from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

from dashboard.command_line.command import Asked, Command, NotThereError, Outcome, tell
from dashboard.command_line.options import add_format
from dashboard.database.errors import DatabaseProblem
from dashboard.database.tracking_off import tracking_off_since
from dashboard.model.formats import counted
from dashboard.model.times import iso, now
from dashboard.submit import data
from dashboard.submit.address import normalized_website
from dashboard.submit.choices import MOST_TOGETHER, Choices, DeployedRelease, VisitorKind
from dashboard.submit.submissions import SandboxBusy, open_submissions
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


def _reset(asked: Asked) -> Outcome:
    """Make the sandbox anew; raises DatabaseProblem, also while submissions run."""
    options = asked.options
    with asked.sources() as sources, closing(open_submissions(sources)) as submissions:
        tell("Filling the sandbox …" if options.tracking_off else "Copying the demo …")
        try:
            submissions.reset(options.exclusive, options.tracking_off)
        except SandboxBusy as busy:
            running = counted(busy.args[0], "submission")
            raise DatabaseProblem(
                "other", f"{running} still running", "sandbox", "Reset when they have ended."
            ) from None
        with submissions.reading.read() as reader:
            since, constraint = tracking_off_since(reader), reader.contract.constraint
    return asked.written({"tracking_off_since": since and iso(since), "constraint": constraint})


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


def _add_reset_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    tracking_off = "the last month is one of the system since ece936e, which records no step"
    add("--tracking-off", action="store_true", help=tracking_off)
    exclusive = "with the session constraint as deployed: an owner or a session id, never both"
    add("--exclusive", action="store_true", help=exclusive)
    add_format(parser)


def _typed_visitors(given: str) -> int:
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given) <= MOST_TOGETHER:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_TOGETHER}")
    return int(given)


SUBMIT_COMMAND = Command("submit", "submit a website to the sandbox", _add_options, _submit)
RESET_COMMAND = Command(
    "reset", "make the sandbox a fresh copy of the demo", _add_reset_options, _reset
)
