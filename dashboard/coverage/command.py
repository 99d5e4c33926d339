"""`coverage`: which rows have a session id, and what their clock says."""

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.command_line.options import add_period
from dashboard.coverage.data import coverage_json
from dashboard.model.tracking_plan import load_plan


def _coverage(asked: Asked) -> Outcome:
    filters = asked.filters
    with asked.read() as reader:
        return asked.written(coverage_json(reader, filters, load_plan()))


COVERAGE_COMMAND = Command(
    "coverage", "which rows have a session id, and what their clock says", add_period, _coverage
)
