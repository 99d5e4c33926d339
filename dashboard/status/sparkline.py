"""A small line over time as inline SVG: no script, no font, nothing to load."""

from collections.abc import Sequence
from datetime import date
from html import escape

WIDTH, HEIGHT, EDGE = 240, 56, 4
LINE = "#0b6b7f"


def sparkline(series: Sequence[tuple[date, float]], words: str) -> str:
    """Draw values from zero to the largest, oldest on the left; `words` are read out instead.

    Without values nothing is drawn.
    """
    if not series:
        return ""
    points = _points([value for _, value in series])
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    area = f"{EDGE},{HEIGHT - EDGE} {path} {last_x:.1f},{HEIGHT - EDGE}"
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'aria-label="{escape(words)}"><title>{escape(words)}</title>'
        f'<polygon points="{area}" fill="{LINE}" fill-opacity="0.12"/>'
        f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="1.5"/>'
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="2.5" fill="{LINE}"/></svg>'
    )


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    """Lay values out from left to right, zero at the bottom."""
    most = max(*values, 0.0, 1e-9)
    across = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    return [
        (EDGE + place * across, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / most)
        for place, value in enumerate(values)
    ]
