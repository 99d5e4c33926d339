"""The claims of the status report of 2026-01-26 in its own words, and the function for each."""

from dashboard.status import claims, fixes, speed
from dashboard.status.claim import ClaimQuestion
from dashboard.status.steps_claim import steps_implemented
from dashboard.status.website import website_complete

CLAIM_QUESTIONS = (
    ClaimQuestion(
        "everything_saved",
        "“All data is being saved to database.”",
        "funnel",
        claims.everything_saved,
    ),
    ClaimQuestion(
        "session_organizations",
        "“4 out of 5 recent organizations have session_ids” (80 %).",
        "coverage",
        claims.session_organizations,
    ),
    ClaimQuestion(
        "session_leads",
        "“Multiple leads with session_ids created.”",
        "coverage",
        claims.session_leads,
    ),
    ClaimQuestion(
        "session_events",
        "“Multiple conversion steps successfully tracked”, four of the five newest with a session "
        "id.",
        "coverage",
        claims.session_events,
    ),
    ClaimQuestion(
        "totals",
        "“253 total events, 250 unique leads, 3 unique conversion steps.”",
        "funnel",
        claims.totals_as_reported,
    ),
    ClaimQuestion(
        "website_complete",
        "“Your Snap.com test: Organization, lead, and tracking events all saved successfully.”",
        "leads",
        website_complete,
    ),
    ClaimQuestion(
        "tracking_creates_organizations",
        "The tracking endpoint “usually succeeds, creates organization with session_id”; the "
        "analysis finds it and updates it.",
        "coverage",
        claims.tracking_creates_organizations,
    ),
    ClaimQuestion(
        "fix_1",
        "Fix 1: “Changed IP address default from 'unknown' to null.”",
        "coverage",
        fixes.fix_1,
    ),
    ClaimQuestion(
        "fix_2",
        "Fix 2: “Added session_id column to website_leads INSERT statement.”",
        "coverage",
        fixes.fix_2,
    ),
    ClaimQuestion(
        "fix_3", "Fix 3: “Include session_id in INSERT” of organizations.", "coverage", fixes.fix_3
    ),
    ClaimQuestion(
        "fix_4",
        "Fix 4: the UPDATE of an organization preserves its session_id, by “COALESCE($10, "
        "session_id)”.",
        "coverage",
        fixes.fix_4,
    ),
    ClaimQuestion(
        "constraint_error_is_a_race",
        "The constraint errors “are from race conditions”: both paths INSERT at the same time and "
        "one fails, “a cosmetic issue”.",
        "races",
        claims.constraint_error_is_a_race,
    ),
    ClaimQuestion(
        "one_write_always_succeeds",
        "“One of them always succeeds, which is why your data is saved.”",
        "leads",
        claims.one_write_always_succeeds,
    ),
    ClaimQuestion(
        "steps_implemented",
        "Eight steps are implemented, from analysis_started to first_payment; only registration "
        "is missing.",
        "coverage",
        steps_implemented,
    ),
    ClaimQuestion(
        "table_sizes",
        "Organizations and website_leads have ~5,000 rows each, conversion_tracking ~250.",
        "coverage",
        claims.table_sizes,
    ),
    ClaimQuestion(
        "queries_fast",
        "“Minimal, very fast queries”, no performance impact.",
        "",
        speed.queries_fast,
    ),
)
