"""What the releases since 2026-01-29 leave: calls dropped without an error, and what is said."""

import pytest

from dashboard.model.tracking_plan import load_plan
from dashboard.submit import data, figures
from dashboard.submit.calling import tell_no_call
from dashboard.submit.choices import Choices, DeployedRelease
from dashboard.submit.claim import claim
from dashboard.submit.data import Left
from dashboard.submit.group import group_verdict
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.submissions import Submissions
from dashboard.submit.verdict import reach, submission_verdict
from dashboard.submit.workflow import Pace
from dashboard.ui.theme import LIGHT
from tests.conftest import Parameters
from tests.submit.conftest import WEBSITE, found, rows, submit

DIRECT, JOBS = DeployedRelease.DIRECT, DeployedRelease.JOBS
BOTH_STEPS = {"analysis_started": 1, "analysis_completed": 1}


def at_release(
    submissions: Submissions, release: DeployedRelease, together: int = 1, same_moment: bool = False
) -> tuple[SandboxSubmission, ...]:
    choices = Choices(release, together=together, same_moment=same_moment)
    return submissions.find_all(
        submissions.run_now(f"{release}", WEBSITE, Pace.AT_ONCE, tell_no_call, choices)
    )


def left_of(submissions: Submissions, *jobs: SandboxSubmission) -> Left:
    with submissions.reading.read() as reader:
        return data.left(reader, *jobs)


def test_the_direct_form_leaves_nothing_of_a_new_website(
    submissions: Submissions, tables: Parameters
) -> None:
    (job,) = at_release(submissions, DIRECT)
    assert not any(
        rows(tables, each) for each in ("organizations", "website_leads", "conversion_tracking")
    )
    assert data.errors(job)[["path", "sqlstate"]].to_numpy().tolist() == [["analysis", "23514"]]
    assert data.dropped([job]) == BOTH_STEPS
    said = submission_verdict(job, left_of(submissions, job))
    assert (said.color, said.sentence) == ("red", "Not everything was saved: 0 of 8 writes")
    assert "Dropped without an error: analysis_started, analysis_completed." in said.reason


def test_the_direct_form_saves_the_analyzed_lead_of_a_known_website(
    submissions: Submissions,
) -> None:
    submit(submissions)
    (job,) = at_release(submissions, DIRECT)
    left = left_of(submissions, job)
    assert data.errors(job).empty
    assert left.leads["session_id"].isna().tolist() == [True]
    assert left.events["step"].tolist() == ["website_analysis"]
    said = submission_verdict(job, left)
    assert said.sentence == "Not everything was saved: 3 of 8 writes"
    assert "0 of 5 writes of the tracking path and 3 of 3 writes of the analysis path" in (
        said.reason
    )


def test_the_job_form_leaves_one_organization_and_nothing_else(
    submissions: Submissions, tables: Parameters
) -> None:
    (job,) = at_release(submissions, JOBS)
    left = left_of(submissions, job)
    (organization,) = rows(tables, "organizations")
    assert organization["session_id"] == job.older_session_id
    assert data.errors(job).empty
    assert data.dropped([job]) == BOTH_STEPS
    said = submission_verdict(job, left)
    assert (said.color, said.sentence) == ("red", "Not everything was saved: 1 of 8 writes")
    assert "It left 1 organization and nothing else." in said.reason
    assert "the analysis writes neither lead nor event" in said.reason
    assert "than the visitor’s leads" not in said.reason
    assert "It can’t see the 7 writes missing." in claim([job], left)


@pytest.mark.parametrize("release", [DIRECT, JOBS])
def test_what_was_dropped_is_told_apart_from_what_was_never_made(
    submissions: Submissions, release: DeployedRelease
) -> None:
    (job,) = at_release(submissions, release)
    calls = data.calls(job)
    outcome = calls.set_index(["request", "label"])["outcome"]
    assert outcome["started", "analysis_started"] == "dropped"
    assert outcome["completed", "analysis_completed"] == "dropped"
    assert outcome["started", "Placeholder lead"] == "not made"
    figure = figures.call_timeline(data.both_paths(calls), None, LIGHT)
    told = [words for trace in figure.to_dict()["data"] for words in trace.get("text") or ()]
    assert sum("dropped" in words for words in told) == 2


def test_a_further_step_is_dropped_too(submissions: Submissions) -> None:
    (job,) = at_release(submissions, JOBS)
    assert submissions.go_on(job.id, "previews_viewed")
    job = found(submissions, job.id)
    left = left_of(submissions, job)
    assert data.dropped([job]) == {**BOTH_STEPS, "previews_viewed": 1}
    assert submission_verdict(job, left).sentence == "Not everything was saved: 1 of 9 writes"
    assert reach(data.reached([job], left, load_plan()), 1) == (
        "The visitor took 3 steps; 0 of them left an event. "
        "Lost: Analysis started, Analysis completed, Previews viewed."
    )


@pytest.mark.parametrize("release", [DIRECT, JOBS])
def test_a_crowd_is_counted_with_all_that_was_dropped(
    submissions: Submissions, release: DeployedRelease
) -> None:
    jobs = at_release(submissions, release, together=5, same_moment=True)
    said = group_verdict(jobs, left_of(submissions, *jobs))
    assert said.sentence == "5 of 5 submissions lost data"
    assert "5 × analysis_started, 5 × analysis_completed" in said.reason
