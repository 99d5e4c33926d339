"""Unique keys from the system catalog: their columns, and the rows they apply to."""

import re
from dataclasses import dataclass

from dashboard.database.contract import OWNER_COLUMNS, Contract

# A website as written, or at most without its case and the spaces around it.
SPELLING = re.compile(
    r"(?:(?:lower|upper|btrim)\()*\(*(?:website_url|website_domain)(?:::[a-z]+)?\)*"
)


@dataclass(frozen=True)
class UniqueKey:
    """A unique index in force; `keys` are columns or expressions as PostgreSQL prints them.

    `predicate` is the condition of a partial index; otherwise it is empty.
    """

    table: str
    name: str
    primary: bool
    keys: tuple[str, ...]
    predicate: str = ""

    def columns(self, contract: Contract) -> frozenset[str]:
        """Return the table's columns that the keys use."""
        words = {word for part in self.keys for word in re.findall(r"\w+", part)}
        return frozenset(word for word in words if f"{self.table}.{word}" in contract.present)

    @property
    def for_every_row(self) -> bool:
        """Tell whether the condition excludes only owned rows and rows without a key's value.

        Each part of the condition must test a key's column or the owner.
        """
        plain = re.sub(r"::[a-z]+(?: varying)?", "", self.predicate.replace('"', ""))
        return all(self._is_harmless(part) for part in plain.split(" AND ") if part)

    def _is_harmless(self, condition: str) -> bool:
        owner = "|".join((*OWNER_COLUMNS, rf"COALESCE\({', '.join(OWNER_COLUMNS)}\)"))
        if re.fullmatch(rf"\(*(?:{owner})\)* IS NULL\)*", condition):
            return True
        found = re.fullmatch(r"\(*(?:\w+\(+)?(\w+)\)* (?:IS NOT NULL|<> '')\)*", condition)
        return found is not None and any(found[1] in re.findall(r"\w+", part) for part in self.keys)

    @property
    def is_of_one_spelling(self) -> bool:
        """Tell whether another spelling of a website makes another key."""
        return all(SPELLING.fullmatch(part) for part in self.keys)
