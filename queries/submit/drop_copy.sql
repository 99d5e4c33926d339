-- Drops what a killed reset left.
-- grain: none
-- params: none
drop database if exists sandbox_copy
