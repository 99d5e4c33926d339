"""Whether a source keeps its limits: one rule per limit, each with its number."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dashboard.check.limits import Limits
from dashboard.coverage.data import coverage
from dashboard.coverage.outages import described, outages
from dashboard.coverage.plan_columns import LIVE, SILENT
from dashboard.coverage.plan_data import plan_states
from dashboard.database.errors import DatabaseProblem
from dashboard.database.leads_in_range import leads_in_range
from dashboard.database.reading import Reader
from dashboard.funnel.losses.data import losses
from dashboard.model.filters import Filters
from dashboard.model.formats import count, counted, duration, percent
from dashboard.model.periods import ONE_HOUR
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.model.windows import shown_window

RULE_MARKS = {True: "ok", False: "failed", None: "unknown"}
GAP_RULE, SILENCE_RULE, LOST_RULE = "session_gap", "silence", "lost"


@dataclass(frozen=True)
class Rule:
    """One rule: `ok` is None where it is unknown. Shares are 0–1, lengths are seconds.

    `table` is the table of a session gap.
    """

    rule: str
    limit: float
    value: float | None
    ok: bool | None
    words: str
    table: str | None = None

    @property
    def line(self) -> str:
        """The rule as one line for a person."""
        return f"{RULE_MARKS[self.ok]}  {self.words}"


def check(reader: Reader, filters: Filters, plan: TrackingPlan, limits: Limits) -> list[Rule]:
    """Judge every rule that has a limit; raises DatabaseProblem.

    A missing or unsupported column makes only the rules that need it unknown.
    """
    asked: list[tuple[str, float | None, Callable[[float], Iterator[Rule]]]] = [
        (GAP_RULE, limits.session_gap, lambda limit: _gaps(reader, filters, plan, limit)),
        (
            SILENCE_RULE,
            limits.silence.total_seconds() if limits.silence else None,
            lambda limit: _silence(reader, filters, plan, limit),
        ),
        (LOST_RULE, limits.lost, lambda limit: _lost(reader, filters, plan, int(limit))),
    ]
    return [
        rule
        for name, limit, ask in asked
        if limit is not None
        for rule in _told(reader, name, limit, ask)
    ]


def as_json(rules: list[Rule]) -> dict[str, object]:
    """Return the `check` answer of the command line; its form is a contract (docs).

    An unknown rule is not ok.
    """
    return {"ok": all(rule.ok for rule in rules), "rules": [vars(rule) for rule in rules]}


def _told(
    reader: Reader, name: str, limit: float, ask: Callable[[float], Iterator[Rule]]
) -> list[Rule]:
    """Judge one rule; it is unknown where a column is not as expected."""
    try:
        with reader.attempt():
            return [*ask(limit)]
    except DatabaseProblem as problem:
        if problem.kind != "schema_drift":
            raise
        return [Rule(name, limit, None, None, f"{name.replace('_', ' ')}: {problem.what}")]


def _gaps(reader: Reader, filters: Filters, plan: TrackingPlan, limit: float) -> Iterator[Rule]:
    """Judge each table's share of rows that lack the session id they should have."""
    found = coverage(reader, filters, plan)
    for row in found.tables.to_dict("records"):
        yield _gap(row, limit, filters)
    for table, why in found.unknown.items():
        yield Rule(GAP_RULE, limit, None, None, f"session gap of {table}: {why}", table)


def _gap(row: Mapping[Any, Any], limit: float, filters: Filters) -> Rule:
    table, expected, missing = row["table_name"], int(row["expected"]), int(row["missing"])
    words = f"session gap of {table}"
    if not row["table_rows"]:
        return Rule(GAP_RULE, limit, None, None, f"{words}: no rows, {filters.period}", table)
    if not expected:
        words += f": all {counted(int(row['table_rows']), 'row')} exempt"
        return Rule(GAP_RULE, limit, None, True, words, table)
    gap = missing / expected
    words += f" {percent(gap)} (limit {limit * 100:g} %), {count(expected)} expected"
    if row["guaranteed"]:
        words += "; guaranteed by the constraint, so it proves nothing about rejected rows"
    return Rule(GAP_RULE, limit, gap, gap <= limit, words, table)


def _silence(reader: Reader, filters: Filters, plan: TrackingPlan, limit: float) -> Iterator[Rule]:
    """Judge the longest time since the last event of a step that usually comes within the limit.

    Only planned steps of visitors count. A silent step counts. A live step counts if 19 of 20 of
    its gaps are no longer than the limit. Other steps prove nothing: they are rarer, or their
    upstream is quiet, too. Steps that were never recorded fail where they are missed. The whole
    source is judged: a period without tracking has no step that could fall silent.
    """
    found = plan_states(reader, Filters(as_of=filters.as_of, zone=filters.zone), plan)
    missing = outages(reader, found, plan)
    never = [each for each in missing if not each.stopped]
    for outage in never:
        length = max(found.clock - (outage.since or found.clock), timedelta()).total_seconds()
        words = f"silence: {described(outage, plan, filters)}"
        yield Rule(SILENCE_RULE, limit, length, False, words)
    steps = found.steps[~found.steps["staff"]]
    # A live step without any gap has all its events in the current hour.
    often = steps["usual_gap_hours"].fillna(0) * ONE_HOUR.total_seconds() <= limit
    judged = steps[((steps["state"] == LIVE) & often) | (steps["state"] == SILENT)]
    judged = judged.dropna(subset="last_at").sort_values("last_at")
    shown = f"limit {shown_window(timedelta(seconds=limit))}"
    if judged.empty:
        if never:
            return
        words = f"silence: no planned step is recorded often enough to judge ({shown})"
        yield Rule(SILENCE_RULE, limit, None, None, words)
        return
    step = judged.iloc[0]
    length = max(found.clock - step["last_at"].to_pydatetime(), timedelta())
    words = (
        f"silence of {step['step']} {duration(length)} ({shown}), "
        f"the longest of {counted(len(judged), 'step')}"
    )
    stopped = [described(each, plan, filters) for each in missing if each.stopped]
    words += "".join(f"; {each}" for each in stopped)
    value = length.total_seconds()
    yield Rule(SILENCE_RULE, limit, value, value <= limit, words)


def _lost(reader: Reader, filters: Filters, plan: TrackingPlan, limit: int) -> Iterator[Rule]:
    """Judge how many submissions of the period provably lost data."""
    found = losses(reader, filters, plan)
    leads = leads_in_range(reader, filters).leads
    if not found.total and not leads:
        yield Rule(LOST_RULE, limit, None, None, f"lost submissions: no leads, {filters.period}")
        return
    words = (
        f"lost submissions at least {count(found.total)} (limit {count(limit)}), "
        f"{counted(leads, 'lead')}"
    )
    if found.first_at and found.last_at:
        words += f", {filters.shown(found.first_at)} to {filters.shown(found.last_at)}"
    yield Rule(LOST_RULE, limit, found.total, found.total <= limit, words)
