"""The states of a planned step, and the columns of steps, silences and unknown names."""

from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT

UPSTREAM, OWN_WEEK = "upstream", "own week"
LIVE, SILENT, BELOW_USUAL, TOO_FEW_TO_TELL = "live", "silent", "below usual", "too few to tell"
NEVER_RECORDED, NOT_IMPLEMENTED = "never recorded", "not implemented"
NAME = {
    "name": TEXT,
    "events": COUNT,
    "events_ever": COUNT,
    "first_at": MOMENT,
    "last_at": MOMENT,
    "names": COUNT,
}
PLAN_STEP_DTYPES = {
    "step": TEXT,
    "label": TEXT,
    "implemented": "bool",
    "staff": "bool",
    "upstream": TEXT,
    "events": COUNT,
    "first_at": MOMENT,
    "last_at": MOMENT,
    "usual_gap_hours": COUNT,
    "state": TEXT,
    "quiet_hours": COUNT,
    "expected": SHARE,
    "chance": SHARE,
    "own_chance": SHARE,
}
SILENCE_DTYPES = {
    "step": TEXT,
    "label": TEXT,
    "upstream": TEXT,
    "last_at": MOMENT,
    "next_at": MOMENT,
    "hours": COUNT,
    "first_day": TEXT,
    "last_day": TEXT,
    "expected": SHARE,
    "chance": SHARE,
    "own_chance": SHARE,
    "told_by": TEXT,
}
UNKNOWN_NAME_DTYPES = {
    "name": TEXT,
    "shown": TEXT,
    "events": COUNT,
    "first_at": MOMENT,
    "last_at": MOMENT,
    "resembles": TEXT,
    "differs": TEXT,
}
