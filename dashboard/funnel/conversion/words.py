"""A conversion in words: what it is a share of."""

from dashboard.funnel.conversion.data import Conversion
from dashboard.model.formats import counted


def base_words(rate: Conversion, unit: str = "submission") -> str:
    """Say of how many units the rate is, and whether it is estimated from them."""
    return f"{'estimated from' if rate.estimated else 'of'} {counted(rate.entered, unit)}"
