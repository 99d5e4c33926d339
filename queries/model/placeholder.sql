-- Whether a business name is a placeholder's, and whether it is the business's own name. The
-- tracking path writes the placeholder's name before the analysis. A lead without any name is no
-- placeholder. dashboard/model/placeholder.py has the same rule in Python; a test compares the two.
-- grain: one row
-- params: business_name text
select
    coalesce(:business_name = p.placeholder, false) as is_placeholder,
    coalesce(:business_name not in ('', p.placeholder), false) as is_named
from (select 'Unknown Business' as placeholder) as p
