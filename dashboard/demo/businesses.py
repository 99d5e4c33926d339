"""Who submits a website: invented businesses, each with a host of its own."""

import re
from typing import NamedTuple

from dashboard.demo.dice import Dice
from dashboard.demo.words import BUSINESS_TYPES, FIRST_WORDS, JOURNALS, TRADES, WRITERS


class Business(NamedTuple):
    """A business with a unique name, and so a unique slug and host."""

    name: str
    slug: str
    host: str
    industry: str
    business_type: str


def businesses(dice: Dice) -> list[Business]:
    """Return every business the words can make, in random order."""
    trades = [(industry, trade) for industry, named in TRADES.items() for trade in named]
    combinations = [(first, *trade) for first in FIRST_WORDS for trade in trades]
    return [_business(dice, *combination) for combination in dice.shuffled(combinations)]


def journals(dice: Dice) -> list[str]:
    """Return every name a person's own organization can have, in random order."""
    return dice.shuffled([f"{writer}'s {journal}" for writer in WRITERS for journal in JOURNALS])


def slug(name: str) -> str:
    """Write a name the way it stands in an address: `j's Blog` as `j-s-blog`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _business(dice: Dice, first: str, industry: str, trade: str) -> Business:
    name = f"{first} {trade}"
    # .example is reserved: no link in the demo can lead to a real website.
    return Business(
        name, slug(name), f"{slug(name)}.example", industry, dice.pick(BUSINESS_TYPES[industry])
    )
