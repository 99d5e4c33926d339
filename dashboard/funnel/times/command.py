"""`times`: how long the units that converted took from each step to the next one."""

import pandas as pd

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.funnel.data import Funnel, count_steps
from dashboard.funnel.options import add_question, reading_funnel
from dashboard.funnel.times.data import durations
from dashboard.funnel.times.table import distinct_ways, times_by_value, way_stretch, whole_times
from dashboard.ui.export import records

TIME_FIELDS = {
    "units": "units",
    "reached": "reached",
    "p50": "p50_s",
    "p90": "p90_s",
}
BIN_FIELDS = {"from_seconds": "from_s", "to_seconds": "to_s", "units": "units", "share": "share"}


def _times(asked: Asked) -> Outcome:
    with reading_funnel(asked) as (reader, prepared):
        funnel = count_steps(reader, prepared.filters, prepared)
        found = durations(reader, prepared.filters, prepared)
    bins = distinct_ways(funnel, found.distribution)
    answer = {
        **prepared.as_json(),
        "times": _rows(funnel, whole_times(funnel, found), TIME_FIELDS),
        "distribution": _rows(funnel, bins, BIN_FIELDS),
    }
    if funnel.breakdown is not None:
        named = {"value": "value", **TIME_FIELDS}
        answer["breakdown"] = _rows(funnel, times_by_value(funnel, found), named)
    return asked.written(answer)


def _rows(funnel: Funnel, rows: pd.DataFrame, fields: dict[str, str]) -> list[dict[str, object]]:
    """Write rows as the answer has them: each names the steps that its way begins and ends on."""
    ways = [way_stretch(funnel.prepared, step) for step in rows["step"]]
    ends = {"from_step": [each.before for each in ways], "to_step": [each.after for each in ways]}
    return records(pd.DataFrame(ends, rows.index).join(rows[[*fields]].rename(columns=fields)))


TIMES_COMMAND = Command(
    "times",
    "how long the units that converted took per step: median, p90 and distribution",
    add_question,
    _times,
)
