"""What a timeline says: missing rows and steps, session ids side by side, the time line."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.leads.data import LEAD_ROW_DTYPES
from dashboard.leads.timeline.data import Timeline
from dashboard.leads.timeline.figures import time_line
from dashboard.leads.timeline.missing import missing, timeline_notes, timeline_words
from dashboard.leads.timeline.sessions import side_by_side, visitor_session
from dashboard.model.session_ids import made_at
from dashboard.model.tracking_plan import load_plan
from dashboard.ui.theme import LIGHT

AT = datetime(2026, 1, 26, 2, 20, 31)
VISITOR = "session_1769376031102_1i34cuwqi"
OTHER = "session_1769375835543_htg53b7hs"
PLAN = load_plan()


def frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns).astype(
        {each: "datetime64[us]" for each in columns if each in ("at", "created_at")}
    )


def timeline(
    organizations: list[dict[str, Any]] | None = None,
    leads: list[dict[str, Any]] | None = None,
    events: list[dict[str, Any]] | None = None,
    leads_in_all: int = 0,
) -> Timeline:
    """Make a timeline; a key left out is null."""
    if organizations is None:
        organizations = [{"organization_id": "o", "name": "Gloop", "session_id": VISITOR}]
    lead = {"lead_id": "l", "organization_id": "o", "business_name": "Gloop", "session_id": VISITOR}
    leads = [{"submission_id": "l", "ambiguous": False, **each} for each in leads or [lead]]
    return Timeline(
        "l",
        frame(
            [{"created_at": AT, **each} for each in organizations],
            ["organization_id", "name", "session_id", "website_url", "owner", "created_at"],
        ),
        frame(
            [{"created_at": AT, **each} for each in leads],
            [*list(LEAD_ROW_DTYPES)[:6], "submission_id", "ambiguous"],
        ),
        frame(
            [{"at": AT, **each} for each in (events or [])],
            ["event_id", "lead_id", "step", "at", "session_id"],
        ),
        leads_in_all or len(leads),
        len(events or []),
        frozenset(
            each["session_id"]
            for each in leads
            if each["submission_id"] == "l" and "session_id" in each
        ),
    )


def steps(*names: str) -> list[dict[str, Any]]:
    return [{"step": name, "session_id": VISITOR, "lead_id": "l"} for name in names]


def said(given: Timeline) -> str:
    return " ".join(missing(given, PLAN, PLAN.names))


def test_a_whole_submission_misses_nothing() -> None:
    assert (
        missing(timeline(events=steps("analysis_started", "analysis_completed")), PLAN, PLAN.names)
        == []
    )


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"l": "Gloop", "m": "Other"}, "Gloop"),
        ({"l": "Unknown Business", "m": "Gloop"}, "Gloop"),
        ({"l": "Unknown Business", "m": None}, "Gloop & Co."),
        ({"m": "Unknown Business", "l": None}, "Unknown Business"),
        ({"l": None, "m": ""}, "Lead without a name"),
    ],
)
def test_a_trace_is_called_as_its_business_once_that_is_known(
    names: dict[str, str | None], shown: str
) -> None:
    leads = [
        {"lead_id": lead, "business_name": name, "organization_id": "o" if name else None}
        for lead, name in names.items()
    ]
    assert timeline([{"organization_id": "o", "name": "Gloop & Co."}], leads).name == shown


def test_every_implied_step_that_is_not_recorded_is_named_with_its_proof() -> None:
    words = said(timeline(events=steps("previews_viewed")))
    assert "“Analysis started” is not recorded, though “Previews viewed”" in words
    assert "“Analysis completed” is not recorded, though “Previews viewed”" in words


def test_only_the_placeholder_is_named() -> None:
    leads = [{"lead_id": "l", "business_name": "Unknown Business", "organization_id": "o"}]
    assert "Only the placeholder" in said(timeline(leads=leads))


def test_a_lead_without_organization_and_one_that_dangles() -> None:
    assert "belongs to an organization" in said(
        timeline([], [{"lead_id": "l", "business_name": "A"}])
    )
    assert "is not there" in said(timeline([]))


def test_no_event_is_not_called_lost() -> None:
    assert "may not have existed" in said(timeline())


def test_an_organization_with_another_session_is_named() -> None:
    organizations = [{"organization_id": "o", "name": "Snap", "session_id": OTHER}]
    assert "no lead or event of this submission has" in said(timeline(organizations))


def test_nothing_names_the_visitor_without_any_session() -> None:
    leads = [{"lead_id": "l", "business_name": "A", "organization_id": "o"}]
    assert "the visitor is unknown" in said(timeline(leads=leads))


def test_session_ids_stand_in_order_of_time_with_their_age() -> None:
    given = timeline(
        [{"organization_id": "o", "name": "Snap", "session_id": OTHER}],
        events=[
            {"step": "late", "at": AT + timedelta(minutes=1), "session_id": VISITOR},
            {"step": "odd", "at": AT + timedelta(minutes=2), "session_id": "session_x"},
            {"step": "bare", "at": AT + timedelta(minutes=3)},
        ],
    )
    shown = side_by_side(given)
    assert visitor_session(given) == VISITOR
    assert shown["what"].tolist() == ["Snap", "Gloop", "late", "odd", "bare"]
    assert shown["compared"].tolist() == [
        "another one",
        "the visitor’s",
        "the visitor’s",
        "another one",
        "no session id",
    ]
    assert shown["age"].tolist() == [
        "5 h 3 min 15.5 s",
        "4 h 59 min 59.9 s",
        "5 h 0 min 59.9 s",
        "–",
        "–",
    ]


def test_an_id_younger_than_its_row_says_so() -> None:
    given = timeline(
        leads=[{"lead_id": "l", "session_id": VISITOR, "created_at": datetime(2026, 1, 1)}]
    )
    assert side_by_side(given)["age"].iloc[0].endswith("younger than the row")


@pytest.mark.parametrize(
    "odd", ["session_1769376031102_1i34cuwq", "session_x_1i34cuwqi", "", None, "x" * 255]
)
def test_an_id_of_another_form_has_no_time(odd: str | None) -> None:
    assert made_at(odd) is None


def test_an_id_has_the_browsers_time() -> None:
    assert made_at(VISITOR) == datetime(2026, 1, 25, 21, 20, 31, 102000)


def test_stored_names_reach_the_time_line_inert() -> None:
    given = timeline(events=[{"step": "<a href='javascript:x'>", "session_id": VISITOR}])
    assert "<a href" not in str(time_line(given, ZoneInfo("UTC"), LIGHT).to_json())


def test_the_timeline_has_a_color_per_session_and_hollow_marks_without() -> None:
    given = timeline(
        [{"organization_id": "o", "name": "Snap", "session_id": OTHER}],
        events=[{"step": "bare"}, {"step": "timeless", "at": None}],
    )
    marks = json.loads(str(time_line(given, ZoneInfo("America/New_York"), LIGHT).to_json()))["data"]
    colors = [each["marker"]["color"] for each in marks]
    assert len(set(colors[:2])) == 2
    assert [each["marker"]["symbol"] for each in marks] == ["circle", "circle", "circle-open"]
    assert marks[0]["x"][0].startswith("2026-01-25T21:20:31")


def test_the_time_line_never_runs_backwards_when_the_clocks_change() -> None:
    before, after = datetime(2026, 10, 25, 0, 59, 40), datetime(2026, 10, 25, 1, 0, 25)
    given = timeline(
        [], [{"lead_id": "l", "created_at": before}, {"lead_id": "m", "created_at": after}]
    )
    figure = json.loads(str(time_line(given, ZoneInfo("Europe/Berlin"), LIGHT).to_json()))
    times = [mark["x"][0] for mark in figure["data"]]
    assert times == sorted(times)
    assert "UTC" in figure["layout"]["xaxis"]["title"]["text"]


def test_what_is_of_another_submission_is_paler_and_said_to_be() -> None:
    other = {"lead_id": "m", "session_id": OTHER, "submission_id": "m"}
    given = timeline(leads=[{"lead_id": "l", "session_id": VISITOR, "organization_id": "o"}, other])
    marks = json.loads(str(time_line(given, ZoneInfo("UTC"), LIGHT).to_json()))["data"]
    assert [mark["opacity"] for mark in marks] == [1, 1, 0.35]
    assert timeline_words(given)["of"].tolist() == ["this one", "another"]
    assert timeline_notes(timeline()) == []


def test_an_ambiguous_lead_says_which_part_is_not_certain() -> None:
    given = timeline(leads=[{"lead_id": "l", "session_id": VISITOR, "ambiguous": True}])
    assert "which leads belong together is not certain" in timeline_notes(given)[0]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"session_id": OTHER}, "no lead with the analyzed business was saved"),
        ({}, "shown paler, may be this one’s"),
        ({"session_id": OTHER, "ambiguous": True}, "shown paler, may be this one’s"),
    ],
    ids=["another visitor's", "nobody's", "an ambiguous one"],
)
def test_an_analyzed_lead_beside_a_placeholder_may_be_its(
    other: dict[str, Any], words: str
) -> None:
    own = {"lead_id": "l", "session_id": VISITOR, "business_name": "Unknown Business"}
    beside_it = {"lead_id": "m", "submission_id": "m", "business_name": "Gloop"}
    assert words in said(timeline(leads=[own, beside_it | other]))


def test_a_lead_without_any_name_is_no_placeholder() -> None:
    given = timeline(leads=[{"lead_id": "l", "session_id": VISITOR, "organization_id": "o"}])
    assert "placeholder" not in said(given)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
def test_the_first_moment_that_there_is_has_a_time_line(zone: str) -> None:
    given = timeline(leads=[{"lead_id": "l", "created_at": datetime(1, 1, 1)}])
    assert time_line(given, ZoneInfo(zone), LIGHT).data


def test_a_step_that_the_source_never_recorded_is_not_missing() -> None:
    given = timeline(events=steps("analysis_started", "analysis_completed", "audience_selected"))
    assert "“Previews viewed”" in " ".join(missing(given, PLAN, PLAN.names))
    assert missing(given, PLAN, {"analysis_started"}) == []
