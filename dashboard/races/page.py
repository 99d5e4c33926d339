"""The Races page: what this database allows, evidence by kind, the remedies and the counters."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.database.errors import DatabaseProblem
from dashboard.model.filters import Filters
from dashboard.model.formats import count, counted
from dashboard.model.tracking_plan import load_plan
from dashboard.races import data, remedies
from dashboard.races.allowed import allowed_verdict, possibilities, state_words
from dashboard.races.data import Evidence
from dashboard.races.kind_page import show_kind
from dashboard.races.kinds import BY_NAME, FAMILIES, RACE_KINDS, Family, explained_by
from dashboard.races.lead_paths import paths_sentence
from dashboard.races.over_time import findings_trend
from dashboard.races.possibility import State
from dashboard.races.triage_section import show_triage
from dashboard.races.words import count_in_context, evidence_line, races_headline
from dashboard.ui.rows import count_column, show_rows
from dashboard.ui.view import View, csv_button, literal, part, show_problem

RACES_PARAMETERS = ("kind",)
STATE_MARKS: dict[State, str] = {
    "certain": "red",
    "possible": "orange",
    "inconclusive": "gray",
    "prevented": "green",
}
EVIDENCE: dict[str, str | ColumnConfig] = {
    "label": "Kind",
    "findings": count_column("Found"),
    "explained": "Explained by",
    "trend": st.column_config.BarChartColumn(
        "Per day or week", help="Without days or weeks of which only a part is counted.", y_min=0
    ),
    "beside": "Out of",
}
EFFECT: dict[str, str | ColumnConfig] = {
    "label": "Step",
    "raw": count_column("Raw (leads)"),
    "corrected": count_column("Corrected (submissions)"),
    "lost_at_least": count_column("Lost events (at least)"),
}


def races_page(view: View) -> None:
    """Show the page from top to bottom; each part fails on its own."""
    with part(240):
        _show_allowed(view)
    with part(520):
        _show_evidence(view)
    effect = st.container()
    show_triage(view, load_plan())
    with part(320):
        _show_remedies(view)
    with part(80):
        _show_counters(view)
    # It comes last because it takes longest on large tables.
    with effect, part(260):
        _show_effect(view)


def _show_allowed(view: View) -> None:
    found = possibilities(view.ask(data.rules), view.ask(data.lead_paths))
    st.title(allowed_verdict(found), anchor=False)
    st.markdown("What the keys and constraints of this database prevent, allow or make certain:")
    for each in found:
        badge = f":{STATE_MARKS[each.state]}-badge[{state_words(each)}]"
        st.markdown(f"{badge} **{literal(each.failure)}**  \n{literal(each.why)}")


def _show_evidence(view: View) -> None:
    st.header("Evidence in the rows", anchor=False)
    found = _evidence(view)
    st.markdown(f"**{races_headline(found)}** {evidence_line(found, view.filters.period)}")
    paths = view.ask(data.lead_paths)
    if paths:
        st.markdown(paths_sentence(paths, view.filters))
    for problem in dict.fromkeys(found.problems.values()):
        show_problem(problem)
    rows = _evidence_rows(found, view.filters)
    show_rows(
        rows,
        EVIDENCE,
        "evidence",
        "Kinds of failure, with how many were found",
        view,
        export=False,
        height="content",
    )
    csv_button(lambda: rows.drop(columns="trend"), "evidence", view)
    show_kind(view, found, BY_NAME[_choose_kind(found)])


def _choose_kind(found: Evidence) -> str:
    """Let the visitor choose a kind; the default is the link's, or else the first one found."""
    first = next((kind.name for kind in RACE_KINDS if found.count(kind)), RACE_KINDS[0].name)
    linked = st.query_params.get("kind", first)
    names = [*BY_NAME]
    # If the widget were bound to the link, it would write the label there, not the name.
    return st.selectbox(
        "Kind of failure",
        names,
        index=names.index(linked if linked in BY_NAME else first),
        format_func=lambda name: BY_NAME[name].label,
        key="kind-choice",
        on_change=_kind_chosen,
    )


def _kind_chosen() -> None:
    st.query_params["kind"] = st.session_state["kind-choice"]


def _evidence(view: View) -> Evidence:
    """Ask every family on its own, so that a failure leaves the others' kinds known."""
    plan, problems = load_plan(), dict[Family, DatabaseProblem]()
    frames: list[pd.DataFrame] = []
    for family in FAMILIES:
        try:
            frames.append(view.ask(data.count_findings, plan, family))
        except DatabaseProblem as problem:
            problems[family] = problem
    return data.together(frames, view.ask(data.totals), problems)


def _evidence_rows(found: Evidence, filters: Filters) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "kind": kind.name,
                "label": kind.label,
                "findings": found.count(kind),
                "explained": explained_by(kind.race),
                "trend": findings_trend(found.days(kind), filters).whole,
                "beside": count_in_context(found, kind),
            }
            for kind in RACE_KINDS
        ]
    ).astype({"findings": "Int64"})


def _show_effect(view: View) -> None:
    st.header("What they do to the funnel", anchor=False)
    st.markdown(
        "Raw counts leads with their own events. Corrected counts submissions, with the steps that "
        "others prove. The writes cause the difference, not the visitors."
    )
    show_rows(
        view.ask(data.effect, load_plan()),
        EFFECT,
        "races-effect",
        "How many reached each step, by data correction",
        view,
    )


def _show_remedies(view: View) -> None:
    st.header("The remedy, as SQL to copy", anchor=False)
    st.markdown("The dashboard runs none of this SQL. Try it on a copy of the database first.")
    rules, planned = view.ask(data.rules), view.ask(remedies.dry_run)
    paths = view.ask(data.lead_paths)
    for remedy in remedies.REMEDIES:
        touches = planned.of(remedy.name)
        with st.expander(f"{remedy.title}{f' — {touches}' if touches else ''}"):
            st.markdown(remedy.purpose)
            if limit := remedy.limit(paths):
                st.markdown(f"**{limit}**")
            st.code(remedies.sql(remedy.name, rules.contract, view.source.schema), language="sql")
    st.caption(
        f"The tables now hold {count(planned.organizations_deleted)} organizations and "
        f"{count(planned.leads_deleted)} leads with a session id too many, in all periods."
    )


def _show_counters(view: View) -> None:
    st.header("What the server counted", anchor=False)
    counters = view.ask(data.counters)
    since = (
        f"since {view.filters.shown(counters.since)} ({view.filters.zone.key})"
        if counters.since
        else "since its counters began"
    )
    st.markdown(
        f"Rolled back: **{counted(counters.rollbacks, 'transaction')}**. "
        f"Committed: {count(counters.commits)}. "
        f"Resolved: **{counted(counters.deadlocks, 'deadlock')}**. Counted {since}."
    )
    st.caption(
        "The counters are of the whole database, not only of the three tables. "
        "Only the server’s log says what was refused, and why."
    )
