-- Gives an organization to an owner, unless it has one; a session id does not stay beside it.
-- grain: none
-- params: id uuid, owner_id uuid
update organizations
set
    user_id = coalesce(user_id, :owner_id),
    session_id = null
where id = :id
