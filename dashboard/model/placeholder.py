"""The placeholder lead: the tracking path writes it before the analysis knows the business.

The rule in SQL is queries/model/placeholder.sql; tests/queries/test_facts.py compares the two.
"""

import pandas as pd

PLACEHOLDER = "Unknown Business"


def are_placeholders(business_names: "pd.Series[str]") -> "pd.Series[bool]":
    """Tell by name which leads are placeholders; a lead without any name is analyzed."""
    return (business_names == PLACEHOLDER).fillna(False).astype(bool)


def are_named(business_names: "pd.Series[str]") -> "pd.Series[bool]":
    """Tell which businesses have a name of their own."""
    return ~(business_names.isna() | business_names.isin([PLACEHOLDER, ""]))
