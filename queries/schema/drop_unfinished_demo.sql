-- Drops what a killed first start left of the demo.
-- grain: none
-- params: none
drop database if exists demo_unfinished
