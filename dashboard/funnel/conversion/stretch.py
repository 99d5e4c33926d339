"""A stretch of the funnel: from one required step to a later one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import QuestionError
from dashboard.model.periods import Grain


@dataclass(frozen=True)
class Stretch:
    """Two recorded required steps by their names; units convert from `before` to `after`."""

    before: str
    after: str


def stretch_to(prepared: Prepared, to: str | None = None) -> Stretch | None:
    """Return the stretch from the first step to `to`, or to the last required one.

    None where the question's first step, or all later ones, were never recorded. Raises
    QuestionError where no unit can convert to that step.
    """
    steps = prepared.required
    if to is not None and to not in steps[1:]:
        raise QuestionError(f"{to!r} {_wrong_step(prepared, to)}")
    if len(steps) < 2 or prepared.first_required not in steps:
        return None
    return Stretch(steps[0], to or steps[-1])


def stretch_between(prepared: Prepared, start: str, to: str | None = None) -> Stretch:
    """Return the stretch from one required step to a later one, or to the last one.

    Raises QuestionError where no unit can convert between them.
    """
    steps = prepared.required
    if start not in steps:
        raise QuestionError(f"{start!r} {_wrong_step(prepared, start)}")
    later = steps[steps.index(start) + 1 :]
    if not later:
        raise QuestionError(f"{start!r} is the last recorded step: name an earlier one")
    if to is not None and to not in later:
        reason = "is not after it" if to in steps else _wrong_step(prepared, to)
        raise QuestionError(f"from {start!r} to {to!r}: {to!r} {reason}")
    return Stretch(start, to or later[-1])


def asked_stretch(prepared: Prepared, start: str | None, to: str | None) -> Stretch | None:
    """Return the stretch from `start`, or as stretch_to() where that is left out."""
    return stretch_to(prepared, to) if start is None else stretch_between(prepared, start, to)


def single_steps(prepared: Prepared) -> list[Stretch]:
    """Return the stretches from each recorded required step to the next one."""
    steps = prepared.required
    return [Stretch(*pair) for pair in pairwise(steps)]


def stretch_from(prepared: Prepared, step: str) -> Stretch | None:
    """Return the stretch from a required step to the next one; None for any other step."""
    return next((each for each in single_steps(prepared) if each.before == step), None)


def pair_binds(
    prepared: Prepared,
    stretches: Sequence[Stretch],
    grain: Grain | None = None,
    *,
    halves: bool = False,
    apart: Sequence[int] | None = None,
) -> dict[str, object]:
    """Return the binds of funnel/conversion/entries."""
    numbers = {step: number for number, step in enumerate(prepared.required, 1)}
    return {
        "from_steps": [numbers[each.before] for each in stretches],
        "to_steps": [numbers[each.after] for each in stretches],
        "grain": grain,
        "zone": prepared.filters.zone.key,
        "halves": halves,
        "apart": None if apart is None else [*apart],
    }


def _wrong_step(prepared: Prepared, to: str) -> str:
    """Say why no unit can convert to a step."""
    asked = prepared.laid_out.set_index("step")
    if to not in asked.index:
        return "is no step of this funnel"
    if asked.loc[to, "optional"]:
        return "is optional: name a required step"
    if to == asked.index[0] and to in prepared.required:
        return "is the first step: name a later one"
    return "was not recorded before the last window closes, or no step before it was"
