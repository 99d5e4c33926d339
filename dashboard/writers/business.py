"""The business that an analysis finds on a website: invented, and the same every time."""

from dataclasses import dataclass

import idna

from dashboard.demo.businesses import slug
from dashboard.demo.dice import Dice
from dashboard.demo.words import BUSINESS_TYPES
from dashboard.model.hosts import host_of
from dashboard.model.placeholder import PLACEHOLDER

PLACEHOLDER_SLUG = slug(PLACEHOLDER)


@dataclass(frozen=True)
class FoundBusiness:
    """The result of an analysis."""

    name: str
    slug: str
    industry: str
    business_type: str


def business_of(website_url: str) -> FoundBusiness:
    """Return the business of a website. Its host gives the name, a seeded draw the rest."""
    website_host = host_of(website_url)
    assert website_host, "a website that was let through has a host"  # noqa: S101 - tells mypy
    dice = Dice(f"business of {website_host}")
    name = _business_name(website_host)
    industry = dice.pick(sorted(BUSINESS_TYPES))
    return FoundBusiness(name, slug(name), industry, dice.pick(BUSINESS_TYPES[industry]))


def _business_name(website_host: str) -> str:
    """Make a name of the longest label before the last: `shop.gloop.co.uk` gives Gloop."""
    *labels, _ = website_host.split(".")
    return idna.decode(max(labels, key=len)).replace("-", " ").title()
