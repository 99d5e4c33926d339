-- Two functions that the other remedies call. They follow the same rules as this product.
-- website_host: a website's host in lower case, without scheme, user name, www., port and path. It
-- is null without a website, and nulls never collide. business_is_named: whether a business has a
-- name of its own, not that of a placeholder.
-- grain: none
-- params: none
-- calls: model/website_host, model/placeholder
create or replace function website_host(url text) returns text
language sql immutable parallel safe
as $$
select w.host
from website_host(url) as w
$$;

create or replace function business_is_named(business_name text) returns boolean
language sql immutable parallel safe
as $$
select p.is_named
from placeholder(business_name) as p
$$;
