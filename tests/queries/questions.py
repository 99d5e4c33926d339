"""The catalogue as the tests see it: which questions read the three tables, and values to ask."""

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
    "required": 2,
    "places": [0, 1, 2],
    "proofs": ["analysis_completed"],
    "proves": [1],
    "repair": True,
    "clock": datetime(2026, 1, 26, 2, 30),
    "moved_leads": ["00000000-0000-0000-0000-000000000001"],
    "moved_units": ["00000000-0000-0000-0000-000000000002"],
    "moved_at": [datetime(2026, 1, 25)],
    "sessions": ["s1"],
    "session_units": ["00000000-0000-0000-0000-000000000002"],
    "session_at": [datetime(2026, 1, 25)],
    "segment_units": ["00000000-0000-0000-0000-000000000002"],
    "segments": [1],
    "start_step": "analysis_started",
    "proof_step": "analysis_completed",
    "zone": "Europe/Berlin",
    "sources": ["direct"],
    "campaigns": None,
    "industries": None,
    "statuses": None,
    "has_session": True,
    "has_events": True,
    "search": "a",
    "sort": "created_at",
    "descending": True,
    "row_limit": 10,
    "first_row": 0,
    "lead_id": "00000000-0000-0000-0000-000000000001",
    "near": timedelta(minutes=5),
    "usual": timedelta(seconds=42),
    "margin": timedelta(seconds=5),
    "lead_ids": ["00000000-0000-0000-0000-000000000001"],
    "session_ids": ["s"],
    "organization_ids": ["00000000-0000-0000-0000-000000000001"],
    "event_ids": ["00000000-0000-0000-0000-000000000001"],
    "session_id": "s",
    "website_url": "http://gloop.com",
    "lead_submissions": [1],
    "event_submissions": [1],
    "planned_steps": 3,
    "placeholder": "Unknown Business",
}


def reading_questions() -> list[str]:
    """Return the names of the questions that declare columns of the three tables."""
    return [name for name in names() if load(name).needs]


def sample_binds(question: Query) -> dict[str, object]:
    """Return a value for every bind of a question."""
    unknown = question.params - SAMPLES.keys()
    assert not unknown, f"{question.name}: tests/queries/questions.py has no value for {unknown}"
    return {name: SAMPLES[name] for name in question.params}
