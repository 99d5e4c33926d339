"""The steps that visitors really take after a submission: nine, at slowly changing rates."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from dashboard.demo.dice import Dice, Weighted
from dashboard.demo.people import Visit
from dashboard.demo.rhythm import progress

StepMoment = tuple[str, datetime]

# Per step: its step conversion on the first day and ten months later, then the seconds it takes.
# Most times are near the lower end.
STEP_SHARES = {
    "analysis_completed": (0.96, 0.94),
    "previews_viewed": (0.74, 0.82),
    "audience_selected": (0.78, 0.70),
    "content_generated": (0.70, 0.78),
}
PAUSES = {
    "previews_viewed": (3, 60),
    "audience_selected": (8, 180),
    "content_generated": (20, 240),
    "project_saved": (15, 900),
    "content_exported": (10, 2_400),
    "registration": (45, 3 * 86_400),
    "first_payment": (300, 20 * 86_400),
}
REPEATED = ("previews_viewed", "content_generated")
REPEATING = 0.04

SAVING = (0.48, 0.55)
EXPORTING_SAVED = (0.52, 0.60)
EXPORTING_UNSAVED = 0.10
REGISTRATION_SHARES = {"content_exported": (0.30, 0.42), "project_saved": (0.10, 0.14)}
REGISTERING_EARLIER = 0.02
PAYING = (0.22, 0.30)

REGISTRATION_SINCE = datetime(2026, 5, 4)

# The one planted drop: from this day on, content is hardly ever generated for this lead source.
DROP_SINCE = datetime(2026, 9, 14)
DROP_SOURCE = "paid_search"
DROPPED_TO = 0.12

AUDIENCES = ("founders", "local families", "shop owners", "office managers", "students")
FORMATS = ("docx", "pdf", "html", "markdown")
PRICES = Weighted({Decimal("29.00"): 70, Decimal("79.00"): 24, Decimal("199.00"): 6})


def journey(
    dice: Dice, visit: Visit, completed_at: datetime, *, stays: bool, may_register: bool
) -> list[StepMoment]:
    """Draw one visitor's steps in order of time; one who `stays` sees the analysis completed."""
    steps = [("analysis_started", visit.submitted_at)]
    if not (stays or dice.chance(_rate(visit, "analysis_completed"))):
        return steps
    steps.append(("analysis_completed", completed_at))
    for step in ("previews_viewed", "audience_selected", "content_generated"):
        if not dice.chance(_rate(visit, step)):
            return steps
        steps += _taken(dice, step, steps[-1][1])
    steps += _with_the_content(dice, visit, steps[-1][1])
    return steps + (_as_customer(dice, visit, *steps[-1]) if may_register else [])


def step_data(dice: Dice, visit: Visit, step: str) -> str:
    """Draw the data that the browser sends with a step, as JSON."""
    data: dict[str, object] = {"website_url": visit.business.host}
    if step == "audience_selected":
        data["audience"] = dice.pick(AUDIENCES)
    elif step == "content_generated":
        data["words"] = 400 + dice.below(1_200)
    elif step == "content_exported":
        data["format"] = dice.pick(FORMATS)
    return json.dumps(data)


def _rate(visit: Visit, step: str) -> float:
    dropped = visit.attribution.lead_source == DROP_SOURCE and visit.submitted_at >= DROP_SINCE
    if step == "content_generated" and dropped:
        return DROPPED_TO
    return _between(STEP_SHARES[step], visit.submitted_at.date())


def _between(rates: tuple[float, float], day: date) -> float:
    first, later = rates
    return first + (later - first) * progress(day)


def _taken(dice: Dice, step: str, after: datetime) -> Iterator[StepMoment]:
    """Yield the step, and sometimes the same step again."""
    low, high = PAUSES[step]
    at = after + dice.seconds(low, high, bend=3)
    yield step, at
    if step in REPEATED and dice.chance(REPEATING):
        yield step, at + dice.seconds(5, 40)


def _with_the_content(dice: Dice, visit: Visit, at: datetime) -> list[StepMoment]:
    """Draw whether the content is saved and exported; some visitors export without saving."""
    steps: list[StepMoment] = []
    day = visit.submitted_at.date()
    if saved := dice.chance(_between(SAVING, day)):
        steps += _taken(dice, "project_saved", at)
        at = steps[-1][1]
    if dice.chance(_between(EXPORTING_SAVED, day) if saved else EXPORTING_UNSAVED):
        steps += _taken(dice, "content_exported", at)
    return steps


def _as_customer(dice: Dice, visit: Visit, last: str, at: datetime) -> list[StepMoment]:
    """Draw whether the visitor opens an account, up to days later, and pays."""
    day = visit.submitted_at.date()
    registering = (
        _between(REGISTRATION_SHARES[last], day)
        if last in REGISTRATION_SHARES
        else REGISTERING_EARLIER
    )
    if not dice.chance(registering):
        return []
    steps = list(_taken(dice, "registration", at))
    if steps[-1][1] < REGISTRATION_SINCE:
        return []
    if dice.chance(_between(PAYING, day)):
        steps += _taken(dice, "first_payment", steps[-1][1])
    return steps
