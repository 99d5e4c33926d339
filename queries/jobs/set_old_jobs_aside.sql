-- Makes room for the jobs of this version; the submissions of an earlier one are copied next.
-- grain: none
-- params: none
alter table jobs rename to old_jobs
