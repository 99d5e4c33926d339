"""Two periods compared at equal age: the overall conversion, every step, the parts of a breakdown.

The units of both have the same time to convert. So a period whose windows are open is compared with
an older one, and neither has an advantage.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile

import pandas as pd

from dashboard.database.reading import TEXT, Reader
from dashboard.funnel.comparison.compared import FIGURE_DTYPES, Compared, compared, judged
from dashboard.funnel.conversion.ages import checked_age, listed_ages, shared_ages
from dashboard.funnel.conversion.data import estimates
from dashboard.funnel.conversion.stretch import Stretch, single_steps, stretch_to
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.ui.export import records

UNRECORDED = "not recorded in both periods"
HERE_ONLY, THERE_ONLY = "not recorded in the other period", "not recorded in this period"
OTHER_CHAIN = "a step before it is recorded in one period only"
OTHER_VALUES = "stands for other values in each period"
NOT_IN_BOTH = "not among the ten most frequent in both periods"
# The part of a breakdown that stands for all further values (queries/funnel/segments.sql).
OTHER_POSITION = 10


@dataclass(frozen=True)
class BothPeriods:
    """What two periods know of each stretch within each age; `here` is this one, `there` the other.

    `chain` are the required steps that the chains of both begin with. `whole` is the stretch to
    compare first, None where it is not in that chain. `rows` are the estimates() of each period,
    `parts` those of `whole` for each part of the breakdown; None without one.
    """

    here: Prepared
    there: Prepared
    chain: list[str]
    whole: Stretch | None
    rows: tuple[pd.DataFrame, pd.DataFrame] = field(repr=False)
    parts: tuple[pd.DataFrame, pd.DataFrame] | None = field(repr=False, default=None)

    @property
    def ages(self) -> list[timedelta]:
        """The ages that both have enough units for, to compare the overall conversion within."""
        return shared_ages(*self.of(self.whole)) if self.whole else []

    def of(self, stretch: Stretch) -> list[pd.DataFrame]:
        """Return what each period knows of a stretch, one row per age."""
        return [
            rows[(rows["before"] == stretch.before) & (rows["after"] == stretch.after)]
            for rows in self.rows
        ]


@dataclass(frozen=True)
class PeriodComparison:
    """Two periods within one age; `whole` is the overall conversion, on the stretch of `both`.

    `steps` has one row per required step but the first that a period recorded: `step`, `label`, and
    the columns of judged(). Units convert from the step before, within the age of `whole` or the
    largest smaller one that both have enough units for. `overall` has `step`, `label` and the
    columns of FIGURE_DTYPES for the conversion from the first step, within the age of `whole`.
    `values` has one row per `value` of the breakdown with the columns of judged(), for the overall
    conversion within that age or the largest smaller one; None without a breakdown.
    """

    both: BothPeriods
    whole: Compared
    steps: pd.DataFrame
    overall: pd.DataFrame
    values: pd.DataFrame | None

    def as_json(self) -> dict[str, object]:
        """Return the part `comparison` of the `funnel` answer; its form is a contract (docs)."""
        stretch = self.both.whole
        answer: dict[str, object] = {
            **self.both.there.filters.as_json(),
            "step": stretch and stretch.after,
            **self.whole.figures,
            "differs": self.whole.differs,
            "verdict": self.whole.verdict,
            "steps": records(self.steps.drop(columns="label")),
        }
        return answer if self.values is None else {**answer, "by_value": records(self.values)}


def ask_both(
    reader: Reader,
    _: Filters,
    here: Prepared,
    there: Prepared,
    to: str | None = None,
    within: timedelta | None = None,
) -> BothPeriods:
    """Estimate both periods at all listed ages and `within`, to compare them at any of these.

    `here` and `there` ask the same. The overall conversion is to the step `to`, or to the last
    one of the common chain. Raises DatabaseProblem, and QuestionError where no unit can convert to
    that step or within that age.
    """
    stretch_to(here, to)
    window = here.question.window
    ages = [*listed_ages(window), *([] if within is None else [checked_age(within, window)])]
    chain = common_chain(here, there)
    whole = next((each for each in _overall(chain)[::-1] if to in (None, each.after)), None)

    def asked(stretches: Sequence[Stretch], by_value: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
        one, other = (
            estimates(reader, each.filters, each, stretches, sorted({*ages}), by_value=by_value)
            for each in (here, there)
        )
        return one, other

    rows = asked([*dict.fromkeys([*_single(here, chain), *_overall(chain)])], by_value=False)
    broken_down = whole is not None and here.question.breakdown is not None
    parts = asked([whole], by_value=True) if broken_down and whole else None
    return BothPeriods(here, there, chain, whole, rows, parts)


def compare(both: BothPeriods, within: timedelta | None = None) -> PeriodComparison:
    """Compare two periods within an age that was asked for, or else the largest of their ages."""
    whole = Compared(None, None, reason=UNRECORDED)
    if both.whole is not None:
        whole = compared(*_at(both.of(both.whole), within))
    age = within or whole.within
    return PeriodComparison(
        both, whole, _steps(both, age), _overall_shares(both, whole), _values(both, age)
    )


def one_sided(here: Prepared, there: Prepared) -> tuple[list[str], list[str]]:
    """Return the labels of the steps recorded in this period only, and in the other one only."""
    steps, others = ({**each.recorded_labels} for each in (here, there))
    return (
        [label for step, label in steps.items() if step not in others],
        [label for step, label in others.items() if step not in steps],
    )


def common_chain(here: Prepared, there: Prepared) -> list[str]:
    """Return the required steps that both chains begin with; none without the question's first."""
    pairs = zip(here.required, there.required, strict=False)
    chain = [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    return chain if chain[:1] == [here.first_required] else []


def _single(here: Prepared, chain: Sequence[str]) -> list[Stretch]:
    return [each for each in single_steps(here) if each.after in chain[1:]]


def _overall(chain: Sequence[str]) -> list[Stretch]:
    return [Stretch(chain[0], step) for step in chain[1:]]


def _at(sides: Sequence[pd.DataFrame], age: timedelta | None) -> list[pd.DataFrame]:
    """Return the rows of one age; None: of all."""
    if age is None:
        return [*sides]
    return [rows[rows["within_s"] == age.total_seconds()] for rows in sides]


def _up_to(sides: Sequence[pd.DataFrame], age: timedelta | None) -> list[pd.DataFrame]:
    """Return the rows of the ages up to one; None: of all."""
    if age is None:
        return [*sides]
    return [rows[rows["within_s"] <= age.total_seconds()] for rows in sides]


def _steps(both: BothPeriods, age: timedelta | None) -> pd.DataFrame:
    """Compare each step with the one before it; none where there is no common first step."""
    stretches = {each.after: each for each in _single(both.here, both.chain)}
    labels = {**both.here.recorded_labels, **both.there.recorded_labels}
    known = {*both.here.required, *both.there.required} - {*both.chain[:1]}
    steps = [step for step in both.here.laid_out["step"] if both.chain and step in known]
    rows = [
        compared(*_up_to(both.of(stretches[step]), age))
        if step in stretches
        else Compared(None, None, reason=_why_not(both, step))
        for step in steps
    ]
    return _labeled(steps, labels).join(judged(rows))


def _why_not(both: BothPeriods, step: str) -> str:
    """Say why a step is not in the common chain."""
    if step not in both.there.required:
        return HERE_ONLY
    return OTHER_CHAIN if step in both.here.required else THERE_ONLY


def _overall_shares(both: BothPeriods, whole: Compared) -> pd.DataFrame:
    """Lay out both periods' overall conversions to each step within the age; none without."""
    steps = both.chain[1:] if whole.within else []
    rows = [
        compared(*_at(both.of(Stretch(both.chain[0], step)), whole.within)).figures
        for step in steps
    ]
    figures = pd.DataFrame(rows, columns=[*FIGURE_DTYPES]).astype(FIGURE_DTYPES)
    return _labeled(steps, both.here.recorded_labels).join(figures)


def _values(both: BothPeriods, age: timedelta | None) -> pd.DataFrame | None:
    """Compare the parts of the breakdown, each by itself; None where there are none."""
    if both.parts is None:
        return None
    here, there = (dict([*side.groupby("value")]) for side in _up_to(both.parts, age))
    order = pd.concat(both.parts).drop_duplicates("value").sort_values("position", kind="stable")
    values = order["value"].tolist()
    rows = [_value(here.get(value), there.get(value)) for value in values]
    return pd.DataFrame({"value": values}, dtype=TEXT).join(judged(rows))


def _value(here: pd.DataFrame | None, there: pd.DataFrame | None) -> Compared:
    if here is None or there is None:
        return Compared(None, None, reason=NOT_IN_BOTH)
    if (here["position"] == OTHER_POSITION).any():
        return Compared(None, None, reason=OTHER_VALUES)
    return compared(here, there)


def _labeled(steps: Sequence[str], labels: dict[str, str]) -> pd.DataFrame:
    rows = [(step, labels[step]) for step in steps]
    return pd.DataFrame(rows, columns=["step", "label"], dtype=TEXT)
