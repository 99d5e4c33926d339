"""Saved is never said where a planned row is missing; what is said of a crowd and by a report."""

import random
from dataclasses import replace
from typing import Any, cast

import pytest

from dashboard.jobs.record import JobState
from dashboard.model.tracking_plan import load_plan
from dashboard.submit import data
from dashboard.submit.calling import tell_no_call
from dashboard.submit.choices import Choices
from dashboard.submit.claim import claim
from dashboard.submit.data import Left
from dashboard.submit.group import group_verdict, members
from dashboard.submit.submission import CallOutcome, SandboxSubmission
from dashboard.submit.submissions import Submissions
from dashboard.submit.verdict import reach, submission_verdict
from dashboard.submit.workflow import Pace
from tests.conftest import Parameters, execute
from tests.submit.conftest import TABLES, WEBSITE, found, rows, submit

Walked = tuple[SandboxSubmission, Left]


def left_of(submissions: Submissions, *jobs: SandboxSubmission) -> Left:
    with submissions.reading.read() as reader:
        return data.left(reader, *jobs)


@pytest.fixture
def walked(submissions: Submissions) -> Walked:
    """A submission whose visitor went on for two steps, and all of whose rows are there."""
    job = submit(submissions)
    for step in ("previews_viewed", "registration"):
        submissions.go_on(job.id, step)
    job = found(submissions, job.id)
    return job, left_of(submissions, job)


def run(submissions: Submissions, **choices: Any) -> tuple[SandboxSubmission, ...]:
    return submissions.find_all(
        submissions.run_now("visitor", WEBSITE, Pace.AT_ONCE, tell_no_call, Choices(**choices))
    )


# --- saved ---


def test_all_planned_rows_there_is_green(walked: Walked) -> None:
    assert submission_verdict(*walked).sentence == "All 10 writes of both paths were saved"


@pytest.mark.parametrize("times", [60, pytest.param(300, marks=pytest.mark.soak)])
def test_saved_is_never_said_where_a_planned_write_was_not_committed(
    walked: Walked, times: int
) -> None:
    job, left = walked
    dice = random.Random(7)
    planned = {call.name for call in job.plan.writes}
    for _ in range(times):
        broken = dice.sample(sorted(planned), dice.randint(1, len(planned)))
        fate = {name: dice.choice(["error", "unknown", None, "away"]) for name in broken}
        calls = tuple(
            replace(each, outcome=cast(CallOutcome | None, fate.get(each.name, each.outcome)))
            for each in job.calls
            if fate.get(each.name) != "away"
        )
        state: JobState = "done" if dice.random() < 0.5 else "interrupted"
        # What the plan holds follows from the steps that were taken.
        known = replace(job, calls=calls, state=state, planned_steps=job.further_steps)
        said = submission_verdict(known, left)
        assert said.color != "green"
        assert not said.sentence.startswith("All")
        assert group_verdict([job, known], left).color != "green"


@pytest.mark.parametrize("table", TABLES)
def test_saved_is_never_said_where_a_committed_row_is_not_there(
    submissions: Submissions, tables: Parameters, walked: Walked, table: str
) -> None:
    job, _ = walked
    for row in rows(tables, table):
        execute(tables, f"create table kept as select * from {table}")
        lenient = "set session_replication_role = replica"
        execute(tables, f"{lenient}; delete from {table} where id = '{row['id']}'")
        said = submission_verdict(job, left_of(submissions, job))
        execute(
            tables,
            f"{lenient}; delete from {table}; insert into {table} select * from kept;"
            " drop table kept",
        )
        assert (said.color, "saved" in said.sentence) == ("orange", False)
        assert "1 row of it is gone" in said.reason
    assert submission_verdict(job, left_of(submissions, job)).color == "green"


# --- a crowd ---


