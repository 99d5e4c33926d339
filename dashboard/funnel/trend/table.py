"""The trend as people read it: which periods are finished, and which releases lie among them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.funnel.data import Funnel
from dashboard.model.formats import count, counted, percent
from dashboard.model.releases import Release

MOST_LINES = 5
FINISHED, PERIOD_IN_PROGRESS, FEW_WORDS = "closed", "still in progress", "few"


@dataclass(frozen=True)
class StepPair:
    """Between which two steps the trend looks, by their labels; without any, from first to last."""

    before: str = ""
    after: str = ""

    @property
    def began(self) -> str:
        """Where those stand whose share is taken."""
        return f" on “{self.before}”" if self.before else ""

    @property
    def came(self) -> str:
        """What the share of them did."""
        return f"reached “{self.after}”" if self.after else "completed the funnel"


WHOLE_FUNNEL = StepPair()


def trend_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the trend newest first, with `state` in words; a share of few is marked as such."""
    state = rows["mature"].map({True: FINISHED, False: PERIOD_IN_PROGRESS})
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
    """Say what the newest finished period of all units came to, and how many are unfinished."""
    whole = rows.groupby("period")[["first", "first_closed", "last_closed"]].sum()
    finished = whole[whole["first"] == whole["first_closed"]]
    open_ones = len(whole) - len(finished)
    waiting = (
        f" {count(open_ones)} of {count(len(whole))} {grain}s are still in progress."
        if open_ones
        else ""
    )
    if finished.empty:
        return f"No {grain} is closed yet: each has {unit}s in progress."
    newest = finished.iloc[-1]
    part, of = int(newest["last_closed"]), int(newest["first"])
    return (
        f"The newest finished {grain}, from {finished.index[-1]:%Y-%m-%d}: {count(part)} of "
        f"{counted(of, unit)}{stretch.began} {stretch.came} ({percent(part / of)}).{waiting}"
    )


def releases_inside(releases: Sequence[Release], funnel: Funnel) -> list[Release]:
    """Return the releases within the period; all time lasts from the first lead to the clock."""
    begin = funnel.filters.start_at or funnel.first_lead_at
    end = min(filter(None, [funnel.filters.end_at, funnel.prepared.clock]))
    return [each for each in releases if begin and begin <= each.at < end]
