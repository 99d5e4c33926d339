-- Sets a lead's new status and account.
-- grain: none
-- params: id uuid, status text, converted_to_user_id uuid, converted_at timestamp
update website_leads
set
    status = :status,
    converted_to_user_id = :converted_to_user_id,
    converted_at = :converted_at
where id = :id
