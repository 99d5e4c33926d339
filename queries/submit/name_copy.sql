-- Makes the copy the sandbox.
-- grain: none
-- params: none
alter database sandbox_copy rename to sandbox
