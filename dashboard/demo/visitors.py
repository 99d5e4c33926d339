"""When visitors come, and the attribution that their browsers send."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dashboard.demo.dice import Dice, Weighted

# The report's rows are stamped 5 h ahead of UTC. Its visitors' wall clocks are 5 h behind UTC.
AHEAD_OF_UTC = timedelta(hours=5)
AHEAD_OF_VISITORS = AHEAD_OF_UTC + timedelta(hours=5)
WEEKDAYS = (10, 11, 11, 10, 9, 5, 4)
HOURS = (2, 1, 1, 1, 1, 2, 3, 5, 8, 11, 12, 12, 11, 12, 12, 11, 10, 9, 8, 8, 7, 6, 5, 3)
GROWTH = 0.3


class Attribution(NamedTuple):
    """Where a visitor came from; the fields are columns of website_leads."""

    lead_source: str | None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    referrer: str | None = None


EARLY_ATTRIBUTIONS = Weighted(
    {
        Attribution("organic_search", referrer="https://search.example/"): 30,
        Attribution("direct"): 24,
        Attribution("paid_search", "search", "cpc", "brand_terms", "https://search.example/ads"): 9,
        Attribution(
            "paid_search", "search", "cpc", "content_marketing", "https://search.example/ads"
        ): 7,
        Attribution("social", "social", "post", None, "https://social.example/"): 9,
        Attribution("social", "social", "paid", "founder_stories", "https://social.example/"): 5,
        Attribution("email", "newsletter", "email", "weekly_digest"): 7,
        Attribution("referral", referrer="https://tools-directory.example/ai-writing"): 6,
        Attribution("partner", "partner", "referral", "agency_program"): 3,
    }
)

USER_AGENTS: Weighted[str | None] = Weighted(
    {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/138.0.0.0 Safari/537.36": 34,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/138.0.0.0 Safari/537.36": 24,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148 Safari/604.1": 18,
        "Mozilla/5.0 (Linux; Android 15) Chrome/138.0.0.0 Mobile Safari/537.36": 12,
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": 8,
        None: 4,
    }
)

STATUSES = Weighted({"new": 62, "contacted": 22, "qualified": 10, "lost": 6})

DOCUMENTATION_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


def ip_address(dice: Dice) -> str:
    """Draw an IP address from the ranges reserved for documentation."""
    return f"{dice.pick(DOCUMENTATION_NETWORKS)}.{1 + dice.below(254)}"


def visits(dice: Dice, count: int, start: datetime, end: datetime) -> list[datetime]:
    """Draw this many moments of [start, end) in order, in a weekly and daily rhythm."""
    days = _days(start, end)
    hours = Weighted(dict(enumerate(HOURS)))
    moments: list[datetime] = []
    while len(moments) < count:
        midnight = datetime.combine(dice.weighted(days), time())
        on_the_wall = midnight + timedelta(hours=dice.weighted(hours)) + dice.seconds(0, 3600)
        if start <= (moment := on_the_wall + AHEAD_OF_VISITORS) < end:
            moments.append(moment)
    return sorted(moments)


def _days(start: datetime, end: datetime) -> Weighted[date]:
    """Weigh each of the visitors' local days by its weekday and by slow growth."""
    first = (start - AHEAD_OF_VISITORS).date()
    length = (end - AHEAD_OF_VISITORS).date() - first
    days = [first + timedelta(days=n) for n in range(length.days + 1)]
    return Weighted(
        {day: WEEKDAYS[day.weekday()] * (1 + GROWTH * n / len(days)) for n, day in enumerate(days)}
    )
