"""The trend in words: which periods are fully observed, and which releases lie among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from dashboard.funnel.cohorts.data import FULLY, NOT_TRACKED, PARTLY, TOO_FEW
from dashboard.funnel.consistency.data import Check
from dashboard.funnel.conversion.stretch import Stretch
from dashboard.funnel.data import Funnel
from dashboard.model.formats import count, counted, percent
from dashboard.model.limits import FEW
from dashboard.model.periods import Grain
from dashboard.model.releases import Release
from dashboard.model.windows import length_words

MOST_LINES = 5
FEW_WORDS = "few"


@dataclass(frozen=True)
class TrendWords:
    """What the trend is of, in words: units that reached `before`, and `after` within an age.

    `after` is empty where it is the whole funnel.
    """

    grain: Grain
    unit: str
    within: timedelta
    before: str
    after: str = ""

    @property
    def came(self) -> str:
        """The words for the share's numerator."""
        return f"reached “{self.after}”" if self.after else "completed the funnel"

    def began(self, period: date) -> str:
        """When a period began: `2026-03-02`, or `from 2026-03-02` where it has more days."""
        return f"{'' if self.grain == 'day' else 'from '}{period:%Y-%m-%d}"

    @property
    def age(self) -> str:
        """The age as people read it."""
        return length_words(self.within)


def trend_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the trend newest first; `state` marks a period of few units."""
    few = rows["few"].map({True: f", {FEW_WORDS}", False: ""})
    ordered = rows.assign(state=(rows["state"] + few).astype("string"))
    return ordered.sort_values(
        ["period", "position"], ascending=[False, True], kind="stable", ignore_index=True
    )


def lines(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each value drawn, in order of time; the most frequent value first."""
    dated = rows.dropna(subset="period")
    parts = [part.sort_values("period") for _, part in dated.groupby("position", sort=True)]
    return [(str(part["value"].iloc[0]), part) for part in parts[:MOST_LINES]]


def trend_sentence(cohorts: pd.DataFrame, words: TrendWords) -> str:
    """Return the share of the newest fully observed period, and how many are not.

    `cohorts` are the periods of all units, at one age.
    """
    dated = cohorts.dropna(subset="period").sort_values("period")
    full = dated[dated["state"] == FULLY]
    newest = f"No {words.grain} is fully observed for {words.age}."
    if len(full):
        row = full.to_dict("records")[-1]
        newest = (
            f"In the newest fully observed {words.grain}, {words.began(row['period'])}, "
            f"{count(row['in_time'])} of {counted(row['entered'], words.unit)} that reached "
            f"“{words.before}” {words.came} within {words.age} ({percent(row['rate'])})."
        )
    return " ".join(filter(None, [newest, *_other_periods(dated, words)]))


def _other_periods(dated: pd.DataFrame, words: TrendWords) -> list[str]:
    """Say how many periods are partly observed, and how many are not tracked."""
    partly = int(dated["state"].isin([PARTLY, TOO_FEW]).sum())
    untracked = int((dated["state"] == NOT_TRACKED).sum())
    of = f"of {counted(len(dated), words.grain)}"
    missing = f"most of the {words.unit}s there have no recorded “{words.before}”"
    return [
        f"{count(partly)} {of} {'is' if partly == 1 else 'are'} partly observed." if partly else "",
        f"{count(untracked)} {of} {'has' if untracked == 1 else 'have'} no share: {missing}."
        if untracked
        else "",
    ]


def trend_legend(rows: pd.DataFrame, words: TrendWords, releases: int) -> str:
    """Say how to read the figure."""
    unit, states, values = words.unit, {*rows["state"]}, rows["position"].nunique()
    parts = [
        f"Each {unit} counts in the {words.grain} it began in.",
        f"Full dots: every {unit} was observed for {words.age}." if FULLY in states else "",
        "Hollow dots: some are younger, and the share is estimated." if PARTLY in states else "",
        "No dot: too few are observed." if TOO_FEW in states else "",
        f"A cross marks fewer than {FEW} {unit}s."
        if (rows["few"] & rows["rate"].notna()).any()
        else "",
        f"Dotted lines mark {counted(releases, 'release')}." if releases else "",
        f"The figure shows the {MOST_LINES} largest of {values} values. The table has all."
        if values > MOST_LINES
        else "",
    ]
    return " ".join(filter(None, parts))


def periods_check(funnel: Funnel, stretch: Stretch, rows: pd.DataFrame) -> Check:
    """Compare the units of all periods, at one age, with those on the step before."""
    words = f"The trend’s periods = all on “{funnel.label(stretch.before)}”"
    return Check(words, int(rows["entered"].sum()), funnel.figure(stretch.before, "count") or 0)


def releases_inside(releases: Sequence[Release], funnel: Funnel) -> list[Release]:
    """Return the releases within the period; all time lasts from the first lead to the clock."""
    begin = funnel.filters.start_at or funnel.first_lead_at
    end = min(filter(None, [funnel.filters.end_at, funnel.prepared.clock]))
    return [each for each in releases if begin and begin <= each.at < end]
