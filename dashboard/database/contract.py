"""The schema contract: which columns a source must have, and which form its constraint takes.

Facts: the bold columns of the three tables must exist, all others may be missing. The owner of an
organization is `user_id` or `owner_user_id`; `chk_organizations_user_or_session` is inclusive
(owner or session) or exclusive (exactly one of the two).
"""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

ConstraintForm = Literal["inclusive", "exclusive", "absent", "other"]

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

# Truth of the constraint for (owner set, session set) = no/no, no/yes, yes/no, yes/yes.
FORMS: dict[tuple[bool, ...], ConstraintForm] = {
    (False, True, True, True): "inclusive",
    (False, True, True, False): "exclusive",
}


@dataclass(frozen=True)
class CheckConstraint:
    """A CHECK constraint on organizations, as pg_get_constraintdef prints it."""

    name: str
    definition: str
    columns: tuple[str, ...]
    validated: bool


@dataclass(frozen=True)
class Contract:
    """What a source has: columns as `table.column`; `validated` is None without constraint."""

    missing: tuple[str, ...]
    optional_missing: tuple[str, ...]
    present: frozenset[str]
    owner_column: str | None
    constraint: ConstraintForm
    validated: bool | None
    never_null: frozenset[str] = frozenset()

    def guarantees(self, table: str) -> bool:
        """Tell whether every row that should carry a session id and doesn't is rejected."""
        constrained = self.constraint in ("inclusive", "exclusive") and self.validated is True
        return f"{table}.session_id" in self.never_null or (
            table == "organizations" and constrained
        )

    def lacks(self, needs: Iterable[str]) -> list[str]:
        """Return which tables and `table.column` names are missing; of a missing table its name."""
        tables = {column.split(".")[0] for column in self.present}
        absent = (need for need in sorted(needs) if need not in self.present | tables)
        return list(
            dict.fromkeys(n if n.split(".")[0] in tables else n.split(".")[0] for n in absent)
        )


def check_contract(
    columns: Iterable[tuple[str, str]],
    constraints: Sequence[CheckConstraint],
    never_null: Iterable[tuple[str, str]] = (),
) -> Contract:
    """Compare a source's (table, column) pairs and constraints with what the product relies on.

    `never_null` are those of the pairs that are declared not null.
    """
    present = frozenset(f"{table}.{column}" for table, column in columns)
    owner = _owner_column(present, constraints)
    form, validated = _constraint_form(owner, constraints)
    bare = Contract((), (), present, owner, form, validated)
    return Contract(
        missing=tuple(bare.lacks(_named(REQUIRED))),
        optional_missing=tuple(n for n in _named(OPTIONAL) if n not in present),
        present=present,
        owner_column=owner,
        constraint=form,
        validated=validated,
        never_null=frozenset(f"{table}.{column}" for table, column in never_null),
    )


def _named(tables: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{table}.{column}" for table, columns in tables.items() for column in columns]


def _owner_column(present: frozenset[str], constraints: Sequence[CheckConstraint]) -> str | None:
    """Choose the owner column; where both exist, the one that a constraint speaks of."""
    candidates = [name for name in OWNER_COLUMNS if f"organizations.{name}" in present]
    constrained = {column for constraint in constraints for column in constraint.columns}
    return next((n for n in candidates if n in constrained), next(iter(candidates), None))


def _constraint_form(
    owner: str | None, constraints: Sequence[CheckConstraint]
) -> tuple[ConstraintForm, bool | None]:
    """Name the form of all constraints on owner and session together, by their truth table."""
    relevant = [c for c in constraints if "session_id" in c.columns and owner in c.columns]
    if not relevant:
        return "absent", None
    validated = all(constraint.validated for constraint in relevant)
    try:
        truth = tuple(
            all(
                _holds(c.definition, {owner: has_owner, "session_id": has_session})
                for c in relevant
            )
            for has_owner, has_session in product((False, True), repeat=2)
        )
    except (ValueError, SyntaxError):
        return "other", validated
    return FORMS.get(truth, "other"), validated


def _holds(definition: str, is_set: dict[str | None, bool]) -> bool:
    """Evaluate a CHECK over null tests only; raises ValueError or SyntaxError for anything else."""
    text = re.sub(r"^CHECK\s*|\s*NOT (VALID|ENFORCED)|\s*NO INHERIT", "", definition)
    # A bare column is no null test: only what is tested gets a name that has a value.
    text = re.sub(r'"?(\w+)"? IS NOT NULL', r"has_\1", text)
    text = re.sub(r'"?(\w+)"? IS NULL', r"(not has_\1)", text)
    text = re.sub(r"num_(non)?nulls\(([^()]*)\)", lambda m: _counted(m[2], m[1]), text)
    text = re.sub(r"IS (NOT )?DISTINCT FROM", lambda m: "=" if m[1] else "<>", text)
    text = text.replace("::integer", "")
    text = re.sub(r"\b(AND|OR|NOT|TRUE|FALSE)\b", lambda m: _python_word(m[1]), text)
    text = re.sub(r"<>", "!=", re.sub(r"(?<![<>!=])=(?!=)", "==", text))
    known: dict[str, bool] = {f"has_{column}": given for column, given in is_set.items()}
    return bool(_value(ast.parse(text.strip(), mode="eval").body, known))


def _counted(columns: str, non: str | None) -> str:
    each = "has_{}" if non else "(not has_{})"
    return "(" + "+".join(each.format(column.strip()) for column in columns.split(",")) + ")"


def _python_word(sql: str) -> str:
    return sql.capitalize() if sql in ("TRUE", "FALSE") else sql.lower()


def _value(node: ast.expr, is_set: dict[str, bool]) -> int:
    """Evaluate the few forms of expression that null tests are made of."""
    match node:
        case ast.Name(id=name) if name in is_set:
            return is_set[name]
        case ast.Constant(value=int(number)):
            return number
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, is_set)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(value, is_set) for value in values)
        case ast.BoolOp(values=values):
            return any(_value(value, is_set) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left, is_set) + _value(right, is_set)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compare(_value(left, is_set), operator, _value(right, is_set))
    raise ValueError("not a combination of null tests")


def _compare(left: int, operator: ast.cmpop, right: int) -> bool:
    results: dict[type[ast.cmpop], bool] = {
        ast.Eq: left == right,
        ast.NotEq: left != right,
        ast.Gt: left > right,
        ast.GtE: left >= right,
        ast.Lt: left < right,
        ast.LtE: left <= right,
    }
    if type(operator) not in results:
        raise ValueError("not a comparison of counts")
    return results[type(operator)]
