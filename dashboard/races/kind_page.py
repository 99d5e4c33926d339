"""One kind of failure on the Races page: its cause, trend, gaps between rows, and examples."""

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.model.formats import count
from dashboard.model.tracking_plan import load_plan
from dashboard.races import data, figures
from dashboard.races.data import Evidence
from dashboard.races.kinds import RaceKind, explained_by
from dashboard.races.lead_paths import duplicates_limit
from dashboard.races.over_time import findings_trend
from dashboard.races.words import count_in_context
from dashboard.ui.partial import partial_words
from dashboard.ui.rows import moment_column
from dashboard.ui.timelines import show_lead_rows
from dashboard.ui.view import View, colors, literal

EXPLAINED = {
    "race": ":orange-badge[possible race] Two writers at once: chance decides.",
    "certain": ":red-badge[certain failure] No race: it happens every time.",
    "inconclusive": ":gray-badge[inconclusive] A race or a certain failure: the rows don’t say.",
}
CHART_CONFIG = {"displayModeBar": False}


def show_kind(view: View, found: Evidence, kind: RaceKind) -> None:
    """Show one kind of failure in full."""
    number = found.count(kind)
    st.subheader(kind.label, anchor=False)
    st.markdown(EXPLAINED[explained_by(kind.race)])
    st.markdown(f"{kind.why}  \n**Effect on the funnel:** {kind.effect}")
    if kind.name == "duplicate_leads" and (limit := duplicates_limit(view.ask(data.lead_paths))):
        st.markdown(f"**{limit}**")
    if number is None:
        st.markdown("It could not be asked here: see above.")
        return
    st.markdown(
        f"**{count(number)}** in this period ({view.filters.period}), beside "
        f"{count_in_context(found, kind)}.{_details(found, kind)}"
    )
    if number:
        _show_figures(view, found, kind)
        _show_examples(view, kind, number)


def _details(found: Evidence, kind: RaceKind) -> str:
    parts = [f"{literal(name)}: {count(n)}" for name, n in found.details(kind).items()]
    return f" Among them {', '.join(parts)}." if parts else ""


def _show_figures(view: View, found: Evidence, kind: RaceKind) -> None:
    left, right = st.columns(2) if kind.gap else (st.container(), None)
    with left:
        trend = findings_trend(found.days(kind), view.filters)
        st.plotly_chart(
            figures.findings_trend_figure(trend, kind.label, colors()),
            config=CHART_CONFIG,
            key="races-trend",
            alt=f"{kind.label}: findings over time",
        )
        if trend.has_hatched:
            st.caption(f"Hatched: {partial_words(trend.grain)}.")
    if right and kind.gap:
        with right:
            st.plotly_chart(
                figures.gaps(found.gaps(kind), kind.gap, colors()),
                config=CHART_CONFIG,
                key="races-gaps",
                alt=f"{kind.label}: {kind.gap}",
            )


def _show_examples(view: View, kind: RaceKind, number: int) -> None:
    rows = view.ask(data.findings, load_plan(), kind.name, data.MOST_FINDINGS_SHOWN)
    cut = "The newest" if len(rows) < number else "All"
    st.caption(
        f"{cut} {count(len(rows))} of {count(number)}. Choose a row to open its timeline."
        if rows["lead_id"].notna().any()
        else f"{cut} {count(len(rows))} of {count(number)}. No lead leads to these rows."
    )
    columns: dict[str, str | ColumnConfig] = {
        "at": moment_column("Time"),
        "website": "Website",
        **({"detail": "Detail"} if rows["detail"].notna().any() else {}),
        **({"gap": "Gap"} if kind.gap else {}),
        "row_id": "Row id",
        "lead_id": "Lead id",
    }
    shown = rows.assign(gap=rows["gap_seconds"].map(data.shown_gap, na_action="ignore"))
    show_lead_rows(shown, columns, f"races-{kind.name}", f"Examples: {kind.label}", view)
