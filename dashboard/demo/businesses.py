"""Invented businesses that submit a website, each with a host of its own."""

import re
from typing import NamedTuple

from dashboard.demo.dice import Dice
from dashboard.demo.words import BUSINESS_TYPES, FIRST_WORDS, JOURNALS, PLACES, TRADES, WRITERS

TRADES_OF_INDUSTRIES = [(industry, trade) for industry, named in TRADES.items() for trade in named]
# It shares no factor with the number of names, so steps of it visit every name before any repeats.
STRIDE = 104_729


class Business(NamedTuple):
    """A business with a unique name, and so a unique slug and host."""

    name: str
    slug: str
    host: str
    industry: str
    business_type: str


def businesses(dice: Dice) -> list[Business]:
    """Return every business the words can make, in random order."""
    combinations = [(first, *trade) for first in FIRST_WORDS for trade in TRADES_OF_INDUSTRIES]
    return [_business(dice, *combination) for combination in dice.shuffled(combinations)]


def journals(dice: Dice) -> list[str]:
    """Return every name a person's own organization can have, in random order."""
    return dice.shuffled([f"{writer}'s {journal}" for writer in WRITERS for journal in JOURNALS])


def slug(name: str) -> str:
    """Write a name as an address has it: `j's Blog` as `j-s-blog`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def newcomer(dice: Dice, number: int) -> Business:
    """Return the business of this number; each number has its own name, none from `businesses`."""
    names = len(FIRST_WORDS) * len(TRADES_OF_INDUSTRIES) * len(PLACES)
    rounds, index = number // names, number * STRIDE % names
    index, first = divmod(index, len(FIRST_WORDS))
    place, trade = divmod(index, len(TRADES_OF_INDUSTRIES))
    where = f"{PLACES[place]} {rounds + 1}" if rounds else PLACES[place]
    return _business(dice, FIRST_WORDS[first], *TRADES_OF_INDUSTRIES[trade], where)


def _business(dice: Dice, first: str, industry: str, trade: str, place: str = "") -> Business:
    name = f"{first} {trade} {place}".rstrip()
    # .example is reserved: no link in the demo can lead to a real website.
    return Business(
        name, slug(name), f"{slug(name)}.example", industry, dice.pick(BUSINESS_TYPES[industry])
    )
