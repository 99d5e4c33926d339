-- Creates the demo under a name for unfinished databases.
-- grain: none
-- params: none
create database demo_unfinished
