"""The tracking plan: which steps exist, in which order, and what each one implies."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLAN_FILE = Path(__file__).parents[1] / "tracking_plan.toml"
STEP_KEYS = {"name", "label", "meaning", "implies"}
MARKER_KEYS = {"name", "meaning", "by"}
OPTIONAL_KEYS = {"implies", "by"}
WRITERS = ("system", "staff")


class PlanError(ValueError):
    """The plan file is wrong; the text names the entry and what to do."""


@dataclass(frozen=True)
class Step:
    """A visitor's step. `implies` is the step it can't happen without."""

    name: str
    label: str
    meaning: str
    implies: str | None = None


@dataclass(frozen=True)
class Marker:
    """A name met in the data that is no visitor's step. `by` is who writes it: system or staff."""

    name: str
    meaning: str
    by: str = "system"


@dataclass(frozen=True)
class TrackingPlan:
    """Steps in funnel order, and the markers beside them."""

    steps: tuple[Step, ...]
    markers: tuple[Marker, ...]

    @property
    def names(self) -> list[str]:
        """Step names in funnel order."""
        return [step.name for step in self.steps]

    @property
    def staff_steps(self) -> list[str]:
        """Names that staff set: they belong to nobody's session."""
        return [marker.name for marker in self.markers if marker.by == "staff"]

    def label(self, name: str) -> str:
        """Return what a person reads for a step name; an unknown one stays as it is."""
        return next((step.label for step in self.steps if step.name == name), name)

    def implied(self, name: str) -> list[str]:
        """Return the steps that a step can't happen without, directly or not, the nearest first."""
        implies = {step.name: step.implies for step in self.steps}
        found: list[str] = []
        while implied := implies.get(found[-1] if found else name):
            found.append(implied)
        return found

    def unproven(self, recorded: Collection[str]) -> dict[str, str]:
        """Return each step that is not recorded though a recorded one implies it, with the latter.

        Steps stand in funnel order; the proof is the first recorded step that implies it.
        """
        implied = {step.name: step.implies for step in self.steps}
        found: dict[str, str] = {}
        for proof in (name for name in self.names if name in recorded):
            name = implied[proof]
            while name and name not in recorded:
                found.setdefault(name, proof)
                name = implied[name]
        return {name: found[name] for name in self.names if name in found}


def load_plan(path: Path = PLAN_FILE) -> TrackingPlan:
    """Read and validate the plan; raises PlanError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"{path.name}: {error}") from error
    plan = TrackingPlan(
        tuple(Step(**entry) for entry in _entries(path, content, "step", STEP_KEYS)),
        tuple(Marker(**entry) for entry in _entries(path, content, "marker", MARKER_KEYS)),
    )
    _check_order(path, plan)
    return plan


def _entries(
    path: Path, content: dict[str, Any], kind: str, allowed: set[str]
) -> list[dict[str, str]]:
    entries = content.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PlanError(f"{path.name}: write each {kind} as [[{kind}]]")
    return [_checked(path, kind, entry, allowed) for entry in entries]


def _checked(path: Path, kind: str, entry: dict[str, Any], allowed: set[str]) -> dict[str, str]:
    name = entry.get("name", "?")
    if unknown := entry.keys() - allowed:
        raise PlanError(f"{path.name}: {kind} {name!r} has an unknown key: {min(unknown)}")
    if missing := allowed - OPTIONAL_KEYS - entry.keys():
        raise PlanError(f"{path.name}: {kind} {name!r} lacks {min(missing)}")
    if wrong := [key for key, value in entry.items() if not isinstance(value, str)]:
        raise PlanError(f"{path.name}: {kind} {name!r} has a {min(wrong)} that is no text")
    if entry.get("by", "staff") not in WRITERS:
        raise PlanError(
            f"{path.name}: {kind} {name!r} is by {entry['by']!r}, write system or staff"
        )
    return entry


def _check_order(path: Path, plan: TrackingPlan) -> None:
    seen: set[str] = set()
    entries: list[Step | Marker] = [*plan.steps, *plan.markers]
    for entry in entries:
        implied = entry.implies if isinstance(entry, Step) else None
        if entry.name in seen:
            raise PlanError(f"{path.name}: {entry.name!r} is declared twice")
        if implied and implied not in seen:
            raise PlanError(
                f"{path.name}: {entry.name!r} implies {implied!r}, which no step before it declares"
            )
        seen.add(entry.name)
    if not plan.steps:
        raise PlanError(f"{path.name}: a plan needs at least one [[step]]")
