-- Gives the filled demo its name.
-- grain: none
-- params: none
alter database demo_unfinished rename to demo
