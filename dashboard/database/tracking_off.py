"""Since when tracking is off in the sandbox: what it was filled with says so."""

from datetime import datetime

from dashboard.database.reading import Reader


def tracking_off_since(reader: Reader, _: object = None) -> datetime | None:
    """Return since when the sandbox's tracking is off; None where it is on."""
    since: datetime | None = reader.one("database/tracking_off_since").since
    return since
