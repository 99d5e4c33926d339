-- What the tracking path does to an organization that is there, with fix #4: the session of the
-- visitor who came last overwrites the one before.
-- grain: none
-- params: id uuid, session_id text (null: none known)
update organizations
set
    session_id = coalesce(:session_id, session_id),
    updated_at = now() at time zone 'utc'
where id = :id
