"""The report as Markdown; stored text never becomes markup."""

import pandas as pd

from dashboard.model.filters import Filters
from dashboard.status.claim import Claim
from dashboard.status.report import StatusReport
from dashboard.status.words import TITLE, about, cells, tally

SPECIAL = r"\`*_{}[]<>#|~$!&"


def as_markdown(report: StatusReport) -> str:
    """Return the whole report, verdict first."""
    figures = [
        f"- **{plain(each.label)}:** {plain(each.value)} ({plain(each.beside)})"
        for each in report.figures
    ]
    claims = [_section(claim, report.filters) for claim in report.claims]
    heads = [f"# {TITLE}", f"**{plain(report.verdict)}**", plain(about(report))]
    return "\n\n".join(
        [*heads, "\n".join(figures), "## Claims", tally(report), _overview(report), *claims]
    )


def plain(text: str) -> str:
    """Escape text, so that Markdown shows it unchanged, on one line."""
    line = "".join(each if each.isprintable() else " " for each in text)
    return "".join(f"\\{each}" if each in SPECIAL else each for each in line)


def _overview(report: StatusReport) -> str:
    lines = [f"| {plain(claim.claim)} | **{claim.verdict}** |" for claim in report.claims]
    return "\n".join(["| What was claimed | What the data says |", "|---|---|", *lines])


def _section(claim: Claim, filters: Filters) -> str:
    parts = [f"### {plain(claim.id)}: {claim.verdict}", plain(claim.claim), plain(claim.evidence)]
    for title, rows in claim.rows.items():
        if len(rows):
            parts.append(f"{plain(title)}:\n\n{_table(rows, filters)}")
    return "\n\n".join(parts)


def _table(rows: pd.DataFrame, filters: Filters) -> str:
    columns = [plain(str(name)) for name in rows.columns]
    lines = [[plain(cell) for cell in row] for row in cells(rows, filters)]
    return "\n".join(
        f"| {' | '.join(line)} |" for line in (columns, ["---"] * len(columns), *lines)
    )
