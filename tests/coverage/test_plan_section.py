"""The section as a person finds it, its words and its figure."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.coverage.plan_data import PlanStates, plan_states
from dashboard.coverage.plan_figure import plan_lanes
from dashboard.coverage.plan_words import (
    chance_words,
    contradictions,
    eventless,
    gap_words,
    plan_verdict,
)
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.status.steps_claim import REPORT_PLAN
from dashboard.ui.theme import LIGHT
from tests.conftest import Parameters, execute, source_of, url_of
from tests.ten_months import END, Connection

HOSTILE = "<script>alert(1)</script> **x** [a](javascript:b)"


def section() -> None:
    """A page with nothing but the section; AppTest runs its source alone."""
    import os
    from datetime import datetime

    from dashboard.coverage.plan_section import show_plan
    from dashboard.model.filters import Filters
    from dashboard.settings import load_settings
    from dashboard.sources import Sources
    from dashboard.ui.view import View

    as_of = os.environ.get("AS_OF")
    show_plan(
        View(
            Sources(load_settings()).open("source"),
            Filters(as_of=datetime.fromisoformat(as_of) if as_of else None),
        )
    )


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    st.cache_resource.clear()
    yield monkeypatch
    st.cache_resource.clear()


def opened(
    environment: pytest.MonkeyPatch, parameters: Parameters, as_of: datetime | None
) -> AppTest:
    environment.setenv("DATABASE_URL", url_of(parameters))
    environment.setenv("AS_OF", as_of.isoformat() if as_of else "")
    app = AppTest.from_function(section, default_timeout=60).run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in app.markdown).replace("\\", "")


def states_of(parameters: Parameters, as_of: datetime) -> PlanStates:
    with source_of(parameters).read() as reader:
        return plan_states(reader, Filters(as_of=as_of), load_plan())


def parameters_of(connection: Connection) -> Parameters:
    info = connection.info
    return {
        "host": info.host,
        "port": info.port,
        "user": info.user,
        "password": info.password,
        "dbname": info.dbname,
    }


def test_the_demos_silence_comes_first_with_how_unusual_it_is(
    shown: pytest.MonkeyPatch,
    demo_tables: Connection,
) -> None:
    # The report says that registration is not implemented.
    shown.setenv("DASHBOARD_TRACKING_PLAN", str(REPORT_PLAN))
    app = opened(shown, parameters_of(demo_tables), END)
    words = said(app)
    assert "1 silence in this period: Previews viewed." in words
    assert "silent from 2026-06-08 21:36 to 2026-06-11 00:05: 50 whole hours" in words
    assert "(all of 2026-06-09 to 2026-06-10)" in words
    assert "Chance of none: less than 1 in a billion" in words
    assert "The plan says that Registration is not implemented, but it is recorded" in words
    steps, silences, names = (each.value for each in app.dataframe)
    assert steps["state"].tolist() == ["live"] * 9
    assert silences["step"].tolist() == ["previews_viewed"]
    assert names["shown"].tolist() == ["Analysis_Started", "demo_requested"]
    assert "have no event at all. 4,746 of them are older than the first event" in words
    assert "events=without" in words


def test_a_silence_that_goes_on_is_the_verdict(
    shown: pytest.MonkeyPatch,
    demo_tables: Connection,
) -> None:
    app = opened(shown, parameters_of(demo_tables), datetime(2026, 6, 10, 14, 10))
    assert "Previews viewed is silent." in said(app)
    assert "silent since 2026-06-08 21:36: 40 whole hours" in said(app)
    assert app.dataframe[0].value["state"].tolist().count("silent") == 1


def test_as_of_the_report_most_steps_were_never_seen(
    shown: pytest.MonkeyPatch, demo_parameters: Parameters
) -> None:
    app = opened(shown, demo_parameters, datetime(2026, 1, 26, 2, 30))
    assert "7 of 9 planned steps were never recorded." in said(app)
    assert "2 live, 7 never recorded" in said(app)
    assert "No step has enough events to find past silences" in said(app)
    assert "Every name in this period is in the plan." in said(app)


def test_an_empty_source_is_said_plainly(shown: pytest.MonkeyPatch, tables: Parameters) -> None:
    words = said(opened(shown, tables, None))
    assert "9 of 9 planned steps were never recorded" in words
    assert "No lead was created in this period" in words


def test_hostile_names_are_text(shown: pytest.MonkeyPatch, tables: Parameters) -> None:
    execute(
        tables,
        """
        insert into conversion_tracking (conversion_step) values (left(%s, 50))
    """,
        HOSTILE,
    )
    app = opened(shown, tables, None)
    assert app.dataframe[1].value["shown"].tolist() == [HOSTILE[:50]]
    assert "Names that are not in the plan: 1" in said(app)


def test_a_missing_column_is_named_in_place_of_the_section(
    shown: pytest.MonkeyPatch, tables: Parameters
) -> None:
    execute(tables, "alter table conversion_tracking drop column conversion_step")
    assert "conversion_tracking.conversion_step is missing" in said(opened(shown, tables, None))


def test_hostile_labels_reach_the_figure_inert(
    tables: Parameters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(f'[[step]]\nname = "s"\nlabel = "{HOSTILE}"\nmeaning = "x"\n')
    monkeypatch.setenv("DASHBOARD_TRACKING_PLAN", str(path))
    execute(tables, "insert into conversion_tracking (conversion_step) values ('s')")
    figure = plan_lanes(states_of(tables, datetime(2999, 1, 1)), LIGHT)
    assert "<script>" not in json.dumps(json.loads(str(figure.to_json())), ensure_ascii=False)


def test_the_figure_has_a_lane_per_step_seen_and_one_per_silence(
    demo_tables: Connection,
) -> None:
    states = states_of(parameters_of(demo_tables), END)
    lanes = json.loads(str(plan_lanes(states, LIGHT).to_json()))["data"]
    assert len(lanes) == 10
    assert lanes[-1]["y"] == ["Previews viewed"] * 2
    assert lanes[-1]["x"][0].startswith("2026-06-08T21:36")


def test_a_wrong_plan_of_ones_own_is_said_on_every_page(
    open_app: Callable[..., AppTest],
    tables: Parameters,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("[[step]]\nnamed = 1\n")
    monkeypatch.setenv("DASHBOARD_TRACKING_PLAN", str(path))
    for page in ("status", "leads"):
        (info,) = open_app(tables, page).info
        assert info.value.startswith(f"A setting is wrong. {path}, line 2: step 1 has an unknown")


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (None, "–"),
        (1.0, "nothing unusual"),
        (0.4, "about 1 in 2"),
        (0.01, "about 1 in 100"),
        (1 / 1234, "about 1 in 1,200"),
        (1e-12, "less than 1 in a billion"),
        (0.0, "less than 1 in a billion"),
    ],
)
def test_chances_are_said_in_round_numbers(chance: float | None, words: str) -> None:
    assert chance_words(chance) == words


def test_gaps_are_known_to_the_hour() -> None:
    assert [gap_words(hours) for hours in (0, 1, 72)] == [
        "under 1 h",
        "up to 60 min",
        "up to 3 days",
    ]


def test_words_need_no_silence(tables: Parameters) -> None:
    execute(
        tables,
        """
        with lead as (
            insert into website_leads (id, created_at) values (gen_random_uuid(), '2026-03-01')
            returning id
        )
        insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
        select id, 'analysis_started', '2026-03-01 00:00:01' from lead
    """,
    )
    states = states_of(tables, datetime(2026, 3, 1, 0, 30))
    assert plan_verdict(states) == "8 of 9 planned steps were never recorded"
    assert contradictions(states) == []
    assert "0 of 1 lead (0 %) have no event at all" in eventless(states.leads, states.filters)
