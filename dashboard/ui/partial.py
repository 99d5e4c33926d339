"""How charts draw a day, week or month of which only a part is counted."""

from collections.abc import Iterable
from typing import Any

from dashboard.model.periods import Grain


def hatched(partial: Iterable[bool]) -> dict[str, Any]:
    """Return the marker options of bars: those of partial periods are lighter and hatched."""
    chosen = [*partial]
    return {
        "opacity": [0.45 if each else 1.0 for each in chosen],
        "pattern": {"shape": ["/" if each else "" for each in chosen], "solidity": 0.25},
    }


def hover_words(grain: Grain, partial: Iterable[bool]) -> Any:
    """Return what is said behind the number of each period when one points at it."""
    return [f", a part of the {grain}" if each else "" for each in partial]


def partial_words(grain: Grain) -> str:
    """Return which periods are partial, in words."""
    return f"a {grain} that is not over, or that is only partly in the range"
