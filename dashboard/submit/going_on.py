"""The visitor goes on: one button a step, and how far the rows of this submission reach."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.database.errors import DatabaseProblem
from dashboard.model.tracking_plan import TrackingPlan, load_plan
from dashboard.submit import data, figures
from dashboard.submit.further import Further, further_steps
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.submissions import Submissions
from dashboard.submit.verdict import reach
from dashboard.ui.rows import count_column, show_rows
from dashboard.ui.view import View, colors, forget_answers, show_problem

REACHED_LABELS: dict[str, str | ColumnConfig] = {
    "label": "Step",
    "took": count_column("Visitors who took it"),
    "stored": count_column("Events stored"),
    "lost": count_column("Events lost"),
}


def show_going_on(
    submissions: Submissions, group: Sequence[SandboxSubmission], left: data.Left, view: View
) -> None:
    """Let the visitor take the plan's next steps, and show which of them left an event."""
    plan, first = load_plan(), group[0]
    who = "The visitor" if len(group) == 1 else "The first visitor"
    st.subheader(f"{who} goes on", anchor=False)
    if first.state == "done":
        _show_buttons(submissions, first, plan)
    reached = data.reached(group, left, plan)
    st.markdown(reach(reached, len(group)))
    st.plotly_chart(
        figures.step_bars(reached, len(group), colors()),
        config={"displayModeBar": False},
        alt="Steps taken and events stored",
        key="steps-taken",
    )
    with st.expander("The steps as a table"):
        show_rows(_without_name(reached), REACHED_LABELS, "submission-steps", "Steps taken", view)


def _without_name(reached: pd.DataFrame) -> pd.DataFrame:
    return reached.drop(columns="step")


def _show_buttons(
    submissions: Submissions, submission: SandboxSubmission, plan: TrackingPlan
) -> None:
    with st.container(horizontal=True):
        for step in further_steps(submission, plan):
            if _button(step):
                _take(submissions, submission, step)


def _button(step: Further) -> bool:
    return st.button(
        f"✓ {step.label}" if step.taken else step.label,
        disabled=not step.is_open,
        key=f"step-{step.name}",
        help=f"Opens after: {step.needs}" if step.needs else None,
    )


def _take(submissions: Submissions, submission: SandboxSubmission, step: Further) -> None:
    """Track a step, and show the page anew with what became of it."""
    try:
        taken = submissions.go_on(submission.id, step.name)
    except DatabaseProblem as problem:
        show_problem(problem)
        return
    forget_answers()
    if not taken:
        st.toast("Not now: another step is being taken, or the sandbox was reset.")
    st.rerun()
