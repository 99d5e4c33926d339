"""Session coverage: which rows should have a session id, and which do: docs/definitions.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from dashboard.coverage.changes import Change, strongest_change
from dashboard.coverage.comparing import Comparison, compare_shares
from dashboard.database.contract import TABLES, Contract
from dashboard.database.reading import COUNT, DAY, SHARE, TEXT, Reader
from dashboard.model.filters import Filters
from dashboard.model.periods import PERIOD_UNITS, Grain, partial_periods
from dashboard.model.releases import Release
from dashboard.model.statistics import wilson
from dashboard.model.tracking_plan import TrackingPlan

ROW_COUNTS = ["table_rows", "exempt", "with_session", "odd_ids"]


@dataclass(frozen=True)
class Coverage:
    """Rows of the three tables in a period, and how many have a session id.

    `counts` has one row per (`table_name`, local `day`, `releases_before`); the latter two are null
    for rows without a time. Of its `table_rows`, `exempt` ones need no session id, and
    `with_session` of the others have one. `odd_ids` counts session ids that don't follow the
    pattern. `releases` are those inside the period, oldest first. `unknown` gives the reason for
    each table whose session ids can't be read; `counts` leaves its rows out.
    """

    counts: pd.DataFrame
    releases: tuple[Release, ...]
    guaranteeing: frozenset[str]
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def tables(self) -> pd.DataFrame:
        """One row per known table, in the contract's order; see `with_coverage_shares`.

        `guaranteed`: a validated constraint, or a not-null column, rejects every row without a
        session id.
        """
        known = [table for table in TABLES if table not in self.unknown]
        found = self.counts.groupby("table_name")[ROW_COUNTS].sum().reindex(known, fill_value=0)
        shares = with_coverage_shares(found.astype(COUNT).reset_index())
        # An empty text passes the constraint. Where one is found, the constraint is no guarantee.
        bound = shares["table_name"].isin(self.guaranteeing)
        return shares.assign(guaranteed=bound & (shares["missing"] == 0))

    def per(self, grain: Grain) -> pd.DataFrame:
        """One row per (`table_name`, `begin` of a local day, week or month that has rows)."""
        dated = self.counts.dropna(subset=["day"])
        begin = dated["day"].dt.to_period(PERIOD_UNITS[grain])
        grouped = dated.assign(begin=begin.dt.start_time.astype(DAY)).groupby(
            ["table_name", "begin"]
        )
        return with_coverage_shares(grouped[ROW_COUNTS].sum().reset_index())

    def over_time(self, grain: Grain, filters: Filters) -> pd.DataFrame:
        """Return the rows of `per`, with `is_partial` where only a part of a period is counted."""
        rows = self.per(grain)
        return rows.assign(is_partial=partial_periods(rows["begin"], grain, filters))

    def around_releases(self, table: str) -> list[tuple[str, Comparison]]:
        """Compare a table before and after each release, up to the neighboring releases.

        With several releases, the last comparison is before the first one and after the last one.
        """
        own = self.counts[self.counts["table_name"] == table]
        stretches = with_coverage_shares(own.groupby("releases_before")[ROW_COUNTS].sum())
        sides = [_side(stretches, number) for number in range(len(self.releases) + 1)]
        pairs = [
            (release.commit, compare_shares(*before, *after))
            for release, before, after in zip(self.releases, sides, sides[1:], strict=False)
        ]
        together = (
            [("all together", compare_shares(*sides[0], *sides[-1]))] if len(pairs) > 1 else []
        )
        return pairs + together


def coverage(
    reader: Reader, filters: Filters, plan: TrackingPlan, releases: Sequence[Release] = ()
) -> Coverage:
    """Count the period's rows, each at its own time; raises DatabaseProblem."""
    inside = tuple(
        release
        for release in releases
        if (filters.start_at is None or release.at > filters.start_at)
        and all(end is None or release.at < end for end in (filters.end_at, filters.as_of))
    )
    dtypes = {
        "table_name": TEXT,
        "day": DAY,
        "releases_before": COUNT,
        **dict.fromkeys(ROW_COUNTS, COUNT),
    }
    counts = reader.frame(
        "coverage/counts",
        dtypes,
        zone=filters.zone.key,
        releases=[release.at for release in inside],
        staff_steps=plan.staff_steps,
        **filters.binds,
    )
    guaranteeing = frozenset(filter(reader.contract.guarantees, TABLES))
    unknown = _unknown_tables(reader.contract)
    return Coverage(counts[~counts["table_name"].isin(unknown)], inside, guaranteeing, unknown)


def _unknown_tables(contract: Contract) -> dict[str, str]:
    """Return the tables whose session ids can't be read, with the reason for each."""
    reasons = {table: contract.unreadable_reason(f"{table}.session_id") for table in TABLES}
    return {table: reason for table, reason in reasons.items() if reason}


def changes(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, Change | None]:
    """Return each table's strongest change over the period's days; raises DatabaseProblem."""
    days = coverage(reader, filters, plan).per("day")
    days = days.rename(columns={"with_session": "part", "expected": "whole"})
    return {table: strongest_change(days[days["table_name"] == table]) for table in TABLES}


def contract(reader: Reader, filters: Filters) -> Contract:
    """Return the schema contract, as it was found when the transaction began."""
    return reader.contract


def parts(reader: Reader, filters: Filters, plan: TrackingPlan) -> pd.DataFrame:
    """Return `table_name`, `property`, `value` and the columns of `with_coverage_shares`.

    `property` is lead_source, step or path: the write path of the row's organization (tracking,
    analysis or unknown). Each has its 100 most frequent values at most.
    """
    columns = ROW_COUNTS[:-1]
    dtypes = {"table_name": TEXT, "property": TEXT, "value": TEXT, **dict.fromkeys(columns, COUNT)}
    return with_coverage_shares(
        reader.frame("coverage/parts", dtypes, staff_steps=plan.staff_steps, **filters.binds)
    )


def with_coverage_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Add `expected` and `missing`, and `share` (0–1) with its 95 % interval `low` to `high`.

    expected = table_rows − exempt = with_session + missing. Without expected rows, no share.
    """
    expected = counts["table_rows"] - counts["exempt"]
    found = counts.assign(expected=expected, missing=expected - counts["with_session"])
    shares = [
        (int(part) / int(whole), *interval) if (interval := wilson(int(part), int(whole))) else ()
        for part, whole in zip(found["with_session"], expected, strict=True)
    ]
    columns = ["share", "low", "high"]
    laid_out = [each or (None,) * 3 for each in shares]
    found[columns] = pd.DataFrame(laid_out, columns=columns, index=found.index, dtype=SHARE)
    return found


def _side(stretches: pd.DataFrame, number: int) -> tuple[int, int]:
    """Return (with session, expected) between two releases."""
    if number not in stretches.index:
        return 0, 0
    row = stretches.loc[[number]]
    return int(row["with_session"].sum()), int(row["expected"].sum())
