"""The limits of a check, as people type them on the command line or in the settings."""

import re
from dataclasses import dataclass
from datetime import timedelta

from dashboard.funnel.question import QuestionError, typed_window
from dashboard.settings import Settings, SettingsError

HINT = (
    "no limit is set, so there is nothing to check: give --max-session-gap 5%, --max-silence 6h or "
    "--max-lost 0, or set DASHBOARD_MAX_SESSION_GAP, DASHBOARD_MAX_SILENCE or DASHBOARD_MAX_LOST"
)
HIGHEST_LOST_LIMIT = 10**9


@dataclass(frozen=True)
class Limits:
    """The highest allowed values; a rule whose limit is None is not checked.

    `session_gap` is a share (0–1) of the rows that should have a session id, `lost` is a number of
    submissions.
    """

    session_gap: float | None = None
    silence: timedelta | None = None
    lost: int | None = None


def chosen_limits(
    settings: Settings, session_gap: str | None, silence: str | None, lost: str | None
) -> Limits:
    """Return the limits; options override settings. Raises SettingsError, also without a limit."""
    gap = _chosen("session-gap", session_gap, settings.max_session_gap)
    length = _chosen("silence", silence, settings.max_silence)
    number = _chosen("lost", lost, settings.max_lost)
    if gap is length is number is None:
        raise SettingsError(HINT)
    return Limits(gap and _share(*gap), length and _length(*length), number and _number(*number))


def _chosen(name: str, typed: str | None, setting: str | None) -> tuple[str, str] | None:
    """Return the origin and the text of a limit."""
    if typed is not None:
        return f"--max-{name}", typed
    return None if setting is None else (f"DASHBOARD_MAX_{name.upper().replace('-', '_')}", setting)


def _share(where: str, given: str) -> float:
    match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,9})?) ?(%?)", given, re.ASCII)
    share = float(match[1]) / (100 if match[2] else 1) if match else 2
    if share > 1:
        raise SettingsError(f"{where}: {given!r} is no share: write 5% or 0.05, at most 100%")
    return share


def _length(where: str, given: str) -> timedelta:
    try:
        length = typed_window(given)
    except QuestionError:
        length = None
    if length is None:
        raise SettingsError(f"{where}: {given!r} is no length of time: write 6h, 90m, 45s or 2d")
    return length


def _number(where: str, given: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", given, re.ASCII) or int(given) > HIGHEST_LOST_LIMIT:
        raise SettingsError(f"{where}: {given!r} is no number of submissions: write 0 or more")
    return int(given)
