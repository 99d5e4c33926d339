-- A website's host, whatever its spelling: without scheme, user name, www., port, path and case.
-- The same meaning as everywhere in this product; null where there is no website, and nulls never
-- collide.
-- grain: none
-- params: none
-- calls: model/website_host
create or replace function website_host(url text) returns text
language sql immutable parallel safe
as $$
select w.host
from website_host(url) as w
$$
