"""Counts the rows of the demo history before a day: `python -m dashboard.demo 2026-11-23`."""

import sys
from collections import Counter
from datetime import datetime
from typing import get_args

from dashboard.demo.history import History, history
from dashboard.demo.rhythm import HISTORY_START
from dashboard.demo.truth import DefectKind


def counts_text(made: History) -> str:
    """Write a history's rows and planted defects as a table."""
    numbers = {**_rows(made), **_planted(made)}
    return "\n".join(f"{name:<28}{number:>8,}" for name, number in numbers.items())


def _rows(made: History) -> dict[str, int]:
    return {
        "organizations": len(made.organizations),
        "leads": len(made.leads),
        "events": len(made.events),
        "submissions": len(made.submissions),
        "  with nothing planted": _regular(made),
        "  submitted together": sum(submission.in_crowd for submission in made.submissions),
    }


def _planted(made: History) -> dict[str, int]:
    kinds = Counter(defect.kind for defect in made.defects)
    return {kind: kinds[kind] for kind in get_args(DefectKind)}


def _regular(made: History) -> int:
    defective = {defect.submission_id for defect in made.defects}
    return sum(submission.id not in defective for submission in made.submissions)


if __name__ == "__main__":
    until = datetime.fromisoformat(sys.argv[1])
    print(counts_text(history(HISTORY_START.date(), until.date(), until)))
