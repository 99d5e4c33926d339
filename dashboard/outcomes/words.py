"""Outcomes in words: amounts with their currency, and what became of one submission."""

import math
from typing import Any

import pandas as pd

from dashboard.model.filters import Filters
from dashboard.model.formats import count, counted
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.outcomes.data import CONVERTED_USER, SubmissionOutcomes

MOST_CURRENCIES = 3


def amount_words(amount: float, currency: object) -> str:
    """Write an amount as it is stored: 1,234.50 USD."""
    return f"{amount:,.2f} {currency if isinstance(currency, str) else ''}".rstrip()


def amounts_words(amounts: pd.DataFrame) -> str:
    """Write the sums of several currencies, those of the most payments first."""
    first = amounts.head(MOST_CURRENCIES)
    shown = [*map(amount_words, first["amount"], first["currency"])]
    if further := len(amounts) - len(shown):
        shown.append(counted(further, "more currency", "more currencies"))
    return " + ".join(shown)


def paid_words(found: SubmissionOutcomes, plan: TrackingPlan) -> str:
    """Write how many submissions paid, and how much: 131 reached “First payment”, 6,199.00."""
    label, row = plan.label(plan.payment), found.total.iloc[0]
    submissions = counted(int(row["submissions"]), "submission")
    if found.payment is None:
        return f"from {submissions}, “{label}” was never recorded"
    amounts = found.total_amounts
    of = "" if amounts is None or amounts.empty else f": {amounts_words(amounts)}"
    return f"{count(int(row['paid']))} of {submissions} reached “{label}”{of}"


def unreadable_words(found: SubmissionOutcomes) -> list[str]:
    """Name the column of converted users, where it can't be read."""
    return [f"{CONVERTED_USER} can’t be read"] if CONVERTED_USER in found.unreadable else []


def days_words(days: float) -> str:
    """Write a number of days: within a day, after 1 day."""
    if math.isnan(days):
        return "after an unknown time"
    return "within a day" if days < 1 else f"after {counted(int(days), 'day')}"


def outcome_words(outcome: "pd.Series[Any]", filters: Filters, payment: str) -> list[str]:
    """Say of a submission what became of it: converted, paid, or how long it is idle."""
    sentences = []
    if outcome["is_converted"]:
        at = outcome["converted_at"]
        when = "" if pd.isna(at) else f" at {filters.shown(at)}"
        sentences.append(f"The lead became a user{when}.")
    if pd.notna(outcome["paid_at"]):
        amount = outcome["amount"]
        of = "" if pd.isna(amount) else f", {amount_words(amount, outcome['currency'])}"
        sentences.append(f"“{payment}” {days_words(outcome['days_to_payment'])}{of}.")
    if pd.notna(outcome["days_idle"]):
        sentences.append(f"In progress: the last step was {idle_words(outcome['days_idle'])}.")
    return sentences


def idle_words(days: float) -> str:
    """Write how many days ago something was."""
    return "less than a day ago" if days < 1 else f"{counted(int(days), 'day')} ago"
