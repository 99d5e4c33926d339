"""Rows that open the timeline of a lead, on the Leads page and over the same source and period."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.ui.rows import show_rows
from dashboard.ui.view import View

HEADER_PARAMETERS = ("source", "range", "from", "to", "as_of")
WAY_BACK = "way-back"


@dataclass(frozen=True)
class WayBack:
    """Where a timeline was opened from: the page's path and its own part of the link."""

    lead_id: str
    page: str
    parameters: Mapping[str, str | list[str]]


def show_lead_rows(
    rows: pd.DataFrame,
    columns: Mapping[str, str | ColumnConfig],
    name: str,
    alt: str,
    view: View,
    *,
    whole: Callable[[], pd.DataFrame] | None = None,
) -> None:
    """Show rows; the one that is chosen opens the timeline of its `lead_id`, if it has one.

    `whole` gives what is exported where the rows themselves are cut.
    """
    generation = st.session_state.get(f"{name}-generation", 0)
    chosen = show_rows(
        rows, columns, name, alt, view, select=True, generation=generation, whole=whole
    )
    if chosen is None:
        return
    lead_id = rows["lead_id"].iloc[chosen]
    if pd.notna(lead_id):
        # A table that stayed ticked would open the same timeline again on the way back.
        st.session_state[f"{name}-generation"] = generation + 1
        _open_timeline(str(lead_id))


def show_way_back(lead_id: str) -> None:
    """Offer the page that this lead was opened from, as it was; the browser's Back forgets that."""
    way: WayBack | None = st.session_state.get(WAY_BACK)
    if way is None or way.lead_id != lead_id:
        return
    if st.button(f"← Back to {way.page.title()}", type="tertiary"):
        switch_to(way.page, way.parameters)


def _open_timeline(lead_id: str) -> None:
    page = urlsplit(st.context.url or "").path.rpartition("/")[2]
    own = [each for each in st.query_params if each not in HEADER_PARAMETERS]
    parameters = {each: st.query_params.get_all(each) for each in own}
    st.session_state[WAY_BACK] = WayBack(lead_id, page, parameters)
    switch_to("leads", {"lead": lead_id})


def switch_to(page: str, parameters: Mapping[str, str | list[str]]) -> None:
    """Go to a page. The header keeps its choice, and writes it into the link itself."""
    there = st.Page(lambda: None, title=page.title(), url_path=page)
    st.switch_page(there, query_params=parameters)
