"""Funnel: options, headline, chart beside the corrections, and everything behind the figures."""

from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel import figures
from dashboard.funnel.anomalies.page import ANOMALY_PARAMETERS, show_anomalies
from dashboard.funnel.breakdown.page import show_breakdown
from dashboard.funnel.comparison.page import COMPARISON_PARAMETERS, show_comparison
from dashboard.funnel.comparison.table import as_rows
from dashboard.funnel.consistency.data import Check, consistency
from dashboard.funnel.controls import choose_question
from dashboard.funnel.conversion.data import conversion
from dashboard.funnel.corrections.data import (
    MatchingSummary,
    corrections,
    matching_summary,
)
from dashboard.funnel.data import CLOSED_RATE, Funnel, ask
from dashboard.funnel.definitions import FUNNEL_DEFINITIONS
from dashboard.funnel.differences.page import show_differences
from dashboard.funnel.drops.data import Drop, StepRates, step_rates
from dashboard.funnel.headline import (
    beside_headline,
    drop_sentences,
    funnel_headline,
    outside_chain,
)
from dashboard.funnel.lists.page import OpenList, choose_step, open_drop, show_list
from dashboard.funnel.prepared import Prepared, prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.recording import unrecorded_steps
from dashboard.funnel.times.page import TIME_PARAMETERS, show_times
from dashboard.funnel.trend.page import TREND_PARAMETERS, show_trend
from dashboard.funnel.whole_view import Tables, whole_view
from dashboard.model.formats import count, counted, share
from dashboard.model.properties import PROPERTY_PARAMETERS
from dashboard.model.releases import Release, releases_of
from dashboard.model.times import to_local
from dashboard.model.tracking_plan import TrackingPlan, load_plan
from dashboard.ui.choosing import start_on
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.view import View, colors, literal, part

# What the page's links carry beside the header's choice.
FUNNEL_PARAMETERS = (
    "correction",
    "by",
    "unit",
    "steps",
    "optional",
    "window",
    *PROPERTY_PARAMETERS,
    "step",
    "outcome",
    "of",
    *TIME_PARAMETERS,
    *TREND_PARAMETERS,
    *COMPARISON_PARAMETERS,
    *ANOMALY_PARAMETERS,
)
FUNNEL_CHART_KEY = "funnel-chart"
STEP_COLUMNS: dict[str, str | ColumnConfig] = {
    "label": "Step",
    "count": count_column("Reached"),
    "step_conversion": share_column("Step conversion", "Share of the required step before."),
    "overall_conversion": share_column("Overall conversion", "Share of the first step."),
    "converted": count_column("Converted"),
    "dropped_off": count_column("Dropped off", "Not converted, and the window is closed."),
    "in_progress": count_column("In progress", "Not converted yet, and the window is open."),
    "closed": count_column("Window closed", "Units whose window is closed."),
}
CLOSED_COLUMNS: dict[str, str | ColumnConfig] = {
    "closed_rate": share_column(
        "Conversion rate (closed windows)", "Share of the first step's closed windows."
    ),
    "low": share_column("from", "95 % interval."),
    "high": share_column("to", "95 % interval."),
}
EVENT_COLUMNS: dict[str, str | ColumnConfig] = {
    "with_event": count_column("With the event", "In any order and at any time."),
    "lost_at_least": count_column(
        "Lost events (at least)", "Proven by a later step or by a lead, recorded nowhere."
    ),
    "out_of_order": count_column("Out of order", "Recorded later than the step that proves it."),
    "by_lead": count_column(
        "Known from the lead only", "Not recorded; an analyzed lead proves it. Not called lost."
    ),
    "blocked": count_column("Blocked by a lost event", "Recorded, but a step before it was lost."),
}
CORRECTION_COLUMNS: dict[str, str | ColumnConfig] = {
    "label": "Step",
    "raw": count_column("Raw", "Leads with their own events."),
    "by_matching": st.column_config.NumberColumn("By matching", format="%+d"),
    "matched": count_column("Matched", "Submissions with the events of all their leads."),
    "by_correcting": st.column_config.NumberColumn("By correcting", format="%+d"),
    "corrected": count_column("Corrected", "Submissions; a step also stands for those it implies."),
    # As wide as the longest cause: "large" would cut it off.
    "why": st.column_config.TextColumn("Why", width=480),
}


