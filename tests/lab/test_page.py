"""The Lab page in each of its states, over the app's own lab."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.lab import data, figures
from dashboard.lab.conditions import Conditions
from dashboard.lab.lab import Lab, open_lab
from dashboard.lab.runs import LabRun
from dashboard.lab.verdict import conditions_in_words, result_in_words
from dashboard.services import Services
from dashboard.settings import ROOT, Settings
from dashboard.sources import Sources
from dashboard.ui.theme import DARK, LIGHT, Palette
from tests.conftest import execute
from tests.lab.conftest import SMALL

OpenLab = Callable[..., AppTest]


@pytest.fixture(scope="module")
def opened(home: Path) -> Iterator[Lab]:
    """The app's lab as another process sees it: the one that started this one."""
    other = psutil.Process().parent()
    with closing(Sources(Settings(data_home=home))) as sources, closing(open_lab(sources)) as lab:
        lab.jobs.process = f"{other.pid} {other.create_time():.0f}"
        execute(sources.server().parameters("app"), "truncate jobs cascade")
        yield lab


@pytest.fixture(scope="module")
def saved(opened: Lab) -> list[LabRun]:
    """Two saved runs, the newest first; the newer one has a strategy that went wrong."""
    names = ["as-is", "unique-upsert"]
    ids = [opened.run_now(SMALL, ["advisory-lock"]), opened.run_now(SMALL, names)]
    found = [opened.find(run_id) for run_id in ids[::-1]]
    return [run for run in found if run]


@pytest.fixture
def open_page(
    home: Path, monkeypatch: pytest.MonkeyPatch, serve_pages: Callable[[], Services]
) -> OpenLab:
    """Run the app at its Lab page: `open_page(run=…)`."""
    monkeypatch.setenv("DASHBOARD_DATA", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    served: list[Services] = []

    def page(**link: str) -> AppTest:
        # By the settings of the test, once.
        served.append(served[0] if served else serve_pages())
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        for name, value in link.items():
            app.query_params[name] = value
        app._page_hash = calc_hash("lab")
        return app.run()

    return page


def said(app: AppTest) -> str:
    kinds = (app.title, app.markdown, app.caption, app.info, app.subheader)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def test_without_runs_it_says_what_can_be_run(open_page: OpenLab, opened: Lab) -> None:
    app = open_page()
    assert not app.exception
    assert app.title[0].value == "Which write strategy keeps everything, once?"
    assert "over real connections" in said(app)


def test_a_run_is_started_and_ends_with_its_verdict(open_page: OpenLab) -> None:
    app = open_page()
    app.number_input[0].set_value(2)
    app.number_input[1].set_value(1)
    app.multiselect[0].set_value(["unique-upsert"])
    (button,) = (each for each in app.button if each.label == "Run")
    app = button.click().run()
    assert "run" in app.query_params
    while "no duplicates" not in app.title[0].value:
        assert not app.exception
        app.run()
    assert app.title[0].value == ":green[1 of 1 write strategy left no duplicates and no losses]"
    assert app.dataframe[0].value["verdict"].tolist() == ["Correct here: no duplicates, no losses"]


def test_nothing_chosen_starts_nothing(open_page: OpenLab) -> None:
    app = open_page()
    app.multiselect[0].set_value([])
    (button,) = (each for each in app.button if each.label == "Run")
    app = button.click().run()
    assert "Choose a write strategy" in said(app)
    assert "run" not in app.query_params


def test_the_link_opens_a_saved_run_and_compares_it(
    open_page: OpenLab, saved: list[LabRun]
) -> None:
    app = open_page(run=str(saved[0].id))
    assert not app.exception
    assert app.title[0].value == ":green[1 of 2 write strategies left no duplicates and no losses]"
    assert app.dataframe[0].value["label"].tolist() == ["As it is", "Unique keys and upsert"]
    app.selectbox(key="with").set_value(str(saved[1].id)).run()
    assert app.dataframe[0].value["label"].tolist()[-1] == "Advisory lock"
    assert "In gray" in said(app)
    again = open_page(run=str(saved[0].id), **{"with": str(saved[1].id)})
    assert "In gray" in said(again)


def test_a_run_that_waits_can_be_cancelled(open_page: OpenLab, opened: Lab) -> None:
    run_id = opened.start(Conditions(visitors=1, websites=1), ["retry"])
    app = open_page(run=str(run_id))
    assert app.title[0].value == "The run waits for its turn"
    app.button(key="cancel").click().run()
    assert not app.exception
    app.run()
    assert "The run was cancelled: 0 of 1 write strategy measured" in app.title[0].value


@pytest.mark.parametrize("run", ["nonsense", "00000000-0000-0000-0000-000000000001", ""])
def test_an_unknown_run_is_said_to_be_unknown(open_page: OpenLab, run: str) -> None:
    app = open_page(run=run)
    assert not app.exception
    assert app.title[0].value == "There is no such run"


def test_a_lab_that_cant_be_opened_is_explained(
    open_page: OpenLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    monkeypatch.setenv("DASHBOARD_DATA", "/dev/null/nowhere")
    app = open_page()
    assert not app.exception
    assert "embedded PostgreSQL" in said(app)


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_the_chart_has_every_number_of_every_strategy(saved: list[LabRun], colors: Palette) -> None:
    results = data.result_rows(saved)
    figure = figures.what_went_wrong(results, colors)
    drawn = [number for bars in figure.to_dict()["data"] for number in bars["x"]]
    wrong = ["duplicate_organizations", "duplicate_leads", "lost_steps"]
    assert sorted(drawn) == sorted(int(number) for each in wrong for number in results[each])
    assert "nan" not in figure.to_json().lower()


def test_words_name_what_went_wrong_and_under_which_conditions(saved: list[LabRun]) -> None:
    as_it_is, _ = saved[0].results
    fault = result_in_words(as_it_is)
    assert fault.startswith("Wrong: ")
    # With few visitors chance decides how many, not whether.
    assert "duplicate" in fault or "lost" in fault
    words = conditions_in_words(Conditions(owned_share=0.2, crash_share=0.1, jitter=0.5))
    assert words == (
        "20 visitors × 15 websites · analysis 0.1 s · constraint inclusive · up to 0.5 s late"
        " · 20 % of websites owned · 10 % of submissions lose the connection once"
    )
