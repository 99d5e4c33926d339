"""Which failures the keys and constraints of a database prevent, allow or make certain.

Pure functions: the findings of the system catalog go in, sentences come out.
"""

from collections.abc import Iterator

from dashboard.database.contract import TABLES
from dashboard.model.formats import count, counted
from dashboard.races.duplicates_allowed import same_lead, same_website
from dashboard.races.lead_paths import LeadPaths
from dashboard.races.possibility import Possibility, Rules, State, hidden_failure, keys_of

UNCLEAR_FORMS = {
    "other": "The constraint on owner and session id has a form of its own.",
    "unknown": "organizations is a view: the constraints behind it can’t be seen.",
}


def possibilities(rules: Rules, paths: LeadPaths | None) -> list[Possibility]:
    """Return for each failure whether this database allows it; the certain ones come first.

    `paths` tell who makes the leads; they are None where that can’t be read.
    """
    found = [
        _refused_visitors(rules),
        _rows_without_either(rules),
        same_website(rules),
        same_lead(rules, paths.no_session if paths else None),
        *_refused_names(rules),
        *_refused_addresses(rules),
        _loose_rows(rules),
        Possibility(
            "Deadlocks and serialization failures (40P01, 40001)",
            "possible",
            True,
            "No key prevents them. A transaction that fails this way must be repeated as a whole. "
            "The present writers don’t repeat it.",
        ),
    ]
    order: tuple[State, ...] = ("certain", "possible", "inconclusive", "prevented")
    return sorted(found, key=lambda each: order.index(each.state))


def state_words(found: Possibility) -> str:
    """Write a state for the screen; a possible failure also says whether it takes a race."""
    if found.state == "certain":
        return "certain failure"
    return "possible race" if found.state == "possible" and found.race else found.state


def allowed_verdict(found: list[Possibility]) -> str:
    """Say in one sentence what this database allows."""
    certain = [each for each in found if each.state == "certain"]
    twice = [each for each in found if each.failure.startswith("The same")]
    silent = [each for each in twice if each.state == "possible"]
    parts = []
    if silent:
        what = " and ".join(
            each.failure.removeprefix("The same ").split(" twice")[0] for each in silent
        )
        parts.append(f"The same {what} can be written twice without an error")
    elif any("can’t be seen" in each.why for each in twice):
        parts.append("Whether a website or lead can be written twice is inconclusive: it is a view")
    elif any(each.state == "inconclusive" for each in twice):
        parts.append("This database’s keys hold for some rows only")
    else:
        parts.append("This database’s keys let neither a website nor a lead be written twice")
    if certain:
        parts.append(f"{counted(len(certain), 'failure is', 'failures are')} certain in any order")
    return "; ".join(parts)


def _refused_visitors(rules: Rules) -> Possibility:
    failure = "Writes of a session id to an owned organization are refused (23514)"
    form = rules.contract.constraint
    if form == "exclusive" and rules.owned is None:
        return Possibility(
            failure,
            "inconclusive",
            False,
            "The constraint allows an owner or a session id, never both. Which websites are owned "
            "is not known: organizations.website_url is missing.",
        )
    if form == "exclusive" and rules.owned:
        return Possibility(
            failure,
            "certain",
            False,
            "The constraint allows an owner or a session id, never both: such a write fails every "
            f"time. {counted(rules.owned, 'owned organization')} with a website. Whether a visitor "
            "is refused depends on the writer: whether it finds the owned row first, and sets the "
            f"session id. For {count(rules.beside_ownerless)} of them an organization without "
            "owner is stored as well: there somebody was not refused.",
        )
    if form == "exclusive":
        return Possibility(
            failure,
            "possible",
            False,
            "The constraint allows an owner or a session id, never both. No organization with a "
            "website has an owner yet.",
        )
    if form in UNCLEAR_FORMS:
        return Possibility(failure, "inconclusive", False, UNCLEAR_FORMS[form])
    return Possibility(
        failure,
        "prevented",
        False,
        "The constraint, if any, lets a session id stand beside an owner. Owned organizations with "
        f"a website: {'unknown' if rules.owned is None else count(rules.owned)}.",
    )


def _rows_without_either(rules: Rules) -> Possibility:
    failure = "Organizations with neither owner nor session id"
    if "organizations.session_id" in rules.contract.never_null:
        return Possibility(
            "Writes without a session id are refused (23502)",
            "certain",
            False,
            "organizations.session_id is never null: an INSERT without one fails every time, "
            "whoever owns the organization.",
        )
    if rules.contract.constraint == "absent":
        return Possibility(
            failure,
            "possible",
            False,
            "No constraint ties an organization to an owner or a session id: nothing is refused, "
            "and such a row’s owner is unknown.",
        )
    if rules.contract.constraint in UNCLEAR_FORMS:
        why = UNCLEAR_FORMS[rules.contract.constraint]
        return Possibility(failure, "inconclusive", False, why)
    return Possibility(
        "Writes without a session id are refused (23514)",
        "certain",
        False,
        "An INSERT with neither owner nor session id fails every time. It comes from clients "
        "without a session id, and from an analysis path that inserts first. "
        "A race only decides which path inserts."
        + ("" if rules.contract.validated else " Older rows may break the rule: not validated."),
    )


def _refused_names(rules: Rules) -> Iterator[Possibility]:
    for key, columns in keys_of(rules, "organizations"):
        if columns and columns <= {"slug", "name"}:
            yield Possibility(
                f"One of two writers of a {min(columns)} is refused (23505)",
                "possible",
                True,
                f"{key.name} is unique. The second of two writers of one business name is refused, "
                "and its write is lost unless it is repeated.",
            )


def _refused_addresses(rules: Rules) -> Iterator[Possibility]:
    if rules.ip_type == "inet":
        failure = "A lead with an “unknown” IP address is refused (22P02)"
        if hidden := hidden_failure(failure, False, rules, "website_leads"):
            yield hidden
            return
        yield Possibility(
            failure,
            "certain",
            False,
            "The column is of type inet: any text that is not an address fails every time.",
        )


def _loose_rows(rules: Rules) -> Possibility:
    failure = "Leads or events that name a row that does not exist"
    if hidden := hidden_failure(failure, False, rules, *TABLES):
        return hidden
    loose = [
        what
        for what, tied in (
            ("leads to organizations", rules.leads_have_organization),
            ("events to leads", rules.events_have_lead),
        )
        if not tied
    ]
    if loose:
        why = f"No foreign key ties {' and '.join(loose)}."
        return Possibility(failure, "possible", False, why)
    return Possibility(
        failure,
        "prevented",
        False,
        "Foreign keys tie leads to organizations and events to leads. Both may still name none.",
    )
