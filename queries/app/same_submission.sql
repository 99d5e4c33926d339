-- The visitor's newest submission of a website since a moment, unless it was interrupted or its
-- rows went with a reset.
-- grain: one row, or none
-- params: visitor text, website_url text, since timestamp (inclusive)
select id
from jobs
where
    visitor = :visitor
    and website_url = :website_url
    and created_at >= :since
    and state <> 'interrupted'
    and reset_at is null
order by created_at desc, id asc
limit 1
