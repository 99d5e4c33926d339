"""The visitor goes on after the analysis: one step at a time, each a call of the tracking path."""

import threading
from functools import partial
from uuid import UUID, uuid4

import pytest

from dashboard.model.tracking_plan import load_plan
from dashboard.submit import data
from dashboard.submit.calling import tell_no_call
from dashboard.submit.choices import Choices, VisitorKind
from dashboard.submit.further import further_steps
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace
from tests.conftest import Parameters, execute
from tests.jobs.conftest import at_once
from tests.submit.conftest import WEBSITE, found, rows, submit

PLAN = load_plan()
FURTHER = PLAN.names[2:]
NO_EVENTS = "alter table conversion_tracking add constraint closed check (false) not valid"


def open_now(job: SandboxSubmission) -> list[str]:
    return [step.name for step in further_steps(job, PLAN) if step.is_open]


def steps_stored(tables: Parameters) -> list[str]:
    return [row["conversion_step"] for row in rows(tables, "conversion_tracking")]


def reached(submissions: Submissions, *jobs: SandboxSubmission) -> dict[str, tuple[int, int, int]]:
    with submissions.reading.read() as reader:
        frame = data.reached(jobs, data.left(reader, *jobs), PLAN)
    return {
        str(row["step"]): (int(row["took"]), int(row["stored"]), int(row["lost"]))
        for row in frame.to_dict("records")
    }


def test_one_visitor_walks_the_whole_funnel(submissions: Submissions, tables: Parameters) -> None:
    job = submit(submissions)
    for step in FURTHER:
        assert step in open_now(found(submissions, job.id))
        assert submissions.go_on(job.id, step)
    job = found(submissions, job.id)
    assert (job.state, job.saved, open_now(job)) == ("done", True, [])
    assert steps_stored(tables)[4:] == FURTHER
    events = rows(tables, "conversion_tracking")[4:]
    assert {event["session_id"] for event in events} == {job.session_id}
    assert reached(submissions, job) == dict.fromkeys(PLAN.names, (1, 1, 0))


def test_only_what_the_visitor_has_done_the_groundwork_for_is_open(
    submissions: Submissions,
) -> None:
    job = submit(submissions)
    assert open_now(job) == ["previews_viewed", "registration", "project_saved"]
    submissions.go_on(job.id, "previews_viewed")
    assert open_now(found(submissions, job.id)) == [
        "audience_selected",
        "registration",
        "project_saved",
    ]


def test_a_visitor_goes_on_though_the_step_was_lost(
    submissions: Submissions, tables: Parameters
) -> None:
    job = submit(submissions)
    execute(tables, NO_EVENTS)
    submissions.go_on(job.id, "previews_viewed")
    execute(tables, "alter table conversion_tracking drop constraint closed")
    job = found(submissions, job.id)
    assert not job.saved
    assert "audience_selected" in open_now(job)
    submissions.go_on(job.id, "audience_selected")
    assert data.errors(found(submissions, job.id))["constraint"].tolist() == ["closed"]
    steps = reached(submissions, found(submissions, job.id))
    assert steps["previews_viewed"] == (1, 0, 1)
    assert steps["audience_selected"] == (1, 1, 0)
    assert steps["first_payment"] == (0, 0, 0)


def test_without_session_each_step_makes_a_lead_of_its_own(
    submissions: Submissions, tables: Parameters
) -> None:
    submit(submissions)
    job_id = submissions.run_now(
        "visitor", WEBSITE, Pace.AT_ONCE, tell_no_call, Choices(visitor=VisitorKind.WITHOUT_SESSION)
    )
    leads = len(rows(tables, "website_leads"))
    submissions.go_on(job_id, "previews_viewed")
    assert len(rows(tables, "website_leads")) == leads + 1


def test_a_double_click_is_one_step(submissions: Submissions, tables: Parameters) -> None:
    job = submit(submissions)
    taken = at_once([partial(submissions.go_on, job.id, "previews_viewed")] * 5)
    assert any(taken)
    assert steps_stored(tables).count("previews_viewed") == 1
    assert found(submissions, job.id).state == "done"


def test_two_steps_at_once_are_not_taken_at_once(
    submissions: Submissions, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(submissions)
    begun, may_end = threading.Event(), threading.Event()
    take = submissions._take_step

    def pause(job_id: UUID, step: str) -> None:
        begun.set()
        may_end.wait()
        take(job_id, step)

    monkeypatch.setattr(submissions, "_take_step", pause)
    first = threading.Thread(target=submissions.go_on, args=(job.id, "previews_viewed"))
    first.start()
    begun.wait()
    assert not submissions.go_on(job.id, "registration")
    assert found(submissions, job.id).state == "running"
    may_end.set()
    first.join()
    assert found(submissions, job.id).further_steps == ("previews_viewed",)


def test_who_has_been_interrupted_or_is_unknown_does_not_go_on(submissions: Submissions) -> None:
    job_id = submissions.submit("visitor", WEBSITE, Pace.AT_ONCE)
    assert not submissions.go_on(job_id, "previews_viewed")
    submissions.store.end(job_id, "interrupted")
    assert not submissions.go_on(job_id, "previews_viewed")
    assert not submissions.go_on(uuid4(), "previews_viewed")


def test_nobody_goes_on_in_a_sandbox_that_was_reset(opened: Submissions) -> None:
    job = submit(opened, f"https://{uuid4().hex}.example")
    opened.reset()
    assert not opened.go_on(job.id, "previews_viewed")


def test_a_crowds_steps_are_counted_by_visitor(
    submissions: Submissions, tables: Parameters
) -> None:
    job_id = submissions.run_now(
        "visitor", WEBSITE, Pace.AT_ONCE, tell_no_call, Choices(same_moment=True, together=4)
    )
    submissions.go_on(job_id, "previews_viewed")
    steps = reached(submissions, *submissions.find_all(job_id))
    assert steps["analysis_started"] == (4, 1, 3)
    assert steps["analysis_completed"] == (4, 4, 0)
    assert steps["previews_viewed"] == (1, 1, 0)
