"""The units behind a figure of the steps table; each row opens its timeline."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.database.reading import Reader
from dashboard.funnel.consistency.data import Check
from dashboard.funnel.data import Funnel
from dashboard.funnel.drops.data import StepRates
from dashboard.funnel.lists.data import MOST_LISTED, Listed, ListedOutcome, listed
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.model.formats import count, counted
from dashboard.model.windows import length_words
from dashboard.ui.rows import count_column, moment_column
from dashboard.ui.step_choice import follow_linked_step, step_words
from dashboard.ui.timelines import show_lead_rows
from dashboard.ui.view import View, literal

OUTCOME_LABELS: dict[str, ListedOutcome] = {
    "reached": "count",
    "converted": "converted",
    "dropped off": "dropped_off",
    "in progress": "in_progress",
    "window closed": "closed",
    "not converted in time": "not_in_time",
    "with the event": "with_event",
    "lost events (at least)": "lost_at_least",
    "out of order": "out_of_order",
    "known from the lead only": "by_lead",
    "blocked by a lost event": "blocked",
}
LISTED_COLUMNS: dict[str, str | ColumnConfig] = {
    "created_at": moment_column("Created"),
    "business_name": "Business",
    "website_url": "Website",
    "reach": count_column("Steps reached"),
    "first_at": moment_column("First step"),
    "last_at": moment_column("Latest step"),
}


@dataclass(frozen=True)
class OpenList:
    """A list that is open: its length beside its figure, and how to get all of it."""

    check: Check
    everybody: Callable[[], pd.DataFrame]


def show_list(view: View, funnel: Funnel, rates: StepRates | None) -> OpenList | None:
    """Offer every figure as a list; returns the one that is open, if any."""
    steps = step_words(dict(zip(funnel.recorded["step"], funnel.recorded["label"], strict=True)))
    follow_linked_step("step", steps)
    st.subheader(f"Which {funnel.unit}s", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = st.selectbox(
            "Step",
            [*steps],
            index=None,
            format_func=lambda name: steps.get(name, name),
            key="step",
            bind="query-params",
            placeholder="Click a bar, or choose",
            width=260,
        )
        words = st.selectbox(
            "Outcome", [*OUTCOME_LABELS], index=2, key="outcome", bind="query-params", width=200
        )
        value = _choose_value(funnel)
    if step is None or step not in steps:
        st.caption(f"Choose a step, or click its bar, to list its {funnel.unit}s.")
        return None
    outcome = OUTCOME_LABELS[words]
    figure = _figure(funnel, rates, step, outcome, value)
    if figure is None:
        st.caption(_why_unknown(outcome))
        return None
    position = None if value is None else funnel.position(value)
    within = rates.within if rates else None
    return _show_rows(view, funnel, _Chosen(step, words, value, position, within), figure)


@dataclass(frozen=True)
class _Chosen:
    """What is listed: a step, what became of it there in words, and a part of the breakdown.

    `within` is the age that those not in time had to convert.
    """

    step: str
    words: str
    value: str | None
    position: int | None
    within: timedelta | None


def _figure(
    funnel: Funnel, rates: StepRates | None, step: str, outcome: ListedOutcome, value: str | None
) -> int | None:
    """Return the count that the list belongs to; None where it is not known."""
    if outcome != "not_in_time":
        return funnel.figure(step, outcome, value)
    return rates.dropped(step, value) if rates else None


def _why_unknown(outcome: ListedOutcome) -> str:
    if outcome == "not_in_time":
        return "Not known: no required step follows, or too few are old enough for a rate."
    return "Raw does not know it: another lead of the submission may have the event."


def _choose_value(funnel: Funnel) -> str | None:
    """Let one part of the breakdown be listed; None is all of them."""
    if funnel.breakdown is None:
        return None
    values = funnel.breakdown["value"].drop_duplicates().tolist()
    chosen = st.selectbox(
        "Of",
        values,
        index=None,
        format_func=str,
        key="of",
        bind="query-params",
        placeholder="All",
        width=200,
    )
    return chosen if chosen in values else None


def _show_rows(view: View, funnel: Funnel, chosen: _Chosen, figure: int) -> OpenList:
    outcome = OUTCOME_LABELS[chosen.words]
    found = view.ask(_listed, funnel.prepared, chosen, MOST_LISTED)
    label = funnel.label(chosen.step)
    of = "" if chosen.value is None else f" of “{literal(chosen.value)}”"
    st.markdown(
        f"**{counted(found.total, funnel.unit)}**{of} on “{label}”: {chosen.words}. "
        f"The figure above says {count(figure)}."
    )
    if outcome == "not_in_time" and chosen.within:
        st.caption(
            f"They reached it at least {length_words(chosen.within)} ago, and no later step."
        )
    if found.total > len(found.rows):
        st.caption(f"The newest {count(MOST_LISTED)} are shown; the download has all.")
    if len(found.rows):
        st.caption("Choose a row to see its activity timeline.")
    part: dict[str, str | ColumnConfig] = {} if funnel.breakdown is None else {"value": "Part"}
    name = f"funnel-{chosen.step}-{outcome}"
    everybody = partial(_everybody, view, funnel.prepared, chosen)
    show_lead_rows(
        found.rows, part | LISTED_COLUMNS, name, f"{chosen.words}: {label}", view, whole=everybody
    )
    words = f"The open list = its figure ({label}, {chosen.words})"
    return OpenList(Check(words, found.total, figure), everybody)


def _everybody(view: View, prepared: Prepared, chosen: _Chosen) -> pd.DataFrame:
    return view.ask(_listed, prepared, chosen, None).rows


def _listed(
    reader: Reader, filters: Filters, prepared: Prepared, chosen: _Chosen, row_limit: int | None
) -> Listed:
    return listed(
        reader,
        filters,
        prepared,
        chosen.step,
        OUTCOME_LABELS[chosen.words],
        value_position=chosen.position,
        row_limit=row_limit,
        within=chosen.within,
    )


def open_drop(step: str) -> None:
    """Open the list of those that did not go on from a step in time: call only from a callback."""
    st.session_state["step"] = step
    st.session_state["outcome"] = "not converted in time"
    st.session_state["of"] = None


def choose_step(chart: str) -> None:
    """Open the step whose bar was clicked: call only from the chart's callback."""
    points = st.session_state[chart]["selection"]["points"]
    if points:
        step = points[0].get("customdata")
        st.session_state["step"] = step[0] if isinstance(step, list) else step