def funnel_page(view: View) -> None:
    """Show the page from top to bottom; each part fails by itself."""
    plan, releases = load_plan(), releases_of(view.source.label)
    # The headline stands above the options, though they come first.
    top = st.container()
    with part(60):
        question = choose_question(view, plan)
        if question is not None:
            with top:
                funnel, rates = _show_headline(view, plan, question, releases)
            if funnel and funnel.leads:
                _show_parts(view, plan, funnel, rates, releases)
    with st.expander("What the words mean"):
        st.markdown(FUNNEL_DEFINITIONS)


def _show_headline(
    view: View, plan: TrackingPlan, question: FunnelQuestion, releases: tuple[Release, ...]
) -> tuple[Funnel | None, StepRates | None]:
    funnel: Funnel | None = None
    rates: StepRates | None = None
    with part(100):
        funnel = view.ask(ask, plan, question, releases)
        submissions = _tracked_submissions(view, funnel)
        rate = view.ask(conversion, funnel.prepared)
        st.title(funnel_headline(funnel, submissions, rate), anchor=False)
        rates = view.ask(step_rates, funnel.prepared, rate) if rate else None
        drops = rates.largest(funnel.prepared) if rates else []
        st.markdown(beside_headline(funnel, submissions, rate))
        _show_drops(funnel, drops)
        if funnel.never_recorded:
            st.caption(literal(" ".join(view.ask(unrecorded_steps, funnel.never_recorded))))
        _show_begun_inside(funnel)
    return funnel, rates


def _show_drops(funnel: Funnel, drops: Sequence[Drop]) -> None:
    """Say where most units drop off, each with a list of who they are."""
    for drop, sentence in zip(drops, drop_sentences(drops, funnel.unit), strict=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(sentence), width="content")
            st.button(
                f"List these {count(drop.dropped)}",
                on_click=open_drop,
                args=(drop.step,),
                type="tertiary",
                key=f"drop-{drop.step}",
            )


def _tracked_submissions(view: View, funnel: Funnel) -> int | None:
    """Count the period's submissions since the first step was recorded.

    None where not all of them are asked for the whole plan.
    """
    question = funnel.question
    if funnel.unit != "submission" or question.steps or question.filters:
        return None
    return view.ask(matching_summary, funnel.tracked_since).tracked


def _show_parts(
    view: View,
    plan: TrackingPlan,
    funnel: Funnel,
    rates: StepRates | None,
    releases: tuple[Release, ...],
) -> None:
    chart = st.container()
    beside: pd.DataFrame | None = None
    with part(300):
        beside = view.ask(corrections, plan, funnel.question, releases)
        _show_corrections(view, funnel, beside)
    with chart:
        _show_chart(funnel, beside)
    st.subheader("Every step", anchor=False)
    # Without a closed window its columns would be empty.
    closed = {} if funnel.steps[CLOSED_RATE].isna().all(axis=None) else CLOSED_COLUMNS
    columns = {**STEP_COLUMNS, **closed, **EVENT_COLUMNS}
    show_rows(funnel.steps, columns, f"funnel-{funnel.question.correction}", "Every step", view)
    if not_counted := outside_chain(funnel):
        st.caption(not_counted)
    listed: OpenList | None = None
    with part(200):
        listed = show_list(view, funnel, rates)
    with part(300):
        show_breakdown(view, funnel, rates, st.session_state.get("step"))
    show_differences(view, funnel)

    def prepare_other(other: View) -> Prepared:
        return other.ask(prepare_funnel, plan, funnel.question, releases)

    show_times(view, funnel, prepare_other)
    followed = show_trend(view, funnel, releases)
    compared = show_comparison(view, funnel, prepare_other)
    show_anomalies(view, funnel)
    with part(80):
        _show_consistency(funnel, followed.check, listed.check if listed else None)
    with part(40):
        more: Tables = {
            "Corrections": lambda: beside,
            "Compared": lambda: as_rows(compared) if compared else None,
            "Compared by value": lambda: compared.values if compared else None,
            "Open list": listed.everybody if listed else lambda: None,
        }
        _offer_workbook(view, funnel, partial(whole_view, view, funnel, followed.question, more))


