"""The Status page as a person finds it, over real databases."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import Parameters, execute

OpenApp = Callable[..., AppTest]
AS_OF = "2026-01-26T02:30"


def said(app: AppTest) -> str:
    """Return every text on the page."""
    kinds = (app.title, app.markdown, app.caption, app.info, app.subheader)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def test_the_reports_picture_is_not_everything_saved(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, as_of=AS_OF)
    assert not app.exception
    assert "Not everything was saved" in app.title[0].value
    assert "At least 1 of 2 completed analyses has no recorded start" in said(app)
    assert [(each.label, each.value) for each in app.metric] == [
        ("Tracking events", "253"),
        ("Leads with events", "250"),
        ("Step names", "3"),
        ("Newest row", "8 min before then"),
    ]


def test_the_tables_are_the_reports_own(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, as_of=AS_OF)
    organizations, events = app.dataframe[0].value, app.dataframe[1].value
    assert organizations["name"].tolist() == [
        "Gloop",
        "Snap Inc.",
        "Amazon.com",
        "Meta",
        "j's Blog",
    ]
    assert events["step"].tolist() == [
        "analysis_completed", "website_analysis", "analysis_started", "analysis_completed",
        "website_analysis",
    ]  # fmt: skip


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
    assert "can’t be told" in app.title[0].value
    assert "None of 1 completed analysis lacks its recorded start" in said(app)


def test_empty_tables_say_so(open_app: OpenApp, tables: Parameters) -> None:
    app = open_app(tables)
    assert not app.exception
    assert "No tracking event is recorded here" in app.title[0].value
    assert app.metric[3].value == "–"


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
    assert app.metric[0].value == "0"


def test_an_unreachable_database_is_explained_without_its_password(
    open_app: OpenApp, tables: Parameters
) -> None:
    app = open_app({**tables, "port": "1", "password": "hunter2"})
    assert not app.exception
    assert "can't be reached" in said(app).replace("\\", "").replace("’", "'")
    assert "hunter2" not in said(app)


def test_a_wrong_setting_is_named(
    open_app: OpenApp, tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_TIMEZONE", "Mars/Olympus")
    app = open_app(tables)
    assert not app.exception
    assert "DASHBOARD_TIMEZONE" in app.info[0].value


@pytest.mark.parametrize(
    "link",
    [
        {"range": "banana"},
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
    app = open_app(tables, **{"range": "own days", "from": "2026-02-01", "to": "2026-01-01"})
    assert not app.exception
    assert "exchange the two" in app.info[0].value
    assert not app.title


def test_the_widest_range_is_looked_at(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(
        demo_parameters, **{"range": "own days", "from": "1900-01-01", "to": "2999-12-31"}
    )
    assert not app.exception
    assert app.metric[0].value == "253"


def test_a_source_without_recent_leads_opens_on_all_time(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters)
    assert app.selectbox(key="range").value == "all time"
    assert app.metric[0].value == "253"


def test_times_are_shown_in_the_workspace_zone(
    open_app: OpenApp, demo_parameters: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_TIMEZONE", "America/New_York")
    app = open_app(demo_parameters, as_of="2026-01-25T21:30")
    assert app.metric[0].value == "253"
    assert str(app.dataframe[0].value["created_at"][0]) == "2026-01-25 21:20:31"
    assert "times in America/New_York" in said(app)
