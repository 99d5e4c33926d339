"""What keys and constraints a database has, and what a failure there can be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dashboard.database.contract import Contract
from dashboard.races.unique_keys import UniqueKey

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


def hidden_failure(failure: str, race: bool, rules: Rules, *tables: str) -> Possibility | None:
    """Return an inconclusive possibility where a table is a view; None where no table is."""
    hidden = [table for table in tables if table in rules.contract.hidden]
    if not hidden:
        return None
    verb = "is a view" if len(hidden) == 1 else "are views"
    why = f"{' and '.join(hidden)} {verb}: the keys behind can’t be seen."
    return Possibility(failure, "inconclusive", race, why)


def keys_of(rules: Rules, table: str) -> Iterator[tuple[UniqueKey, frozenset[str]]]:
    """Yield a table's unique keys except the primary key, the most exact first."""
    keys = [key for key in rules.keys if key.table == table and not key.primary]
    for key in sorted(keys, key=lambda key: (not key.for_every_row, "(" not in key.keys[0])):
        yield key, key.columns(rules.contract)
