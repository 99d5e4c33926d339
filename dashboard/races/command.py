"""`races`: the findings of races and certain failures by kind, and what the database allows."""

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.command_line.options import add_period
from dashboard.model.tracking_plan import load_plan
from dashboard.races.data import races_json


def _races(asked: Asked) -> Outcome:
    filters = asked.filters
    with asked.read() as reader:
        return asked.written(races_json(reader, filters, load_plan()))


RACES_COMMAND = Command(
    "races",
    "what races and certain failures left, by kind, and what is allowed",
    add_period,
    _races,
)
