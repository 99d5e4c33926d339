-- Creates the database of the app's own records.
-- grain: none
-- params: none
create database app owner app
