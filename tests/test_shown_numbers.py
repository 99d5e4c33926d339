"""Every number that the Funnel and Coverage pages show can be asked on the command line."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from dashboard.demo.fill import execute, fill
from dashboard.demo.history import history
from dashboard.demo.report_picture import report_picture
from dashboard.demo.top_up import append
from tests.conftest import Parameters
from tests.shown_numbers import Shown, Told

OpenApp = Callable[..., AppTest]
CLOCK = datetime(2026, 6, 20, 18)
PERIOD = ("--as-of", "2026-06-20 18:00", "--from", "2026-05-22", "--to", "2026-06-20")
QUESTION = ("--correction", "corrected", *PERIOD)
BY_SOURCE = (*QUESTION, "--breakdown", "lead_source")
# One line for each question, asked as the page asks.
FUNNEL = (
    ("funnel", "--curve", "--corrections", "--compare", "previous", "--checks"),
    ("times",),
    ("trend",),
    ("cohorts",),
    ("segments",),
    ("anomalies",),
)
LINES = [
    f"--line={each}" for each in ("organic_search", "paid_search", "direct", "social", "email")
]
OF_ALL = (*FUNNEL, ("who", "--on", "audience_selected"))
OF_EMAIL = (
    (*FUNNEL[0], *LINES),
    *FUNNEL[1:],
    ("who", "--on", "audience_selected", "--value", "email"),
)
COVERAGE = (
    ("coverage", "--grain", "day", "--table", "website_leads"),
    ("continuity", "--kind", "organization", "--state", "later"),
    ("silences",),
)
LIST = {"step": "audience_selected", "outcome": "reached", "anomaly": "orphaned event"}
PAGES: dict[str, tuple[str, dict[str, str], tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "funnel": ("funnel", LIST, QUESTION, OF_ALL),
    "by source": ("funnel", {**LIST, "by": "lead source", "of": "email"}, BY_SOURCE, OF_EMAIL),
    "coverage": ("coverage", {"cell": "Organization: overwritten"}, PERIOD, COVERAGE),
}
# The page shows these of all units, whatever the breakdown.
WITHOUT_BREAKDOWN = ("cohorts", "segments")


@pytest.fixture(scope="module")
def five_weeks(new_database: Callable[..., Parameters]) -> Parameters:
    """The report's picture and five weeks of the demo's history, with a silence in them."""
    parameters = new_database()
    with psycopg.connect(make_conninfo(**parameters), autocommit=True) as connection:
        fill(connection, report_picture())
        execute(connection, "demo/planted_tables")
        append(connection, history(date(2026, 5, 15), CLOCK.date(), CLOCK))
    return parameters


@pytest.mark.parametrize("name", PAGES)
def test_every_number_on_the_page_is_in_an_answer(
    name: str,
    five_weeks: Parameters,
    open_app: OpenApp,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, link, question, asked = PAGES[name]
    app = open_app(five_weeks, path, as_of="2026-06-20T18:00", **link)
    assert not app.exception
    shown = Shown(app)
    answers = [
        answer(capsys, *each, *(QUESTION if each[0] in WITHOUT_BREAKDOWN else question))
        for each in asked
    ]
    assert Told(answers, PERIOD).lacks(shown) == []
    # Each answer has numbers that no other has: what is found is not found by chance. Without a
    # breakdown the trend is one age of the cohorts.
    for position, (command, *_) in enumerate(asked):
        others = Told(answers[:position] + answers[position + 1 :], PERIOD)
        assert others.lacks(shown) or command == "trend", command


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)
