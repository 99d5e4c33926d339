"""What a figure really draws: its JSON would write null for what is no number."""

from math import isnan
from typing import Any

import plotly.graph_objects as go


def has_nan(figure: go.Figure) -> bool:
    """Whether anything drawn is no number; arrays are given to figures as lists."""
    return any(isinstance(each, float) and isnan(each) for each in _leaves(figure.to_dict()))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        assert "bdata" not in value, "an array hides its numbers from this check"
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, list | tuple):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]
