-- Saves what a strategy came to.
-- grain: none
-- params: run_id uuid, place integer, strategy text, attempts integer, saved integer,
--   duplicate_organizations integer, duplicate_leads integer, lost_steps integer, errors jsonb,
--   retries integer, p50_ms double, p95_ms double, correct boolean
insert into lab_results (
    run_id,
    place,
    strategy,
    attempts,
    saved,
    duplicate_organizations,
    duplicate_leads,
    lost_steps,
    errors,
    retries,
    p50_ms,
    p95_ms,
    correct
)
values (
    :run_id,
    :place,
    :strategy,
    :attempts,
    :saved,
    :duplicate_organizations,
    :duplicate_leads,
    :lost_steps,
    cast(:errors as jsonb),
    :retries,
    :p50_ms,
    :p95_ms,
    :correct
)
