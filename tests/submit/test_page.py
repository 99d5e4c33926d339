"""The Submit page in each of its states, over the app's own sandbox."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.model.tracking_plan import load_plan
from dashboard.services import Services
from dashboard.settings import ROOT
from dashboard.submit import data, figures
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.submissions import Submissions
from dashboard.submit.workflow import Pace
from dashboard.ui.theme import DARK, LIGHT, Palette
from tests.conftest import Parameters, execute, url_of
from tests.submit.conftest import submit

OpenSubmit = Callable[..., AppTest]
NO_LEADS = "alter table website_leads add constraint closed check (false) not valid"


@pytest.fixture
def open_submit(
    home: Path, monkeypatch: pytest.MonkeyPatch, serve_pages: Callable[[], Services]
) -> OpenSubmit:
    """Run the app over the data folder: `open_submit(job=…)`, `open_submit("funnel")`."""
    monkeypatch.setenv("DASHBOARD_DATA", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    served: list[Services] = []

    def open_page(path: str = "submit", /, **link: str) -> AppTest:
        # By the settings of the test, once.
        served.append(served[0] if served else serve_pages())
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        for name, value in link.items():
            app.query_params[name] = value
        if path != "status":
            app._page_hash = calc_hash(path)
        return app.run()

    return open_page


def said(app: AppTest) -> str:
    """Return every text on the page."""
    kinds = (app.title, app.markdown, app.caption, app.info, app.subheader)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def click(app: AppTest, website: str, pace: Pace = Pace.AT_ONCE) -> AppTest:
    app.text_input(key="website").set_value(website)
    app.radio(key="pace").set_value(pace)
    (button,) = (each for each in app.button if each.label == "Submit website")
    return button.click().run()


def until_ended(app: AppTest) -> AppTest:
    """Look again, as the page does by itself, until the submission has ended."""
    while "is being analyzed" in app.title[0].value or "waits for its turn" in app.title[0].value:
        app.run()
    return app


@pytest.fixture
def failed(opened: Submissions) -> SandboxSubmission:
    """A submission whose leads the sandbox refused."""
    sandbox = opened.server.parameters("sandbox")
    execute(sandbox, NO_LEADS)
    job = submit(opened, "https://failed.example")
    execute(sandbox, "alter table website_leads drop constraint closed")
    return job


def test_it_opens_with_one_field_and_one_button(open_submit: OpenSubmit) -> None:
    app = open_submit()
    assert not app.exception
    assert "Submit a website" in app.title[0].value
    # The other one is hidden: it carries the period's link.
    assert [each.key for each in app.text_input] == ["period", "website"]
    assert "whatever other pages look at" in said(app)


@pytest.mark.parametrize("typed", ["", "127.0.0.1", "javascript:alert(1)", "a\u202eb.example"])
def test_a_refused_address_is_told_with_its_reason(open_submit: OpenSubmit, typed: str) -> None:
    app = click(open_submit(), typed)
    assert not app.exception
    assert "Nothing was submitted" in app.info[0].value
    assert "job" not in app.query_params


def test_a_submission_ends_with_the_verdict_and_its_rows(open_submit: OpenSubmit) -> None:
    app = until_ended(click(open_submit(), "Page.Example"))
    assert not app.exception
    assert app.title[0].value == ":green[All 8 writes of both paths were saved]"
    assert "It left 1 organization, 2 leads and 4 events" in said(app)
    _, calls, organizations, leads, events = (each.value for each in app.dataframe)
    assert set(calls["outcome"]) == {"committed", "done"}
    assert organizations["name"].tolist() == ["Page"]
    assert leads["business_name"].tolist() == ["Unknown Business", "Page"]
    assert leads["session_id"].notna().tolist() == [True, False]
    assert len(events) == 4


def test_the_link_opens_the_same_submission_elsewhere(open_submit: OpenSubmit) -> None:
    first = until_ended(click(open_submit(), "linked.example"))
    second = open_submit(job=first.query_params["job"])
    assert second.title[0].value == first.title[0].value
    assert not second.info


def test_while_it_runs_it_says_so(open_submit: OpenSubmit) -> None:
    app = click(open_submit(), "running.example", Pace.REAL)
    while "waits for its turn" in app.title[0].value:
        app.run()
    assert not app.exception
    assert "running\\.example is being analyzed" in app.title[0].value
    reset = app.button(key="reset").click().run()
    assert any("still running" in each.value for each in reset.info)


def test_clicking_again_is_the_same_submission(open_submit: OpenSubmit) -> None:
    app = click(open_submit(), "again.example")
    first = app.query_params["job"]
    assert click(app, "AGAIN.example/").query_params["job"] == first


def test_errors_are_shown_with_path_sqlstate_and_constraint(
    open_submit: OpenSubmit, failed: SandboxSubmission
) -> None:
    app = open_submit(job=str(failed.id))
    assert not app.exception
    assert app.title[0].value == ":red[Not everything was saved: 2 of 8 writes]"
    assert "The visitor saw success all the same" in said(app)
    errors = app.dataframe[1].value
    assert errors["sqlstate"].tolist() == ["23514"] * 3
    assert errors["path"].tolist() == ["tracking", "analysis", "tracking"]
    assert set(errors["constraint"]) == {"closed"}


def test_an_interrupted_submission_says_what_was_stored_by_then(
    open_submit: OpenSubmit, opened: Submissions
) -> None:
    job_id = opened.submit("visitor", f"https://{uuid4()}.example", Pace.REAL)
    execute(
        opened.server.parameters("app"), "update jobs set process = '1 0' where id = %s", job_id
    )
    app = open_submit(job=str(job_id))
    assert app.title[0].value == (":orange[The submission was interrupted: 0 of 8 writes saved]")


@pytest.mark.parametrize("job", ["nonsense", "00000000-0000-0000-0000-000000000000", ""])
def test_an_unknown_submission_is_said_to_be_unknown(open_submit: OpenSubmit, job: str) -> None:
    app = open_submit(job=job)
    assert not app.exception
    assert app.title[0].value == "There is no such submission"


def test_after_a_reset_the_rows_are_said_to_be_gone(open_submit: OpenSubmit) -> None:
    app = until_ended(click(open_submit(), "gone.example"))
    link = app.query_params["job"]
    app.button(key="reset").click().run()
    assert "job" not in app.query_params
    assert "The sandbox was reset since: 7 rows of it are gone" in said(open_submit(job=link))


@pytest.mark.usefixtures("short_history")
def test_a_month_without_tracking_is_filled_and_seen_on_funnel_and_status(
    open_submit: OpenSubmit, opened: Submissions
) -> None:
    app = open_submit()
    (fill,) = (each for each in app.button if each.label == "Fill a month without tracking")
    fill.click().run()
    assert "tracking has been off since" in said(app)
    app.radio(key="release").set_value("ece936e-jobs")
    click(app, "untracked.example")
    until_ended(app)
    assert "Not everything was saved: 1 of 8 writes" in app.title[0].value
    assert "It left 1 organization and nothing else." in said(app)
    assert "Dropped without an error: analysis" in said(app)
    app = open_submit("funnel", source="sandbox")
    assert "0 of 9 steps recorded" in app.title[0].value
    assert "tracking off since" in said(app)
    app = open_submit("status", source="sandbox")
    assert "0 of 9 steps recorded since" in app.title[0].value
    assert "tracking is off" in app.title[0].value
    opened.reset()


def test_a_configured_source_does_not_matter(
    open_submit: OpenSubmit, tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    app = until_ended(click(open_submit(), "sandbox-only.example"))
    assert "All 8 writes" in app.title[0].value


def test_a_sandbox_that_cant_be_opened_is_explained(
    open_submit: OpenSubmit, tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    monkeypatch.setenv("DASHBOARD_DATA", "/dev/null/nowhere")
    app = open_submit()
    assert not app.exception
    assert "embedded PostgreSQL" in said(app)


def test_its_choices_are_those_of_the_link(open_submit: OpenSubmit) -> None:
    app = open_submit(
        release="after 4c07fe6",
        visitor="without session id",
        moment="true",
        together="3",
        pace="at once",
    )
    assert not app.exception
    assert not app.info
    assert app.radio(key="release").value == "4c07fe6"
    app = until_ended(click(app, "link-choices.example"))
    assert "release after 4c07fe6 · visitor without session id" in said(app)
    assert "both paths at the same moment · 3 visitors together" in said(app)
    assert app.title[0].value == ":red[3 of 3 submissions lost data]"
    assert "nothing. No row is in a table" in said(app)
    assert {"23514"} == set(app.dataframe[2].value["sqlstate"])


@pytest.mark.parametrize(
    "link", [{"release": "=cmd()"}, {"together": "99"}, {"visitor": "<b>"}, {"moment": "7"}]
)
def test_a_choice_of_a_link_that_is_none_falls_back_to_today(
    open_submit: OpenSubmit, link: dict[str, str]
) -> None:
    app = open_submit(**link)
    assert not app.exception
    assert (app.radio(key="release").value, app.radio(key="visitor").value) == (
        "2493f44",
        "anonymous",
    )
    assert app.number_input(key="together").value in range(1, 21)
    assert app.checkbox(key="moment").value is False


def test_the_same_address_with_other_choices_says_that_it_is_the_same(
    open_submit: OpenSubmit,
) -> None:
    app = until_ended(click(open_submit(), "other-choices.example"))
    app.radio(key="release").set_value("before")
    first = app.query_params["job"]
    app = click(app, "other-choices.example")
    assert app.query_params["job"] == first
    assert any("less than a minute ago" in each.value for each in app.toast)


def test_the_visitor_walks_on_to_the_first_payment(open_submit: OpenSubmit) -> None:
    app = until_ended(click(open_submit(), "walker.example"))
    assert app.button(key="step-audience_selected").disabled
    assert "The visitor took 2 steps; 2 of them left an event" in said(app)
    for step in load_plan().names[2:]:
        assert not app.button(key=f"step-{step}").disabled
        app.button(key=f"step-{step}").click().run()
        assert not app.exception
        assert app.button(key=f"step-{step}").disabled
    assert app.title[0].value == ":green[All 15 writes of both paths were saved]"
    assert "The visitor took 9 steps; 9 of them left an event" in said(app)
    assert app.dataframe[0].value["stored"].tolist() == [1] * 9


def test_a_step_that_is_refused_is_told_as_lost(
    open_submit: OpenSubmit, opened: Submissions
) -> None:
    app = until_ended(click(open_submit(), "lost-step.example"))
    sandbox = opened.server.parameters("sandbox")
    execute(sandbox, NO_LEADS.replace("website_leads", "conversion_tracking"))
    try:
        app.button(key="step-previews_viewed").click().run()
    finally:
        execute(sandbox, "alter table conversion_tracking drop constraint closed")
    assert app.title[0].value == ":red[Not everything was saved: 8 of 9 writes]"
    assert "Lost: Previews viewed" in said(app)
    assert not app.button(key="step-audience_selected").disabled


def test_an_owned_site_refuses_everybody_in_a_sandbox_of_the_deployed_form(
    open_submit: OpenSubmit, opened: Submissions
) -> None:
    app = open_submit(visitor="owned site")
    app.checkbox(key="exclusive").set_value(True)
    app.button(key="reset").click().run()
    try:
        app = until_ended(click(app, "owned-site.example"))
        assert app.title[0].value == ":red[Not everything was saved: 0 of 8 writes]"
        assert "the sandbox’s constraint is exclusive" in said(app)
        assert set(app.dataframe[1].value["sqlstate"]) == {"23514"}
    finally:
        opened.reset()


def test_a_source_that_is_away_does_not_matter_here(
    open_submit: OpenSubmit, tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of({**tables, "port": "1"}))
    app = until_ended(click(open_submit(), "no-source.example"))
    assert "All 8 writes" in app.title[0].value


def test_the_steps_picture_tells_stored_from_lost(opened: Submissions) -> None:
    job = submit(opened, "https://picture.example")
    with opened.reading.read() as reader:
        left = data.left(reader, job)
    fewer = replace(left, events=left.events.iloc[:-1])
    figure = figures.step_bars(data.reached([job], fewer, load_plan()), 1, LIGHT)
    bars: Any = figure.data
    stored, lost = bars
    assert [*stored.x] == [1, *[0] * 8]
    assert [*lost.x] == [0, 1, *[0] * 7]
    assert [each.strip() for each in lost.text] == ["1", "1 lost", *["not taken"] * 7]


@pytest.mark.parametrize("colors", [LIGHT, DARK])
@pytest.mark.parametrize("elapsed", [None, 3.0])
def test_the_time_line_shows_every_call_by_its_outcome(
    failed: SandboxSubmission, opened: Submissions, colors: Palette, elapsed: float | None
) -> None:
    calls = data.calls(failed)
    calls.loc[0, "outcome"] = "running"
    calls.loc[1, "outcome"] = "unknown"
    figure = figures.call_timeline(calls, elapsed, colors)
    marks = [each for each in figure.to_dict()["data"] if each["type"] == "scatter"]
    rings = [each for each in marks if each.get("name") == figures.RING]
    assert sum(len(each["x"]) for each in marks if each not in rings) == len(calls)
    words = [word.strip() for each in marks for word in each.get("text", ()) if word]
    assert {"unknown", "not made"} <= set(words)
    errors = {note["text"] for note in figure.to_dict()["layout"]["annotations"]}
    assert errors == {"23514 · closed"}
    assert "nan" not in figure.to_json().lower()
