"""Which failures the keys and constraints of a database prevent, allow or make certain.

Pure functions: the findings of the system catalog go in, sentences come out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dashboard.database.contract import TABLES, Contract
from dashboard.model.formats import count, counted
from dashboard.races.unique_keys import UniqueKey

UNCLEAR_FORMS = {
    "other": "The constraint on owner and session id has a form of its own.",
    "unknown": "organizations is a view: the constraints behind it can’t be seen.",
}
State = Literal["prevented", "possible", "certain", "inconclusive"]


@dataclass(frozen=True)
class Rules:
    """Keys and constraints in force; `owned` counts organizations with an owner and a website.

    It is None where the database has no column for the website. `beside_ownerless` counts those of
    them whose website has an organization without owner, too.
    """

    keys: tuple[UniqueKey, ...]
    contract: Contract
    owned: int | None
    beside_ownerless: int
    leads_have_organization: bool
    events_have_lead: bool
    ip_type: str | None


@dataclass(frozen=True)
class Possibility:
    """One failure, whether it can happen here, and why; `race` tells whether it takes a race."""

    failure: str
    state: State
    race: bool
    why: str


def possibilities(rules: Rules) -> list[Possibility]:
    """Return for each failure whether this database allows it; the certain ones come first."""
    found = [
        _refused_visitors(rules),
        _rows_without_either(rules),
        _same_website(rules),
        _same_lead(rules),
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


def _hidden(failure: str, race: bool, rules: Rules, *tables: str) -> Possibility | None:
    """Return an inconclusive possibility where a table is a view; None where no table is."""
    hidden = [table for table in tables if table in rules.contract.hidden]
    if not hidden:
        return None
    verb = "is a view" if len(hidden) == 1 else "are views"
    why = f"{' and '.join(hidden)} {verb}: the keys behind can’t be seen."
    return Possibility(failure, "inconclusive", race, why)


def _same_website(rules: Rules) -> Possibility:
    failure = "The same website twice"
    if hidden := _hidden(failure, True, rules, "organizations"):
        return hidden
    for key, columns in _keys(rules, "organizations"):
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


def _same_lead(rules: Rules) -> Possibility:
    failure = "The same lead twice"
    if hidden := _hidden(failure, True, rules, "website_leads"):
        return hidden
    for key, columns in _keys(rules, "website_leads"):
        # A key with organization_id prevents nothing: two racing calls insert an organization each.
        if "session_id" in columns and columns <= {"session_id", "website_url", "website_domain"}:
            if not key.for_every_row:
                return _for_some_rows(failure, key)
            return Possibility(
                failure,
                "prevented",
                True,
                f"{key.name} is unique: the second of two racing calls gets 23505 and must repeat. "
                "Leads without a session id collide with nothing.",
            )
    return Possibility(
        failure,
        "possible",
        True,
        "No unique key is on a lead’s session id, alone or with its website. Two tracking calls "
        "that find no lead both insert one, and nothing fails.",
    )


def _refused_names(rules: Rules) -> Iterator[Possibility]:
    for key, columns in _keys(rules, "organizations"):
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
        if hidden := _hidden(failure, False, rules, "website_leads"):
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
    if hidden := _hidden(failure, False, rules, *TABLES):
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


def _keys(rules: Rules, table: str) -> Iterator[tuple[UniqueKey, frozenset[str]]]:
    """Yield a table's unique keys except the primary key, the most exact first."""
    keys = [key for key in rules.keys if key.table == table and not key.primary]
    for key in sorted(keys, key=lambda key: (not key.for_every_row, "(" not in key.keys[0])):
        yield key, key.columns(rules.contract)
