"""The Status page as a person finds it, over real databases."""

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.demo.report_picture import report_picture
from dashboard.ui.view import literal
from tests.conftest import Parameters, execute

OpenApp = Callable[..., AppTest]
AS_OF = "2026-01-26T02:30"


def said(app: AppTest) -> str:
    """Return every text on the page."""
    kinds = (app.title, app.markdown, app.caption, app.info, app.subheader)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def table(app: AppTest, column: str, number: int = 0) -> pd.DataFrame:
    """Return one of the tables that have such a column."""
    having = [each.value for each in app.dataframe if column in each.value.columns]
    return having[number]


def test_the_reports_picture_is_not_everything_saved(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, as_of=AS_OF, range="all time")
    assert not app.exception
    reason = literal("at least 1 submission lost data at 2026-01-26 02:18")
    assert f"No: [{reason}](races?" in app.title[0].value
    assert literal("a step that a later one or a lead proves is recorded nowhere: 1") in said(app)
    assert [(each.label, each.value) for each in app.metric] == [
        ("Submissions", "4,995"),
        ("Conversion", "–"),
        ("Converted users", "549"),
        ("Session coverage", "0.1 %"),
        ("Lost events (at least)", "1"),
    ]


def test_every_claim_has_its_verdict_and_a_way_to_more(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, as_of=AS_OF)
    # The demo here is a configured source: no release is known, and no website is looked for.
    badges = [each.value for each in app.markdown if "-badge[" in each.value]
    assert len(badges) == 16
    assert sum("refuted" in each for each in badges) == 7
    links = [each.value for each in app.markdown if each.value.startswith("[More on the")]
    assert any("(coverage?" in each and "as_of=2026" in each for each in links)
    timelines = [
        each.value for each in app.markdown if "(leads?" in each.value and "lead=" in each.value
    ]
    assert any(str(report_picture().planted.snap_lead) in each for each in timelines)


def test_a_loss_without_a_lead_leads_to_no_timeline(open_app: OpenApp, tables: Parameters) -> None:
    execute(
        tables,
        "insert into organizations (name, session_id, website_url, created_at)"
        " values ('A', 's', 'https://a.example', '2026-01-20')",
    )
    app = open_app(tables, as_of=AS_OF, range="all time")
    assert literal("an organization without owner has no lead: 1") in said(app)
    assert not [each.value for each in app.markdown if "lead=" in each.value]


def test_a_link_names_the_website_that_has_to_be_complete(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, as_of=AS_OF, website="https://www.snap.com/x")
    assert literal("1 submission of snap.com") in said(app)
    app.text_input(key="website").set_value("<b>nowhere</b>.example").run()
    assert not app.exception
    assert literal("No lead of <b>nowhere< was created") in said(app)


def test_the_tables_are_the_reports_own(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, as_of=AS_OF)
    assert table(app, "created_at")["name"].tolist() == [
        "Gloop",
        "Snap Inc.",
        "Amazon.com",
        "Meta",
        "j's Blog",
    ]
    assert table(app, "at")["step"].tolist() == [
        "analysis_completed",
        "website_analysis",
        "analysis_started",
        "analysis_completed",
        "website_analysis",
    ]


def test_a_loss_that_cant_be_proven_is_not_called_saved(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(
        tables,
        """
        with lead as (
            insert into website_leads (id, created_at) values (gen_random_uuid(), now())
            returning id
        )
        insert into conversion_tracking (id, website_lead_id, conversion_step, step_completed_at)
        select gen_random_uuid(), id, step, now() from lead
        cross join (values ('analysis_started'), ('analysis_completed')) as steps (step)
    """,
    )
    app = open_app(tables)
    assert literal("Inconclusive: no row proves a loss") in app.title[0].value
    assert "leaves no trace" in said(app)


def test_empty_tables_say_so(open_app: OpenApp, tables: Parameters) -> None:
    app = open_app(tables)
    assert not app.exception
    assert "there is no row in this period" in app.title[0].value
    assert [each.value for each in app.metric] == ["0", "–", "0", "–", "0"]


def test_a_database_without_the_tables_says_which_are_missing(
    open_app: OpenApp, empty_database: Parameters
) -> None:
    app = open_app(empty_database)
    assert not app.exception
    assert "organizations" in said(app)
    assert "missing" in said(app)


def test_what_does_not_need_a_missing_column_still_works(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(tables, "alter table website_leads drop column website_url")
    app = open_app(tables)
    assert not app.exception
    assert "website\\_leads\\.website\\_url is missing" in said(app)
    assert "Session coverage" in [each.label for each in app.metric]


def test_an_unreachable_database_is_explained_without_its_password(
    open_app: OpenApp, tables: Parameters
) -> None:
    app = open_app({**tables, "port": "1", "password": "hunter2"})
    assert not app.exception
    assert "can't be reached" in said(app).replace("\\", "").replace("’", "'")
    assert "hunter2" not in said(app)


@pytest.mark.parametrize(
    "link",
    [
        {"range": "banana"},
        {"period": "banana"},
        {"period": "2026-01-01..3001-01-01"},
        {"as_of": "yesterday"},
        {"as_of": "2026-01-26"},
        {"source": "x"},
        {"from": "1"},
        {"utm": "a"},
    ],
    ids=lambda link: next(iter(link)),
)
def test_a_part_of_a_link_that_cant_be_used_is_named(
    open_app: OpenApp, tables: Parameters, link: dict[str, str]
) -> None:
    app = open_app(tables, **link)
    assert not app.exception
    assert f"“{next(iter(link))}”" in app.info[0].value


def test_reversed_days_are_explained_in_place_of_the_page(
    open_app: OpenApp, tables: Parameters
) -> None:
    app = open_app(tables, **{"range": "custom range", "from": "2026-02-01", "to": "2026-01-01"})
    assert not app.exception
    assert "exchange the two" in app.info[0].value
    assert not app.title


def test_the_widest_range_is_looked_at(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(
        demo_parameters, **{"range": "custom range", "from": "1900-01-01", "to": "2999-12-31"}
    )
    assert not app.exception
    assert "253 events of 250 leads" in said(app)


def test_a_source_without_recent_leads_opens_on_all_time(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters)
    assert app.text_input(key="period").value == "all time"
    assert "253 events of 250 leads" in said(app)


def test_times_are_shown_in_the_workspace_zone(
    open_app: OpenApp, demo_parameters: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_TIMEZONE", "America/New_York")
    app = open_app(demo_parameters, as_of="2026-01-25T21:30")
    assert "253 events of 250 leads" in said(app)
    assert str(table(app, "created_at")["created_at"][0]) == "2026-01-25 21:20:31"
    assert "times in America/New_York" in said(app)
