"""`submit URL`: one submission from the command line, in this process, with its progress told."""

from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

from dashboard.database.sources import Sources
from dashboard.settings import Settings
from dashboard.shared.answers import NotThereError
from dashboard.submit import data
from dashboard.submit.address import normalised
from dashboard.submit.jobs import open_submissions
from dashboard.submit.workflow import Call, Pace


def submit(
    settings: Settings, given: str, fast: bool, tell: Callable[[str], None]
) -> dict[str, object]:
    """Submit a website to the sandbox and return what became of it.

    Raises WebsiteError before anything is started, and DatabaseProblem.
    """
    website_url = normalised(given)

    def tell_call(call: Call) -> None:
        tell(f"T+{call.at:04.1f} s  {call.path:<8}  {call.label}")

    with (
        closing(Sources(settings, say=tell)) as sources,
        closing(open_submissions(sources)) as submissions,
    ):
        pace = Pace.AT_ONCE if fast else Pace.REAL
        # Who types a command is a visitor of their own: it is meant each time.
        visitor = f"command line {uuid4()}"
        job = submissions.find(submissions.run_now(visitor, website_url, pace, tell_call))
        if job is None:
            raise NotThereError("the submission is not in the ledger any more; submit it again")
        with submissions.reading.read() as reader:
            return data.as_json(reader, job)
