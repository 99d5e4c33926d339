"""One submission on the page: its calls while it runs, then the verdict and its rows."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.model.filters import Filters
from dashboard.model.times import now
from dashboard.submit import data, figures
from dashboard.submit.claim import claim
from dashboard.submit.going_on import show_going_on
from dashboard.submit.group import group_verdict, members
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.submissions import Submissions
from dashboard.submit.verdict import submission_progress, submission_verdict
from dashboard.ui.rows import count_column, moment_column, show_rows
from dashboard.ui.timelines import switch_to
from dashboard.ui.view import View, colors, literal

SECONDS = "%.2f"
CALL_LABELS: dict[str, str | ColumnConfig] = {
    "label": "Call",
    "path": "Path",
    "at": st.column_config.NumberColumn("T+ (s at the real pace)", format="%.1f"),
    "planned": st.column_config.NumberColumn("Planned (s)", format=SECONDS),
    "started": st.column_config.NumberColumn("Made (s)", format=SECONDS),
    "ended": st.column_config.NumberColumn("Ended (s)", format=SECONDS),
    "outcome": "Outcome",
    "sqlstate": "SQLSTATE",
    "constraint": "Constraint",
    "retries": count_column("Retries"),
}
ERROR_LABELS: dict[str, str | ColumnConfig] = {
    "path": "Path",
    "sqlstate": "SQLSTATE",
    "constraint": "Constraint",
    "message": "What it means",
}
ORGANIZATION_LABELS: dict[str, str | ColumnConfig] = {
    "name": "Name",
    "session_id": "Session id",
    "website_url": "Website",
    "created_at": moment_column("Created"),
}
LEAD_LABELS: dict[str, str | ColumnConfig] = {
    "business_name": "Business",
    "session_id": "Session id",
    "website_url": "Website",
    "created_at": moment_column("Created"),
}
EVENT_LABELS: dict[str, str | ColumnConfig] = {
    "step": "Step",
    "session_id": "Session id",
    "at": moment_column("Time"),
    "lead_id": "Lead",
}
VISITOR_LABELS: dict[str, str | ColumnConfig] = {
    "number": count_column("Visitor"),
    "saved": count_column("Writes saved"),
    "planned": count_column("Writes planned"),
    "errors": "Errors",
    "session_id": "Session id",
}
CALLS_LEGEND = """
A ring shows when a call was planned, a mark when it was made. T+ is its planned second at the real
pace. A cross is a call that failed: the request ended there, and nobody retries it. A diamond is a
call that was dropped, or whose outcome nobody knows.
"""


def show_submission_progress(submission: SandboxSubmission) -> None:
    """Show where a submission stands that has not ended."""
    sentence, line = submission_progress(submission)
    st.title(literal(sentence), anchor=False)
    st.markdown(line)
    clicked_at = submission.started_at or now()
    _show_timeline(submission, (now() - clicked_at).total_seconds())


def show_submission(
    submissions: Submissions, group: Sequence[SandboxSubmission], view: View
) -> None:
    """Show the verdict of submissions that have ended together, and all that they left."""
    # Their rows are the sandbox's, of whatever period, and shown in the same zone.
    view = View(submissions.reading, Filters(zone=view.filters.zone))
    with submissions.reading.read() as reader:
        left, rule = data.left(reader, *group), reader.contract.constraint
    first = group[0]
    found = group_verdict(group, left) if len(group) > 1 else submission_verdict(first, left)
    st.title(f":{found.color}[{found.sentence}]", anchor=False)
    st.markdown(f"`{first.website_url}` · {found.reason}")
    st.markdown(f"**A status report would have claimed:** {claim(group, left)}")
    st.caption(
        f"{first.choices.words} · the sandbox’s constraint is {rule} · times in"
        f" {view.filters.zone.key}"
    )
    _show_next(left)
    if not left.gone:
        show_going_on(submissions, group, left, view)
    _show_members(group, view)
    _show_errors(group, view)
    _show_timeline(first, None)
    _show_calls(first, view)
    if not left.gone:
        _show_left(left, view)


def _show_members(group: Sequence[SandboxSubmission], view: View) -> None:
    if len(group) > 1:
        st.subheader("Visitors who submitted together", anchor=False)
        show_rows(members(group), VISITOR_LABELS, "submission-visitors", "Visitors", view)


def _show_next(left: data.Left) -> None:
    """Lead on to the timeline of what was submitted, and to the funnel."""
    with st.container(horizontal=True):
        if left.tracked_lead:
            _lead_on("Follow its lead →", "leads", lead=left.tracked_lead)
        _lead_on("See the sandbox’s funnel →", "funnel")


def _lead_on(label: str, path: str, **query: str) -> None:
    """Offer another page over the sandbox.

    No link: it would bring the sandbox's name along, but the header's switch has a choice already
    and keeps it.
    """
    if st.button(label, on_click=_look_at_sandbox, key=f"to-{path}"):
        switch_to(path, query)


def _look_at_sandbox() -> None:
    st.session_state["source"] = "sandbox"


def _show_errors(group: Sequence[SandboxSubmission], view: View) -> None:
    errors = pd.concat([data.errors(submission) for submission in group], ignore_index=True)
    if not errors.empty:
        st.subheader("Database errors", anchor=False)
        show_rows(errors, ERROR_LABELS, "submission-errors", "Database errors", view)


def _show_timeline(submission: SandboxSubmission, elapsed: float | None) -> None:
    together = submission.choices.together
    title = f"Calls of the first of {together} visitors" if together > 1 else "Calls of both paths"
    calls = data.both_paths(data.calls(submission))
    st.plotly_chart(
        figures.call_timeline(calls, elapsed, colors(), title),
        config={"displayModeBar": False},
        alt="Timeline of the calls of both paths",
        key="timeline",
    )
    st.caption(CALLS_LEGEND)


def _show_calls(submission: SandboxSubmission, view: View) -> None:
    with st.expander("The calls as a table"):
        calls = data.calls(submission)[[*CALL_LABELS, "message"]]
        show_rows(calls, CALL_LABELS, "submission-calls", "Calls of both paths", view)


def _show_left(left: data.Left, view: View) -> None:
    _show_table("Organization it left", left.organizations, ORGANIZATION_LABELS, view)
    _show_table("Leads it left", left.leads, LEAD_LABELS, view)
    _show_table("Events it left", left.events, EVENT_LABELS, view)


def _show_table(
    title: str, rows: pd.DataFrame, columns: Mapping[str, str | ColumnConfig], view: View
) -> None:
    st.subheader(title, anchor=False)
    if rows.empty:
        st.caption("None.")
        return
    show_rows(rows, columns, title.lower().replace(" ", "-"), title, view)
