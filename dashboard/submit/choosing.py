"""The folded-away choices of the form; each stands in the link of the submission."""

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

CHOICE_PARAMETERS = ("pace", "release", "visitor", "moment", "together")
PACES = {
    Pace.FASTER: "the analysis takes 4 to 6 s",
    Pace.REAL: "the analysis takes 40 to 60 s, as in the real system",
    Pace.AT_ONCE: "nothing waits",
}
SAME_MOMENT = "Both paths at the same moment"
SAME_MOMENT_HELP = """
The tracking call is late and arrives when the analysis has ended: both look for the organization
before either of them writes.
"""


def choose() -> tuple[Pace, Choices]:
    """Show the choices and return them; untouched, they are those of today's system."""
    with st.expander("How fast, which release, which visitor, how many", width=460):
        pace = st.radio(
            "Pace", [*map(str, PACES)], captions=[*PACES.values()], key="pace", bind="query-params"
        )
        release = st.radio(
            "Release",
            [*map(str, RELEASE_WORDS)],
            index=len(RELEASE_WORDS) - 1,
            format_func=lambda each: RELEASE_WORDS[DeployedRelease(each)][0],
            captions=[changes for _, changes in RELEASE_WORDS.values()],
            key="release",
            bind="query-params",
        )
        visitor = st.radio(
            "Visitor",
            [*map(str, VISITOR_WORDS)],
            format_func=lambda each: VISITOR_WORDS[VisitorKind(each)][0],
            captions=[who for _, who in VISITOR_WORDS.values()],
            key="visitor",
            bind="query-params",
        )
        same_moment = st.checkbox(
            SAME_MOMENT, help=SAME_MOMENT_HELP, key="moment", bind="query-params"
        )
        together = st.number_input(
            "Visitors who submit it together",
            1,
            MOST_TOGETHER,
            1,
            key="together",
            bind="query-params",
        )
    choices = Choices(
        DeployedRelease(release or DeployedRelease.THIRD),
        VisitorKind(visitor or VisitorKind.ANONYMOUS),
        same_moment,
        together,
    )
    return Pace(pace or Pace.FASTER), choices
