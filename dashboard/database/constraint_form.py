"""The form of the CHECK constraints on owner and session id of organizations, by truth table."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

ConstraintForm = Literal["inclusive", "exclusive", "absent", "other", "unknown"]

# Truth of the constraint for (owner set, session set) = no/no, no/yes, yes/no, yes/yes.
CONSTRAINT_FORMS: dict[tuple[bool, ...], ConstraintForm] = {
    (False, True, True, True): "inclusive",
    (False, True, True, False): "exclusive",
}
# An owner may be named by more than one column.
OwnerColumns = tuple[str, ...]


@dataclass(frozen=True)
class CheckConstraint:
    """A CHECK constraint on organizations, as pg_get_constraintdef prints it."""

    name: str
    definition: str
    columns: tuple[str, ...]
    validated: bool


def constraint_form(
    owners: OwnerColumns, constraints: Sequence[CheckConstraint]
) -> tuple[ConstraintForm, bool | None]:
    """Return the form of all constraints on owner and session together, and whether they hold.

    With several owner columns, the form has to be the same for each of them alone.
    """
    relevant = [
        each
        for each in constraints
        if "session_id" in each.columns and not {*owners}.isdisjoint(each.columns)
    ]
    if not relevant:
        return "absent", None
    validated = all(constraint.validated for constraint in relevant)
    named = [owner for owner in owners if any(owner in each.columns for each in relevant)]
    try:
        truths = {_truth(owner, named, relevant) for owner in named}
    except (ValueError, SyntaxError):
        return "other", validated
    return (CONSTRAINT_FORMS.get(truths.pop(), "other") if len(truths) == 1 else "other"), validated


def _truth(
    owner: str, owners: Sequence[str], constraints: Sequence[CheckConstraint]
) -> tuple[bool, ...]:
    """Evaluate the constraints with and without this owner and a session; no other owner is set."""
    rows = (
        {**dict.fromkeys(owners, False), owner: has_owner, "session_id": has_session}
        for has_owner, has_session in product((False, True), repeat=2)
    )
    return tuple(all(_holds(each.definition, row) for each in constraints) for row in rows)


def _holds(definition: str, is_set: Mapping[str, bool]) -> bool:
    """Evaluate a CHECK over null tests only; raises ValueError or SyntaxError for anything else."""
    text = re.sub(r"^CHECK\s*|\s*NOT (VALID|ENFORCED)|\s*NO INHERIT", "", definition)
    # Only a column inside a null test gets a name with a value, so a bare column is refused.
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
