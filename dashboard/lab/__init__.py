"""The lab: ways to write at the same time, run against each other and counted."""
