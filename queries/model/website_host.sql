-- A website's host: without scheme, user name, port, path and case, without dots at its end, and
-- without www. where a dot remains. Null where there is none.
-- grain: one row
-- params: url text
select
    -- PostgreSQL computes an expression once per mention, and cuts faster than it matches.
    nullif(
        regexp_replace(
            lower(rtrim(split_part(b.place, ':', 1), '.')), '^www\.(?=.*\.)', ''
        ),
        ''
    ) collate "C" as host
from (select btrim(cast(:url as text), e' \t\n\f\r\x0b') as url) as a
cross join
    lateral (
        select
            split_part(split_part(split_part(
                a.url,
                '/',
                case
                    when a.url like 'http://%' or a.url like 'https://%' then 3
                    when a.url ~* '^([a-z][a-z0-9+.-]*:)?//' then 3
                    else 1
                end
            ), '?', 1), '#', 1) as authority
    ) as c
cross join
    lateral (
        select
            -- What follows the last @ precedes the first one from behind.
            case
                when a.url like '%@%' then reverse(split_part(reverse(c.authority), '@', 1))
                else c.authority
            end as place
    ) as b
