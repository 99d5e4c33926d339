"""The schema contract: columns that a source's three tables have, lack, or have in another type.

The product relies on the columns of REQUIRED. The columns of OPTIONAL may be missing. Each question
names the columns it needs. A missing or unsupported one is reported before the question runs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dashboard.database.constraint_form import CheckConstraint, ConstraintForm, constraint_form

REQUIRED = {
    "organizations": ("id", "name", "session_id", "website_url", "created_at"),
    "website_leads": (
        "id",
        "organization_id",
        "session_id",
        "website_url",
        "business_name",
        "created_at",
    ),
    "conversion_tracking": (
        "id",
        "website_lead_id",
        "conversion_step",
        "step_completed_at",
        "session_id",
        "step_data",
    ),
}
OPTIONAL = {
    "organizations": ("slug", "updated_at"),
    "website_leads": (
        "website_domain",
        "lead_source",
        "industry_category",
        "business_type",
        "status",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "referrer",
        "user_agent",
        "ip_address",
        "converted_to_user_id",
        "converted_at",
    ),
    "conversion_tracking": ("conversion_value",),
}
OWNER_COLUMNS = ("owner_user_id", "user_id")
TABLES = tuple(REQUIRED)
TIME_TYPES = ("timestamp", "timestamptz")
SUPPORTED_TYPES = {
    "id": (("uuid",), "uuid"),
    "time": (TIME_TYPES, "timestamp, with or without time zone"),
    "text": (("text", "varchar", "bpchar", "name", "citext"), "text, varchar or char"),
}
IDS = ("id", "organization_id", "website_lead_id")


@dataclass(frozen=True)
class Column:
    """A column as the system catalog has it; `base_type` is the type below a domain."""

    table: str
    name: str
    type_name: str
    base_type: str
    never_null: bool = False
    readable: bool = True
    # The catalog shows no keys and no constraints of the tables behind a view.
    shows_constraints: bool = True

    @property
    def full_name(self) -> str:
        """The column as `table.column`."""
        return f"{self.table}.{self.name}"

    @property
    def unsupported(self) -> str | None:
        """Why its type can't be read, in words; None where it can."""
        if self.name not in REQUIRED[self.table] or self.name == "step_data":
            return None
        kind = "id" if self.name in IDS else "time" if self.name.endswith("_at") else "text"
        types, words = SUPPORTED_TYPES[kind]
        if self.base_type in types:
            return None
        return f"{self.full_name} is of type {self.type_name} (supported: {words})"


@dataclass(frozen=True)
class Contract:
    """The schema of a source: columns as `table.column`; `validated` is None without constraint.

    `missing` lists required columns, `optional_missing` the others. `unsupported` has one sentence
    per column of a type that can't be read. `hidden` lists views and foreign tables, whose
    constraints can't be seen. `unreadable` lists tables that the role may not read.
    """

    missing: tuple[str, ...]
    optional_missing: tuple[str, ...]
    unsupported: dict[str, str]
    present: frozenset[str]
    owner_columns: tuple[str, ...]
    constraint: ConstraintForm
    validated: bool | None
    never_null: frozenset[str]
    hidden: frozenset[str]
    unreadable: tuple[str, ...]

    @property
    def every_missing(self) -> tuple[str, ...]:
        """All missing columns, the required ones first."""
        tables = {column.split(".")[0] for column in self.present}
        there = (name for name in self.optional_missing if name.split(".")[0] in tables)
        return (*self.missing, *there)

    def guarantees(self, table: str) -> bool:
        """Tell whether the database rejects every row that lacks a session id it should have."""
        constrained = self.constraint in ("inclusive", "exclusive") and self.validated is True
        return f"{table}.session_id" in self.never_null or (
            table == "organizations" and constrained
        )

    def lacks(self, needs: Iterable[str]) -> list[str]:
        """Return the missing `table.column` names; a missing table is named once, by itself."""
        tables = {column.split(".")[0] for column in self.present}
        absent = (need for need in sorted(needs) if need not in self.present | tables)
        return list(
            dict.fromkeys(n if n.split(".")[0] in tables else n.split(".")[0] for n in absent)
        )

    def unreadable_reason(self, column: str) -> str | None:
        """Return why a column can't be read, in words; None where it can."""
        if lacking := self.lacks([column]):
            return f"{lacking[0]} is missing"
        return self.unsupported.get(column)


def check_contract(columns: Sequence[Column], constraints: Sequence[CheckConstraint]) -> Contract:
    """Compare a source's columns and constraints with what the product relies on."""
    present = frozenset(each.full_name for each in columns)
    owners = tuple(name for name in OWNER_COLUMNS if f"organizations.{name}" in present)
    hidden = frozenset(each.table for each in columns if not each.shows_constraints)
    form, validated = constraint_form(owners, constraints)
    found = Contract(
        missing=(),
        optional_missing=tuple(n for n in _named(OPTIONAL) if n not in present),
        unsupported={each.full_name: each.unsupported for each in columns if each.unsupported},
        present=present,
        owner_columns=owners,
        constraint="unknown" if "organizations" in hidden else form,
        validated=validated,
        never_null=frozenset(each.full_name for each in columns if each.never_null),
        hidden=hidden,
        unreadable=tuple(sorted({each.table for each in columns if not each.readable})),
    )
    return replace(found, missing=tuple(found.lacks(_named(REQUIRED))))


def _named(tables: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{table}.{column}" for table, columns in tables.items() for column in columns]
