"""The catalog as the tests see it: which questions read the three tables, and values to ask."""

from datetime import datetime, timedelta

from queries import Query, load, names

# One value per bind name: a question with a new bind name needs an entry here.
SAMPLES: dict[str, object] = {
    "start_at": datetime(2026, 1, 1),
    "end_at": datetime(2026, 2, 1),
    "as_of": datetime(2026, 1, 26, 2, 30),
    "until": datetime(2026, 3, 3),
    "window": timedelta(days=30),
    "steps": ["analysis_started", "analysis_completed", "previews_viewed"],
    "since": datetime(2025, 1, 1),
    "chained": ["analysis_started", "analysis_completed"],
    "upstreams": ["", "analysis_started"],
    "known": ["analysis_started"],
    "required": 2,
    "places": [0, 1, 2],
    "proofs": ["analysis_completed"],
    "proves": [1],
    "repair": True,
    "clock": datetime(2026, 1, 26, 2, 30),
    "matched_from": datetime(2026, 1, 1),
    "matched_until": datetime(2026, 2, 1),
    "unit": "visitor",
    "step": 1,
    "from_steps": [1],
    "to_steps": [2],
    "ages": [3600.0, 86400.0],
    "halves": True,
    "outcome": "count",
    "value_position": 0,
    "bounds": [1.0, 60.0],
    "grain": "week",
    "missing_leads": ["00000000-0000-0000-0000-000000000001"],
    "guaranteed": False,
    "properties": ["lead_source"],
    "breakdown": "lead_source",
    "property_filter": '{"lead_source": ["direct"]}',
    "release_times": [datetime(2026, 1, 25)],
    "release_names": ["before a", "a"],
    "start_step": "analysis_started",
    "proof_step": "analysis_completed",
    "zone": "Europe/Berlin",
    "has_session": True,
    "has_events": True,
    "search": "a",
    "sort": "created_at",
    "descending": True,
    "row_limit": 10,
    "first_row": 0,
    "lead_id": "00000000-0000-0000-0000-000000000001",
    "analysis_window": timedelta(minutes=5),
    "median_lag": timedelta(seconds=42),
    "margin": timedelta(seconds=5),
    "lead_ids": ["00000000-0000-0000-0000-000000000001"],
    "own_ids": ["00000000-0000-0000-0000-000000000001"],
    "own_sessions": ["s"],
    "session_ids": ["s"],
    "organization_ids": ["00000000-0000-0000-0000-000000000001"],
    "event_ids": ["00000000-0000-0000-0000-000000000001"],
    "kind": None,
    "edges": [1.0, 60.0],
    "session_id": "s",
    "website_url": "http://gloop.com",
    "hosts": ["gloop.com"],
    "placeholder": "Unknown Business",
    "owners_known": True,
    "staff_steps": ["status_change"],
    "releases": [datetime(2026, 1, 25)],
    "state": "same",
    "tables": ["website_leads"],
    "starts": [datetime(2026, 1, 1)],
    "ends": [datetime(2026, 2, 1)],
    "offsets": [300],
    "clock_starts": [datetime(2026, 1, 1)],
    "clock_minutes": [300],
    "lead_submissions": [1],
    "event_submissions": [1],
    "planned_steps": 3,
    "start": 1,
    "completion": 2,
    "registration": 3,
    "start_name": "analysis_started",
    "registration_name": "registration",
    "tracked_since": datetime(2026, 1, 1),
    "no_websites": ["unknown.com"],
    "registered_since": datetime(2026, 1, 1),
    "completion_name": "analysis_completed",
    "payment": "first_payment",
    "optional": ["registration"],
    "beside": [None],
    "groups": ["00000000-0000-0000-0000-000000000001"],
    "groups_at": [datetime(2026, 1, 1)],
}


def reading_questions() -> list[str]:
    """Return the names of the questions that declare columns of the three tables."""
    return [name for name in names() if load(name).needs]


def sample_binds(question: Query) -> dict[str, object]:
    """Return a value for every bind of a question."""
    unknown = question.params - SAMPLES.keys()
    assert not unknown, f"{question.name}: tests/queries/questions.py has no value for {unknown}"
    return {name: SAMPLES[name] for name in question.params}
