"""The limits are written once: texts are formatted from them, and the SQL files agree."""

import re
from datetime import timedelta

from dashboard.model.limits import ANALYSIS_WINDOW, CLOCK_SLACK, DEFAULT_LAG, RACING_SLACK
from dashboard.settings import ROOT

TYPED_WINDOW = re.compile(r"\b30d\b|(?<!RANGE_DAYS: Final = )timedelta\(days=30\)|\b30 days\b")
TYPED_ANALYSIS = re.compile(r"timedelta\(minutes=5\)|within 5 min")
# Each is another length: how far the demo's steps reach, its month without tracking, and how near a
# zone's offset a row lies.
OTHERS = {
    "dashboard/demo/history.py",
    "dashboard/demo/untracked.py",
    "dashboard/coverage/clock.py",
}
LIMITS = "dashboard/model/limits.py"


def files_with(pattern: re.Pattern[str]) -> set[str]:
    paths = (ROOT / "dashboard").rglob("*.py")
    found = {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    return found - OTHERS


def test_only_the_limits_type_the_default_window() -> None:
    assert files_with(TYPED_WINDOW) == {LIMITS}


def test_only_the_limits_type_the_analysis_window() -> None:
    assert files_with(TYPED_ANALYSIS) == {LIMITS}


def test_the_definitions_state_the_analysis_window() -> None:
    text = (ROOT / "docs/definitions.md").read_text(encoding="utf-8")
    stated = re.search(r"\*\*Analysis window\*\*: (\d+) minutes", text)
    assert stated
    assert timedelta(minutes=int(stated[1])) == ANALYSIS_WINDOW


def test_no_length_in_the_sql_files_is_another_one() -> None:
    known = {RACING_SLACK, CLOCK_SLACK, DEFAULT_LAG}
    for folder in ("model", "funnel", "leads", "races", "coverage", "status"):
        for path in (ROOT / "queries" / folder).rglob("*.sql"):
            found = re.findall(r"interval '-?(\d+) seconds'", path.read_text(encoding="utf-8"))
            assert {timedelta(seconds=int(each)) for each in found} <= known, path
