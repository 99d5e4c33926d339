-- What a business name says. A placeholder has the one that the tracking path writes before the
-- analysis; a lead without any name is none. A business is named where its name is its own. The
-- rule in Python is dashboard/model/placeholder.py; a test holds the two equal.
-- grain: one row
-- params: business_name text
select
    coalesce(:business_name = p.placeholder, false) as is_placeholder,
    coalesce(:business_name not in ('', p.placeholder), false) as is_named
from (select 'Unknown Business' as placeholder) as p
