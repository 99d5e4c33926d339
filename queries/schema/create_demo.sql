-- Creates the demo under a name that says it is not complete.
-- grain: none
-- params: none
create database demo_unfinished
