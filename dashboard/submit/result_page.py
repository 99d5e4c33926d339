"""One submission on the page: its time line while it runs, then the verdict and what it left."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.shared.filters import Filters
from dashboard.shared.rows import moment_column, show_rows
from dashboard.shared.times import now
from dashboard.shared.view import View, colors, literal
from dashboard.submit import data, figures
from dashboard.submit.jobs import Submissions
from dashboard.submit.ledger import Job
from dashboard.submit.verdict import progress, verdict

SECONDS = "%.2f"
CALLS: dict[str, str | ColumnConfig] = {
    "label": "Call", "path": "Path",
    "planned": st.column_config.NumberColumn("Planned (s)", format=SECONDS),
    "started": st.column_config.NumberColumn("Made (s)", format=SECONDS),
    "ended": st.column_config.NumberColumn("Ended (s)", format=SECONDS),
    "outcome": "Outcome", "sqlstate": "SQLSTATE", "constraint": "Constraint",
}  # fmt: skip
ERRORS: dict[str, str | ColumnConfig] = {
    "path": "Path", "sqlstate": "SQLSTATE", "constraint": "Constraint", "message": "What it means",
}  # fmt: skip
ORGANIZATIONS: dict[str, str | ColumnConfig] = {
    "name": "Name", "session_id": "Session id", "website_url": "Website",
    "created_at": moment_column("Created"),
}  # fmt: skip
LEADS: dict[str, str | ColumnConfig] = {
    "business_name": "Business", "session_id": "Session id", "website_url": "Website",
    "created_at": moment_column("Created"),
}  # fmt: skip
EVENTS: dict[str, str | ColumnConfig] = {
    "step": "Step", "session_id": "Session id", "at": moment_column("Time"), "lead_id": "Lead",
}  # fmt: skip


def show_progress(job: Job) -> None:
    """Show where a submission stands that has not ended."""
    sentence, line = progress(job)
    st.title(literal(sentence), anchor=False)
    st.markdown(line)
    clicked_at = job.started_at or now()
    _show_timeline(job, (now() - clicked_at).total_seconds())


def show_result(submissions: Submissions, job: Job, view: View) -> None:
    """Show the verdict of a submission that has ended, and all that it left."""
    # Its rows are the sandbox's, of whatever period, and shown in the same zone.
    view = View(submissions.reading, Filters(zone=view.filters.zone))
    with submissions.reading.read() as reader:
        left = data.left(reader, job)
    found = verdict(job, left)
    st.title(f":{found.color}[{found.sentence}]", anchor=False)
    st.markdown(f"`{job.website_url}` · {found.reason}")
    _show_next(left)
    _show_errors(job, view)
    _show_timeline(job, None)
    _show_calls(job, view)
    if not left.gone:
        _show_left(left, view)


def _show_next(left: data.Left) -> None:
    """Lead on to the trace of what was submitted, and to the funnel."""
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
        page = st.Page(lambda: None, title=path, url_path=path)
        st.switch_page(page, query_params=query)


def _look_at_sandbox() -> None:
    st.session_state["source"] = "sandbox"


def _show_errors(job: Job, view: View) -> None:
    errors = data.errors(job)
    if not errors.empty:
        st.subheader("Database errors", anchor=False)
        show_rows(errors, ERRORS, "submission-errors", "Database errors", view)


def _show_timeline(job: Job, elapsed: float | None) -> None:
    st.plotly_chart(
        figures.timeline(data.calls(job), elapsed, colors()), config={"displayModeBar": False},
        alt="Time line of the calls of both paths", key="timeline",
    )  # fmt: skip


def _show_calls(job: Job, view: View) -> None:
    with st.expander("The calls as a table"):
        show_rows(data.calls(job), CALLS, "submission-calls", "Calls of both paths", view)


def _show_left(left: data.Left, view: View) -> None:
    _show_table("Organization it left", left.organizations, ORGANIZATIONS, view)
    _show_table("Leads it left", left.leads, LEADS, view)
    _show_table("Events it left", left.events, EVENTS, view)


def _show_table(
    title: str, rows: pd.DataFrame, columns: Mapping[str, str | ColumnConfig], view: View
) -> None:
    st.subheader(title, anchor=False)
    if rows.empty:
        st.caption("None.")
        return
    show_rows(rows, columns, title.lower().replace(" ", "-"), title, view)
