-- Gives an organization what its analysis found. The session of its first visitor stays, and beside
-- an owner there is none.
-- grain: none
-- params: id uuid, name text, session_id text
update organizations
set
    name = :name,
    session_id = case
        when user_id is null then coalesce(session_id, cast(:session_id as text))
    end,
    updated_at = now() at time zone 'utc'
where id = :id
