-- A time that the pages can show: null where it is infinite or outside of the calendar's years.
-- grain: one row
-- params: at timestamp
select
    case
        when :at >= timestamp '0001-01-02' and :at < timestamp '9999-12-30' then :at
    end as dated_at,
    :at is not null and :at >= timestamp '0001-01-02' and :at < timestamp '9999-12-30' as is_dated
