"""A triage in one sentence: are rows lost, by what, and what the figures rest on."""

from dataclasses import dataclass
from typing import Literal

from dashboard.races.triage.data import Triage
from dashboard.shared.formats import count, counted


@dataclass(frozen=True)
class Verdict:
    """The sentence, its colour, and the numbers behind it."""

    color: Literal["red", "orange", "green", "gray"]
    sentence: str
    reason: str


def verdict(found: Triage) -> Verdict:
    """Judge a triage by what is proved to be missing."""
    errors = found.read - found.total("unrelated")
    lost, open_ = found.fate("lost"), found.fate("cannot_tell")
    read = f"{counted(found.read, 'entry', 'entries')} in {counted(found.lines, 'line')}"
    if not errors:
        return Verdict("gray", "No error of the lead tables is in this log", f"Read: {read}.")
    reason = (
        f"Of {counted(errors, 'error')}: {count(lost)} lost, {count(found.fate('harmless'))} "
        f"harmless, {count(open_)} cannot tell. {_kinds(found)} Read: {read}."
    )
    if lost:
        verb = "stands" if lost == 1 else "stand"
        return Verdict("red", f"{counted(lost, 'error')} {verb} for rows that are missing", reason)
    if open_:
        return Verdict("orange", "Whether rows are missing can’t be told of every error", reason)
    return Verdict("green", "The rows of every submission that failed here are stored", reason)


def _kinds(found: Triage) -> str:
    """Say how many are chance and how many are not."""
    parts = [
        (found.total("certain"), "fail every time"), (found.total("race"), "come with a race"),
        (found.total("bad value"), "are bad values"),
        (found.total("unknown"), "are of a kind that can’t be told"),
    ]  # fmt: skip
    return "; ".join(f"{count(number)} {words}" for number, words in parts if number) + "."
