"""Colors of the figures, for the light and the dark theme. config.toml has the pages' colors."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle

import plotly.graph_objects as go

Channels = tuple[int, int, int]
# With more points on a line than this, intervals would hide the shares.
MOST_INTERVALS = 62
FONT = "Source Sans, Source Sans Pro, sans-serif"


@dataclass(frozen=True)
class Palette:
    """The colors of one theme; `steps` is one hue from strong to weak, for a funnel's steps.

    `fewer` and `more` are the strongest backgrounds of cells that differ: `text` is readable on
    both.
    """

    text: str
    muted: str
    grid: str
    accent: str
    steps: tuple[str, str]
    names: tuple[str, ...]
    fewer: str
    more: str

    def of_names(self, names: Iterable[object]) -> dict[str, str]:
        """Return a color for each distinct name, in order; the ninth color repeats the first."""
        distinct = dict.fromkeys(name for name in names if isinstance(name, str))
        return dict(zip(distinct, cycle(self.names), strict=False))

    def step_colors(self, number: int) -> list[str]:
        """Return this many colors of the hue `steps`, evenly from the first to the last."""
        first, last = (_channels(each) for each in self.steps)
        span = max(number - 1, 1)
        return [_between(first, last, i / span) for i in range(number)]

    def heat(self, level: float) -> tuple[str, str]:
        """Return the fill of a heat map's cell, from weak (0) to strong (1), and its text's color.

        Of black and white, one always has a contrast of 4.5 or more.
        """
        fill = _between(_channels(self.grid), _channels(self.steps[0]), level)
        return fill, max("#000000", "#ffffff", key=lambda ink: contrast(ink, fill))


# People with any color vision can tell these apart. None is green, amber or red.
NAMES_LIGHT = (
    "#0b6b7f",
    "#7a3fa0",
    "#b0427a",
    "#2f55c4",
    "#6b5b2e",
    "#3c6e9e",
    "#8a5a83",
    "#4b5560",
)
NAMES_DARK = (
    "#4fc3d9",
    "#c79bf0",
    "#f09cc4",
    "#8fa9ff",
    "#cdbb7f",
    "#8fc3ee",
    "#d3a7cd",
    "#b4bfc9",
)
LIGHT = Palette(
    "#1b2733",
    "#5b6b7a",
    "#e3e8ed",
    "#0b6b7f",
    ("#0a4f5f", "#8cc4cf"),
    NAMES_LIGHT,
    "#e39bb6",
    "#7cc3d0",
)
DARK = Palette(
    "#e8eef2",
    "#9fb0bd",
    "#2b3a46",
    "#4fc3d9",
    ("#7fdcec", "#23616e"),
    NAMES_DARK,
    "#8a3a5c",
    "#1f6877",
)


def palette(theme: str | None) -> Palette:
    """Return the colors for Streamlit's theme type; an unknown type gets the light ones."""
    return DARK if theme == "dark" else LIGHT


def styled(figure: go.Figure, colors: Palette, title: str, height: int) -> go.Figure:
    """Give a figure the common style: its subject as title, thin axes, no legend."""
    return figure.update_layout(
        title={"text": title, "font": {"size": 15, "color": colors.text}, "x": 0},
        font={"family": FONT, "size": 13, "color": colors.text},
        height=height,
        showlegend=False,
        bargap=0.28,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode=False,
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, 1 to 21: WCAG 2.2, "contrast ratio"."""
    dark, light = sorted(_luminance(each) for each in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    """Return how bright a color looks, 0 to 1: WCAG 2.2, "relative luminance"."""
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (channel / 255 for channel in _channels(color))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _between(first: Channels, last: Channels, way: float) -> str:
    mixed = (round(a + (b - a) * way) for a, b in zip(first, last, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(color: str) -> Channels:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
