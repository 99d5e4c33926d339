"""Lab: write strategies under conditions: the form, a run's progress, its verdict and rows."""

from uuid import UUID

import streamlit as st

from dashboard.database.errors import DatabaseProblem
from dashboard.lab.conditions import (
    DEFAULT_CONDITIONS,
    LAB_CONSTRAINTS,
    MOST_SECONDS,
    MOST_VISITORS,
    MOST_WEBSITES,
    Conditions,
)
from dashboard.lab.lab import Lab, open_lab
from dashboard.lab.result_page import show_run, show_run_progress, show_saved
from dashboard.lab.strategies import STRATEGIES
from dashboard.services import current_services
from dashboard.sources import Sources
from dashboard.ui.view import View, show_problem

LAB_PARAMETERS = ("run", "with")
LAB_POLL_SECONDS = 1.0
LAB_QUESTION = "Which write strategy keeps everything, once?"
LAB_INTRODUCTION = """
Every visitor submits every website, and all submit the same website at the same moment. Each write
strategy runs both write paths over real connections, in a schema of its own. Then the Lab counts
the rows and drops the schema. A strategy that is correct here is correct under these conditions.
"""


def lab_page(view: View) -> None:
    """Show the run that the link names, or the newest one, and the form for another one."""
    try:
        with st.spinner("Opening the Lab …"):
            lab = current_services().once(_started)
        chosen = st.query_params.get("run")
        if chosen is None:
            _show_newest(lab, view)
        else:
            _show_chosen(lab, chosen, view)
    except DatabaseProblem as problem:
        show_problem(problem)


def _started(sources: Sources) -> Lab:
    """Open the server's lab; what still runs at its end is interrupted."""
    lab = open_lab(sources)
    lab.start_worker()
    return lab


def _show_newest(lab: Lab, view: View) -> None:
    saved = lab.saved()
    if not saved:
        st.title(LAB_QUESTION, anchor=False)
        st.markdown(LAB_INTRODUCTION)
        _show_form(lab)
        return
    show_run(saved[0], saved, view)
    _show_below(lab, view)


def _show_chosen(lab: Lab, chosen: str, view: View) -> None:
    try:
        run = lab.find(UUID(chosen))
    except ValueError:
        run = None
    if run is None:
        st.title("There is no such run", anchor=False)
        st.markdown("No run made here has this link. Start one below.")
    elif not run.is_finished:
        watch = st.fragment(_watch, run_every=LAB_POLL_SECONDS)
        watch(lab, run.id)
        return
    else:
        show_run(run, lab.saved(), view)
    _show_below(lab, view)


def _show_below(lab: Lab, view: View) -> None:
    st.subheader("Run it under other conditions", anchor=False)
    _show_form(lab)
    show_saved(lab.saved(), view)


def _show_form(lab: Lab) -> None:
    """Show the conditions and the button, and start what was clicked."""
    with st.form("lab", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            visitors = _whole("Visitors at once", MOST_VISITORS, DEFAULT_CONDITIONS.visitors)
            websites = _whole("Websites", MOST_WEBSITES, DEFAULT_CONDITIONS.websites)
            clicked = st.form_submit_button("Run", type="primary")
        names = _choose_strategies()
        with st.expander("More conditions"):
            conditions = _choose_conditions(visitors, websites)
    with st.expander("About the write strategies"):
        for strategy in STRATEGIES.values():
            st.markdown(f"**{strategy.label}.** {strategy.what}")
    if clicked and not names:
        st.info("Nothing was started. Choose a write strategy.")
    elif clicked:
        st.query_params["run"] = str(lab.start(conditions, names))
        st.rerun()


def _choose_strategies() -> list[str]:
    return st.multiselect(
        "Write strategies",
        [*STRATEGIES],
        default=[*STRATEGIES],
        format_func=lambda name: STRATEGIES[name].label,
    )


def _choose_conditions(visitors: int, websites: int) -> Conditions:
    help_ = "inclusive: owner or session; exclusive: exactly one of them; absent: none"
    constraint = st.radio("Session constraint", LAB_CONSTRAINTS, horizontal=True, help=help_)
    with st.container(horizontal=True):
        analysis_time = _seconds("Analysis time (s)", DEFAULT_CONDITIONS.analysis_time)
        jitter = _seconds("Late by at most (s)", DEFAULT_CONDITIONS.jitter)
    owned = _share("Websites with an owner")
    crashed = _share("Submissions that lose the connection once, and come back")
    return Conditions(visitors, websites, jitter, analysis_time, constraint, owned, crashed)


def _whole(label: str, most: int, value: int) -> int:
    return int(st.number_input(label, 1, most, value, width=160))


def _seconds(label: str, value: float) -> float:
    return st.number_input(label, 0.0, MOST_SECONDS, value, 0.05, width=160)


def _share(label: str) -> float:
    return st.slider(label, 0, 100, 0, 5, format="%d %%", width=340) / 100


def _watch(lab: Lab, run_id: UUID) -> None:
    """Show how far a run is; at its end, show the whole page anew, without polling."""
    try:
        run = lab.find(run_id)
    except DatabaseProblem as problem:
        show_problem(problem)
        return
    if run is None or run.is_finished:
        st.rerun()
    show_run_progress(run)
    if run.cancel_requested:
        st.caption("It is being cancelled …")
    elif st.button("Cancel", key="cancel"):
        lab.cancel(run_id)
        st.rerun()
