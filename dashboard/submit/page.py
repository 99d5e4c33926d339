"""Submit: one field, one button, the timeline of the calls, the rows, the next step."""

import hashlib
from uuid import UUID, uuid4

import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string

from dashboard.database.errors import DatabaseProblem
from dashboard.database.tracking_off import tracking_off_since
from dashboard.model.formats import counted
from dashboard.services import current_services
from dashboard.sources import Sources
from dashboard.submit.address import WebsiteError, normalized_website
from dashboard.submit.choices import Choices
from dashboard.submit.choosing import CHOICE_PARAMETERS, choose
from dashboard.submit.result_page import show_submission, show_submission_progress
from dashboard.submit.submissions import SandboxBusy, Submissions, open_submissions
from dashboard.submit.workflow import Pace
from dashboard.ui.view import View, forget_answers, literal, show_problem

SUBMIT_PARAMETERS = ("job", *CHOICE_PARAMETERS)
SUBMIT_POLL_SECONDS = {Pace.REAL: 1.0, Pace.FASTER: 0.4, Pace.AT_ONCE: 0.4}
SUBMIT_INTRODUCTION = """
Two parts of the system write about every visitor. The **tracking path** writes at once: an
organization, a placeholder lead and two events. The **analysis path** writes when the analysis is
done: the real business, in a lead of its own. Submit a website and see which rows are saved.
"""
SUBMIT_WHERE = """
Rows go to the **sandbox**, a copy of the demo, whatever other pages look at. The address is checked
and never visited. The business that the analysis finds is invented.
"""
EXCLUSIVE = "With the constraint as deployed (exclusive)"
EXCLUSIVE_HELP = """
An organization has an owner or a session id, never both. The documented form allows both. In the
deployed form, writing a visitor's session id to an owned organization fails every time.
"""
SAME = """
You submitted this website less than a minute ago with other options. This is that submission.
"""
RESET = """
All submissions are dropped, and the sandbox becomes a fresh copy of the demo. Or its last month is
one of the system since ece936e: tracking is off, and the other pages show how that looks.
"""
TRACKING_OFF = "Fill a month without tracking"


def submit_page(view: View) -> None:
    """Show the field, then the submission that the link names."""
    chosen = st.query_params.get("job")
    if chosen is None:
        st.title("Submit a website and see what becomes of it", anchor=False)
        st.markdown(SUBMIT_INTRODUCTION)
    try:
        with st.spinner("Opening the sandbox …"):
            submissions = current_services().once(_started)
        _show_form(submissions)
        if chosen is not None:
            _show_job(submissions, chosen, view)
        _show_reset(submissions)
    except DatabaseProblem as problem:
        show_problem(problem)


def _started(sources: Sources) -> Submissions:
    """Open the server's submissions; what still runs at its end is found interrupted later."""
    submissions = open_submissions(sources)
    submissions.start_workers()
    return submissions


def _show_form(submissions: Submissions) -> None:
    """Show the field and the button, and submit what was clicked."""
    with st.form("submit", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            given = st.text_input("Website", placeholder="example.com", key="website", width=460)
            clicked = st.form_submit_button("Submit website", type="primary")
        pace, choices = choose()
    st.caption(SUBMIT_WHERE + _tracking_off(submissions))
    if clicked:
        _submit(submissions, given or "", pace, choices)


def _submit(submissions: Submissions, given: str, pace: Pace, choices: Choices) -> None:
    """Submit a website and show the page anew, as the link that now names the submission does."""
    try:
        website_url = normalized_website(given)
    except WebsiteError as error:
        st.info(f"**Nothing was submitted.** {literal(str(error))}")
        return
    job_id = submissions.submit(_visitor(), website_url, pace, choices)
    job = submissions.find(job_id)
    if job and job.choices != choices:
        st.toast(SAME)
    st.query_params["job"] = str(job_id)
    st.rerun()


def _tracking_off(submissions: Submissions) -> str:
    """Say since when the sandbox's tracking is off, where it is."""
    try:
        with submissions.reading.read() as reader:
            since = tracking_off_since(reader)
    except DatabaseProblem:
        # The form needs no sandbox: what is submitted waits for it.
        return ""
    return f" In the sandbox **tracking has been off since {since:%Y-%m-%d}**." if since else ""


def _visitor() -> str:
    """Return what tells this browser from others, in all its tabs; nothing a person could use.

    Streamlit gives every browser a token against forged requests, masked anew in each cookie.
    """
    token, _ = decode_xsrf_token_string(st.context.cookies.get("_streamlit_xsrf", ""))
    if token:
        return hashlib.sha256(token).hexdigest()
    return str(st.session_state.setdefault("visitor", uuid4().hex))


def _show_job(submissions: Submissions, chosen: str, view: View) -> None:
    try:
        jobs = submissions.find_all(UUID(chosen))
    except ValueError:
        jobs = ()
    if not jobs:
        st.title("There is no such submission", anchor=False)
        st.markdown("No submission made here has this link. Submit a website above.")
    elif all(job.is_finished for job in jobs):
        show_submission(submissions, jobs, view)
    else:
        watch = st.fragment(_watch, run_every=SUBMIT_POLL_SECONDS[jobs[0].pace])
        watch(submissions, jobs[0].id)


def _watch(submissions: Submissions, job_id: UUID) -> None:
    """Show where a submission stands; at its end, show the whole page anew, without polling."""
    try:
        job = submissions.find(job_id)
        # The others are asked for only when the one that is shown has ended.
        runs = job is not None and not job.is_finished
        over = not runs and all(each.is_finished for each in submissions.find_all(job_id))
    except DatabaseProblem as problem:
        show_problem(problem)
        return
    if job is None or over:
        # Other pages may have read the sandbox before these rows were in it.
        forget_answers()
        st.rerun()
    show_submission_progress(job)


def _show_reset(submissions: Submissions) -> None:
    # In the page itself: what floats above it stays behind when a result below it grows.
    with st.expander("Reset sandbox …"):
        st.markdown(RESET)
        exclusive = st.checkbox(EXCLUSIVE, help=EXCLUSIVE_HELP, key="exclusive")
        with st.container(horizontal=True):
            reset = st.button("Reset it now", key="reset")
            tracking_off = st.button(TRACKING_OFF, key="tracking-off")
        if reset or tracking_off:
            _reset(submissions, exclusive, tracking_off)


def _reset(submissions: Submissions, exclusive: bool, tracking_off: bool) -> None:
    try:
        with st.spinner("Filling the sandbox …" if tracking_off else "Copying the demo …"):
            submissions.reset(exclusive, tracking_off)
    except SandboxBusy as busy:
        running = counted(busy.args[0], "submission")
        st.info(f"Not now: {running} still running. Reset when they have ended.")
        return
    forget_answers()
    st.query_params.pop("job", None)
    filled = "filled with a month without tracking" if tracking_off else "a fresh copy of the demo"
    st.toast(f"The sandbox is {filled}.")
    st.rerun()
