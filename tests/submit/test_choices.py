"""What each choice does: every row of the error table that one website can show, on real tables."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from dashboard.model.releases import RELEASES_FILE, load_releases
from dashboard.submit import data, meeting
from dashboard.submit.calling import OnCall, tell_no_call
from dashboard.submit.choices import MOST_TOGETHER, Choices, DeployedRelease, VisitorKind
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace, PlannedCall, submission_plan
from dashboard.writers.requests import request_of, step_of
from dashboard.writers.statements import WrittenRow
from queries import load
from tests.conftest import Parameters, execute
from tests.submit.conftest import WEBSITE, outcomes, rows, submit

RULE = "chk_organizations_user_or_session"
SLUG = "organizations_slug_key"
# SQLSTATE, constraint and path of every error, by how often
NO_SESSION = {("23514", RULE, "tracking"): 2, ("23514", RULE, "analysis"): 1}
NO_ADDRESS = {("22P02", None, "tracking"): 2, ("22P02", None, "analysis"): 1}


def crowd(
    submissions: Submissions, on_call: OnCall = tell_no_call, **choices: Any
) -> tuple[SandboxSubmission, ...]:
    """Run one submission of new visitors at once, with these choices."""
    job_id = submissions.run_now(str(uuid4()), WEBSITE, Pace.AT_ONCE, on_call, Choices(**choices))
    return submissions.find_all(job_id)


def failures(jobs: tuple[SandboxSubmission, ...]) -> dict[tuple[str, str | None, str], int]:
    found = [error for job in jobs for error in data.errors(job).to_dict("records")]
    return Counter(
        (
            each["sqlstate"],
            each["constraint"] if isinstance(each["constraint"], str) else None,
            each["path"],
        )
        for each in found
    )


# --- the error table ---


@pytest.mark.parametrize(
    ("release", "anew", "again"),
    [
        (DeployedRelease.BEFORE, NO_SESSION, NO_ADDRESS),
        (DeployedRelease.FIRST, NO_SESSION, {}),
        (DeployedRelease.SECOND, {}, {}),
        (DeployedRelease.THIRD, {}, {}),
    ],
)
def test_each_release_fails_where_its_fix_is_missing(
    submissions: Submissions, release: DeployedRelease, anew: dict[Any, int], again: dict[Any, int]
) -> None:
    jobs = crowd(submissions, release=release)
    assert failures(jobs) == anew
    assert jobs[0].saved is not bool(anew)
    # The organization is there now, whoever wrote it: no INSERT of one any more.
    submit(submissions)
    assert failures(crowd(submissions, release=release)) == again


def test_a_visitor_without_session_loses_everything_of_a_new_website(
    submissions: Submissions, tables: Parameters
) -> None:
    jobs = crowd(submissions, visitor=VisitorKind.WITHOUT_SESSION)
    assert failures(jobs) == NO_SESSION
    assert rows(tables, "organizations") == rows(tables, "conversion_tracking") == []


def test_without_session_the_steps_end_on_different_leads(
    submissions: Submissions, tables: Parameters
) -> None:
    submit(submissions)
    (job,) = crowd(submissions, visitor=VisitorKind.WITHOUT_SESSION)
    assert job.saved
    assert len(job.row_ids("website_leads")) == 3
    assert {event["session_id"] for event in rows(tables, "conversion_tracking")[4:]} == {None}


@pytest.mark.parametrize(
    "release", [DeployedRelease.FIRST, DeployedRelease.SECOND, DeployedRelease.THIRD]
)
def test_the_word_unknown_is_no_address_in_any_release(
    submissions: Submissions, release: DeployedRelease
) -> None:
    submit(submissions)
    assert (
        failures(crowd(submissions, release=release, visitor=VisitorKind.UNKNOWN_IP)) == NO_ADDRESS
    )


def exclusive(tables: Parameters) -> None:
    execute(tables, load("schema/exclusive_constraint").sql)


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("release", [DeployedRelease.SECOND, DeployedRelease.THIRD])
def test_an_owned_website_refuses_every_visitor_in_the_exclusive_form_since_fix_4(
    submissions: Submissions, tables: Parameters, release: DeployedRelease, is_there: bool
) -> None:
    exclusive(tables)
    if is_there:
        submit(submissions)
    before = len(rows(tables, "conversion_tracking"))
    jobs = crowd(submissions, release=release, visitor=VisitorKind.OWNED)
    (organization,) = rows(tables, "organizations")
    assert organization["user_id"]
    assert organization["session_id"] is None
    is_new = release is DeployedRelease.THIRD
    assert failures(jobs) == (NO_SESSION if is_new else {})
    assert jobs[0].saved is not is_new
    assert len(rows(tables, "conversion_tracking")) - before == (0 if is_new else 4)


def test_an_owned_website_is_saved_in_the_inclusive_form(
    submissions: Submissions, tables: Parameters
) -> None:
    (job,) = crowd(submissions, visitor=VisitorKind.OWNED)
    (organization,) = rows(tables, "organizations")
    assert job.saved
    assert organization["user_id"]
    assert organization["session_id"] == job.older_session_id
    assert outcomes(job)["owner/organization"] == "committed"


def test_both_paths_at_the_same_moment_lose_the_analyzed_lead(
    submissions: Submissions, tables: Parameters
) -> None:
    jobs = crowd(submissions, same_moment=True)
    assert failures(jobs) == {("23514", RULE, "analysis"): 1}
    (lead,) = rows(tables, "website_leads")
    assert lead["business_name"] == "Unknown Business"
    assert len(rows(tables, "conversion_tracking")) == 3


def test_at_the_same_moment_a_known_website_loses_nothing(submissions: Submissions) -> None:
    submit(submissions)
    (job,) = crowd(submissions, same_moment=True)
    assert job.saved


@pytest.mark.parametrize("visitors", [2, MOST_TOGETHER])
def test_at_the_same_moment_all_but_one_visitor_lose_their_start(
    submissions: Submissions, tables: Parameters, visitors: int
) -> None:
    jobs = crowd(submissions, same_moment=True, together=visitors)
    assert len(jobs) == visitors
    assert failures(jobs) == {
        ("23505", SLUG, "tracking"): visitors - 1,
        ("23514", RULE, "analysis"): visitors,
    }
    assert len(rows(tables, "organizations")) == 1
    steps = Counter(event["conversion_step"] for event in rows(tables, "conversion_tracking"))
    assert steps["analysis_started"] == 1
    # Who lost the start comes back with a completion all the same.
    assert steps["analysis_completed"] == visitors


def look_before_anybody_writes(submissions: Submissions) -> None:
    """Let the two visitors' first look-ups of the organization end before either goes on."""
    both = threading.Barrier(2)
    look = submissions.sandbox.look
    looked = threading.local()

    def wait(question: str, /, **binds: object) -> Any:
        found = look(question, **binds)
        if question == "writers/organization_of_website" and not getattr(looked, "before", False):
            looked.before = True
            both.wait()
        return found

    object.__setattr__(submissions.sandbox, "look", wait)


