"""What a funnel is asked: correction, unit, steps, window, filters and breakdown, checked."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, get_args

from dashboard.model.limits import DEFAULT_WINDOW, LONGEST_WINDOW, MOST_STEPS
from dashboard.model.properties import PROPERTY_NAMES, PropertyFilter, properties_of
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.model.windows import UNIT_LENGTHS, UNLIMITED, WINDOW_EXAMPLES
from dashboard.settings import InputError

Correction = Literal["raw", "matched", "corrected"]
Unit = Literal["submission", "visitor", "organization"]
CORRECTIONS: tuple[Correction, ...] = get_args(Correction)
UNITS: tuple[Unit, ...] = get_args(Unit)
LISTED_NAME = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[^",]*?))\s*(?P<comma>,|$)')


class QuestionError(InputError):
    """A funnel can't be asked that way; the text says what is right."""


@dataclass(frozen=True)
class FunnelQuestion:
    """One funnel: `steps` in order, of which `optional` may be missing.

    Without steps it is the whole plan, and the plan says which are optional.

    `window` is the longest time from a chain's first step to any other, None for no limit.
    `filters` are the values a property must have, "(none)" for no value; `breakdown` is a property.
    Raises QuestionError where correction, unit, steps or properties don't go together.
    """

    correction: Correction = "corrected"
    unit: Unit = "submission"
    steps: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    window: timedelta | None = DEFAULT_WINDOW
    filters: PropertyFilter = field(default_factory=dict)
    breakdown: str | None = None

    @property
    def properties(self) -> list[str]:
        """The properties that units are filtered or broken down by."""
        return properties_of(self.filters, self.breakdown)

    def __post_init__(self) -> None:
        """Refuse what has no answer."""
        if len(self.steps) > MOST_STEPS:
            raise QuestionError(f"a funnel has at most {MOST_STEPS} steps, not {len(self.steps)}")
        if len(set(self.steps)) < len(self.steps) or not all(self.steps):
            raise QuestionError("each step of a funnel has a name and stands in it once")
        if not self.optional <= set(self.steps or self.optional):
            raise QuestionError(
                f"{min(self.optional - set(self.steps))} is optional, but no step of this funnel"
            )
        if self.steps and self.steps[0] in self.optional:
            raise QuestionError("the first step can't be optional: a chain begins with it")
        if self.window is not None and self.window <= timedelta():
            raise QuestionError("the window must be longer than zero")
        if self.correction != "corrected" and self.unit != "submission":
            raise QuestionError(f"the unit {self.unit} is counted only in corrected")
        if wrong := {*self.filters, *filter(None, [self.breakdown])} - {*PROPERTY_NAMES}:
            raise QuestionError(f"{min(wrong)} is none of {', '.join(PROPERTY_NAMES)}")


def named_steps(
    steps: Sequence[str], optional: Collection[str], plan: TrackingPlan
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return a funnel's steps and which are optional, as FunnelQuestion takes them.

    Of named steps only the named ones are optional. Where only these are named, the steps are the
    plan's, and so are further optional ones.
    """
    if steps or not optional:
        return tuple(steps), frozenset(optional)
    return tuple(plan.names), frozenset(optional) | plan.optional


def typed_names(given: str) -> tuple[str, ...]:
    """Read names between commas; raises QuestionError.

    A name in double quotes may hold commas and outer blanks; a double quote in it stands twice.
    """
    names: list[str] = []
    at, more = 0, bool(given)
    while more:
        name = LISTED_NAME.match(given, at)
        if name is None:
            raise QuestionError(f"{given!r}: put a name with a quotation mark wholly in quotes")
        names.append(name["plain"] if name["quoted"] is None else name["quoted"].replace('""', '"'))
        at, more = name.end(), name["comma"] == ","
    return tuple(names)


def typed_window(given: str) -> timedelta | None:
    """Read `45s`, `90m`, `36h`, `10d`, `2w` or `unlimited`; raises QuestionError."""
    if given == UNLIMITED:
        return None
    length = _typed_length(given)
    if length is None:
        raise QuestionError(f"{given!r} is no window: write {WINDOW_EXAMPLES} or {UNLIMITED}")
    if length > LONGEST_WINDOW:
        raise QuestionError(f"{given!r} is too long: write {UNLIMITED}")
    return length


def typed_age(given: str) -> timedelta:
    """Read `45s`, `90m`, `36h`, `10d` or `2w`; raises QuestionError."""
    length = _typed_length(given)
    if length is None or length > LONGEST_WINDOW:
        raise QuestionError(f"{given!r} is no age: write {WINDOW_EXAMPLES}")
    return length


def _typed_length(given: str) -> timedelta | None:
    """Read a length longer than zero; None where it is none."""
    match = re.fullmatch(r"([1-9][0-9]{0,9})([smhdw])", given)
    if match is None:
        return None
    try:
        return int(match[1]) * UNIT_LENGTHS[match[2]]
    except OverflowError:
        return timedelta.max


def typed_filter(given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read `property=value` texts, alternatives where a property repeats; raises QuestionError."""
    values: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or name not in PROPERTY_NAMES:
            raise QuestionError(
                f"{text!r} is no filter: write PROPERTY=VALUE, PROPERTY one of "
                + ", ".join(PROPERTY_NAMES)
            )
        if not value.strip():
            raise QuestionError(f"{text!r} names no value; rows without one have “(none)”")
        values[name] = (*values.get(name, ()), value)
    return values
