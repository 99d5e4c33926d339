"""Background jobs: queued, run, cancelled and settled the same way for Submit and for the Lab."""
