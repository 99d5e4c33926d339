"""`submit URL`: one submission from the command line, in this process, with its progress told."""

import argparse
from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

from dashboard.model.times import now
from dashboard.settings import Settings
from dashboard.sources import Sources
from dashboard.submit import data
from dashboard.submit.address import normalised
from dashboard.submit.choices import MOST_TOGETHER, Choices, Release, Visitor
from dashboard.submit.jobs import open_submissions
from dashboard.submit.workflow import Call, Pace
from dashboard.ui.answers import NotThereError


def submit(
    settings: Settings, given: str, pace: Pace, choices: Choices, tell: Callable[[str], None]
) -> dict[str, object]:
    """Submit a website to the sandbox and return what became of it.

    Raises WebsiteError before anything is started, and DatabaseProblem.
    """
    website_url = normalised(given)
    with (
        closing(Sources(settings, say=tell)) as sources,
        closing(open_submissions(sources)) as submissions,
    ):
        began_at = now()

        def tell_call(call: Call) -> None:
            made = (now() - began_at).total_seconds()
            tell(f"T+{call.at:04.1f} s  {call.path:<8}  {call.label:<25}  made at {made:.2f} s")

        # Who types a command is a visitor of their own: it is meant each time.
        visitor = f"command line {uuid4()}"
        job_id = submissions.run_now(visitor, website_url, pace, tell_call, choices)
        jobs = submissions.find_all(job_id)
        if not jobs:
            raise NotThereError("the submission is not in the ledger any more; submit it again")
        with submissions.reading.read() as reader:
            return data.as_json(reader, jobs)


def add_choices(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose how a website is submitted, and by whom."""
    add = parser.add_argument
    add("--fast", action="store_true", help="at once, not in 40 to 60 s")
    add(
        "--release",
        choices=[*map(str, Release)],
        default=str(Release.THIRD),
        help="the commit that is deployed (%(default)s, with all four fixes)",
    )
    add(
        "--visitor",
        choices=[*map(str, Visitor)],
        default=str(Visitor.ANONYMOUS),
        help="who submits (%(default)s)",
    )
    add("--same-moment", action="store_true", help="both paths look before either of them writes")
    add(
        "--together",
        type=_visitors,
        default=1,
        metavar="N",
        help=f"so many visitors submit it, 1 to {MOST_TOGETHER} (%(default)s)",
    )


def chosen(options: argparse.Namespace) -> tuple[Pace, Choices]:
    """Return what those options chose."""
    choices = Choices(
        Release(options.release), Visitor(options.visitor), options.same_moment, options.together
    )
    return Pace.AT_ONCE if options.fast else Pace.REAL, choices


def _visitors(given: str) -> int:
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given) <= MOST_TOGETHER:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_TOGETHER}")
    return int(given)
