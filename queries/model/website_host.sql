-- A website's host: without scheme, user name, port, path and case, without blanks and dots
-- around it, and without www. where a dot remains. Null where there is none; www alone is none.
-- grain: one row
-- params: url text
select
    -- PostgreSQL computes an expression once per mention: what is rare is looked for in the whole
    -- URL first.
    nullif(nullif(
        case
            when lower(a.url) not like '%www%' then d.name
            when d.name like 'www.%.%' then substr(d.name, 5)
            else d.name
        end,
        ''
    ), 'www') collate "C" as host
from (select cast(:url as text) as url) as a
cross join
    lateral (
        select
            split_part(split_part(split_part(
                a.url,
                '/',
                case
                    when a.url like 'http://%' or a.url like 'https://%' then 3
                    when a.url ~* '^[ \t\n\f\r\x0b]*([a-z][a-z0-9+.-]*:)?//' then 3
                    else 1
                end
            ), '?', 1), '#', 1) as authority
    ) as b
cross join
    lateral (
        select
            -- What follows the last @ precedes the first one from behind.
            case
                when a.url like '%@%' then reverse(split_part(reverse(b.authority), '@', 1))
                else b.authority
            end as place
    ) as c
cross join
    lateral (
        select btrim(lower(split_part(c.place, ':', 1)), e'. \t\n\f\r\x0b') as name
    ) as d
