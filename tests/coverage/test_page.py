"""The Coverage page as a superadmin finds it."""

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.coverage.continuity import continuity_counts, continuity_rows, matrix
from dashboard.coverage.continuity_section import CELLS
from dashboard.coverage.data import coverage
from dashboard.coverage.words import coverage_verdict, coverage_verdict_details
from dashboard.database.contract import TABLES
from dashboard.demo.report_picture import report_picture
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from tests.conftest import Parameters, execute, source_of

OpenApp = Callable[..., AppTest]
AS_OF = "2026-01-26T02:30"
PICTURE = report_picture()
PLAN = load_plan()
FILLED = """
    insert into organizations (session_id, name, website_url, created_at)
    select 'session_17693760' || to_char(n, 'fm00000') || '_1i34cuwqi', 'x', 'http://' || n,
        timestamp '2026-01-25 21:20' + n * interval '1 hour' from generate_series(1, 40) as n;
    insert into website_leads (session_id, website_url, created_at, organization_id)
    select case when o.created_at > '2026-01-26 21:20' then o.session_id end, o.website_url,
        o.created_at, o.id from organizations as o;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, '<script>alert(1)</script>', created_at from website_leads;
"""


def words(app: AppTest) -> str:
    # The last boundary tells of what no part foresaw.
    assert not app.info
    return " ".join(each.value for each in [*app.title, *app.markdown, *app.caption])


def test_the_reports_picture(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "coverage", as_of=AS_OF, range="all time")
    assert not app.exception
    assert app.title[0].value == (
        ":orange[> 99.9 % of leads and 98.4 % of events lack the session id they should have]"
    )
    said = words(app)
    assert "Guaranteed by constraint" in said
    assert "The share says nothing about rejected submissions" in said
    assert "1 of 4,995 submissions (< 0.1 %) have the visitor’s session id on all three" in said
    assert "**organizations** 5 h ahead" in said
    assert "4,993 more submissions have no session id" in said


def test_the_picture_has_a_line_per_table(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "coverage", as_of=AS_OF, range="all time", grain="month")
    assert app.segmented_control(key="grain").value == "month"
    figure: Any = json.loads(app.get("plotly_chart")[0].proto.spec)
    lines = [line for line in figure["data"] if line["mode"] == "lines+markers"]
    assert [line["name"] for line in lines] == ["Organizations", "Leads", "Events"]
    # January is not over: its shares are hollow dots beside the lines.
    hollow = [line for line in figure["data"] if line["mode"] == "markers"]
    assert {line["marker"]["symbol"] for line in hollow} == {"circle-open"}
    assert {at[:10] for line in hollow for at in line["x"]} == {"2026-01-01"}
    ends = [np.frombuffer(b64decode(line["y"]["bdata"]))[-1] for line in lines]
    assert all(np.isnan(each) for each in ends)
    assert "Hollow: a month that is not over, or that is only partly in the range." in words(app)
    table = app.dataframe[0].value
    assert set(table["begin"].dt.day) == {1}
    assert table["expected"].sum() == app.dataframe[1].value["expected"].sum()


def test_a_link_opens_one_tables_parts(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "coverage", as_of=AS_OF, range="all time", table="Events")
    assert app.segmented_control(key="table").value == "Events"
    parts = next(each.value for each in app.dataframe if "property" in each.value)
    steps = parts[parts["property"] == "step"].set_index("value")["table_rows"]
    assert steps.to_dict() == {
        "website_analysis": 250,
        "analysis_completed": 2,
        "analysis_started": 1,
    }


