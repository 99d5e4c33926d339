-- Creates the next sandbox under a name that says it is not the sandbox yet.
-- grain: none
-- params: none
create database sandbox_copy
