"""The properties of leads: one table behind breakdowns, filters, links, lists, options and docs.

A new one needs a row here and its column in `queries/model/lead_facts.sql`; what else changes
is shown under "Change tasks" in docs/architecture.md.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

NO_VALUE = "(none)"


@dataclass(frozen=True)
class LeadProperty:
    """One property: `name` on the command line, in JSON and in SQL; `label` on the screen.

    `demo_values` are some that the demo has. `column` is that of website_leads, and `url_key` names
    the filter in a link; a property without them follows from the time of a lead.
    """

    name: str
    label: str
    demo_values: tuple[str, ...]
    column: str = ""
    url_key: str = ""


PROPERTIES = (
    LeadProperty(
        "lead_source", "Lead source", ("direct", "paid_search", "email"), "lead_source", "sources"
    ),
    LeadProperty(
        "campaign", "Campaign", ("brand_terms", "weekly_digest"), "utm_campaign", "campaigns"
    ),
    LeadProperty(
        "industry", "Industry", ("Food & Drink", "Real Estate"), "industry_category", "industries"
    ),
    LeadProperty("status", "Status", ("new", "contacted", "qualified"), "status", "statuses"),
    LeadProperty("release", "Release", ("before 2ef8629", "2493f44")),
)
# Those that each lead has by itself: what leads are listed, filtered and sorted by.
STORED_PROPERTIES = tuple(each for each in PROPERTIES if each.column)
PROPERTY_NAMES = tuple(each.name for each in PROPERTIES)
STORED_NAMES = tuple(each.name for each in STORED_PROPERTIES)
PROPERTY_PARAMETERS = tuple(each.url_key for each in STORED_PROPERTIES)

# Per property the values that are let through: alternatives; an absent property lets all through.
PropertyFilter = Mapping[str, tuple[str, ...]]


def filter_bind(chosen: PropertyFilter) -> str | None:
    """Write a filter as the SQL files take it; None lets everything through."""
    values = {name: [*filter(is_storable, allowed)] for name, allowed in chosen.items() if allowed}
    return json.dumps(values) if values else None


def is_storable(text: Collection[str]) -> bool:
    """Tell whether PostgreSQL's text can hold this; no stored value equals what it can't."""
    return not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)
