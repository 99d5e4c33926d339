import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.coverage.look_alikes import resembles, visible

PLANNED = ["analysis_started", "analysis_completed", "registration"]


@pytest.mark.parametrize(
    ("name", "differs"),
    [
        ("Analysis_Started", "other case"),
        ("ANALYSIS_STARTED ", "other case"),
        ("analysis_started ", "space at its edge"),
        ("\tanalysis_started", "space at its edge"),
        ("\u0430nalysis_started", "look-alike or hidden characters"),
        ("analysis\u200b_started", "look-alike or hidden characters"),
        ("\uff41nalysis_started", "look-alike or hidden characters"),
        ("an\u00e1lysis_started", "look-alike or hidden characters"),
        ("analysis-started", "other separators"),
        ("analysisStarted", "other separators"),
        ("analysis_startd", "spelled otherwise"),
    ],
)
def test_what_looks_like_a_planned_name_is_told_with_what_differs(name: str, differs: str) -> None:
    assert resembles(name, PLANNED) == ("analysis_started", differs)


@pytest.mark.parametrize("name", ["demo_requested", "started", "", " ", "analysis", "payment"])
def test_what_looks_like_none_resembles_none(name: str) -> None:
    assert resembles(name, PLANNED) is None


@given(st.text())
def test_any_text_can_be_looked_at_and_is_shown_printable(name: str) -> None:
    resembles(name, PLANNED)
    assert visible(name).isprintable()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a b", "a b"), (" a ", "␠a␠"), ("a\n", "a[U+000A]"), ("\u202ea", "[U+202E]a"), ("ä", "ä")],
)
def test_what_hides_is_made_visible(name: str, shown: str) -> None:
    assert visible(name) == shown
