"""What both paths leave of one submission, row by row, and where they fail."""

from collections import Counter

import pytest

from dashboard.submit import data
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace
from tests.conftest import Parameters, execute
from tests.submit.conftest import WEBSITE, outcomes, rows, submit

OWNER = "00000000-0000-0000-0000-00000000000a"
EXCLUSIVE = """
    alter table organizations drop constraint chk_organizations_user_or_session;
    alter table organizations add constraint chk_organizations_user_or_session
    check ((user_id is null) <> (session_id is null))
"""


def own(tables: Parameters, session_id: str | None = None) -> None:
    execute(
        tables,
        "insert into organizations (name, slug, user_id, session_id, website_url)"
        " values ('Gloop', 'gloop', %s, %s, %s)",
        OWNER,
        session_id,
        WEBSITE,
    )


def test_a_new_website_leaves_one_organization_two_leads_and_four_events(
    submissions: Submissions, tables: Parameters
) -> None:
    job = submit(submissions)
    (organization,) = rows(tables, "organizations")
    placeholder, analyzed = rows(tables, "website_leads")
    assert job.saved
    assert organization["name"] == "Gloop"
    assert organization["website_url"] == WEBSITE
    assert organization["slug"].startswith("unknown-business-")
    # The analysis wrote another, older session of the same browser.
    assert organization["session_id"] == job.older_session_id
    assert job.older_session_id < job.session_id
    assert (placeholder["business_name"], placeholder["session_id"]) == (
        "Unknown Business",
        job.session_id,
    )
    assert (placeholder["industry_category"], placeholder["ip_address"]) == (None, None)
    assert (analyzed["business_name"], analyzed["session_id"]) == ("Gloop", None)
    assert analyzed["industry_category"]
    assert {each["organization_id"] for each in (placeholder, analyzed)} == {organization["id"]}


def test_the_events_are_two_captures_a_start_and_a_completion(
    submissions: Submissions, tables: Parameters
) -> None:
    job = submit(submissions)
    placeholder, analyzed = (lead["id"] for lead in rows(tables, "website_leads"))
    assert [
        (event["conversion_step"], event["website_lead_id"], event["session_id"])
        for event in rows(tables, "conversion_tracking")
    ] == [
        ("website_analysis", placeholder, job.session_id),
        ("analysis_started", placeholder, job.session_id),
        ("website_analysis", analyzed, None),
        ("analysis_completed", placeholder, job.session_id),
    ]


def test_what_the_answer_says_is_what_is_there(
    submissions: Submissions, tables: Parameters
) -> None:
    job = submit(submissions)
    with submissions.reading.read() as reader:
        answer = data.submission_json(reader, [job])
    assert list(answer) == [
        "submission_id",
        "website_url",
        "state",
        "saved",
        "organizations",
        "leads",
        "events",
        "errors",
        "dropped",
        "choices",
        "submissions",
        "submissions_with_loss",
    ]
    assert answer["errors"] == []
    assert answer["dropped"] == {}
    for name, table in (
        ("organizations", "organizations"),
        ("leads", "website_leads"),
        ("events", "conversion_tracking"),
    ):
        left = answer[name]
        assert isinstance(left, list)
        stored = {(str(row["id"]), row["session_id"]) for row in rows(tables, table)}
        key = next(iter(left[0]))
        assert {(row[key], row["session_id"]) for row in left} == stored


def test_a_website_that_is_there_is_updated_and_its_session_overwritten(
    submissions: Submissions, tables: Parameters
) -> None:
    first = submit(submissions)
    second = submit(submissions)
    (organization,) = rows(tables, "organizations")
    assert second.saved
    assert organization["session_id"] == second.older_session_id != first.older_session_id
    assert len(rows(tables, "website_leads")) == 4


def test_the_tracking_path_already_overwrites_the_session_of_the_visitor_before(
    submissions: Submissions, tables: Parameters
) -> None:
    submit(submissions)
    seen: list[str] = []

    def note(_: object) -> None:
        seen.extend(each["session_id"] for each in rows(tables, "organizations"))

    second = submit(submissions, on_call=note)
    assert second.session_id in seen


def test_an_owned_website_takes_a_session_beside_its_owner_in_the_inclusive_form(
    submissions: Submissions, tables: Parameters
) -> None:
    own(tables)
    job = submit(submissions)
    (organization,) = rows(tables, "organizations")
    assert job.saved
    assert (str(organization["user_id"]), organization["session_id"]) == (
        OWNER,
        job.older_session_id,
    )


def test_an_owned_website_loses_everything_in_the_exclusive_form(
    submissions: Submissions, tables: Parameters
) -> None:
    execute(tables, EXCLUSIVE)
    own(tables)
    job = submit(submissions)
    assert not job.saved
    assert job.state == "done"
    # The completion finds no lead either and fails at the same constraint.
    assert outcomes(job) == {
        "started/organization": "error",
        "analysis/organization": "error",
        "completed/organization": "error",
    }
    errors = data.errors(job)
    assert errors["sqlstate"].tolist() == ["23514"] * 3
    assert set(errors["constraint"]) == {"chk_organizations_user_or_session"}
    assert Counter(errors["path"]) == {"tracking": 2, "analysis": 1}
    assert rows(tables, "website_leads") == rows(tables, "conversion_tracking") == []
    with submissions.reading.read() as reader:
        assert data.left(reader, job).organizations.empty


def test_a_completion_without_lead_makes_one(submissions: Submissions, tables: Parameters) -> None:
    def break_once(call: object) -> None:
        name = getattr(call, "name", "")
        if name == "started/lead":
            execute(tables, "alter table website_leads add constraint no check (false) not valid")
        if name == "analysis/find":
            execute(tables, "alter table website_leads drop constraint no")

    job = submit(submissions, on_call=break_once)
    assert outcomes(job) == {
        "started/organization": "committed",
        "started/lead": "error",
        "analysis/organization": "committed",
        "analysis/lead": "committed",
        "analysis/capture": "committed",
        "completed/organization": "committed",
        "completed/lead": "committed",
        "completed/capture": "committed",
        "completed/step": "committed",
    }
    assert not job.saved
    steps = [event["conversion_step"] for event in rows(tables, "conversion_tracking")]
    assert steps == ["website_analysis", "website_analysis", "analysis_completed"]


@pytest.mark.parametrize(
    ("pace", "low", "high"), [(Pace.REAL, 40, 61), (Pace.FASTER, 4, 6.1), (Pace.AT_ONCE, 0, 0)]
)
def test_the_plan_keeps_the_pace(
    submissions: Submissions, pace: Pace, low: float, high: float
) -> None:
    job_id = submissions.submit("visitor", WEBSITE, pace)
    job = submissions.find(job_id)
    assert job
    planned = data.calls(job)["planned"]
    assert planned.is_monotonic_increasing
    assert low <= planned.iloc[-1] <= high
    assert [call.at for call in job.plan.expected][:3] == pytest.approx([0.1, 0.15, 0.2])
    assert len(job.plan.writes) == 8
