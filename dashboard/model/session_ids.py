"""The time inside a session id: session_<epoch milliseconds>_<9 base-36 characters>."""

import re
from datetime import UTC, datetime, timedelta

SESSION_ID = re.compile(r"session_(\d{12,14})_[0-9a-z]{9}")


def made_at(session_id: str | None) -> datetime | None:
    """Return the browser's time (UTC) in a session id; None where the form is another one."""
    match = SESSION_ID.fullmatch(session_id or "")
    if not match:
        return None
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (epoch + timedelta(milliseconds=int(match[1]))).replace(tzinfo=None)