def test_two_visitors_who_look_before_either_writes_make_silent_duplicates(
    submissions: Submissions, tables: Parameters
) -> None:
    look_before_anybody_writes(submissions)
    jobs = crowd(submissions, together=2)
    assert failures(jobs) == {}
    assert all(job.saved for job in jobs)
    assert len(rows(tables, "organizations")) == 2
    assert len(rows(tables, "website_leads")) == 4


# --- several visitors ---


def test_twenty_visitors_are_twenty_submissions_with_a_browser_each(
    submissions: Submissions, tables: Parameters
) -> None:
    jobs = crowd(submissions, together=MOST_TOGETHER)
    assert len({job.id for job in jobs}) == len({job.session_id for job in jobs}) == 20
    assert {job.state for job in jobs} == {"done"}
    told = {each for job in jobs for each in job.row_ids("website_leads")}
    assert told == {str(row["id"]) for row in rows(tables, "website_leads")}
    assert len(told) == 2 * MOST_TOGETHER


def test_the_same_visitors_same_address_is_one_submission_whatever_is_chosen(
    submissions: Submissions,
) -> None:
    ids = {
        submissions.run_now("visitor", WEBSITE, Pace.AT_ONCE, tell_no_call, each)
        for each in (Choices(together=3), Choices(), Choices(release=DeployedRelease.BEFORE))
    }
    assert len(ids) == 1
    assert len(submissions.find_all(ids.pop())) == 3


