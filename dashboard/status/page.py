"""The Status page: the status report judged by the data, the newest rows, and rows per table."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.command_line.answers import json_text
from dashboard.database.reading import Reader
from dashboard.funnel.recording import events_per_step
from dashboard.model.filters import Filters
from dashboard.model.hosts import typed_host
from dashboard.model.releases import releases_of
from dashboard.model.tracking_plan import load_plan
from dashboard.status import data, figures
from dashboard.status.claim import LEAD_ID_LABEL, Claim
from dashboard.status.findings import contract_findings
from dashboard.status.headline import Figure
from dashboard.status.html import as_html
from dashboard.status.markdown import as_markdown
from dashboard.status.report import StatusReport, status_report
from dashboard.status.website import DEFAULT_WEBSITE
from dashboard.status.words import COLORS, about, tally
from dashboard.ui.rows import count_column, moment_column, show_rows
from dashboard.ui.timelines import HEADER_PARAMETERS
from dashboard.ui.view import View, colors, literal, part

STATUS_PARAMETERS = ("website",)
NEWEST_ORGANIZATIONS: dict[str, str | ColumnConfig] = {
    "name": "Name",
    "session_id": "Session id",
    "website_url": "Website",
    "created_at": moment_column("Created"),
}
NEWEST_EVENTS: dict[str, str | ColumnConfig] = {
    "step": "Step",
    "at": moment_column("Time"),
    "session_id": "Session id",
    "website_url": "Website",
}
TABLE_COLUMNS: dict[str, str | ColumnConfig] = {
    "table_name": "Table",
    "table_rows": count_column("Rows"),
    "newest_at": moment_column("Newest"),
}

REPORT_FILES: Mapping[str, tuple[str, str, Callable[[StatusReport], str]]] = {
    "html": ("HTML", "text/html", as_html),
    "md": ("Markdown", "text/markdown", as_markdown),
    "json": ("JSON", "application/json", lambda report: json_text(report.as_json())),
}


def status_page(view: View) -> None:
    """Show the page from top to bottom; each part fails on its own."""
    with part(700):
        _show_report(view)
    left, right = st.columns(2)
    with left:
        _show_recent(view, "Recent organizations", data.recent_organizations, NEWEST_ORGANIZATIONS)
    with right:
        _show_recent(view, "Recent tracking events", data.recent_events, NEWEST_EVENTS)
    with st.expander("Events per step name"), part(260):
        _show_steps(view)
    with st.expander("Rows per table, and what the schema guarantees"), part(260):
        _show_tables(view)
        _show_contract(view)


def _show_report(view: View) -> None:
    top = st.container()
    st.subheader("What was claimed, and what the data says", anchor=False)
    website = st.text_input(
        "Website to check",
        key="website",
        bind="query-params",
        width=300,
        max_chars=500,
        placeholder=DEFAULT_WEBSITE if view.source.name != "source" else "a.example",
    )
    report = view.ask(
        status_report, load_plan(), releases_of(view.source.label), typed_host(website)
    )
    with top:
        _show_verdict(report, view)
        _show_figures(report)
    st.caption(tally(report))
    for claim in report.claims:
        _show_claim(claim, view)


def _show_verdict(report: StatusReport, view: View) -> None:
    color = COLORS[report.claims[0].verdict]
    st.title(f":{color}[{_linked(report)}]", anchor=False)
    if not report.reasons:
        st.markdown(literal(report.claims[0].evidence))
    st.caption(literal(about(report)))
    _offer_files(report, view)


def _linked(report: StatusReport) -> str:
    """Write the verdict; each reason leads to the page with its rows."""
    if not report.reasons:
        return literal(report.verdict)
    links = (f"[{literal(each.sentence)}]({_address(each.page)})" for each in report.reasons)
    return f"No: {'; '.join(links)}"


def _offer_files(report: StatusReport, view: View) -> None:
    period = view.filters.period.replace(" ", "-").replace(",", "").replace(":", "")
    with st.container(horizontal=True):
        for ending, (label, kind, write) in REPORT_FILES.items():
            st.download_button(
                f"Download {label}",
                partial(write, report),
                f"status-report-{view.source.name}-{period}.{ending}",
                kind,
                key=f"report-{ending}",
                on_click="ignore",
                type="tertiary",
            )


def _show_figures(report: StatusReport) -> None:
    for place, figure in zip(st.columns(len(report.figures) or 1), report.figures, strict=False):
        with place.container(border=True, height="stretch"):
            _show_figure(figure)


def _show_figure(figure: Figure) -> None:
    values = [value for _, value in figure.series]
    st.metric(figure.label, figure.value, chart_data=values or None, chart_type="area")
    st.caption(f"{literal(figure.beside)}{f', {figure.per}' if values else ''}")


def _show_claim(claim: Claim, view: View) -> None:
    with st.container(border=True):
        left, right = st.columns([1, 5])
        left.badge(claim.verdict, color=COLORS[claim.verdict])  # type: ignore[arg-type]
        right.markdown(f"**{literal(claim.claim)}**")
        right.markdown(literal(claim.evidence))
        if claim.rows or claim.page:
            with right.expander("Evidence"):
                _show_evidence(claim, view)


def _show_evidence(claim: Claim, view: View) -> None:
    for number, (title, rows) in enumerate(claim.rows.items()):
        st.markdown(f"**{literal(title)}**")
        columns = {name: _column(name, rows[name]) for name in map(str, rows.columns)}
        show_rows(rows, columns, f"{claim.id}-{number}", f"{title}, {claim.id}", view)
        leads = rows[LEAD_ID_LABEL].dropna() if LEAD_ID_LABEL in rows else rows.iloc[:0]
        if len(leads):
            lead = _address("leads", lead=str(leads.iloc[0]))
            st.markdown(f"[Activity timeline of the first lead]({lead})")
    if claim.page:
        st.markdown(f"[More on the {claim.page.capitalize()} page]({_address(claim.page)})")


def _column(name: str, values: "pd.Series[Any]") -> str | ColumnConfig:
    if pd.api.types.is_datetime64_dtype(values):
        return moment_column(name)
    return count_column(name) if pd.api.types.is_integer_dtype(values) else name


def _address(page: str, **more: str) -> str:
    """Return a page's address, for the same source, period and as-of time."""
    chosen = {name: st.query_params[name] for name in HEADER_PARAMETERS if name in st.query_params}
    return f"{page}?{urlencode(chosen | more)}"


def _show_recent(
    view: View,
    title: str,
    question: Callable[[Reader, Filters], pd.DataFrame],
    columns: dict[str, str | ColumnConfig],
) -> None:
    st.subheader(title, anchor=False)
    with part(240):
        show_rows(view.ask(question), columns, title.lower().replace(" ", "-"), title, view)


def _show_steps(view: View) -> None:
    steps = view.ask(events_per_step)
    if not steps.empty:
        st.plotly_chart(
            figures.events_per_step_figure(steps, colors()),
            config={"displayModeBar": False},
            alt="Events per step name, the largest first",
            key="events-per-step",
        )
    show_rows(
        steps,
        {"name": "Step name", "events": count_column("Events")},
        "events-per-step",
        "Events per step name",
        view,
    )


def _show_tables(view: View) -> None:
    show_rows(
        view.ask(data.rows_per_table), TABLE_COLUMNS, "rows-per-table", "Rows per table", view
    )


def _show_contract(view: View) -> None:
    for looked_at, found in contract_findings(view.ask(data.reported_contract)):
        st.markdown(f"**{looked_at}:** {found}")
