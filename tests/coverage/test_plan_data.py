"""The plan beside the data: the demo's planted truth, and made cases."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.coverage.plan_data import PlanStates, plan_states
from dashboard.database.reading import Source
from dashboard.demo.history import History
from dashboard.demo.recording import SILENT_DAYS, SILENT_STEP
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import TrackingPlan, load_plan
from tests.conftest import Parameters, execute, source_of
from tests.ten_months import END, Connection

PLAN = load_plan()
REPORT = Filters(as_of=datetime(2026, 1, 26, 2, 30))
NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 3, 2)

MADE = """
    with leads as (
        insert into website_leads (id, created_at)
        select gen_random_uuid(), timestamp '2026-03-02' + n * interval '20 minutes'
        from generate_series(0, 72 * 60 - 1) as n
        returning id, created_at
    )
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, step, created_at + delay
    from leads cross join (values
        ('start', interval '1 second'), ('stopped', interval '2 seconds'),
        ('late', interval '3 seconds'), ('behind', interval '4 seconds'), ('rare', interval '5 s')
    ) as steps (step, delay)
    where (step <> 'stopped' or created_at < timestamp '2026-04-20')
        and (step <> 'late' or created_at >= timestamp '2026-04-10')
        and (step <> 'behind' or created_at < timestamp '2026-04-20')
        and (step <> 'rare' or created_at = timestamp '2026-03-05')
