-- Notes the time up to which the demo is filled.
-- grain: none
-- params: until timestamp (exclusive)
insert into planted.fillings (until) values (:until)
