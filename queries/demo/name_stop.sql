-- The moment that demo/note_stop notes next.
-- grain: one row
-- params: since timestamp
select set_config('demo.tracking_off_since', cast(cast(:since as timestamp) as text), true) as since
