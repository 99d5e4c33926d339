"""The trend in words: which periods are closed, and which releases lie among them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.funnel.data import Funnel
from dashboard.model.formats import count, counted, percent
from dashboard.model.releases import Release

MOST_LINES = 5
PERIOD_CLOSED, PERIOD_IN_PROGRESS, FEW_WORDS = "closed", "in progress", "few"


@dataclass(frozen=True)
class StepPair:
    """The labels of the two steps that the trend is of; empty: the first and the last."""

    before: str = ""
    after: str = ""

    @property
    def began(self) -> str:
        """The words for the share's denominator."""
        return f" that reached “{self.before}”" if self.before else ""

    @property
    def came(self) -> str:
        """The words for the share's numerator."""
        return f"reached “{self.after}”" if self.after else "completed the funnel"


WHOLE_FUNNEL = StepPair()


def trend_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the trend newest first, with `state` in words; a share of few is marked as such."""
    state = rows["closed"].map({True: PERIOD_CLOSED, False: PERIOD_IN_PROGRESS})
    few = rows["few"].map({True: f", {FEW_WORDS}", False: ""})
    ordered = rows.assign(state=(state + few).astype("string"))
    return ordered.sort_values(
        ["period", "position"], ascending=[False, True], kind="stable", ignore_index=True
    )


def lines(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each value drawn, in order of time; the most frequent value first."""
    parts = [part.sort_values("period") for _, part in rows.groupby("position", sort=True)]
    return [(str(part["value"].iloc[0]), part) for part in parts[:MOST_LINES]]


def trend_sentence(
    rows: pd.DataFrame, grain: str, unit: str, stretch: StepPair = WHOLE_FUNNEL
) -> str:
    """Return the newest closed period’s share of all units, and how many periods are open."""
    whole = rows.groupby("period")[["first", "first_closed", "last_closed"]].sum()
    closed = whole[whole["first"] == whole["first_closed"]]
    open_ones = len(whole) - len(closed)
    waiting = (
        f" {count(open_ones)} of {count(len(whole))} {grain}s are in progress." if open_ones else ""
    )
    if closed.empty:
        return f"No {grain} is closed yet: each has {unit}s in progress."
    newest = closed.iloc[-1]
    part, of = int(newest["last_closed"]), int(newest["first"])
    return (
        f"In the newest closed {grain}, from {closed.index[-1]:%Y-%m-%d}, {count(part)} of "
        f"{counted(of, unit)}{stretch.began} {stretch.came} ({percent(part / of)}).{waiting}"
    )


def releases_inside(releases: Sequence[Release], funnel: Funnel) -> list[Release]:
    """Return the releases within the period; all time lasts from the first lead to the clock."""
    begin = funnel.filters.start_at or funnel.first_lead_at
    end = min(filter(None, [funnel.filters.end_at, funnel.prepared.clock]))
    return [each for each in releases if begin and begin <= each.at < end]
