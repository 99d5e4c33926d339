"""Every choice and every call is in the records."""

from dashboard.submit.calling import tell_no_call
from dashboard.submit.choices import Choices, DeployedRelease, VisitorKind
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace
from tests.submit.conftest import WEBSITE, found


def test_every_choice_is_kept(submissions: Submissions) -> None:
    choices = Choices(DeployedRelease.FIRST, VisitorKind.OWNED, same_moment=True, together=2)
    first_id = submissions.submit("visitor", WEBSITE, Pace.FASTER, choices)
    first, second = submissions.find_all(first_id)
    assert first.choices == second.choices == choices
    assert first.group_id == second.group_id == first_id
    assert first.session_id != second.session_id


def test_every_call_is_kept_with_its_end_outcome_and_error(submissions: Submissions) -> None:
    submission_id = submissions.run_now(
        "visitor", WEBSITE, Pace.AT_ONCE, tell_no_call, Choices(same_moment=True)
    )
    calls = found(submissions, submission_id).calls
    assert all(each.ended_at and each.ended_at >= each.started_at for each in calls)
    (failed,) = (each for each in calls if each.outcome == "error")
    assert (failed.path, failed.sqlstate, failed.constraint_name, failed.retries) == (
        "analysis",
        "23514",
        "chk_organizations_user_or_session",
        0,
    )
