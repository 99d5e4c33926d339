"""The schema contract's findings in words."""

from dashboard.database.contract import Contract

CONSTRAINT_WORDS = {
    "inclusive": "every organization needs an owner or a session id (inclusive)",
    "exclusive": "every organization has either an owner or a session id, never both (exclusive)",
    "absent": "no constraint ties an organization to an owner or a session id",
    "unknown": "organizations is a view: its constraints can’t be seen",
    "other": "a constraint on owner and session id of another form than the two that are known",
}


def contract_findings(contract: Contract) -> list[tuple[str, str]]:
    """Return pairs of subject and finding, in the order of the page."""
    return [
        ("Required columns", _missing(contract)),
        ("Optional columns", _optional(contract)),
        *[("Columns of another type", "; ".join(contract.unsupported.values()))]
        * bool(contract.unsupported),
        ("Owner of an organization", " or ".join(contract.owner_columns) or "no owner column"),
        ("Constraint on organizations", CONSTRAINT_WORDS[contract.constraint]),
        ("What it proves", _proves(contract)),
    ]


def _missing(contract: Contract) -> str:
    if not contract.missing:
        return "all present"
    verb = "is" if len(contract.missing) == 1 else "are"
    return f"{', '.join(contract.missing)} {verb} missing"


def _optional(contract: Contract) -> str:
    absent = contract.optional_missing
    return f"without {', '.join(absent)}" if absent else "all present"


def _proves(contract: Contract) -> str:
    if contract.constraint == "unknown":
        return "nothing: what can’t be seen confirms nothing"
    if contract.constraint in ("absent", "other"):
        return "nothing about rows that break the rule: they may exist"
    if not contract.validated:
        return "not validated: rows older than the constraint may break it"
    return "rows that break the rule were rejected, and a rejected row leaves no trace"
