"""The outcome of a write strategy, counted in the tables of its schema."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from sqlalchemy import Engine, Row

from dashboard.database.errors import explained
from dashboard.lab.client import RequestTally
from dashboard.lab.conditions import Conditions
from dashboard.lab.schemas import LAB
from dashboard.lab.statements import PLANNED_EVENTS
from dashboard.lab.strategies import WriteStrategy
from dashboard.model.placeholder import PLACEHOLDER
from queries import load

PLANNED_STEPS = len(PLANNED_EVENTS)


@dataclass(frozen=True)
class StrategyResult:
    """One strategy's result; its fields are those of the command line's answer.

    `attempts` are submissions; `saved` those of which all planned events and the analyzed lead are
    stored. Duplicates are organizations beyond one per website and leads beyond one per submission,
    `lost_steps` planned events that are not stored. `errors` counts every SQLSTATE, also of what
    was tried again. `p50_ms` and `p95_ms` are of single requests, all their tries together.
    """

    strategy: str
    attempts: int
    saved: int
    duplicate_organizations: int
    duplicate_leads: int
    lost_steps: int
    errors: dict[str, int]
    retries: int
    p50_ms: float
    p95_ms: float
    correct: bool

    @property
    def lost_without_error(self) -> int:
        """Return how many planned events were lost in requests that ended well.

        Each request logs one planned event, as its last statement: a refused one loses that event.
        """
        return self.lost_steps - (sum(self.errors.values()) - self.retries)

    def as_json(self) -> dict[str, object]:
        """Return the row of the command line's answer."""
        return asdict(self)


def measured(
    engine: Engine, strategy: WriteStrategy, conditions: Conditions, tally: RequestTally
) -> StrategyResult:
    """Count the rows of a strategy in its schema; raises DatabaseProblem."""
    found = _outcome(engine, tally)
    attempts = conditions.attempts
    lost = attempts * PLANNED_STEPS - found.stored_steps
    duplicates = found.duplicate_organizations + found.duplicate_leads
    return StrategyResult(
        strategy.name,
        attempts,
        found.saved,
        found.duplicate_organizations,
        found.duplicate_leads,
        lost,
        dict(sorted(tally.errors.items())),
        tally.retries,
        percentile_ms(tally.seconds, 50),
        percentile_ms(tally.seconds, 95),
        correct=not duplicates and not lost and found.saved == attempts,
    )


def _outcome(engine: Engine, tally: RequestTally) -> Row[Any]:
    leads, events = tally.given.leads, tally.given.events
    asked = load("lab/outcome").bind(
        {
            "lead_ids": [*leads],
            "lead_submissions": [*leads.values()],
            "event_ids": [*events],
            "event_submissions": [*events.values()],
            "planned_steps": PLANNED_STEPS,
            "placeholder": PLACEHOLDER,
        }
    )
    with explained(LAB), engine.connect() as connection:
        return connection.execute(asked).one()


def percentile_ms(seconds: list[float], percent: int) -> float:
    """Return the nearest-rank percentile in milliseconds; 0 of nothing."""
    if not seconds:
        return 0.0
    rank = ceil(len(seconds) * percent / 100)
    return round(sorted(seconds)[rank - 1] * 1000, 1)