def _show_chart(funnel: Funnel, beside: pd.DataFrame | None) -> None:
    """Draw the funnel; the band needs whole submissions, and all of them."""
    band = beside if funnel.unit == "submission" and beside is not None else None
    st.plotly_chart(
        figures.funnel_chart(funnel.steps, colors(), funnel.unit, band),
        config={"displayModeBar": False},
        alt=f"Funnel: {funnel_headline(funnel)}",
        key=FUNNEL_CHART_KEY,
        on_select=partial(choose_step, FUNNEL_CHART_KEY),
        selection_mode="points",
    )
    words = ["Number · overall conversion · step conversion. Click a bar for its list."]
    if funnel.recorded["in_progress"].sum():
        words.append("Hatched: in progress.")
    if band is not None:
        words.append("The mark is the raw count of leads. The line ends at the corrected count.")
    st.caption(" ".join(words))


def _show_corrections(view: View, funnel: Funnel, beside: pd.DataFrame) -> None:
    st.subheader("Tracking gaps by step", anchor=False)
    show_rows(
        beside, CORRECTION_COLUMNS, "funnel-corrections", "The three corrections side by side", view
    )
    if funnel.question.correction != "raw":
        _say_matching(view.ask(matching_summary, funnel.tracked_since))


def _say_matching(found: MatchingSummary) -> None:
    visits = f" Visits without a website: {count(found.visits)} more leads." if found.visits else ""
    st.caption(
        f"{count(found.leads)} leads of the period are {count(found.submissions)} submissions. "
        f"{count(found.ambiguous)} leads ({share(found.ambiguous, found.leads)}) have an ambiguous "
        "match: the number of submissions is right, but not which leads belong together. "
        "The median lag between the two leads of a submission is "
        f"{found.pairing.median_lag.total_seconds():.0f} s "
        f"(from {counted(found.pairing.pairs, 'website')} with one pair).{visits}"
    )


def _show_consistency(funnel: Funnel, *more: Check | None) -> None:
    """Show the consistency checks, opened where one fails."""
    checks = consistency(funnel, *more)
    wrong = [check for check in checks if not check.holds]
    with st.expander(
        f"≠ {len(wrong)} of {counted(len(checks), 'consistency check')} failed"
        if wrong
        else f"✓ {counted(len(checks), 'consistency check')} passed",
        expanded=bool(wrong),
    ):
        for check in checks:
            sign = "=" if check.holds else "≠"
            st.markdown(f"{check.words}: {count(check.one)} {sign} {count(check.other)}")


def _offer_workbook(view: View, funnel: Funnel, workbook: Callable[[], bytes]) -> None:
    name = f"funnel-{funnel.question.correction}-{view.source.name}.xlsx"
    st.download_button(
        "Download the whole view (XLSX)",
        workbook,
        name,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        on_click="ignore",
        key="workbook",
    )


def _show_begun_inside(funnel: Funnel) -> None:
    """Say which steps began to be recorded only within the period, and offer to start there."""
    zone, begun, later = funnel.filters.zone, funnel.begun_inside, funnel.begun_after
    if not later.empty:
        st.caption(
            f"Recording began only after this period: {_begun(later, zone)}. "
            "Earlier counts of these steps are unknown, not zero."
        )
    if begun.empty:
        return
    latest = to_local(begun["first_at"].max().to_pydatetime(), zone)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Recording began inside this period: {_begun(begun, zone)}. "
            f"Earlier {funnel.unit}s can’t show these steps."
        )
        st.button(
            f"Start on {latest:%Y-%m-%d}",
            on_click=start_on,
            args=(latest.date(), funnel.filters),
            type="tertiary",
        )


def _begun(steps: pd.DataFrame, zone: ZoneInfo) -> str:
    days = [to_local(each.to_pydatetime(), zone) for each in steps["first_at"]]
    pairs = zip(steps["label"], days, strict=True)
    return ", ".join(f"{label} ({day:%Y-%m-%d})" for label, day in pairs)
