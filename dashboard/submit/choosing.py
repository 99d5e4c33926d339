"""The simulation options of the form; each stands in the link of the submission."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.submit.choices import (
    MOST_TOGETHER,
    RELEASE_WORDS,
    VISITOR_WORDS,
    Choices,
    DeployedRelease,
    VisitorKind,
)
from dashboard.submit.workflow import Pace

DEPLOYED = Choices().release
CHOICE_PARAMETERS = ("pace", "release", "visitor", "moment", "together")
PACES = {
    Pace.FASTER: "the analysis takes 4 to 6 s",
    Pace.REAL: "the analysis takes 40 to 60 s, as in the real system",
    Pace.AT_ONCE: "nothing waits",
}
SAME_MOMENT = "Both paths at the same moment"
SAME_MOMENT_HELP = """
The tracking call is late and arrives when the analysis has ended. Both paths look for the
organization before either of them writes.
"""


def choose() -> tuple[Pace, Choices]:
    """Show the options and return what was chosen; the defaults are today's system."""
    with st.expander("Simulation options", width=460):
        pace = _radio("Pace", "pace", {str(each): (each, words) for each, words in PACES.items()})
        release = _radio("Release", "release", RELEASE_WORDS, [*RELEASE_WORDS].index(DEPLOYED))
        visitor = _radio("Visitor", "visitor", VISITOR_WORDS)
        same_moment = st.checkbox(
            SAME_MOMENT, help=SAME_MOMENT_HELP, key="moment", bind="query-params"
        )
        together = _choose_together()
    choices = Choices(
        DeployedRelease(release or DEPLOYED),
        VisitorKind(visitor or VisitorKind.ANONYMOUS),
        same_moment,
        together,
    )
    return Pace(pace or Pace.FASTER), choices


def _radio(
    label: str, key: str, options: Mapping[Any, tuple[str, str]], index: int = 0
) -> str | None:
    """Show options, each by its label and a caption; return the one that is chosen."""
    words = {str(option): label for option, (label, _) in options.items()}
    return st.radio(
        label,
        [*words],
        index=index,
        format_func=words.get,
        captions=[caption for _, caption in options.values()],
        key=key,
        bind="query-params",
    )


def _choose_together() -> int:
    label = "Visitors who submit it together"
    return st.number_input(label, 1, MOST_TOGETHER, 1, key="together", bind="query-params")
