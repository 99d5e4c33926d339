"""Unique keys as the system catalogue has them: what they are on, and for which rows they hold."""

import re
from dataclasses import dataclass

from dashboard.database.contract import OWNER_COLUMNS, Contract

# A website as it is written, at most without case and spaces at its edges.
SPELLING = re.compile(
    r"(?:(?:lower|upper|btrim)\()*\(*(?:website_url|website_domain)(?:::[a-z]+)?\)*"
)


@dataclass(frozen=True)
class UniqueKey:
    """A unique index in force; each of `keys` is a column or an expression as PostgreSQL prints it.

    `predicate` is the condition of a partial index, else empty.
    """

    table: str
    name: str
    primary: bool
    keys: tuple[str, ...]
    predicate: str = ""

    def columns(self, contract: Contract) -> frozenset[str]:
        """Return the table's columns that its keys are made of."""
        words = {word for part in self.keys for word in re.findall(r"\w+", part)}
        return frozenset(word for word in words if f"{self.table}.{word}" in contract.present)

    @property
    def for_every_row(self) -> bool:
        """Tell whether its condition, if any, leaves out only owned rows or rows without its value.

        Each part of it has to speak of a column of its own, or of the owner.
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
        """Tell whether another spelling of the same website is another key."""
        return all(SPELLING.fullmatch(part) for part in self.keys)