def test_a_link_opens_a_cells_submissions(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(
        demo_parameters, "coverage", as_of=AS_OF, range="all time", cell="Organization: second id"
    )
    assert not app.exception
    rows = next(each.value for each in app.dataframe if "organization_state" in each.value)
    assert rows["lead_id"].tolist() == [str(PICTURE.planted.snap_lead)]


def test_clicking_a_cell_chooses_it(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "coverage", as_of=AS_OF, range="all time")
    matrix = next(each.value for each in app.dataframe if "alone" in each.value)
    assert matrix["same"].tolist() == [2, 2, 1]
    app.selectbox(key="cell").set_value("Events: the visitor’s").run()
    assert not app.exception
    rows = next(each.value for each in app.dataframe if "organization_state" in each.value)
    assert set(rows["event"]) == {"same"}
    assert len(rows) == 2


def test_every_cell_has_rows_to_open_and_a_wrong_link_opens_none(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(tables, FILLED)
    app = open_app(tables, "coverage", range="all time", cell="nonsense")
    assert words(app)
    assert not [each for each in app.dataframe if "organization_state" in each.value]
    with source_of(tables).read() as reader:
        found = matrix(continuity_counts(reader, Filters(), PLAN))
        for kind, state in CELLS.values():
            rows = continuity_rows(reader, Filters(), PLAN, kind, state)
            assert len(rows) == found.loc[kind, state], (kind, state)


def test_a_period_without_rows_says_so(open_app: OpenApp, tables: Parameters) -> None:
    app = open_app(tables, "coverage", range="all time")
    assert not app.exception
    assert app.title[0].value == ":gray[No row in this period should have a session id]"
    said = words(app)
    assert said.count("no row in this period") == 3
    assert "No submission began in this period" in said
    assert "fewer than two steps" in said
    assert "No offset can be recognized" in said
    # The plan's own picture has the steps' states at the period's end, with or without rows in it.
    assert {each.key for each in app.get("plotly_chart")} <= {"plan-lanes"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("drop constraint chk_organizations_user_or_session", "No constraint of a known form"),
        (
            "drop constraint chk_organizations_user_or_session, add constraint x "
            "check (user_id is not null or session_id is not null) not valid",
            "not validated: rows from before it may break it",
        ),
        (
            "drop constraint chk_organizations_user_or_session, add constraint x "
            "check (user_id is null or session_id is null or length(name) > 0)",
            "No constraint of a known form",
        ),
        (
            "drop constraint chk_organizations_user_or_session, add constraint x "
            "check ((user_id is null) <> (session_id is null))",
            "Guaranteed by constraint",
        ),
        (
            "drop constraint chk_organizations_user_or_session, "
            "alter column session_id set not null",
            "Guaranteed by constraint",
        ),
        (
            "drop column user_id, add owner_user_id uuid, add constraint x "
            "check (num_nonnulls(owner_user_id, session_id) = 1)",
            "Guaranteed by constraint",
        ),
    ],
)
def test_what_the_constraint_guarantees_is_said(tables: Parameters, change: str, said: str) -> None:
    execute(tables, FILLED)
    execute(tables, f"alter table organizations {change}")
    with source_of(tables).read() as reader:
        found = coverage(reader, Filters(), PLAN)
        assert said in coverage_verdict_details(found, reader.contract)[0]


def test_an_empty_session_id_slips_through_the_constraint(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(tables, FILLED)
    execute(tables, "update organizations set session_id = '' where website_url = 'http://7'")
    app = open_app(tables, "coverage", range="all time")
    assert "lets empty session ids through" in words(app)
    assert "2.5 % of organizations" in app.title[0].value


def test_a_table_that_is_missing_leaves_what_does_not_need_it(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(tables, FILLED)
    execute(tables, "alter table conversion_tracking drop column website_lead_id")
    app = open_app(tables, "coverage", range="all time")
    assert not app.exception
    said = words(app)
    assert "conversion\\_tracking\\.website\\_lead\\_id is missing" in said
    assert "Clock" in [each.value for each in app.header]


def test_hostile_steps_and_ids_are_text(open_app: OpenApp, tables: Parameters) -> None:
    execute(tables, FILLED)
    execute(tables, "update website_leads set lead_source = '<b>x</b>', session_id = '=cmd()'")
    execute(tables, "update organizations set session_id = repeat('9', 255)")
    app = open_app(tables, "coverage", range="all time", cell="Organization: another’s")
    assert not app.exception
    assert "have no readable time: 40 of organizations and 40 of leads" in words(app)
    for each in app.get("plotly_chart"):
        assert "<b>x" not in each.proto.spec
        assert "<script>" not in each.proto.spec


def test_times_at_the_calendars_ends_do_not_fail(open_app: OpenApp, tables: Parameters) -> None:
    execute(tables, FILLED)
    execute(
        tables,
        """
        update organizations set session_id = 'session_99999999999999_000000000',
            created_at = '294276-12-31' where website_url = 'http://1';
        update website_leads set session_id = 'session_' || repeat('9', 80) || '_000000000',
            created_at = '-infinity' where website_url = 'http://2';
        update conversion_tracking set step_completed_at = '0001-01-03' where website_lead_id
            = (select id from website_leads where website_url = 'http://3');
        update conversion_tracking set step_completed_at = '9999-12-29' where website_lead_id
            = (select id from website_leads where website_url = 'http://4');
    """,
    )
    app = open_app(tables, "coverage", range="all time", grain="week")
    assert words(app)
    assert app.get("plotly_chart")


def test_where_all_tables_are_guaranteed_the_verdict_says_that_it_proves_nothing() -> None:
    tables = pd.DataFrame({"table_name": [*TABLES], "expected": 9, "guaranteed": True})
    assert coverage_verdict(tables)[0] == (
        "A constraint guarantees every session id that is expected"
    )
