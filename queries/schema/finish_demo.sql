-- Gives the filled demo its final name.
-- grain: none
-- params: none
alter database demo_unfinished rename to demo
