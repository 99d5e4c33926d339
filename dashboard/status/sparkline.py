"""A small line over time, as the points of an inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 240, 56, 4


@dataclass(frozen=True)
class Sparkline:
    """The points of a line, of the area below it, and of its last value."""

    path: str
    area: str
    last: tuple[str, str]
    width: int = WIDTH
    height: int = HEIGHT


def sparkline(values: Sequence[float]) -> Sparkline | None:
    """Lay out values from zero to the largest, the oldest on the left; None without values."""
    if not values:
        return None
    points = [(f"{x:.1f}", f"{y:.1f}") for x, y in _points(values)]
    path = " ".join(f"{x},{y}" for x, y in points)
    bottom = HEIGHT - EDGE
    area = f"{EDGE},{bottom} {path} {points[-1][0]},{bottom}"
    return Sparkline(path, area, points[-1])


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    """Lay values out from left to right, zero at the bottom."""
    most = max(*values, 0.0, 1e-9)
    across = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    return [
        (EDGE + place * across, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / most)
        for place, value in enumerate(values)
    ]
