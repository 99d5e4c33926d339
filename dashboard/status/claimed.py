"""What the status report of 2026-01-26 claimed, in its own words, and what judges each claim."""

from dashboard.status import claims, fixes, speed
from dashboard.status.claim import Question
from dashboard.status.website import website_complete

QUESTIONS = (
    Question(
        "everything_saved",
        "“All data is being saved to database.”",
        "funnel",
        claims.everything_saved,
    ),
    Question(
        "session_organizations",
        "“4 out of 5 recent organizations have session_ids” (80 %).",
        "coverage",
        claims.session_organizations,
    ),
    Question(
        "session_leads",
        "“Multiple leads with session_ids created.”",
        "coverage",
        claims.session_leads,
    ),
    Question(
        "session_events",
        "“Multiple conversion steps successfully tracked”, four of the five newest with a session "
        "id.",
        "coverage",
        claims.session_events,
    ),
    Question(
        "totals",
        "“253 total events, 250 unique leads, 3 unique conversion steps.”",
        "funnel",
        claims.totals,
    ),
    Question(
        "website_complete",
        "“Your Snap.com test: Organization, lead, and tracking events all saved successfully.”",
        "leads",
        website_complete,
    ),
    Question(
        "tracking_creates_organizations",
        "The tracking endpoint “usually succeeds, creates organization with session_id”; the "
        "analysis finds it and updates it.",
        "coverage",
        claims.tracking_creates_organizations,
    ),
    Question(
        "fix_1",
        "Fix 1: “Changed IP address default from 'unknown' to null.”",
        "coverage",
        fixes.fix_1,
    ),
    Question(
        "fix_2",
        "Fix 2: “Added session_id column to website_leads INSERT statement.”",
        "coverage",
        fixes.fix_2,
    ),
    Question(
        "fix_3", "Fix 3: “Include session_id in INSERT” of organizations.", "coverage", fixes.fix_3
    ),
    Question(
        "fix_4",
        "Fix 4: the UPDATE of an organization preserves its session_id, by “COALESCE($10, "
        "session_id)”.",
        "coverage",
        fixes.fix_4,
    ),
    Question(
        "constraint_error_is_a_race",
        "The constraint errors “are from race conditions”: both paths INSERT at the same time and "
        "one fails, “a cosmetic issue”.",
        "races",
        claims.constraint_error_is_a_race,
    ),
    Question(
        "one_write_always_succeeds",
        "“One of them always succeeds, which is why your data is saved.”",
        "leads",
        claims.one_write_always_succeeds,
    ),
    Question(
        "steps_implemented",
        "Eight steps are implemented, from analysis_started to first_payment; only registration "
        "is missing.",
        "coverage",
        claims.steps_implemented,
    ),
    Question(
        "table_sizes",
        "Organizations and website_leads have ~5,000 rows each, conversion_tracking ~250.",
        "coverage",
        claims.table_sizes,
    ),
    Question(
        "queries_fast",
        "“Minimal, very fast queries”, no performance impact.",
        "",
        speed.queries_fast,
    ),
)