def test_crowds_run_one_after_the_other_and_all_end(
    submissions: Submissions, tables: Parameters
) -> None:
    submissions.start_workers()
    first = [
        submissions.submit(
            f"visitor {n}",
            f"https://{n}.example",
            Pace.AT_ONCE,
            Choices(together=5, same_moment=bool(n % 2)),
        )
        for n in range(2)
    ]
    while submissions.store.unfinished():
        assert any(worker.is_alive() for worker in submissions.jobs.workers)
    assert {job.state for each in first for job in submissions.find_all(each)} == {"done"}


def test_who_has_been_given_up_does_not_keep_the_others_waiting(submissions: Submissions) -> None:
    def give_up_the_others(call: PlannedCall) -> None:
        if call.name == "owner/find":
            for job_id in submissions.store.unfinished():
                if submissions.store.members(job_id) == [job_id]:
                    submissions.store.end(job_id, "interrupted")

    jobs = crowd(
        submissions, give_up_the_others, same_moment=True, together=3, visitor=VisitorKind.OWNED
    )
    assert [job.state for job in jobs] == ["done", "interrupted", "interrupted"]
    assert not any(job.calls for job in jobs[1:])


def test_nobody_waits_for_a_path_that_fails_before_it_has_looked(
    submissions: Submissions, tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever did wait would wait for ever.
    monkeypatch.setattr(meeting, "LONGEST_WAIT", None)
    execute(tables, "alter table website_leads rename to away")
    (job,) = crowd(submissions, same_moment=True)
    assert job.state == "done"
    assert outcomes(job) == {
        "started/lead_of_session": "error",
        "analysis/organization": "error",
        "completed/lead_of_session": "error",
    }


@pytest.mark.parametrize("visitors", [0, MOST_TOGETHER + 1])
def test_more_visitors_than_the_sandbox_is_meant_for_are_refused(visitors: int) -> None:
    with pytest.raises(ValueError, match="1 to 20"):
        Choices(together=visitors)


# --- facts and plans ---


def test_the_releases_are_those_of_the_releases_file() -> None:
    fixes: set[int] = set()
    for release in load_releases(RELEASES_FILE):
        fixes |= {*release.fixes}
        assert DeployedRelease(release.commit).fixes == fixes


def test_at_the_same_moment_both_paths_look_at_the_same_time() -> None:
    found = submission_plan(uuid4(), same_moment=True)
    assert found.call("started/find").at == pytest.approx(found.call("analysis/find").at)


@pytest.mark.parametrize("step", ["analysis_started", "analysis_completed", "first_payment"])
def test_a_step_and_its_request_lead_to_each_other(step: str) -> None:
    assert step_of(request_of(step)) == step


def test_a_write_that_leaves_the_session_as_it_was_is_not_called_stored_nor_lost(
    submissions: Submissions, tables: Parameters
) -> None:
    submit(submissions)
    (organization,) = rows(tables, "organizations")
    session = organization["session_id"]
    wait: Callable[[float], object] = lambda _: None  # noqa: E731
    for written in (
        WrittenRow("organizations", organization["id"], None, session),
        WrittenRow("organizations", organization["id"], session, session),
    ):
        assert submissions.sandbox.is_stored(written, wait) is None
