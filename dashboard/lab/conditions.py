"""Under which conditions strategies are compared, and who submits what under them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from dashboard.demo.dice import Dice
from dashboard.settings import InputError

LabConstraint = Literal["inclusive", "exclusive", "absent"]
LAB_CONSTRAINTS: tuple[LabConstraint, ...] = get_args(LabConstraint)
MOST_VISITORS, MOST_WEBSITES, MOST_SECONDS = 50, 100, 10.0
OPENED_AT = datetime(2026, 1, 26)


class ConditionError(InputError):
    """A condition can't be used; the text names it and what it may be."""


@dataclass(frozen=True)
class Conditions:
    """Every visitor submits every website, all visitors the same one at the same moment.

    `jitter` is the longest time, drawn per submission, by which a visitor is late; times are in
    seconds. `owned_share` of the websites have an organization with an owner beforehand.
    `crash_share` of the submissions lose the connection in the middle of a request, once, and send
    that request again. Raises ConditionError.
    """

    visitors: int = 20
    websites: int = 15
    jitter: float = 0.0
    analysis_time: float = 0.1
    constraint: LabConstraint = "inclusive"
    owned_share: float = 0.0
    crash_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what can't be run."""
        _check("visitors", self.visitors, 1, MOST_VISITORS)
        _check("websites", self.websites, 1, MOST_WEBSITES)
        for name in ("jitter", "analysis_time"):
            _check(name, getattr(self, name), 0, MOST_SECONDS, " seconds")
        for name in ("owned_share", "crash_share"):
            _check(name, getattr(self, name), 0, 1)
        if self.constraint not in LAB_CONSTRAINTS:
            raise ConditionError(f"constraint must be one of {', '.join(LAB_CONSTRAINTS)}")

    @property
    def attempts(self) -> int:
        """Return the number of submissions."""
        return self.visitors * self.websites

    @property
    def patience(self) -> float:
        """Return how many seconds tracking waits for a lead, where that is the strategy."""
        return 2 * self.analysis_time + self.jitter + 0.2

    @property
    def owned_websites(self) -> list[str]:
        """Return the websites that have an organization with an owner, evenly among all."""
        return [lab_website(i) for i in range(self.websites) if _is_chosen(i, self.owned_share)]

    def submission(self, visitor: int, number: int) -> LabSubmission:
        """Return what a visitor does with the website of this number; the same on every run."""
        place = number * self.visitors + visitor
        dice = Dice(f"visitor {visitor} on website {number}")
        opened_at = OPENED_AT + timedelta(seconds=place)
        crash = Crash(dice.pick(("started", "analyzed")), 1 + dice.below(3))
        return LabSubmission(
            place,
            lab_website(number),
            dice.session_id(opened_at),
            dice.between(0, self.jitter),
            crash if _is_chosen(place, self.crash_share) else None,
        )

    @property
    def submissions(self) -> Iterator[LabSubmission]:
        """Return all of them."""
        for number in range(self.websites):
            for visitor in range(self.visitors):
                yield self.submission(visitor, number)


@dataclass(frozen=True)
class Crash:
    """The connection is lost in a request, after so many statements of it."""

    request: str
    after: int


@dataclass(frozen=True)
class LabSubmission:
    """One visitor submitting one website, with the session id of that visit."""

    number: int
    website_url: str
    session_id: str
    delay: float
    crash: Crash | None


def lab_website(number: int) -> str:
    """Return the address of a website in the one spelling that the system stores."""
    return f"https://website-{number + 1}.example"


def _is_chosen(place: int, share: float) -> bool:
    """Spread a share evenly over the places, without chance."""
    return int((place + 1) * share + 1e-9) > int(place * share + 1e-9)


def _check(name: str, value: float, least: float, most: float, unit: str = "") -> None:
    # Not-a-number compares false with everything.
    if not least <= value <= most:
        words = name.replace("_", " ")
        raise ConditionError(f"{words} must be between {least:g} and {most:g}{unit}")


DEFAULT_CONDITIONS = Conditions()
