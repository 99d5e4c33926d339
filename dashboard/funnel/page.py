"""Funnel: headline, chart, steps table, and what the words mean."""

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel import data, figures
from dashboard.funnel.headline import beside_headline, headline
from dashboard.shared.choosing import choose_days
from dashboard.shared.rows import count_column, show_rows
from dashboard.shared.times import to_local
from dashboard.shared.tracking_plan import load_plan
from dashboard.shared.view import View, colors, part

SHARE = "percent"
COLUMNS: dict[str, str | ColumnConfig] = {
    "label": "Step",
    "count": count_column("Leads", "Leads that reached the step by a chain."),
    "of_previous": st.column_config.NumberColumn("% of previous", format=SHARE),
    "of_first": st.column_config.NumberColumn("% of first", format=SHARE),
    "with_event": count_column(
        "With this event at all", "Leads with such an event, in whatever order or time."
    ),
}
DEFINITIONS = """
**Lead**: a row of `website_leads`. The period filters leads by the time they were created; their
steps count up to 30 days after the lead's first step, even past the period's end.

**Reached**: a lead reaches a step when its own stored events show all steps up to it, in order and
within 30 days from the first. An event may be up to 2 s early: clocks and transactions differ.

**Reading Recorded**: events as they are stored, per lead, nothing repaired. One visitor often
leaves two leads, and lost events are missing: this is what was recorded, not what happened.

**Not recorded**: the source held no event of that name by the end of what is looked at. That is no
zero: nobody knows how many leads took the step.
"""


def funnel_page(view: View) -> None:
    """Show the page from top to bottom."""
    with part(420):
        funnel = view.ask(data.recorded, load_plan())
        st.title(headline(funnel), anchor=False)
        st.markdown(beside_headline(funnel))
        st.caption("Reading **Recorded**: events as stored, per lead, nothing repaired.")
        _show_begun_inside(funnel)
        if funnel.leads:
            _show_chart_and_table(funnel, view)
        with st.expander("What the words mean"):
            st.markdown(DEFINITIONS)


def _show_chart_and_table(funnel: data.Funnel, view: View) -> None:
    chart, table = st.columns([3, 2])
    with chart:
        st.plotly_chart(
            figures.funnel_chart(funnel.steps, colors()), config={"displayModeBar": False},
            alt=f"Funnel: {headline(funnel)}", key="funnel-chart",
        )  # fmt: skip
    with table:
        show_rows(funnel.steps, COLUMNS, "funnel-recorded", "Leads per step", view)


def _show_begun_inside(funnel: data.Funnel) -> None:
    """Say which steps began to be recorded only within the period, and offer to start there."""
    begun = funnel.begun_inside
    if begun.empty:
        return
    zone = funnel.filters.zone
    latest = to_local(begun["first_at"].max().to_pydatetime(), zone)
    names = ", ".join(f"{row.label} ({row.first_at:%Y-%m-%d})" for row in begun.itertuples())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Recording began inside this period: {names}. Leads from before can’t show it.")
        st.button(
            f"Start on {latest:%Y-%m-%d}",
            on_click=choose_days,
            args=(latest.date(),),
            type="tertiary",
        )
