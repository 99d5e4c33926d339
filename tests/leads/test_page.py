"""The Leads page as a product manager finds it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.demo.report_picture import report_picture
from dashboard.ui.view import literal
from tests.conftest import Parameters, execute

OpenApp = Callable[..., AppTest]
AS_OF = "2026-01-26T02:30"
PLANTED = report_picture().planted


def test_the_newest_leads_come_first(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "leads", as_of=AS_OF, range="all time")
    assert not app.exception
    assert app.title[0].value == f"{PLANTED.counts.leads:,} leads"
    assert app.dataframe[0].value["business_name"].tolist()[:3] == [
        "Gloop",
        "Unknown Business",
        "Unknown Business",
    ]


def test_a_link_opens_the_same_search(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(
        demo_parameters, "leads", as_of=AS_OF, range="all time", q="gloop", session="with"
    )
    assert app.text_input(key="q").value == "gloop"
    assert app.title[0].value == f"1 of {PLANTED.counts.leads:,} leads match"


def test_a_filter_value_that_is_not_in_the_period_finds_nothing_and_stays(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(
        demo_parameters, "leads", as_of=AS_OF, range="all time", sources="carrier pigeon"
    )
    assert not app.exception
    assert app.multiselect(key="sources").value == ["carrier pigeon"]
    assert app.title[0].value.startswith("0 of")
    assert not app.dataframe


def test_a_page_beyond_the_last_does_not_fail(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, "leads", as_of=AS_OF, range="all time", page="999")
    assert not app.exception
    assert len(app.dataframe[0].value) > 0
    assert any("There is no page 999 of 100" in each.value for each in app.caption)


def test_a_lead_opens_its_timeline(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "leads", lead=str(PLANTED.snap_lead))
    assert not app.exception
    # Only its organization knows the name.
    assert app.title[0].value == literal("Snap Inc.")
    words = " ".join(each.value for each in app.markdown)
    assert "Only the placeholder" in words
    assert "“Analysis started” is not recorded" in words
    assert len(app.dataframe[0].value) == 4


@pytest.mark.parametrize(
    ("lead", "words"), [("nonsense", "names no lead"), (str(UUID(int=5)), "no such lead")]
)
def test_a_lead_that_is_not_there_says_so(
    open_app: OpenApp, tables: Parameters, lead: str, words: str
) -> None:
    app = open_app(tables, "leads", lead=lead)
    assert not app.exception
    assert words in app.title[0].value


def test_back_from_a_trace_to_all_leads(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "leads", lead=str(PLANTED.snap_lead))
    next(each for each in app.button if "All leads" in each.label).click().run()
    assert "lead" not in app.query_params
    assert app.title[0].value.endswith("leads")


def test_hostile_names_are_text(open_app: OpenApp, tables: Parameters) -> None:
    name = "<script>alert(1)</script> **x** [a](javascript:b) :red[c] $d$"
    execute(
        tables,
        """
        insert into website_leads (id, business_name, website_url, created_at)
        values ('00000000-0000-0000-0000-000000000001', %s, %s, now())
    """,
        name,
        name,
    )
    app = open_app(tables, "leads", lead=str(UUID(int=1)))
    assert not app.exception
    assert "<script>" not in app.title[0].value
    assert "\\*\\*x\\*\\*" in app.title[0].value
