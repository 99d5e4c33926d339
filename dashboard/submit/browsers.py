"""The browser that submits a website: invented, and the same every time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dashboard.demo.dice import Dice


@dataclass(frozen=True)
class BrowserSessions:
    """The session id that a browser sends to the tracking, and the older one the analysis finds."""

    tracking: str
    older: str


def browser_sessions(submission: UUID, submitted_at: datetime) -> BrowserSessions:
    """Return the session ids of the browser that submits; both are from before the click."""
    dice = Dice(f"browser of {submission}")
    opened_at = submitted_at - dice.seconds(3, 40)
    earlier = opened_at - dice.seconds(10, 60)
    return BrowserSessions(dice.session_id(opened_at), dice.session_id(earlier))
