-- Gives the placeholder lead of a submission what its analysis found.
-- grain: none
-- params: id uuid, business_name text, industry_category text, business_type text
update website_leads
set
    business_name = :business_name,
    industry_category = :industry_category,
    business_type = :business_type
where id = :id
