-- A website's host, whatever its spelling: without scheme, www., port, path and case. The same
-- meaning as everywhere in this product; null where there is no website, and nulls never collide.
-- grain: none
-- params: none
create or replace function website_host(url text) returns text
language sql immutable parallel safe
as $$
select nullif(
    split_part(split_part(split_part(split_part(
        regexp_replace(
            case
                when a.url like 'http://%' then substr(a.url, 8)
                when a.url like 'https://%' then substr(a.url, 9)
                when a.url like '%://%' then regexp_replace(a.url, '^[a-z][a-z0-9+.-]*://', '')
                else a.url
            end,
            '^www\.', ''
        ),
        '/', 1
    ), '?', 1), '#', 1), ':', 1),
    ''
)
from (select lower(btrim(url)) as url) as a
$$;
