"""The Leads page: bars over time to click, the table of leads, and one lead's timeline."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.database.leads_in_range import leads_in_range
from dashboard.leads import data, figures
from dashboard.leads.bars import LeadBars, lead_bars
from dashboard.leads.data import LeadOrder, LeadSearch
from dashboard.leads.timeline.page import timeline_page
from dashboard.model.formats import count, counted
from dashboard.model.limits import PAGE_ROWS
from dashboard.model.properties import PROPERTY_PARAMETERS, STORED_PROPERTIES
from dashboard.model.tracking_plan import load_plan
from dashboard.ui.choosing import choose_days
from dashboard.ui.partial import partial_words
from dashboard.ui.property_filters import choose_properties
from dashboard.ui.rows import moment_column, show_rows
from dashboard.ui.view import View, colors, csv_button, literal, part


def _days_column(label: str, help_text: str) -> ColumnConfig:
    return st.column_config.NumberColumn(label, format="%.1f", help=help_text)


SORT_LABELS = {
    "newest first": ("created_at", True),
    "oldest first": ("created_at", False),
    "business": ("business_name", False),
    "website": ("website_url", False),
    **{each.label.lower(): (each.name, False) for each in STORED_PROPERTIES},
}
CHART_KEY = "leads-per-period"
HAS_CHOICES = {"any": None, "with": True, "without": False}
LEADS_PARAMETERS = (
    "lead",
    "q",
    *PROPERTY_PARAMETERS,
    "session",
    "events",
    "sort",
    "page",
)
LEAD_COLUMNS: dict[str, str | ColumnConfig] = {
    "created_at": moment_column("Created"),
    "business_name": "Business",
    "website_url": "Website",
    **{each.name: each.label for each in STORED_PROPERTIES},
    "converted_at": moment_column("Converted"),
    "amount": st.column_config.NumberColumn(
        "Amount",
        format="localized",
        help="Of the first payment of its submission, as stored: all leads of one show it.",
    ),
    "currency": "Currency",
    "days_to_payment": _days_column("Days to payment", "From the submission’s first lead."),
    "days_idle": _days_column(
        "Days since last step", "Of a submission in progress: not paid, and its window is open."
    ),
    "session_id": "Session id",
}


def leads_page(view: View) -> None:
    """Show the leads of the period; if the link names a lead, its timeline is above them."""
    chosen = st.query_params.get("lead")
    if chosen is not None:
        timeline_page(view, chosen)
        st.divider()
    # The search stays on the page above a timeline, because a hidden widget leaves the link.
    with part(120):
        search = _choose_search(view)
    with part(420):
        _show_leads(view, search, st.title if chosen is None else st.header)


def _choose_search(view: View) -> LeadSearch:
    choices = view.ask(data.property_values)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search website or business",
            key="q",
            bind="query-params",
            width=300,
            max_chars=200,
            on_change=_first_page,
        )
        with st.popover("Filters"):
            properties = choose_properties(choices, on_change=_first_page)
            session = _choose_yes_no("Session id", "session")
            events = _choose_yes_no("Events", "events")
    return LeadSearch(properties, session, events, text or "")


def _choose_yes_no(label: str, key: str) -> bool | None:
    chosen = st.segmented_control(
        label,
        [*HAS_CHOICES],
        default="any",
        required=True,
        key=key,
        bind="query-params",
        on_change=_first_page,
    )
    return HAS_CHOICES[chosen or "any"]


def _first_page() -> None:
    """Go to the first page, because new rows or a new order change all pages."""
    st.session_state["page"] = 1
    st.session_state["begun-again"] = True


def _is_page(given: str, pages: int) -> bool:
    return given.isascii() and given.isdecimal() and len(given) < 10 and 1 <= int(given) <= pages


def _show_leads(view: View, search: LeadSearch, heading: Callable[..., Any]) -> None:
    bars, leads = view.ask(lead_bars, search), view.ask(leads_in_range).leads
    heading(_headline(bars.matching, leads), anchor=False)
    st.markdown(f"Period: {view.filters.period}. A lead is one row; one visitor often leaves two.")
    if not bars.matching:
        st.caption("Choose a longer period, or remove a filter.")
        return
    if not bars.drawn.empty:
        _show_bars(view, bars)
    _show_table(view, search, bars.matching)


def _show_bars(view: View, bars: LeadBars) -> None:
    st.plotly_chart(
        figures.leads_per_period(bars.drawn, bars.grain, colors()),
        key=CHART_KEY,
        on_select=partial(_bar_clicked, bars),
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"Leads per {bars.grain}, {view.filters.period}",
    )
    words = [f"Click a bar to look at its {bars.grain} alone."] if len(bars.drawn) > 1 else []
    if bars.drawn["is_partial"].any():
        words.append(f"Hatched: {partial_words(bars.grain)}.")
    if words:
        st.caption(" ".join(words))


def _headline(matching: int, leads: int) -> str:
    if matching == leads:
        return counted(leads, "lead")
    return f"{count(matching)} of {counted(leads, 'lead')} match"


def _bar_clicked(bars: LeadBars) -> None:
    selection: Mapping[str, Any] = st.session_state[CHART_KEY]["selection"]
    if selection["points"]:
        choose_days(*bars.days_of(date.fromisoformat(selection["points"][0]["x"][:10])))


def _show_table(view: View, search: LeadSearch, matching: int) -> None:
    sort = st.selectbox(
        "Sort by",
        [*SORT_LABELS],
        key="sort",
        bind="query-params",
        width=200,
        on_change=_first_page,
    )
    by, descending = SORT_LABELS[sort]
    start = _choose_page_start(matching)
    rows = view.ask(
        data.rows_with_outcomes, load_plan(), search, LeadOrder(by, descending, PAGE_ROWS, start)
    )
    st.caption(
        f"Rows {count(start + 1)} to {count(start + len(rows))} of {count(matching)}. "
        "Choose a row to open the lead’s activity timeline."
    )
    _show_page_of_rows(view, rows)
    everything = LeadOrder(by, descending)
    csv_button(
        partial(view.ask, data.rows_with_outcomes, load_plan(), search, everything), "leads", view
    )


def _choose_page_start(matching: int) -> int:
    """Show the pager if there is more than one page; return the number of the first row."""
    pages, linked = data.page_count(matching), st.query_params.get("page", "1")
    page = 1
    if pages > 1:
        # Next to another widget, the pager would hide pages even where there is room.
        page = st.pagination(pages, key="page", bind="query-params", width="stretch")
    # During the run of a new search, the link still has the old search's page number.
    if not st.session_state.pop("begun-again", False) and not _is_page(linked, pages):
        st.caption(f"There is no page {literal(linked[:20])} of {count(pages)}: this is the first.")
    return data.page_start(page, pages)


def _show_page_of_rows(view: View, rows: pd.DataFrame) -> None:
    generation = st.session_state.get("leads-generation", 0)
    selected = show_rows(
        rows,
        LEAD_COLUMNS,
        "leads",
        "Leads that match",
        view,
        select=True,
        export=False,
        generation=generation,
    )
    if selected is not None:
        # A row that stayed selected would open the same lead again after the return.
        st.session_state["leads-generation"] = generation + 1
        st.query_params["lead"] = str(rows["lead_id"].iloc[selected])
        st.rerun()
