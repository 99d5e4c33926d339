"""The last boundary: the screen never shows a traceback or a secret."""

import logging

import streamlit as st


def show_unknown_failure(error: Exception) -> bool:
    """Log an error that no page knows, and say where it stands; True: nothing else is shown."""
    logging.getLogger("dashboard").error("A page failed in a way it does not know", exc_info=error)
    st.info("This page failed in a way it does not know. The server’s log says where.")
    return True
