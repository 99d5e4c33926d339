"""A funnel's question made ready for the SQL files: steps, matching and segments as binds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import RowMapping

from dashboard.database.missing_leads import missing_leads
from dashboard.database.reading import MOMENT, TEXT, Reader
from dashboard.funnel.question import FunnelQuestion
from dashboard.matching.data import (
    NO_PERIOD,
    Pairing,
    matching_binds,
    measure_pairing,
    websites_of_period,
)
from dashboard.model.filters import Filters
from dashboard.model.limits import ANALYSIS_WINDOW, DEFAULT_LAG
from dashboard.model.properties import segment_binds
from dashboard.model.releases import Release
from dashboard.model.tracking_plan import (
    ANALYSIS_COMPLETED,
    ANALYSIS_STARTED,
    REGISTRATION,
    TrackingPlan,
)
from dashboard.model.windows import shown_window
from queries import STANDING, load

# The steps that leads prove, by the binds for their numbers.
PROVEN = {
    "start": ANALYSIS_STARTED,
    "completion": ANALYSIS_COMPLETED,
    "registration": REGISTRATION,
}
# The binds of funnel/lead_proofs.sql that decide on the leads to match, too.
PROOFS_TO_MATCH = [*(f"{bind}_name" for bind in PROVEN), "tracked_since", "registered_since"]
NOTHING_PAIRED = Pairing(ANALYSIS_WINDOW, 0, DEFAULT_LAG, timedelta())


@dataclass(frozen=True)
class Prepared:
    """One funnel's question, ready to be asked in any of its forms.

    `laid_out` has one row per step asked for, in order: `step`, `label`, `optional`, `first_at`
    (the first such event in the source before the last window closes; null: never recorded),
    `recorded_later` (all its events are later than that, and belong to no chain).
    `binds` are those of funnel/journeys.sql and of all it builds on. `pairing` is None where the
    data correction matches no leads.
    """

    question: FunnelQuestion
    filters: Filters
    clock: datetime
    laid_out: pd.DataFrame = field(repr=False)
    binds: Mapping[str, object] = field(repr=False)
    pairing: Pairing | None = None

    @property
    def unit(self) -> str:
        """What is counted; raw counts leads."""
        return "lead" if self.question.correction == "raw" else self.question.unit

    def as_json(self) -> dict[str, object]:
        """Return what every answer about a funnel begins with; its form is a contract (docs)."""
        return {
            "correction": self.question.correction,
            "unit": self.unit,
            "window": shown_window(self.question.window),
            **self.filters.as_json(),
        }

    @property
    def required(self) -> list[str]:
        """The recorded steps that make the chain, in order."""
        return self._recorded(optional=False)

    @property
    def first_required(self) -> str:
        """The first step of the question, recorded or not: it is never optional."""
        return str(self.laid_out["step"].iloc[0])

    @property
    def slots(self) -> list[str]:
        """The recorded steps as funnel/journeys.sql numbers them: optional and later ones last."""
        later = self.laid_out.loc[self.laid_out["recorded_later"], "step"]
        return [*self.required, *self._recorded(optional=True), *later]

    @property
    def recorded_labels(self) -> dict[str, str]:
        """The labels of the steps that were recorded before the last window closes, by step."""
        known = self.laid_out[self.laid_out["first_at"].notna()]
        return dict(zip(known["step"], known["label"], strict=True))

    def begun_since(self, begin: datetime) -> pd.DataFrame:
        """Return the steps whose recording began after `begin`, before the period's end."""
        end, first_at = self.filters.end_at, self.laid_out["first_at"]
        return self.laid_out[(first_at > begin) & (first_at < (end or datetime.max))]

    def _recorded(self, *, optional: bool) -> list[str]:
        chosen = self.laid_out["optional"] == optional
        return self.laid_out.loc[chosen & self.laid_out["first_at"].notna(), "step"].tolist()

    def one(self, reader: Reader, name: str, **more: object) -> RowMapping:
        """Ask a question that has one row as its answer; raises DatabaseProblem."""
        return reader.one(name, **self._binds(name, more))

    def frame(
        self, reader: Reader, name: str, dtypes: Mapping[str, str], **more: object
    ) -> pd.DataFrame:
        """Ask a question that builds on funnel/journeys; raises DatabaseProblem."""
        return reader.frame(name, dtypes, **self._binds(name, more))

    def _binds(self, name: str, more: Mapping[str, object]) -> dict[str, object]:
        binds = {**self.binds, **more}
        return {each: binds[each] for each in load(name).params - STANDING}


def prepare_funnel(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    question: FunnelQuestion,
    releases: Sequence[Release] = (),
    *,
    pairing: Pairing | None = None,
) -> Prepared:
    """Find the recorded steps and the leads to match; raises DatabaseProblem.

    `pairing` saves measuring it. The clock is `as_of`, or now.
    """
    steps = question.steps or tuple(plan.names)
    first = _first_recorded(reader, filters, plan, question, steps)
    laid_out = _laid_out(plan, question, steps, first)
    known = laid_out.loc[laid_out["first_at"].notna(), "step"].tolist()
    optional = laid_out.loc[laid_out["optional"], "step"].tolist()
    later = laid_out.loc[laid_out["recorded_later"], "step"].tolist()
    proofs = [
        (name, step)
        for name in plan.names
        for step in plan.implied(name)
        if step in known and question.correction != "raw"
    ]
    slots = _slots(optional, known, later, proofs)
    lead_proofs = _lead_proofs(reader, question, _ordered(optional, known), first)
    matching, pairing = _matching(
        reader,
        filters,
        question,
        {
            "steps": [*dict.fromkeys([*known, *later, *(name for name, _ in proofs)])],
            **{name: lead_proofs[name] for name in PROOFS_TO_MATCH},
        },
        pairing,
    )
    clock = filters.clock
    binds = {
        **filters.binds,
        **slots,
        **lead_proofs,
        **matching,
        **segment_binds(question.filters, question.breakdown, releases),
        "unit": question.unit,
        "window": question.window,
        "clock": clock,
        "repair": question.correction == "corrected",
    }
    return Prepared(question, filters, clock, laid_out, binds, pairing)


