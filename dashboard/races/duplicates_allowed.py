"""Whether the keys of a database let a website or a lead be written twice."""

from dashboard.races.possibility import Possibility, Rules, hidden_failure, keys_of
from dashboard.races.unique_keys import UniqueKey


def same_website(rules: Rules) -> Possibility:
    """Tell whether two writers can both insert an organization of one website."""
    failure = "The same website twice"
    if hidden := hidden_failure(failure, True, rules, "organizations"):
        return hidden
    for key, columns in keys_of(rules, "organizations"):
        if columns and columns <= {"website_url", "website_domain"}:
            return _website_key(failure, key)
    return Possibility(
        failure,
        "possible",
        True,
        "No unique key is on the website. Two writers that find no organization both insert one, "
        "and nothing fails. Another spelling of the address does the same later.",
    )


def _website_key(failure: str, key: UniqueKey) -> Possibility:
    if not key.for_every_row:
        return _for_some_rows(failure, key)
    if key.is_of_one_spelling:
        return Possibility(
            f"{failure}, in another spelling",
            "possible",
            False,
            f"{key.name} refuses the same spelling (23505, a race that is heard). http:// and "
            "https://, www. or a path still make another organization.",
        )
    return Possibility(
        failure,
        "prevented",
        True,
        f"{key.name} is unique: the second of two racing writers gets 23505 and must repeat.",
    )


def _for_some_rows(failure: str, key: UniqueKey) -> Possibility:
    why = f"{key.name} is unique, but only where {key.predicate}."
    return Possibility(failure, "inconclusive", True, why)


def same_lead(rules: Rules, no_session: str | None) -> Possibility:
    """Tell whether two writers can both insert a lead of one submission.

    `no_session` says that the newest leads have no session id: no key on it protects those.
    """
    failure = "The same lead twice"
    if hidden := hidden_failure(failure, True, rules, "website_leads"):
        return hidden
    for key, columns in keys_of(rules, "website_leads"):
        # A key with organization_id prevents nothing: two racing calls insert an organization each.
        if "session_id" in columns and columns <= {"session_id", "website_url", "website_domain"}:
            return _lead_key(failure, key, no_session)
    useless = f" Such a key would protect nothing now: {no_session}." if no_session else ""
    return Possibility(
        failure,
        "possible",
        True,
        "No unique key is on a lead’s session id, alone or with its website. Two writers of one "
        f"submission that find no lead both insert one, and nothing fails.{useless}",
    )


def _lead_key(failure: str, key: UniqueKey, no_session: str | None) -> Possibility:
    if not key.for_every_row:
        return _for_some_rows(failure, key)
    if no_session:
        why = (
            f"{key.name} is unique and protects nothing now: {no_session}, and leads without one "
            "collide with nothing."
        )
        return Possibility(failure, "possible", True, why)
    return Possibility(
        failure,
        "prevented",
        True,
        f"{key.name} is unique: the second of two racing writers gets 23505 and must repeat. "
        "Leads without a session id collide with nothing.",
    )
