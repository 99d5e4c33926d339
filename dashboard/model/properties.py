"""The properties of leads: one table behind breakdowns, filters, links, lists, options and docs.

A new one needs a row here and its column in `queries/model/lead_facts.sql`; what else changes
is shown under "Change tasks" in docs/architecture.md.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.model.releases import Release

NO_VALUE = "(none)"


@dataclass(frozen=True)
class LeadProperty:
    """One property: `name` on the command line, in JSON and in SQL; `label` on the screen.

    `demo_values` are examples from the demo. `column` is the column of website_leads. `url_key`
    names the filter in a link. A property without both follows from the time of a lead.
    `known` says since when a unit has its value: since its entry, since its analysis (then a unit
    without a value may be one whose analysis never ended), or since its outcome.
    """

    name: str
    label: str
    demo_values: tuple[str, ...]
    column: str = ""
    url_key: str = ""
    known: Literal["at entry", "since the analysis", "since the outcome"] = "at entry"


PROPERTIES = (
    LeadProperty(
        "lead_source", "Lead source", ("direct", "paid_search", "email"), "lead_source", "sources"
    ),
    LeadProperty(
        "campaign", "Campaign", ("brand_terms", "weekly_digest"), "utm_campaign", "campaigns"
    ),
    LeadProperty(
        "industry",
        "Industry",
        ("Food & Drink", "Real Estate"),
        "industry_category",
        "industries",
        known="since the analysis",
    ),
    LeadProperty(
        "status",
        "Status",
        ("new", "contacted", "qualified"),
        "status",
        "statuses",
        known="since the outcome",
    ),
    LeadProperty("release", "Release", ("before 2ef8629", "2493f44")),
)
# Where a submission came from: what outcomes are attributed to.
SOURCE = PROPERTIES[0]
# The properties stored with each lead; pages list, filter and sort leads by them.
STORED_PROPERTIES = tuple(each for each in PROPERTIES if each.column)
PROPERTY_NAMES = tuple(each.name for each in PROPERTIES)
STORED_NAMES = tuple(each.name for each in STORED_PROPERTIES)
# The properties whose values can be told apart by how their units convert: an outcome can't have
# set them.
COMPARED_NAMES = tuple(each.name for each in PROPERTIES if each.known != "since the outcome")
FILLED_LATER = tuple(each.name for each in PROPERTIES if each.known == "since the analysis")
PROPERTY_PARAMETERS = tuple(each.url_key for each in STORED_PROPERTIES)

# Per property the accepted values; a property that is absent accepts every value.
PropertyFilter = Mapping[str, tuple[str, ...]]


def filter_bind(chosen: PropertyFilter) -> str | None:
    """Write a filter as the SQL files take it; None accepts everything."""
    values = {name: [*filter(is_storable, allowed)] for name, allowed in chosen.items() if allowed}
    return json.dumps(values) if values else None


def properties_of(chosen: PropertyFilter, breakdown: str | None) -> list[str]:
    """Return the properties that units are filtered or broken down by."""
    return [name for name in PROPERTY_NAMES if name in {*chosen, breakdown}]


def segment_binds(
    chosen: PropertyFilter, breakdown: str | None, releases: Sequence[Release] = ()
) -> dict[str, object]:
    """Return the binds of funnel/segments: filters, a breakdown or both, None for neither."""
    before = [f"before {each.commit}" for each in releases[:1]]
    return {
        "properties": properties_of(chosen, breakdown) or None,
        "breakdown": breakdown,
        "property_filter": filter_bind(chosen),
        "release_times": [each.at for each in releases],
        "release_names": [*before, *(each.commit for each in releases)],
    }


def is_storable(text: Collection[str]) -> bool:
    """Tell whether PostgreSQL can store this text; if not, no stored value can equal it."""
    return not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)
