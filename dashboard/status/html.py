"""The report as one HTML file: charts included, nothing to load, made to be printed as well.

Every text in it passes `escape`: stored text can't become markup, and scripts are forbidden.
"""

from html import escape
from pathlib import Path

import pandas as pd

from dashboard.model.filters import Filters
from dashboard.status.claim import CONFIRMED, INCONCLUSIVE, REFUTED, Claim
from dashboard.status.headline import Figure
from dashboard.status.report import Report
from dashboard.status.sparkline import sparkline
from dashboard.status.words import TITLE, about, cells, tally

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
KINDS = {CONFIRMED: "confirmed", REFUTED: "fails", INCONCLUSIVE: "untold"}
NOTHING_LOADED = "default-src 'none'; style-src 'unsafe-inline'"


def as_html(report: Report) -> str:
    """Return the whole report, verdict first."""
    figures = "".join(_figure(each) for each in report.figures)
    claims = "".join(_claim(each, report.filters) for each in report.claims)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{NOTHING_LOADED}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(TITLE)}</title><style>{STYLE}</style></head><body><main>"
        f'<p class="kind">{escape(TITLE)}</p><h1>{escape(report.verdict)}</h1>'
        f'<p class="about">{escape(about(report))}</p>'
        f'<section class="figures" aria-label="Figures">{figures}</section>'
        f"<h2>What was claimed, and what the data says</h2><p>{escape(tally(report))}</p>"
        f"{claims}</main></body></html>\n"
    )


def _figure(figure: Figure) -> str:
    words = _read_out(figure)
    return (
        f'<div class="figure"><p class="label">{escape(figure.label)}</p>'
        f'<p class="value">{escape(figure.value)}</p><p>{escape(figure.beside)}</p>'
        f"{sparkline(figure.series, words)}"
        f"{f'<p class=per>{escape(words)}</p>' if figure.series else ''}</div>"
    )


def _read_out(figure: Figure) -> str:
    if not figure.series:
        return ""
    first, last = figure.series[0][0], figure.series[-1][0]
    since = f"{first}" if first == last else f"{first} to {last}"
    return f"Per {figure.grain}, {since}"


def _claim(claim: Claim, filters: Filters) -> str:
    tables = "".join(_table(title, rows, filters) for title, rows in claim.rows.items())
    return (
        f'<article id="{escape(claim.id)}"><header><h3>{escape(claim.claim)}</h3>'
        f'<p class="verdict {KINDS[claim.verdict]}">{claim.verdict}</p></header>'
        f"<p>{escape(claim.evidence)}</p>"
        f"{f'<details><summary>Evidence</summary>{tables}</details>' if tables else ''}</article>"
    )


def _table(title: str, rows: pd.DataFrame, filters: Filters) -> str:
    if rows.empty:
        return ""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in rows.columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in cells(rows, filters)
    )
    return (
        f'<div class="scroll"><table><caption>{escape(title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
