"""Filters by the properties of leads, the same on every page; the link keeps the choice."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.model.properties import STORED_PROPERTIES, LeadProperty, PropertyFilter


def choose_properties(
    values: Mapping[str, Sequence[str]], on_change: Callable[[], None] | None = None
) -> PropertyFilter:
    """Let the visitor choose the values that leads must have; `values` lists them per property."""
    chosen = {each.name: _choose(each, values[each.name], on_change) for each in STORED_PROPERTIES}
    return {name: picked for name, picked in chosen.items() if picked}


def _choose(
    one: LeadProperty, values: Sequence[str], on_change: Callable[[], None] | None
) -> tuple[str, ...]:
    # A value that only the link has stays an option, so that the link opens the same view.
    linked = [each for each in st.query_params.get_all(one.url_key) if each not in values]
    options = [*values, *linked]
    return tuple(
        st.multiselect(
            one.label, options, key=one.url_key, bind="query-params", on_change=on_change
        )
    )
