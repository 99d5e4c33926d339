"""Who submits, and what an analysis makes of their website: made up, the same every time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import idna

from dashboard.demo.businesses import slug
from dashboard.demo.dice import Dice
from dashboard.demo.words import BUSINESS_TYPES
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.submit.address import host

PLACEHOLDER_SLUG = slug(PLACEHOLDER)


@dataclass(frozen=True)
class Sessions:
    """The session id that a browser sends to the tracking, and the older one the analysis finds."""

    tracking: str
    older: str


@dataclass(frozen=True)
class Business:
    """What the analysis says about a website."""

    name: str
    slug: str
    industry: str
    business_type: str


def sessions(submission: UUID, submitted_at: datetime) -> Sessions:
    """Return the session ids of the browser that submits; both are from before the click."""
    dice = Dice(f"browser of {submission}")
    opened_at = submitted_at - dice.seconds(3, 40)
    earlier = opened_at - dice.seconds(10, 60)
    return Sessions(dice.session_id(opened_at), dice.session_id(earlier))


def business(website_url: str) -> Business:
    """Return the business of a website: named after its host, the rest by a seeded draw."""
    dice = Dice(f"business of {host(website_url)}")
    name = _name(host(website_url))
    industry = dice.pick(sorted(BUSINESS_TYPES))
    return Business(name, slug(name), industry, dice.pick(BUSINESS_TYPES[industry]))


def _name(of_host: str) -> str:
    """Make a name of the longest label before the last: `shop.gloop.co.uk` is Gloop's."""
    *labels, _ = of_host.split(".")
    return idna.decode(max(labels, key=len)).replace("-", " ").title()
