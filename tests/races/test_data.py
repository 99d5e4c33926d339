"""What is counted under which kind, on small tables whose answer is plain."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dashboard.database.errors import TIMEOUT
from dashboard.database.reading import COUNT, DAY
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.races import data
from dashboard.races.data import COUNTED, Evidence, shown_gap
from dashboard.races.figures import findings_trend_figure
from dashboard.races.kinds import BY_NAME, FAMILIES, RACE_KINDS, explained_by
from dashboard.races.over_time import findings_trend
from dashboard.races.words import races_headline
from dashboard.ui.theme import LIGHT
from tests.conftest import Parameters, execute, source_of

PLAN = load_plan()
NO_WEBSITE = """
    insert into organizations (name, session_id, website_url, created_at) values
        ('A', 's1', null, '2026-01-01'), ('A', 's1', null, '2026-01-01'),
        ('A', 's2', '', '2026-01-01'), ('A', 's2', '', '2026-01-01');
    insert into organizations (name, user_id, website_url, created_at)
    values ('A', gen_random_uuid(), null, '2026-01-01');
    insert into website_leads (session_id, business_name, created_at) values
        ('s1', 'Unknown Business', '2026-01-01'), ('s1', 'Unknown Business', '2026-01-01');
"""


def answer(parameters: Parameters, filters: Filters = Filters()) -> dict[str, object]:  # noqa: B008
    source = source_of(parameters)
    with source.read() as reader:
        found = data.races_json(reader, filters, PLAN)
    source.engine.dispose()
    return found


def counts(parameters: Parameters) -> dict[str, int | None]:
    kinds = answer(parameters)["kinds"]
    assert isinstance(kinds, list)
    return {each["kind"]: each["count"] for each in kinds}


def test_empty_tables_show_nothing_and_every_kind_is_named(tables: Parameters) -> None:
    assert counts(tables) == {kind.name: 0 for kind in RACE_KINDS}


def test_rows_without_a_website_are_never_one(tables: Parameters) -> None:
    execute(tables, NO_WEBSITE)
    found = {name: n for name, n in counts(tables).items() if n}
    assert found == {"unanalyzed_leads": 2}


def test_an_owned_organization_beside_an_anonymous_one_is_certain_whichever_came_first(
    tables: Parameters,
) -> None:
    execute(
        tables,
        """
        insert into organizations (name, user_id, session_id, website_url, created_at) values
            ('A', null, 's', 'https://a.example', '2026-01-01'),
            ('A', gen_random_uuid(), null, 'http://www.a.example/', '2026-01-02'),
            ('B', gen_random_uuid(), null, 'b.example', '2026-01-02'),
            ('B', gen_random_uuid(), null, 'b.example', '2026-01-02')
    """,
    )
    found = {name: n for name, n in counts(tables).items() if n}
    assert found == {"owned_beside_anonymous": 1, "organizations_without_lead": 1}
    assert BY_NAME["owned_beside_anonymous"].race is False


def test_the_other_owner_column_tells_who_owns(tables: Parameters) -> None:
    execute(tables, "alter table organizations rename user_id to owner_user_id")
    execute(
        tables,
        """
        insert into organizations (name, owner_user_id, session_id, website_url, created_at) values
            ('A', null, 's', 'a.example', '2026-01-01'),
            ('A', gen_random_uuid(), null, 'a.example', '2026-01-02')
    """,
    )
    assert counts(tables)["owned_beside_anonymous"] == 1


def test_a_missing_column_leaves_only_its_own_kinds_unknown(tables: Parameters) -> None:
    execute(tables, "alter table website_leads drop column business_name")
    unknown = {name for name, n in counts(tables).items() if n is None}
    assert unknown == {kind.name for kind in RACE_KINDS if kind.family == "lead"}


def test_the_answer_names_constraint_and_what_is_allowed(tables: Parameters) -> None:
    found = answer(tables, Filters(start_at=datetime(2026, 1, 1)))
    assert (found["constraint"], found["validated"]) == ("inclusive", True)
    assert (found["from"], found["to"]) == ("2026-01-01T00:00:00Z", None)
    assert isinstance(found["allowed"], list)
    assert {each["state"] for each in found["allowed"]} == {"certain", "possible", "prevented"}


def test_kinds_say_what_explains_them() -> None:
    assert {kind.name: kind.race for kind in RACE_KINDS if kind.race is not None} == {
        "duplicate_organizations": True,
        "duplicate_leads": True,
        "owned_beside_anonymous": False,
        "recreated_organizations": False,
        "overwritten_sessions": False,
    }
    assert [explained_by(race) for race in (True, False, None)] == [
        "race",
        "certain",
        "inconclusive",
    ]
    assert {kind.family for kind in RACE_KINDS} == set(FAMILIES)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 ms"),
        (0.25, "250 ms"),
        (1.0, "1.0 s"),
        (59.94, "59.9 s"),
        (60.0, "60 s"),
        (3600.0, "60 min"),
    ],
)
def test_a_gap_is_written_as_short_as_it_is(seconds: float, words: str) -> None:
    assert shown_gap(seconds) == words


def evidence(*days: tuple[datetime, int]) -> Evidence:
    import pandas as pd

    rows = [("lost_starts", "analysis_started", day, None, n) for day, n in days]
    frame = pd.DataFrame(rows, columns=[*COUNTED]).astype(COUNTED)
    totals = {
        "ownerless": 0,
        "with_session_time": 0,
        "leads": 9,
        "leads_before_tracking": 0,
        "events": 9,
    }
    return data.together([frame], totals, {})  # type: ignore[arg-type]


def test_a_trend_has_every_day_up_to_two_months_and_then_weeks() -> None:
    kind, first = BY_NAME["lost_starts"], datetime(2026, 1, 1)
    later = Filters(as_of=datetime(2026, 6, 1))
    found = evidence((first, 2), (first + timedelta(days=2), 1))
    trend = findings_trend(found.days(kind), later)
    days = trend.rows
    assert (trend.grain, trend.whole) == ("day", [2, 0, 1])
    found = evidence((first, 2), (first + timedelta(days=70), 1))
    trend = findings_trend(found.days(kind), later)
    weeks = trend.rows
    assert trend.grain == "week"
    assert weeks["day"].dt.day_of_week.eq(0).all()
    assert weeks["findings"].sum() == 3
    assert len(weeks) == 11
    assert dict(days.dtypes.astype(str)) == {"day": DAY, "findings": COUNT, "is_partial": "bool"}


def test_a_day_that_is_not_over_is_hatched_and_no_bar_of_the_table() -> None:
    kind, first = BY_NAME["lost_starts"], datetime(2026, 1, 1)
    found = evidence((first, 2), (first + timedelta(days=1), 1))
    trend = findings_trend(found.days(kind), Filters(as_of=datetime(2026, 1, 2, 12)))
    assert trend.rows["findings"].tolist() == [2, 1]
    assert trend.whole == [2]
    (bars,) = json.loads(str(findings_trend_figure(trend, "Lost", LIGHT).to_json()))["data"]
    assert bars["marker"]["pattern"]["shape"] == ["", "/"]
    assert bars["customdata"] == ["", ", a part of the day"]


def test_the_sentence_keeps_race_and_certainty_apart() -> None:
    assert races_headline(evidence((datetime(2026, 1, 1), 2))) == "2 inconclusive from rows alone."
    assert races_headline(evidence()).startswith("No failure was found")


def test_what_could_not_be_asked_is_not_said_to_be_absent() -> None:
    problems = dict.fromkeys(FAMILIES, TIMEOUT.problem("test"))
    unknown = replace(evidence(), problems=problems)
    assert races_headline(unknown).startswith("No failure was found, but ")
    assert "could not be looked for" in races_headline(unknown)
    some = replace(evidence((datetime(2026, 1, 1), 2)), problems={"lead": problems["lead"]})
    assert races_headline(some).startswith("2 inconclusive from rows alone; ")


@pytest.mark.parametrize("column", ["website_url", "session_id"])
def test_without_a_column_of_organizations_the_other_kinds_are_counted(
    tables: Parameters, column: str
) -> None:
    execute(tables, f"alter table organizations drop column {column} cascade")
    execute(tables, "insert into website_leads (session_id) values ('s'), ('t')")
    execute(
        tables,
        "insert into conversion_tracking (session_id, conversion_step, step_completed_at)"
        " values ('s', 'analysis_started', '2026-01-01')",
    )
    found = answer(tables)
    kinds = {each["kind"]: each for each in found["kinds"]}  # type: ignore[attr-defined]
    assert kinds["events_without_lead"]["count"] == 1
    assert kinds["overwritten_sessions"]["count"] is None
    assert kinds["overwritten_sessions"]["of"] is None
    assert (found["owned_organizations"] is None) == (column == "website_url")
