"""The Coverage page's verdicts in words, each with its numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.coverage.bounds import Bounds
from dashboard.coverage.changes import LEVEL, Change
from dashboard.coverage.data import Coverage
from dashboard.database.contract import Contract
from dashboard.funnel.conversion.words import base_words
from dashboard.model.filters import Filters
from dashboard.model.formats import UNKNOWN, count, counted, percent, share
from dashboard.model.windows import length_words

TABLE_NAMES = {
    "organizations": "Organizations",
    "website_leads": "Leads",
    "conversion_tracking": "Events",
}
SESSION_ID_FORM = "`session_<milliseconds>_<9 characters>`"
PART_LABELS = {"lead_source": "Lead source", "step": "Step", "path": "Write path"}


def coverage_verdict(tables: pd.DataFrame) -> tuple[str, str]:
    """Return the page's first sentence and its color."""
    rows = tables.to_dict("records")
    told = [row for row in rows if row["expected"] and not row["guaranteed"]]
    if not told and any(row["expected"] for row in rows):
        return "A constraint guarantees every session id that is expected", "gray"
    if not told:
        return "No row in this period should have a session id", "gray"
    lacking = [row for row in told if row["missing"]]
    if not lacking:
        return "Every row that should have a session id has one", "green"
    parts = [
        f"{share(row['missing'], row['expected'])} of {TABLE_NAMES[row['table_name']].lower()}"
        for row in lacking
    ]
    return f"{_listed(parts)} lack the session id they should have", "orange"


def coverage_verdict_details(found: Coverage, contract: Contract) -> list[str]:
    """Return the counts behind each table's share, one sentence per table."""
    known = [_about(row, contract) for row in found.tables.to_dict("records")]
    return known + [f"**{TABLE_NAMES[name]}:** {why}." for name, why in found.unknown.items()]


def shown_interval(row: Mapping[Any, Any]) -> str:
    """Write a share's interval; empty where there is no share."""
    return UNKNOWN if pd.isna(row["low"]) else f"{percent(row['low'])} to {percent(row['high'])}"


def change_sentence(name: str, change: Change | None, guaranteed: bool) -> str:
    """Say whether a table's share changed, when, and how sure that is."""
    if guaranteed:
        return f"**{name}:** guaranteed by constraint, so the share can’t change."
    if change is None:
        return f"**{name}:** no day splits the rows into two different shares of 30 rows each."
    strength = f"{percent(change.chance)} of random orders of the days show as large a change"
    if not change.found:
        return f"**{name}:** no change beyond chance. {strength}."
    return (
        f"**{name}:** changed around {change.day}, from {share(*change.before)} of "
        f"{count(change.before[1])} rows to {share(*change.after)} of {count(change.after[1])}. "
        f"{strength}; at most {percent(LEVEL)} counts as a change."
    )


def bounds_sentence(found: Bounds | None) -> str:
    """Say between which rates the conversion rate lies, whatever the unfollowed submissions did."""
    if found is None:
        return "The source has recorded fewer than two steps, so there is no conversion rate."
    rate = found.conversion
    if rate is None or found.worst is None or found.best is None:
        return f"There is no conversion rate in this period. {_unfollowed(found.unfollowed)}"
    return (
        f"The funnel shows a conversion of **{percent(rate.rate)}** from “{found.first}” to "
        f"“{found.last}” within {length_words(rate.within)} ({base_words(rate)}). "
        f"{_unfollowed(found.unfollowed)} Of all {count(rate.entered + found.unfollowed)}, "
        f"**{percent(found.worst)}** converted if none of these did, and "
        f"**{percent(found.best)}** if all did."
    )


def clock_verdict(clocks: pd.DataFrame, filters: Filters) -> str:
    """Say which tables' rows have another clock than the session ids, and until when."""
    known = clocks.dropna(subset="minutes")
    if known.empty:
        return f"No offset can be recognized in this period ({filters.period})."
    ahead = known[known["minutes"] != 0]
    if ahead.empty:
        return "Rows and session ids go by the same clock."
    parts = [
        f"**{TABLE_NAMES[row['table']].lower()}** {shown_offset(row['minutes'])} from "
        f"{filters.shown(row['from'])} to {filters.shown(row['to'])}"
        for row in ahead.to_dict("records")
    ]
    return f"Rows are stamped by another clock than the session ids’: {_listed(parts)}."


def odd_ids_sentence(tables: pd.DataFrame) -> str:
    """Count the ids without a time."""
    odd = {
        TABLE_NAMES[row["table_name"]].lower(): int(row["odd_ids"])
        for row in tables.to_dict("records")
    }
    if not sum(odd.values()):
        return f"Every session id follows the pattern {SESSION_ID_FORM}."
    parts = [f"{count(number)} of {name}" for name, number in odd.items() if number]
    return (
        f"Session ids that don’t follow the pattern {SESSION_ID_FORM} have no readable "
        f"time: {_listed(parts)}. They count as session ids."
    )


def shown_offset(minutes: object) -> str:
    """Write an offset: 5 h ahead, 5 h 30 min behind, none, or not recognizable."""
    if pd.isna(minutes):  # type: ignore[call-overload]
        return "not recognizable"
    whole = int(minutes)  # type: ignore[call-overload]
    if not whole:
        return "none"
    hours, rest = divmod(abs(whole), 60)
    words = " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))
    return f"{words} {'ahead' if whole > 0 else 'behind'}"


def _about(row: Mapping[Any, Any], contract: Contract) -> str:
    name = TABLE_NAMES[row["table_name"]]
    if not row["table_rows"]:
        return f"**{name}:** no row in this period."
    numbers = (
        f"{count(row['with_session'])} of {count(row['expected'])} expected rows have a session id"
        f" ({share(row['with_session'], row['expected'])})"
    )
    exempt = f"; {count(row['exempt'])} more are exempt" if row["exempt"] else ""
    return f"**{name}:** {numbers}{exempt}.{_construction(row, contract)}"


def _construction(row: Mapping[Any, Any], contract: Contract) -> str:
    if row["guaranteed"]:
        return (
            " **Guaranteed by constraint:** a validated constraint rejects every other row. "
            "The share says nothing about rejected submissions."
        )
    if row["table_name"] != "organizations":
        return ""
    if contract.constraint in ("absent", "other", "unknown"):
        return " No constraint of a known form guarantees it."
    if not contract.validated:
        return " The constraint is not validated: rows from before it may break it."
    return " The constraint lets empty session ids through, so it guarantees nothing."


def _unfollowed(number: int) -> str:
    if not number:
        return "Every submission has a session id."
    verb = "has" if number == 1 else "have"
    return (
        f"{counted(number, 'more submission')} {verb} no session id and no step, so "
        f"{'its' if number == 1 else 'their'} outcome is unknown."
    )


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
