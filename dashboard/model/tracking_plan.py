"""The tracking plan: which steps exist, in which order, and what each one implies."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.model.hosts import host_of
from dashboard.model.toml_lines import TEXT_FORM, YES_NO_FORM, Form, TomlFile, read_toml
from dashboard.settings import SettingsError, load_settings

# The steps that a row of website_leads proves: an analyzed lead the first two, a converted user the
# third. A plan without these names has no such proof.
ANALYSIS_STARTED, ANALYSIS_COMPLETED, REGISTRATION = (
    "analysis_started",
    "analysis_completed",
    "registration",
)
# What the tracking path of January 2026 writes without an address.
NO_WEBSITES = ("unknown.com",)
HOSTS_FORM = Form(
    'hosts in quotes, as in ["unknown.com"]',
    lambda value: isinstance(value, list) and all(host_of(each) == each for each in value),
)
STEP_KEYS = {"name": TEXT_FORM, "label": TEXT_FORM, "meaning": TEXT_FORM}
STEP_OPTIONS = {
    "implies": TEXT_FORM,
    "optional": YES_NO_FORM,
    "implemented": YES_NO_FORM,
    "staff": YES_NO_FORM,
}
MARKER_KEYS = {"name": TEXT_FORM, "meaning": TEXT_FORM}
MARKER_OPTIONS = {"staff": YES_NO_FORM}


class PlanError(SettingsError):
    """The plan file is wrong; the text names the file, the line and what to do."""


@dataclass(frozen=True)
class Step:
    """A visitor's step, or one that `staff` takes. `implies` is the step it can't happen without.

    An `optional` step may be missing before later ones. A step that is not `implemented`
    is not expected in the data.
    """

    name: str
    label: str
    meaning: str
    implies: str | None = None
    optional: bool = False
    implemented: bool = True
    staff: bool = False


@dataclass(frozen=True)
class Marker:
    """An event name in the data that is not a visitor's step."""

    name: str
    meaning: str
    staff: bool = False


@dataclass(frozen=True)
class TrackingPlan:
    """Steps in funnel order, and the markers beside them.

    `no_websites` are hosts that stand for no website: leads with one are visits, not submissions.
    """

    steps: tuple[Step, ...]
    markers: tuple[Marker, ...]
    no_websites: tuple[str, ...] = NO_WEBSITES

    @property
    def names(self) -> list[str]:
        """Step names in funnel order."""
        return [step.name for step in self.steps]

    @property
    def optional(self) -> frozenset[str]:
        """Names of the steps that may be missing before later ones."""
        return frozenset(step.name for step in self.steps if step.optional)

    @property
    def payment(self) -> str:
        """The name of the last step that may not be missing: it counts as the payment."""
        return next(step.name for step in reversed(self.steps) if not step.optional)

    @property
    def staff_steps(self) -> list[str]:
        """Names of the steps that staff take; their events need no session id."""
        steps = [step.name for step in self.steps if step.staff]
        return [*steps, *(marker.name for marker in self.markers if marker.staff)]

    def label(self, name: str) -> str:
        """Return the label of a step name; an unknown name is its own label."""
        return next((step.label for step in self.steps if step.name == name), name)

    def implied(self, name: str) -> list[str]:
        """Return the steps that a step can't happen without, directly or not, the nearest first."""
        implies = {step.name: step.implies for step in self.steps}
        found: list[str] = []
        while implied := implies.get(found[-1] if found else name):
            found.append(implied)
        return found

    def unproven(self, recorded: Collection[str]) -> dict[str, str]:
        """Return each lost step with its proof: the first recorded step that implies it.

        Steps are in funnel order.
        """
        implied = {step.name: step.implies for step in self.steps}
        found: dict[str, str] = {}
        for proof in (name for name in self.names if name in recorded):
            name = implied[proof]
            while name and name not in recorded:
                found.setdefault(name, proof)
                name = implied[name]
        return {name: found[name] for name in self.names if name in found}


def load_plan(path: Path | None = None) -> TrackingPlan:
    """Read and validate a plan, or the one that the settings name; raises PlanError."""
    file = read_toml(path or load_settings().tracking_plan, "the tracking plan", PlanError)
    file.only("step", "marker", no_websites=HOSTS_FORM)
    _check_entries(file, "step", STEP_KEYS, STEP_OPTIONS)
    _check_entries(file, "marker", MARKER_KEYS, MARKER_OPTIONS)
    if not file.entries("step"):
        file.refuse(None, "a plan needs at least one [[step]]")
    _check_names(file)
    _check_implied(file)
    _check_optional(file)
    return TrackingPlan(
        tuple(Step(**entry) for entry in file.entries("step")),
        tuple(Marker(**entry) for entry in file.entries("marker")),
        tuple(file.content.get("no_websites", NO_WEBSITES)),
    )


def _check_entries(
    file: TomlFile, kind: str, keys: Mapping[str, Form], options: Mapping[str, Form]
) -> None:
    for position in range(len(file.entries(kind))):
        file.check(kind, position, keys, options)


def _check_names(file: TomlFile) -> None:
    """Refuse a name that is declared twice."""
    seen: dict[str, tuple[str, int]] = {}
    for kind in ("step", "marker"):
        for position, entry in enumerate(file.entries(kind)):
            name = entry["name"]
            if name in seen:
                first = file.key_line(*seen[name], "name")
                file.refuse(
                    file.key_line(kind, position, "name"),
                    f"{name!r} is declared twice, first in line {first}: take one of them away",
                )
            seen[name] = (kind, position)


def _check_implied(file: TomlFile) -> None:
    """Refuse a step that implies anything but an earlier step."""
    steps = file.entries("step")
    before: set[str] = set()
    for position, step in enumerate(steps):
        implied = step.get("implies")
        if implied is not None and implied not in before:
            line = file.key_line("step", position, "implies")
            file.refuse(line, f"{step['name']!r} implies {_wrongly(step['name'], implied, file)}")
        before.add(step["name"])


def _check_optional(file: TomlFile) -> None:
    """Refuse an optional step that begins the plan, or that another step can't happen without."""
    steps = file.entries("step")
    needed = {step["implies"]: step["name"] for step in steps if "implies" in step}
    for position, step in enumerate(steps):
        if not step.get("optional"):
            continue
        name, line = step["name"], file.key_line("step", position, "optional")
        if not position:
            file.refuse(line, f"{name!r} begins the plan: take optional away")
        if name in needed:
            file.refuse(line, f"{name!r} is optional, but {needed[name]!r} implies it: change one")


def _wrongly(name: str, implied: str, file: TomlFile) -> str:
    """Say why a step can't imply that name, which is not an earlier step."""
    implies = {step["name"]: step.get("implies") for step in file.entries("step")}
    if implied == name:
        return "itself: name the step before it, or take implies away"
    if implied in {marker["name"] for marker in file.entries("marker")}:
        return f"{implied!r}, which is a marker: only steps can be implied"
    if implied not in implies:
        return f"{implied!r}, which is no step of this plan: declare it before, or correct the name"
    circle = [name, implied]
    while (following := implies.get(circle[-1])) and following not in circle:
        circle.append(following)
    if following == name:
        return f"itself in a circle, {' → '.join([*circle, name])}: one of them has to come first"
    return f"{implied!r}, which stands after it: put {implied!r} before {name!r}"
