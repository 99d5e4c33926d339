-- A website's host in lower case, without scheme, user name, port, path, and blanks and dots around
-- it. A leading www. is dropped where a dot remains. Null without a host; www alone is no host.
-- grain: one row
-- params: url text
select
    -- PostgreSQL computes an expression once per mention. So the rare cases are first looked for in
    -- the whole URL.
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
            -- The host is the part after the last @, which is the first one in reverse.
            case
                when a.url like '%@%' then reverse(split_part(reverse(b.authority), '@', 1))
                else b.authority
            end as place
    ) as c
cross join
    lateral (
        select btrim(lower(split_part(c.place, ':', 1)), e'. \t\n\f\r\x0b') as name
    ) as d
