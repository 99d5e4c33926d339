"""Submit: one field and one button, the running time line, the rows it left, the next step."""

import hashlib
from collections.abc import Callable
from uuid import UUID, uuid4

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string

from dashboard.database.errors import DatabaseProblem
from dashboard.database.sources import Sources
from dashboard.settings import load_settings
from dashboard.shared.filters import Filters
from dashboard.shared.formats import counted
from dashboard.shared.rows import moment_column, show_rows
from dashboard.shared.view import View, colors, forget_answers, literal, show_problem
from dashboard.submit import data, figures
from dashboard.submit.address import WebsiteError, normalised
from dashboard.submit.jobs import Busy, Submissions, open_submissions
from dashboard.submit.ledger import Job
from dashboard.submit.verdict import progress, verdict
from dashboard.submit.workflow import Pace

SUBMIT_PARAMETERS = ("job",)
POLL_SECONDS = {Pace.REAL: 1.0, Pace.FASTER: 0.4, Pace.AT_ONCE: 0.4}
PACES = {
    Pace.REAL: "The analysis takes 40 to 60 s, as in the real system.",
    Pace.FASTER: "The analysis takes 4 to 6 s.",
    Pace.AT_ONCE: "Nothing waits.",
}
INTRODUCTION = """
Two parts of the system write about every visitor. The **tracking path** writes at once: an
organization, a placeholder lead, two events. The **analysis path** writes when the analysis is done:
the real business, in another lead. Submit a website and see which of it is saved.
"""
WHERE = """
Always written to the **sandbox**, a copy of the demo, whatever is looked at above. The address is
only checked, never visited; the business is made up.
"""
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
ERRORS: dict[str, str | ColumnConfig] = {
    "path": "Path", "sqlstate": "SQLSTATE", "constraint": "Constraint", "message": "What it means",
}  # fmt: skip
CALLS: dict[str, str | ColumnConfig] = {
    "label": "Call", "path": "Path",
    "planned": st.column_config.NumberColumn("Planned (s)", format="%.2f"),
    "started": st.column_config.NumberColumn("Made (s)", format="%.2f"),
    "ended": st.column_config.NumberColumn("Ended (s)", format="%.2f"),
    "outcome": "Outcome", "sqlstate": "SQLSTATE", "constraint": "Constraint",
}  # fmt: skip
