-- Sets an organization's new owner and session.
-- grain: none
-- params: id uuid, user_id uuid, session_id text, updated_at timestamp
update organizations
set
    user_id = :user_id,
    session_id = :session_id,
    updated_at = :updated_at
where id = :id
