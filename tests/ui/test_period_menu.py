"""The date menu: a link keeps its days, unless it is rolling."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import Parameters

OpenApp = Callable[..., AppTest]
REPORT = "2026-01-26T02:30"
TOMORROW = "2026-01-27T02:30"


def period(app: AppTest) -> str:
    """The link's period; what shows it may not be another one."""
    assert not app.exception
    chosen = app.text_input(key="period").value
    assert app.query_params["period"] in (chosen, [chosen])
    return str(chosen)


def said(app: AppTest) -> str:
    """The line below the bar."""
    return app.caption[0].value


def choose(app: AppTest, preset: str) -> AppTest:
    return app.button(key=f"preset {preset}").click().run()


def test_a_link_without_a_period_gets_the_days_of_the_default(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, "leads", as_of=REPORT)
    assert period(app) == "2025-12-28..2026-01-26"
    assert not app.toggle[0].value


@pytest.mark.parametrize("as_of", [REPORT, TOMORROW])
def test_a_link_shows_the_same_period_tomorrow(
    open_app: OpenApp, demo_parameters: Parameters, as_of: str
) -> None:
    app = open_app(demo_parameters, "leads", as_of=as_of, period="2026-01-20..2026-01-26")
    assert period(app) == "2026-01-20..2026-01-26"
    assert "2026-01-20 to 2026-01-26, as of" in said(app)


@pytest.mark.parametrize(
    ("as_of", "shown"),
    [(REPORT, "2026-01-20 to 2026-01-26"), (TOMORROW, "2026-01-21 to 2026-01-27")],
)
def test_a_rolling_link_shows_the_newest_days(
    open_app: OpenApp, demo_parameters: Parameters, as_of: str, shown: str
) -> None:
    app = open_app(demo_parameters, "leads", as_of=as_of, period="7 days")
    assert period(app) == "7 days"
    assert shown in said(app)
    assert app.toggle[0].value


def test_a_preset_names_its_days_and_rolls_where_that_is_chosen(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = choose(open_app(demo_parameters, "leads", as_of=REPORT), "last week")
    assert period(app) == "2026-01-19..2026-01-25"
    app.toggle[0].set_value(True).run()
    assert period(app) == "last week"
    assert period(choose(app, "this month")) == "this month"
    app.toggle[0].set_value(False).run()
    assert period(app) == "2026-01-01..2026-01-26"
    assert period(choose(app, "all time")) == "all time"
    assert app.toggle[0].disabled
    assert period(choose(app, "today")) == "2026-01-26..2026-01-26"


def test_a_chosen_preset_moves_with_the_as_of_time(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = choose(open_app(demo_parameters, "leads", as_of=REPORT), "yesterday")
    app.datetime_input(key="as_of").set_value(datetime.fromisoformat(TOMORROW)).run()
    assert period(app) == "2026-01-26..2026-01-26"


def test_days_of_ones_own_stay_at_another_as_of_time(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, "leads", as_of=REPORT, period="2026-01-02..2026-01-05")
    app.datetime_input(key="as_of").set_value(datetime.fromisoformat(TOMORROW)).run()
    assert period(app) == "2026-01-02..2026-01-05"
    assert app.toggle[0].disabled


def test_days_are_taken_when_both_are_chosen(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, "leads", as_of=REPORT, period="7 days")
    app.date_input[0].set_value((date(2026, 1, 2),)).run()
    assert period(app) == "7 days"
    app.date_input[0].set_value((date(2026, 1, 2), date(2026, 1, 5))).run()
    assert period(app) == "2026-01-02..2026-01-05"


@pytest.mark.parametrize(
    ("link", "linked"),
    [
        ({"range": "90 days"}, "90 days"),
        (
            {"range": "custom range", "from": "2026-01-02", "to": "2026-01-05"},
            "2026-01-02..2026-01-05",
        ),
    ],
)
def test_an_old_link_is_written_anew(
    open_app: OpenApp, demo_parameters: Parameters, link: dict[str, str], linked: str
) -> None:
    app = open_app(demo_parameters, "leads", as_of=REPORT, **link)
    assert period(app) == linked
    # Nothing is left of the old form in the link that the browser shows.
    assert not any(app.query_params.get(name) for name in ("range", "from", "to"))


def test_a_period_that_cant_be_read_becomes_the_default(
    open_app: OpenApp, demo_parameters: Parameters
) -> None:
    app = open_app(demo_parameters, "leads", as_of=REPORT, period="banana")
    assert "“period”" in app.info[0].value
    assert "2025-12-28 to 2026-01-26" in said(app)
    assert period(app.run()) == "2025-12-28..2026-01-26"
    assert not app.run().info
