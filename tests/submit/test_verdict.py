"""What was saved of a submission, in words."""

import pytest

from dashboard.submit import data
from dashboard.submit.submissions import Submissions
from dashboard.submit.verdict import SubmissionVerdict, submission_verdict
from tests.conftest import Parameters, execute
from tests.submit.conftest import found, submit


def judged(
    submissions: Submissions, records: Parameters, change: str = "select 1"
) -> SubmissionVerdict:
    """Judge a submission after its ledger was changed to what might have been."""
    job = submit(submissions)
    execute(records, change)
    job = found(submissions, job.id)
    with submissions.reading.read() as reader:
        return submission_verdict(job, data.left(reader, job))


def test_all_writes_saved_is_said_with_what_they_left(
    submissions: Submissions, records: Parameters
) -> None:
    said = judged(submissions, records)
    assert (said.color, said.sentence) == ("green", "All 8 writes of both paths were saved")
    assert (
        "5 of 5 writes of the tracking path and 3 of 3 writes of the analysis path" in said.reason
    )
    assert "1 organization, 2 leads and 4 events" in said.reason
    assert "One visitor left two leads" in said.reason
    assert "saw success" not in said.reason


@pytest.mark.parametrize("name", ["analysis/lead", "completed/step", "started/organization"])
def test_one_write_less_is_not_everything(
    submissions: Submissions, records: Parameters, name: str
) -> None:
    said = judged(submissions, records, f"update calls set outcome = 'error' where name = '{name}'")
    assert (said.color, said.sentence) == ("red", "Not everything was saved: 7 of 8 writes")
    assert "Not saved: " in said.reason
    assert "The visitor saw success all the same" in said.reason


def test_what_nobody_knows_is_not_called_saved_nor_lost(
    submissions: Submissions, records: Parameters
) -> None:
    said = judged(
        submissions, records, "update calls set outcome = 'unknown' where name = 'analysis/lead'"
    )
    assert said.color == "orange"
    assert said.sentence == "Inconclusive: 7 of 8 writes are known to be saved"
    assert "Not known: Analyzed lead (analysis)." in said.reason
    assert "Not saved" not in said.reason


def test_an_interrupted_one_is_told_by_what_was_saved(
    submissions: Submissions, records: Parameters
) -> None:
    said = judged(
        submissions,
        records,
        "delete from calls where name like 'completed/%'; update jobs set state = 'interrupted'",
    )
    assert said.color == "orange"
    assert said.sentence == "The submission was interrupted: 7 of 8 writes saved"
    assert "saw success" not in said.reason
