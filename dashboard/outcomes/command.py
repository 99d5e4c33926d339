"""`outcomes`: converted users, payments and their amounts, in all and by source."""

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.command_line.options import add_period
from dashboard.model.tracking_plan import load_plan
from dashboard.outcomes.data import SubmissionOutcomes, submission_outcomes
from dashboard.ui.export import records

OUTCOME_FIELDS = [
    *("submissions", "converted", "converted_users", "paid"),
    *("days_to_payment", "in_progress", "days_idle"),
]
SOURCE_FIELDS = ["source", *OUTCOME_FIELDS]
AMOUNT_FIELDS = ["source", "currency", "payments", "amount"]


def _outcomes(asked: Asked) -> Outcome:
    with asked.read() as reader:
        found = submission_outcomes(reader, asked.filters, load_plan())
    return asked.written(outcomes_json(found))


def outcomes_json(found: SubmissionOutcomes) -> dict[str, object]:
    """Return the `outcomes` answer; its form is a contract (docs)."""
    return {
        **found.filters.as_json(),
        "payment": found.payment,
        **records(found.total[OUTCOME_FIELDS])[0],
        "sources": None if found.sources is None else records(found.sources[SOURCE_FIELDS]),
        "amounts": None if found.amounts is None else records(found.amounts[AMOUNT_FIELDS]),
        "unreadable": [*found.unreadable],
    }


OUTCOMES_COMMAND = Command(
    "outcomes",
    "converted users, payments and their amounts, in all and by source",
    add_period,
    _outcomes,
)
