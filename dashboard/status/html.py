"""The report as one HTML file, with its charts inside and styles for print; it loads nothing.

The template `report.html` escapes every text.
"""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.model.filters import Filters
from dashboard.status.claim import Claim
from dashboard.status.headline import Figure
from dashboard.status.report import StatusReport
from dashboard.status.sparkline import Sparkline, sparkline
from dashboard.status.words import TITLE, about, cells, tally

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class FigureCard:
    """A figure for the template; without values it has no line."""

    label: str
    value: str
    beside: str
    period: str
    line: Sparkline | None


@dataclass(frozen=True)
class EvidenceTable:
    """A table of evidence for the template."""

    title: str
    columns: list[str]
    cells: list[list[str]]


def as_html(report: StatusReport) -> str:
    """Return the whole report, verdict first."""
    return TEMPLATES.get_template("report.html").render(
        title=TITLE,
        report=report,
        about=about(report),
        tally=tally(report),
        figures=[_card(figure) for figure in report.figures],
        tables={claim.id: _tables(claim, report.filters) for claim in report.claims},
    )


def _card(figure: Figure) -> FigureCard:
    line = sparkline([value for _, value in figure.series])
    return FigureCard(figure.label, figure.value, figure.beside, _period(figure), line)


def _period(figure: Figure) -> str:
    if not figure.series:
        return ""
    first, last = figure.series[0][0], figure.series[-1][0]
    return f"{figure.per.capitalize()}, {first}" + ("" if first == last else f" to {last}")


def _tables(claim: Claim, filters: Filters) -> list[EvidenceTable]:
    return [
        EvidenceTable(title, [str(name) for name in rows.columns], cells(rows, filters))
        for title, rows in claim.rows.items()
        if not rows.empty
    ]
