"""The history's visitors: a person, a browser with its session, and a website to submit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from dashboard.demo.businesses import Business
from dashboard.demo.dice import UNIX_EPOCH, Dice, Weighted
from dashboard.demo.log import WriteLog
from dashboard.demo.months_before import SCHEMES
from dashboard.demo.truth import Submission
from dashboard.demo.visitors import USER_AGENTS, Attribution, ip_address

SEARCH = "https://search.example/ads"
SOCIAL = "https://social.example/"

# About a fifth of all visitors come from the lead source with the planted drop.
VISITOR_ATTRIBUTIONS = Weighted(
    {
        Attribution("organic_search", referrer="https://search.example/"): 27,
        Attribution("direct"): 20,
        Attribution("paid_search", "search", "cpc", "brand_terms", SEARCH): 12,
        Attribution("paid_search", "search", "cpc", "content_marketing", SEARCH): 8,
        Attribution("social", "social", "post", None, SOCIAL): 7,
        Attribution("social", "social", "paid", "founder_stories", SOCIAL): 5,
        Attribution("email", "newsletter", "email", "weekly_digest"): 7,
        Attribution("email", "newsletter", "email", "product_news"): 2,
        Attribution("referral", referrer="https://tools-directory.example/ai-writing"): 6,
        Attribution("partner", "partner", "referral", "agency_program"): 4,
        Attribution(None): 2,
    }
)
VISITED_PATHS = Weighted({"": 90, "/": 5, "/about": 3, "/?ref=1": 2})
ON_IPV6 = 0.15


class Visit(NamedTuple):
    """One submission as the browser knows it; `website_url` is the address as the server stores it.

    `path` is the part that the visitor typed after the host.
    """

    submission: UUID
    submitted_at: datetime
    visitor: UUID
    session_id: str
    opened_at: datetime
    business: Business
    website_url: str
    path: str
    attribution: Attribution
    user_agent: str | None
    ip_address: str

    def truth(self, *, in_crowd: bool) -> Submission:
        """Return the submission as planted truth."""
        return Submission(
            self.submission,
            self.submitted_at,
            self.business.host,
            self.session_id,
            self.visitor,
            self.attribution.lead_source,
            in_crowd,
        )


@dataclass(frozen=True)
class Scene:
    """The day in the making: its dice, its log, and the websites that nobody has submitted yet."""

    dice: Dice
    log: WriteLog
    websites: Iterator[Business]


def visit(dice: Dice, business: Business, at: datetime) -> Visit:
    """Make a new visitor who submits this business's website at this moment."""
    # Half of the visitors submit within 40 s of opening the page, all within five minutes.
    opened_at = at - dice.seconds(3, 220, bend=2)
    return Visit(
        submission=dice.uuid(),
        submitted_at=at,
        visitor=dice.uuid(),
        session_id=dice.session_id(opened_at),
        opened_at=opened_at,
        business=business,
        website_url=dice.weighted(SCHEMES) + business.host,
        path=dice.weighted(VISITED_PATHS),
        attribution=dice.weighted(VISITOR_ATTRIBUTIONS),
        user_agent=dice.weighted(USER_AGENTS),
        ip_address=_ip_address(dice),
    )


def older_session(dice: Dice, visit: Visit) -> str:
    """Make the browser's other session id, a little older than the one it sends."""
    return dice.session_id(visit.opened_at - dice.seconds(10, 60))


def odd_session(dice: Dice, visit: Visit) -> str:
    """Make a session id that does not follow the pattern."""
    milliseconds = (visit.opened_at - UNIX_EPOCH) // timedelta(milliseconds=1)
    unique = dice.uuid().hex
    return dice.pick(
        (
            f"session_{milliseconds}",
            f"anonymous-{unique}",
            f"sess:{milliseconds}:{unique[:9].upper()}",
            f"sitzung_ü_{unique[:6]}",
            (unique * 4)[:100],  # as long as the column
        )
    )


def _ip_address(dice: Dice) -> str:
    if dice.chance(ON_IPV6):
        return f"2001:db8:{dice.below(65_536):x}:{dice.below(65_536):x}::{1 + dice.below(65_535):x}"
    return ip_address(dice)
