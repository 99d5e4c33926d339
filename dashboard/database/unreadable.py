"""Columns that a question can't read: missing, of a type that is not supported, or not granted."""

from collections.abc import Sequence

from dashboard.database.contract import Contract
from dashboard.database.errors import DatabaseProblem


def missing_columns(lacking: Sequence[str], where: str) -> DatabaseProblem:
    """Name the columns that a question needs but the source lacks."""
    verb = "is" if len(lacking) == 1 else "are"
    return DatabaseProblem(
        "schema_drift",
        f"{', '.join(lacking)} {verb} missing",
        where,
        "Add it, or set DASHBOARD_SCHEMA if the tables live in another schema.",
    )


def unsupported_columns(columns: Sequence[str], where: str) -> DatabaseProblem:
    """Name the columns of an unsupported type; `columns` are sentences of the contract."""
    return DatabaseProblem(
        "schema_drift",
        "; ".join(columns),
        where,
        "Change the type, or set DASHBOARD_SCHEMA to a schema with views that cast the column.",
    )


def named_problem(problem: DatabaseProblem, contract: Contract) -> DatabaseProblem:
    """Name the tables or columns behind a failure, where the contract knows them."""
    if problem.kind == "missing_grant" and contract.unreadable:
        tables = ", ".join(contract.unreadable)
        what = f"The database role may not read {tables}"
        return DatabaseProblem(problem.kind, what, problem.where, problem.next_step)
    if problem.kind == "schema_drift" and contract.unsupported:
        return unsupported_columns([*contract.unsupported.values()], problem.where)
    return problem