"""
MADE_PLAN = "".join(
    f'[[step]]\nname = "{name}"\nlabel = "{name.title()}"\nmeaning = "x"\n{more}\n'
    for name, more in {
        "start": "",
        "stopped": 'implies = "start"',
        "late": 'implies = "start"',
        "behind": 'implies = "stopped"',
        "rare": 'implies = "start"',
        "planned": "implemented = false",
        "never": 'implies = "start"',
    }.items()
)


def states_of(source: Source, filters: Filters, plan: TrackingPlan = PLAN) -> PlanStates:
    with source.read() as reader:
        return plan_states(reader, filters, plan)


@pytest.fixture(scope="module")
def whole_demo(demo_tables: Connection) -> Iterator[Source]:
    info = demo_tables.info
    source = source_of(
        {
            "host": info.host,
            "port": info.port,
            "user": info.user,
            "password": info.password,
            "dbname": info.dbname,
        }
    )
    yield source
    source.engine.dispose()


@pytest.fixture(scope="module")
def made(new_database: Any) -> Source:
    parameters = new_database()
    execute(
        parameters,
        """
        create table organizations (id uuid);
        create table website_leads (
            id uuid, organization_id uuid, session_id text, created_at timestamp);
        create table conversion_tracking (
            id uuid default gen_random_uuid(), website_lead_id uuid, conversion_step text,
            step_completed_at timestamp, session_id text);
    """,
    )
    execute(parameters, MADE)
    return source_of(parameters)


@pytest.fixture(scope="module")
def made_plan(tmp_path_factory: pytest.TempPathFactory) -> TrackingPlan:
    path: Path = tmp_path_factory.mktemp("plan") / "plan.toml"
    path.write_text(MADE_PLAN, encoding="utf-8")
    return load_plan(path)


# --- the demo's planted truth ---


def test_the_two_silent_days_are_found_and_no_others(whole_demo: Source) -> None:
    silences = states_of(whole_demo, Filters(as_of=END)).silences
    (silence,) = silences.to_dict("records")
    days = [day.isoformat() for day in SILENT_DAYS]
    assert silence["step"] == SILENT_STEP
    assert [silence["first_day"], silence["last_day"]] == days
    assert silence["chance"] < 1e-9
    assert silence["own_chance"] < 1e-9


def test_about_as_many_were_expected_as_were_planted(
    whole_demo: Source,
    ten_months: History,
) -> None:
    silence = states_of(whole_demo, Filters(as_of=END)).silences.iloc[0]
    # The rest of the days before and after lies inside the stretch, too.
    planted = sum(row.kind == "silent_days" for row in ten_months.defects)
    assert silence["expected"] == pytest.approx(planted, rel=0.15)


def test_another_zone_has_other_days_and_the_same_silence(whole_demo: Source) -> None:
    silences = states_of(whole_demo, Filters(as_of=END, zone=NEW_YORK)).silences
    assert silences["step"].tolist() == [SILENT_STEP]
    assert silences[["first_day", "last_day"]].iloc[0].tolist() == ["2026-06-09", "2026-06-09"]


@pytest.mark.parametrize(
    ("start", "end", "number"),
    [
        (datetime(2026, 6, 10, 12), None, 1),
        (datetime(2026, 6, 12), None, 0),
        (None, datetime(2026, 6, 8), 0),
    ],
)
def test_a_period_shows_the_silences_that_reach_into_it(
    whole_demo: Source, start: datetime | None, end: datetime | None, number: int
) -> None:
    assert len(states_of(whole_demo, Filters(start, end, END)).silences) == number


@pytest.mark.parametrize("day", [3, 30, 60, 90, 120, 150, 180, 210, 240, 270])
def test_on_any_other_day_no_step_is_silent(whole_demo: Source, day: int) -> None:
    as_of = datetime(2026, 1, 26, 9, 40) + timedelta(days=day, hours=day % 24)
    states = states_of(whole_demo, Filters(as_of=as_of))
    assert set(states.steps["state"]) <= {
        "live",
        "never recorded",
        "not implemented",
        "too few to tell",
    }
    assert set(states.silences["step"]) <= {SILENT_STEP}


def test_in_the_midst_of_the_silent_days_the_step_is_silent(whole_demo: Source) -> None:
    states = states_of(whole_demo, Filters(as_of=datetime(2026, 6, 10, 14, 10)))
    assert states.steps["state"].tolist().count("silent") == 1
    step = states.steps.set_index("step").loc[SILENT_STEP]
    assert (step["state"], step["quiet_hours"]) == ("silent", 40)
    assert states.silences["next_at"].isna().all()
    assert step["usual_gap_hours"] < 5


def test_as_of_the_report_two_steps_are_seen(demo: Source) -> None:
    states = states_of(demo, REPORT)
    assert states.steps["state"].tolist() == ["live", "live", *["never recorded"] * 7]
    assert states.steps["events"].tolist()[:3] == [1, 2, 0]
    assert states.unknown_names.empty
    assert states.silences.empty
    assert (states.leads.leads, states.leads.without_events) == (4996, 4746)
    assert states.leads.before_tracking == 4746


def test_unknown_names_are_the_planted_ones(
    whole_demo: Source,
    ten_months: History,
) -> None:
    names = states_of(whole_demo, Filters(as_of=END)).unknown_names.set_index("name")
    planted = {row.row_id for row in ten_months.defects if row.kind == "unknown_steps"}
    steps = Counter(row.conversion_step for row in ten_months.events if row.id in planted)
    assert names["events"].to_dict() == steps
    assert names["resembles"].dropna().to_dict() == {"Analysis_Started": "analysis_started"}
    assert names.loc["Analysis_Started", "differs"] == "other case"


def test_leads_without_events_are_the_planted_ones(
    whole_demo: Source,
    ten_months: History,
) -> None:
    leads = states_of(whole_demo, Filters(start_at=datetime(2026, 1, 26, 8), as_of=END)).leads
    planted = sum(row.kind == "leads_without_events" for row in ten_months.defects)
    assert (leads.without_events, leads.before_tracking) == (planted, 0)


def test_everything_is_json(whole_demo: Source) -> None:
    answer = states_of(whole_demo, Filters(as_of=END)).as_json()
    assert answer["clock"] == "2026-11-23T00:00:00Z"
    assert isinstance(answer["steps"], list)
    assert answer["steps"][0]["first_at"] == "2026-01-26T02:20:31Z"


# --- made cases: leads every twenty minutes for 60 days ---


def test_each_made_step_has_its_state(made: Source, made_plan: TrackingPlan) -> None:
    states = states_of(made, Filters(as_of=START + timedelta(days=60)), made_plan)
    assert dict(zip(states.steps["step"], states.steps["state"], strict=True)) == {
        "start": "live",
        "stopped": "silent",
        "late": "live",
        "behind": "below usual",
        "rare": "too few to tell",
        "planned": "not implemented",
        "never": "never recorded",
    }
    (silence,) = states.silences.to_dict("records")
    assert (silence["step"], silence["hours"]) == ("stopped", 11 * 24)
    assert (silence["first_day"], silence["last_day"]) == ("2026-04-20", "2026-04-30")
    assert silence["expected"] == pytest.approx(11 * 72)


def test_a_step_is_live_while_it_is_recorded_in_the_present_hour(
    made: Source, made_plan: TrackingPlan
) -> None:
    states = states_of(made, Filters(as_of=START + timedelta(minutes=5)), made_plan)
    assert states.steps["state"].tolist()[:2] == ["live", "live"]
    assert states.stretches == 0


def test_where_everything_stopped_the_first_step_is_silent_and_the_others_quiet(
    made: Source, made_plan: TrackingPlan
) -> None:
    states = states_of(made, Filters(as_of=START + timedelta(days=70)), made_plan)
    found = dict(zip(states.steps["step"], states.steps["state"], strict=True))
    assert (found["start"], found["late"]) == ("silent", "below usual")
    silence = states.silences.set_index("step").loc["start"]
    assert silence["told_by"] == "own week"


def test_a_step_whose_upstream_is_never_recorded_is_expected_by_the_one_before_that(
    made: Source, tmp_path: Path
) -> None:
    path = tmp_path / "plan.toml"
    more = '[[step]]\nname = "{}"\nlabel = "L"\nmeaning = "x"\nimplies = "{}"\n'
    path.write_text(
        MADE_PLAN.replace('implies = "stopped"', 'implies = "gone"').replace(
            '[[step]]\nname = "behind"', more.format("gone", "start") + '[[step]]\nname = "behind"'
        )
    )
    states = states_of(made, Filters(as_of=START + timedelta(days=60)), load_plan(path))
    behind = states.steps.set_index("step").loc["behind"]
    assert (behind["upstream"], behind["state"]) == ("start", "silent")


def test_an_empty_source_has_never_seen_anything(tables: Parameters) -> None:
    states = states_of(source_of(tables), Filters())
    assert set(states.steps["state"]) == {"never recorded"}
    assert states.silences.empty
    assert states.unknown_names.empty
    assert states.leads.leads == 0
    assert states.leads.tracking_began_at is None


def test_odd_names_and_times_are_shown_and_cost_nothing(tables: Parameters) -> None:
    execute(
        tables,
        """
        insert into conversion_tracking (conversion_step, step_completed_at) values
            ('analysis_started', '0001-01-01'), ('analysis_started', '-infinity'),
            ('analysis_started', 'infinity'), ('analysis_started', '9999-12-31'),
            ('analysis_started ', '2026-01-01'), ('', '2026-01-01'),
            ('\u0430nalysis_started', '2026-01-01'), ('<script>alert(1)</script>', '2026-01-01')
    """,
    )
    states = states_of(source_of(tables), Filters(as_of=datetime(2026, 2, 1)))
    assert states.steps["state"].iloc[0] == "too few to tell"
    names = states.unknown_names.set_index("name")
    assert names["shown"].to_dict() == {
        "analysis_started ": "analysis_started␠",
        "": "(none)",
        "\u0430nalysis_started": "[U+0430]nalysis_started",
        "<script>alert(1)</script>": "<script>alert(1)</script>",
    }
    assert names["resembles"].notna().sum() == 2


@pytest.mark.parametrize("as_of", [datetime(1, 1, 1), datetime(1, 1, 5), datetime(9999, 12, 31)])
def test_the_ends_of_the_calendar_can_be_looked_at(tables: Parameters, as_of: datetime) -> None:
    assert states_of(source_of(tables), Filters(as_of=as_of)).silences.empty
