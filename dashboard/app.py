"""The pages, and the bar above them. Run with `make run`, or `streamlit run dashboard/app.py`."""

import atexit
import logging
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
if str(PROJECT) not in sys.path:
    # `streamlit run` puts this file's folder on the path, not the project's.
    sys.path.insert(0, str(PROJECT))

import streamlit as st  # noqa: E402

from dashboard.coverage.page import COVERAGE_PARAMETERS, coverage_page  # noqa: E402
from dashboard.funnel.page import FUNNEL_PARAMETERS, funnel_page  # noqa: E402
from dashboard.lab.page import LAB_PARAMETERS, lab_page  # noqa: E402
from dashboard.leads.page import LEADS_PARAMETERS, leads_page  # noqa: E402
from dashboard.model.configuration_files import check_configuration_files  # noqa: E402
from dashboard.races.page import RACES_PARAMETERS, races_page  # noqa: E402
from dashboard.settings import SettingsError, load_settings  # noqa: E402
from dashboard.sources import Sources  # noqa: E402
from dashboard.status.page import STATUS_PARAMETERS, status_page  # noqa: E402
from dashboard.submit.page import SUBMIT_PARAMETERS, submit_page  # noqa: E402
from dashboard.ui.header import header  # noqa: E402


@st.cache_resource(show_spinner=False)
def open_sources() -> Sources:
    """Return the process's sources; the process releases the embedded server at its end."""
    settings = load_settings()
    check_configuration_files(settings)
    sources = Sources(settings)
    atexit.register(sources.close)
    return sources


st.set_page_config(page_title="Lead funnel", page_icon="🔎", layout="wide")
# path: title, page, and the page's link parameters beside the header's
PAGES = {
    "status": ("Status", status_page, STATUS_PARAMETERS),
    "funnel": ("Funnel", funnel_page, FUNNEL_PARAMETERS),
    "leads": ("Leads", leads_page, LEADS_PARAMETERS),
    "coverage": ("Coverage", coverage_page, COVERAGE_PARAMETERS),
    "races": ("Races", races_page, RACES_PARAMETERS),
    "submit": ("Submit", submit_page, SUBMIT_PARAMETERS),
    "lab": ("Lab", lab_page, LAB_PARAMETERS),
}
WITHOUT_BAR = {"submit"}
page = st.navigation(
    [
        st.Page(lambda: None, title=title, url_path=path, default=path == "status")
        for path, (title, *_) in PAGES.items()
    ],
    position="top",
)
try:
    parameters = [name for *_, names in PAGES.values() for name in names]
    with header(open_sources(), parameters, hidden=page.url_path in WITHOUT_BAR) as view:
        page.run()
        if view:
            PAGES[page.url_path or "status"][1](view)
except SettingsError as error:
    st.info(f"A setting is wrong. {error}")
except Exception:  # the last boundary: the screen never shows a traceback or a secret
    logging.getLogger("dashboard").exception("A page failed in a way it does not know")
    st.info("This page failed in a way it does not know. The server’s log says where.")
