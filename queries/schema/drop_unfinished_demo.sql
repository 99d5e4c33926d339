-- Drops the unfinished demo of a killed first start.
-- grain: none
-- params: none
drop database if exists demo_unfinished