def _first_recorded(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    question: FunnelQuestion,
    steps: Sequence[str],
) -> pd.DataFrame:
    """Return `step`, `first_at` of each step recorded; null: only after the last window closes.

    The steps are those asked for, and those of the plan that leads prove.
    """
    proven = [name for name in (ANALYSIS_STARTED, REGISTRATION) if name in plan.names]
    return reader.frame(
        "funnel/first_recorded",
        {"step": TEXT, "first_at": MOMENT},
        steps=[*dict.fromkeys([*steps, *proven])],
        until=_last_closing(filters, question.window),
        as_of=filters.as_of,
    )


def _last_closing(filters: Filters, window: timedelta | None) -> datetime | None:
    """Return the last moment at which a step of the period's leads can still count."""
    try:
        return filters.end_at + window if filters.end_at and window is not None else None
    except OverflowError:
        return None


def _laid_out(
    plan: TrackingPlan, question: FunnelQuestion, steps: Sequence[str], first: pd.DataFrame
) -> pd.DataFrame:
    """Lay out the steps asked for, whether the source has recorded them or not."""
    named = pd.DataFrame([(name, plan.label(name)) for name in steps], columns=["step", "label"])
    may_be_missing = question.optional if question.steps else plan.optional
    optional = [name in may_be_missing for name in steps]
    later = first.loc[first["first_at"].isna(), "step"]
    steps_asked = named.astype(TEXT).assign(optional=optional).merge(first, on="step", how="left")
    return steps_asked.assign(recorded_later=steps_asked["step"].isin(later))


def _ordered(optional: list[str], known: list[str]) -> list[str]:
    return sorted(known, key=lambda name: name in optional)


def _slots(
    optional: list[str], known: list[str], later: list[str], proofs: list[tuple[str, str]]
) -> dict[str, object]:
    """Put the recorded steps in the order of funnel/journeys.sql: optional and later ones last."""
    required = [name for name in known if name not in optional]
    slots = _ordered(optional, known)
    before = [sum(known.index(each) < known.index(name) for each in required) for name in slots]
    return {
        "steps": [*slots, *later],
        "required": len(required),
        # A step recorded only later has no place: it fits into no chain.
        "places": [*before, *(None for _ in later)],
        "proofs": [name for name, _ in proofs],
        "proves": [slots.index(step) + 1 for _, step in proofs],
    }


def _lead_proofs(
    reader: Reader, question: FunnelQuestion, steps: Sequence[str], first: pd.DataFrame
) -> dict[str, object]:
    """Return the binds of funnel/lead_proofs.sql: what leads prove, and since when.

    Without business names, no lead is known to be analyzed.
    """
    asked = [] if question.correction == "raw" else [*steps]
    since = {
        step: at.to_pydatetime()
        for step, at in zip(first["step"], first["first_at"], strict=True)
        if pd.notna(at)
    }
    named = not reader.contract.unreadable_reason("website_leads.business_name")
    analyzed = named and not {ANALYSIS_STARTED, ANALYSIS_COMPLETED}.isdisjoint(asked)
    return {
        **{bind: asked.index(step) + 1 if step in asked else None for bind, step in PROVEN.items()},
        **{f"{bind}_name": step if step in asked else None for bind, step in PROVEN.items()},
        "tracked_since": since.get(ANALYSIS_STARTED) if analyzed else None,
        "registered_since": since.get(REGISTRATION),
    }


def _matching(
    reader: Reader,
    filters: Filters,
    question: FunnelQuestion,
    asked: Mapping[str, object],
    pairing: Pairing | None,
) -> tuple[dict[str, object], Pairing | None]:
    """Return the binds of the leads to match: only those that change which unit took which step.

    `asked` are funnel/to_match's own binds. Leads are paired only where one without session has a
    step or a lead proves one that may not be recorded, or where all are asked for:
    within the range for properties, which are known of all leads; for visitors and organizations
    everywhere, because their first submission may be anywhere.
    """
    if question.correction == "raw":
        return matching_binds(NOTHING_PAIRED, []) | {"missing_leads": []}, None
    # Queries on submissions treat a missing column as empty, which is right for raw alone.
    reader.require("funnel/to_match")
    missing = {"missing_leads": missing_leads(reader, filters.as_of)}
    if question.unit != "submission":
        pairing = pairing or measure_pairing(reader, filters)
        return matching_binds(pairing, None) | missing, pairing
    found = reader.frame(
        "funnel/to_match",
        {"lead_id": TEXT, "pairs": "boolean"},
        analysis_window=ANALYSIS_WINDOW,
        **asked,
        **missing,
        **filters.binds,
    )
    websites = websites_of_period(filters) if question.properties else NO_PERIOD
    if pairing is None:
        # Where no pairing can change a count, the median lag need not be measured.
        needed = bool(found["pairs"].any() or question.properties)
        pairing = measure_pairing(reader, filters) if needed else NOTHING_PAIRED
    lead_ids = found["lead_id"].unique().tolist()
    return matching_binds(pairing, lead_ids) | websites | missing, pairing
