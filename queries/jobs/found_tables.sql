-- Which tables of records there are, and whether an earlier version left them.
-- grain: one row
-- params: none
with

found as (
    select
        bool_or(table_name = 'jobs' and column_name = 'kind') as has_jobs,
        bool_or(table_name = 'jobs' and column_name = 'visitor') as has_old_submissions,
        bool_or(table_name = 'lab_runs') as has_old_runs,
        bool_or(table_name = 'calls') as has_calls,
        bool_or(table_name = 'lab_results') as has_results
    from information_schema.columns
    where table_schema = current_schema()
)

select
    coalesce(has_jobs, false) as has_jobs,
    coalesce(has_old_submissions, false) as has_old_submissions,
    coalesce(has_old_runs, false) as has_old_runs,
    coalesce(has_calls, false) as has_calls,
    coalesce(has_results, false) as has_results
from found
