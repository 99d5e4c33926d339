"""The Races page as a superadmin finds it."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.demo.report_picture import report_picture
from dashboard.races.kinds import RACE_KINDS
from tests.conftest import Parameters, execute

OpenApp = Callable[..., AppTest]
AS_OF = "2026-01-26T02:30"
SNAP = str(report_picture().planted.snap_lead)


def said(app: AppTest) -> str:
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def test_the_reports_picture_top_to_bottom(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "races", as_of=AS_OF, range="all time")
    assert not app.exception
    assert app.title[0].value.startswith("The same website and lead can be written twice")
    rows = app.dataframe[0].value
    assert rows["label"].tolist() == [kind.label for kind in RACE_KINDS]
    assert rows.set_index("kind")["findings"][lambda n: n > 0].to_dict() == {
        "lost_starts": 1,
        "unanalyzed_leads": 1,
    }
    words = said(app)
    assert "4,747 leads from before the first event" in words
    assert "Rolled back: **" in words
    # Without a choice in the link the first kind that was found is shown, with its one example.
    assert app.selectbox(key="kind-choice").value == "lost_starts"
    assert app.dataframe[1].value["lead_id"].tolist() == [SNAP]
    assert any("create unique index" in each.value for each in app.code)


def test_a_link_opens_the_same_kind(open_app: OpenApp, demo_parameters: Parameters) -> None:
    app = open_app(demo_parameters, "races", as_of=AS_OF, range="all time", kind="unanalyzed_leads")
    assert app.selectbox(key="kind-choice").value == "unanalyzed_leads"
    assert "Only placeholder leads are there" in [each.value for each in app.subheader]
    app.selectbox(key="kind-choice").select("duplicate_leads").run()
    assert app.query_params["kind"] in ("duplicate_leads", ["duplicate_leads"])
    assert "**0** in this period" in said(app)


def test_in_the_exclusive_form_the_certain_failure_comes_first(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(
        tables,
        """
        alter table organizations drop constraint chk_organizations_user_or_session,
            add constraint chk_organizations_user_or_session
            check ((user_id is null) <> (session_id is null));
        insert into organizations (name, user_id, website_url, created_at)
        values ('<script>', gen_random_uuid(), 'a.example', now());
        insert into organizations (name, session_id, website_url, created_at)
        values ('A', 's', 'http://a.example', now());
    """,
    )
    app = open_app(tables, "races")
    assert not app.exception
    assert "1 owned organization with a website" in app.markdown[1].value.replace("\\", "")
    assert "For 1 of them an organization without owner is stored as well" in said(app)
    assert app.selectbox(key="kind-choice").value == "owned_beside_anonymous"
    assert "No lead leads to these rows" in said(app)
    assert any("delete 0 organizations" in each.label for each in app.expander)


def test_a_missing_column_is_named_and_the_rest_stands(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(tables, "alter table website_leads drop column business_name")
    app = open_app(tables, "races", kind="duplicate_leads")
    assert not app.exception
    words = said(app).replace("\\", "")
    assert "website_leads.business_name is missing" in words
    assert "It could not be asked here" in words
    assert app.dataframe[0].value.set_index("kind")["findings"].isna().sum() == 4
    assert "Rolled back: **" in words


def test_without_a_column_of_organizations_the_other_kinds_stand(
    open_app: OpenApp, tables: Parameters
) -> None:
    execute(tables, "alter table organizations drop column website_url")
    app = open_app(tables, "races")
    assert not app.exception
    words = said(app).replace("\\", "")
    assert "organizations.website_url is missing" in words
    rows = app.dataframe[0].value.set_index("kind")
    assert rows.loc["events_without_lead", "findings"] == 0
    assert rows.loc["duplicate_organizations", "beside"] == "–"


def test_three_empty_tables_say_so(open_app: OpenApp, tables: Parameters) -> None:
    app = open_app(tables, "races")
    assert not app.exception
    assert "No failure was found" in said(app)
