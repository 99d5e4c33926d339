"""Rows that open a lead's timeline on the Leads page, for the same source and period."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.ui.choosing import PERIOD
from dashboard.ui.rows import show_rows
from dashboard.ui.view import View

HEADER_PARAMETERS = ("source", PERIOD, "as_of")
WAY_BACK = "way-back"


@dataclass(frozen=True)
class WayBack:
    """The page that opened a timeline: its path and its link parameters."""

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
    """Show rows; a selected row opens the timeline of its `lead_id`, if it has one.

    `whole` returns all rows for the export, where the shown rows are cut.
    """
    generation = st.session_state.get(f"{name}-generation", 0)
    chosen = show_rows(
        rows, columns, name, alt, view, select=True, generation=generation, whole=whole
    )
    if chosen is None:
        return
    lead_id = rows["lead_id"].iloc[chosen]
    if pd.notna(lead_id):
        # A row that stayed selected would open the same timeline again after the return.
        st.session_state[f"{name}-generation"] = generation + 1
        _open_timeline(str(lead_id))


def show_way_back(lead_id: str) -> None:
    """Offer a button to the page that opened this lead, in its old state; Back would lose that."""
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
    """Go to a page. The header keeps its choice and writes it into the link."""
    there = st.Page(lambda: None, title=page.title(), url_path=page)
    st.switch_page(there, query_params=parameters)
