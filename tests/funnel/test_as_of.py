"""`--as-of` answers as if later rows were deleted: funnel, stray events and findings of races."""

from datetime import timedelta
from typing import Any

from hypothesis import given

from dashboard.funnel.anomalies.data import stray_events
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.races.data import count_findings
from dashboard.races.kinds import Family
from tests.conftest import Parameters, execute
from tests.examples import examples
from tests.funnel.worlds import (
    PLAN,
    START,
    WORLDS,
    World,
    ask_in,
    questions,
    reading,
    store,
    tables_of,
)

AS_OF = START + timedelta(seconds=43)
FAMILIES: tuple[Family, ...] = ("lead", "event")


@examples(25)
@given(worlds=WORLDS, question=questions())
def test_as_of_answers_as_if_later_rows_were_deleted(
    stored: Parameters, worlds: list[World], question: FunnelQuestion
) -> None:
    store(stored, *tables_of(worlds))
    before = answers(stored, question)
    execute(stored, "delete from conversion_tracking where step_completed_at >= %s", AS_OF)
    execute(stored, "delete from website_leads where created_at >= %s", AS_OF)
    assert answers(stored, question) == before


def answers(parameters: Parameters, question: FunnelQuestion) -> dict[str, Any]:
    filters = Filters(as_of=AS_OF)
    with reading(parameters) as reader:
        funnel = ask_in(reader, question, filters)
        strays = stray_events(reader, filters, funnel.prepared)
        findings = {family: count_findings(reader, filters, PLAN, family) for family in FAMILIES}
    return {
        "funnel": funnel.as_json(),
        "stray events": sorted(strays[["kind", "event_id"]].itertuples(index=False)),
        "findings": {
            family: rows.groupby(["kind", "detail"], dropna=False)["findings"].sum().to_dict()
            for family, rows in findings.items()
        },
    }
