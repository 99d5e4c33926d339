"""Leads that events name but that do not exist; such events count by their session."""

from datetime import datetime

from dashboard.database.reading import TEXT, Reader


def missing_leads(reader: Reader, as_of: datetime | None) -> list[str]:
    """Return the ids of the missing leads; with `as_of`, leads created later are missing, too.

    The result is the bind `missing_leads` of model/leadless_events. Raises DatabaseProblem.
    """
    guaranteed = reader.one("model/lead_reference").guaranteed
    found = reader.frame(
        "model/missing_leads", {"lead_id": TEXT}, guaranteed=guaranteed, as_of=as_of
    )
    return found["lead_id"].tolist()
