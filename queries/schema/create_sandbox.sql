-- Copies the demo to the sandbox, where the Submit page writes.
-- grain: none
-- params: none
create database sandbox template demo