def test_a_crowd_at_the_same_moment_is_counted_by_who_lost_data(submissions: Submissions) -> None:
    jobs = run(submissions, together=5, same_moment=True)
    said = group_verdict(jobs, left_of(submissions, *jobs))
    assert (said.color, said.sentence) == ("red", "5 of 5 submissions lost data")
    assert "It left 1 organization, 5 leads and" in said.reason
    assert "5 × 23514 chk_organizations_user_or_session (analysis)" in said.reason
    assert "4 × 23505 organizations_slug_key (tracking)" in said.reason
    table = members(jobs)
    assert (table["planned"] == 8).all()
    assert (table["saved"] < 8).all()
    assert table["number"].tolist() == [1, 2, 3, 4, 5]


def test_duplicates_without_error_are_no_green_verdict(
    submissions: Submissions, tables: Parameters
) -> None:
    jobs = run(submissions, together=3)
    left = left_of(submissions, *jobs)
    one = left.organizations.head(1)
    assert group_verdict(jobs, replace(left, organizations=one)).sentence == (
        "All 3 submissions were saved"
    )
    twice = one.loc[one.index.repeat(2)]
    said = group_verdict(jobs, replace(left, organizations=twice))
    assert (said.color, said.sentence) == (
        "orange",
        "All 3 submissions were saved, and made 2 organizations of one website",
    )
    assert "1 duplicate came without any error" in said.reason


def test_a_crowd_that_was_cut_off_says_so(submissions: Submissions) -> None:
    first, *others = run(submissions, together=3)
    cut = replace(first, state="interrupted", calls=first.calls[:4])
    said = group_verdict([cut, *others], left_of(submissions, first, *others))
    assert (said.color, said.sentence) == ("orange", "Interrupted: 2 of 3 submissions were saved")


def test_what_nobody_knows_of_a_crowd_is_not_called_lost(submissions: Submissions) -> None:
    first, *others = run(submissions, together=2)
    calls = tuple(
        replace(each, outcome="unknown") if each.name == "analysis/lead" else each
        for each in first.calls
    )
    jobs = [replace(first, calls=calls), *others]
    said = group_verdict(jobs, left_of(submissions, *jobs))
    assert (said.color, said.sentence) == (
        "orange",
        "Inconclusive: 1 of 2 submissions are known to be saved",
    )
    assert "lost a write" not in said.reason


@pytest.mark.parametrize("together", [1, 3])
def test_a_race_on_a_known_website_says_why_there_was_none(
    submissions: Submissions, together: int
) -> None:
    said = []
    for visitor in ("first", "second"):
        jobs = submissions.find_all(
            submissions.run_now(
                visitor,
                WEBSITE,
                Pace.AT_ONCE,
                tell_no_call,
                Choices(same_moment=True, together=together),
            )
        )
        left = left_of(submissions, *jobs)
        said.append(
            group_verdict(jobs, left) if together > 1 else submission_verdict(jobs[0], left)
        )
    assert ["had an organization before" in each.reason for each in said] == [False, True]


# --- what a report would have claimed ---


def test_a_report_finds_everything_saved_where_the_analyzed_lead_was_lost(
    submissions: Submissions,
) -> None:
    jobs = run(submissions, same_moment=True)
    said = claim(jobs, left_of(submissions, *jobs))
    assert "✓ 1 organization, 1 with session id, ✓ 1 lead, ✓ 3 events, 3 unique steps" in said
    assert "everything is being saved" in said
    assert "can’t see the 3 writes missing" in said


def test_a_report_counts_nothing_missing_where_nothing_is_left(
    submissions: Submissions, tables: Parameters
) -> None:
    execute(tables, "alter table organizations add constraint no check (false)")
    jobs = run(submissions)
    said = claim(jobs, left_of(submissions, *jobs))
    assert said.startswith("nothing. No row is in a table")
    assert "8 writes missing" in said


def test_a_report_is_right_where_all_is_there(walked: Walked) -> None:
    assert "missing" not in claim([walked[0]], walked[1])


def test_how_far_the_visitor_went_names_the_steps_that_were_lost(walked: Walked) -> None:
    job, left = walked
    reached = data.reached([job], left, load_plan())
    assert reach(reached, 1) == "The visitor took 4 steps; 4 of them left an event."
    fewer = replace(left, events=left.events[left.events["step"] != "registration"])
    assert reach(data.reached([job], fewer, load_plan()), 1) == (
        "The visitor took 4 steps; 3 of them left an event. Lost: Registration."
    )
