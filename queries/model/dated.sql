-- A time that the pages can show: null where it is infinite or outside of the calendar's years.
-- grain: one row
-- params: at timestamp
select
    case
        when :at >= timestamp '0001-01-02' and :at < timestamp '9999-12-30' then :at
    end as dated_at,
    -- The planner takes half of the rows for dated. It would estimate a plain range on a table
    -- without statistics at one row in 200, and sort it on disk.
    coalesce(
        :at >= timestamp '0001-01-02' and :at < timestamp '9999-12-30', false
    ) as is_dated
