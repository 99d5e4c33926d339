"""What a visitor's browser is shown: the bar and the page. `make run` serves it."""

import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
if str(PROJECT) not in sys.path:
    # `streamlit run` puts this file's folder on the path, not the project's.
    sys.path.insert(0, str(PROJECT))

import streamlit as st  # noqa: E402

from dashboard.model.configuration_files import check_configuration_files  # noqa: E402
from dashboard.pages import PAGES  # noqa: E402
from dashboard.services import NotServedError, current_services  # noqa: E402
from dashboard.settings import SettingsError  # noqa: E402
from dashboard.ui.header import header  # noqa: E402

st.set_page_config(page_title="Lead funnel", page_icon="🔎", layout="wide")
page = st.navigation(
    [
        st.Page(lambda: None, title=each.title, url_path=path or "status", default=not path)
        for path, each in PAGES.items()
    ],
    position="top",
)
chosen_page = PAGES[page.url_path]
parameters = [name for each in PAGES.values() for name in each.parameters]
try:
    services = current_services()
    check_configuration_files(services.settings)
    with header(services.sources, parameters, hidden=not chosen_page.bar) as view:
        page.run()
        if view:
            chosen_page.show(view)
except NotServedError as error:
    st.info(str(error))
except SettingsError as error:
    st.info(f"A setting is wrong. {error}")
