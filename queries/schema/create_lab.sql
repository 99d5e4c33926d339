-- Creates the database of the lab's throw-away schemas.
-- grain: none
-- params: none
create database lab owner lab_owner
