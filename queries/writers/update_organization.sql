-- What a finished analysis does to an organization that is there: its real name, and with fix #4
-- the session id that the analysis knows.
-- grain: none
-- params: id uuid, name text, session_id text (null: none known)
update organizations
set
    name = :name,
    session_id = coalesce(:session_id, session_id),
    updated_at = now() at time zone 'utc'
where id = :id
