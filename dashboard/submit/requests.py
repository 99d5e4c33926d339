"""The requests of one submission: both write paths, and the owner who came before the visitor."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import pairwise
from typing import Final
from uuid import UUID, uuid4

from dashboard.submit.calling import Caller, RequestFailed
from dashboard.submit.choices import VisitorKind
from dashboard.submit.meeting import Meeting, run_together
from dashboard.writers.business import business_of
from dashboard.writers.paths import WritePaths
from dashboard.writers.rows import FoundOrganization, RowWriter
from dashboard.writers.statements import WrittenRow

OWNER: Final = UUID("00000000-0000-4000-8000-000000000001")


def own_website(caller: Caller) -> None:
    """Do what has to be there before the visitor comes: the owner's organization."""
    if caller.submission.choices.visitor is not VisitorKind.OWNED:
        return
    with suppress(RequestFailed):
        found = RowWriter(caller, caller.submission.website_url).find_organization("owner")
        if found:
            _own_found(caller, found)
        else:
            _insert_owned(caller)


def make_requests(caller: Caller) -> None:
    """Make all calls of a submission, one path after the other; a failed request ends there.

    With a meeting the first request of either path is made at the same moment. Raises
    DatabaseProblem where the calls can't be noted, and what ends the job.
    """
    paths = _paths(caller)
    first = (partial(paths.track, "started"), partial(_analyze, caller, paths))
    if caller.meeting:
        run_together([partial(_make, each, caller.meeting) for each in first])
    else:
        for each in first:
            _make(each)
    _make(partial(paths.track, "completed"))


def take_step(caller: Caller, step: str) -> None:
    """Make the tracking call of a step that the visitor takes after the analysis."""
    _make(partial(_paths(caller).track, step))


def _make(request: Callable[[], None], meeting: Meeting | None = None) -> None:
    try:
        with suppress(RequestFailed):
            request()
    finally:
        if meeting:
            meeting.leave()


def _paths(caller: Caller) -> WritePaths:
    submission = caller.submission

    def new_slug(beginning: str, row_id: UUID) -> str:
        # A slug is the name and the clock: at the same moment it is the same slug.
        tick = submission.group_id if caller.meeting else row_id
        return f"{beginning}-{tick.hex[:12]}"

    return WritePaths(submission.visit, RowWriter(caller, submission.website_url), new_slug)


def _analyze(caller: Caller, paths: WritePaths) -> None:
    """Analyze the website, which touches no table, then save what was found."""
    calls = [call for call in caller.submission.plan.expected if call.path == "analysis"]
    for call, following in pairwise(calls):
        if call.kind == "work":
            caller.work(call, following)
    paths.save_analysis()


def _own_found(caller: Caller, found: FoundOrganization) -> None:
    caller.write(
        "owner/organization",
        WrittenRow("organizations", found.row_id, None, found.session_id),
        "submit/own_organization",
        id=found.row_id,
        owner_id=OWNER,
    )


def _insert_owned(caller: Caller) -> None:
    website_url, row_id = caller.submission.website_url, uuid4()
    business = business_of(website_url)
    caller.write(
        "owner/organization",
        WrittenRow("organizations", row_id),
        "submit/insert_owned_organization",
        id=row_id,
        name=business.name,
        slug=f"{business.slug}-{row_id.hex[:12]}",
        owner_id=OWNER,
        website_url=website_url,
    )
