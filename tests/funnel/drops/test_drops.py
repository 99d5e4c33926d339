"""Where units drop off: at equal age, by number and by share, each with its list."""

from datetime import datetime, timedelta

import pandas as pd

from dashboard.funnel.conversion.data import conversion
from dashboard.funnel.drops.data import StepRates, step_rates
from dashboard.funnel.lists.data import listed
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from tests.conftest import Parameters, execute
from tests.funnel.test_headline import rated
from tests.funnel.worlds import PAIRING, PLAN, reading

# A submission an hour, 200 in all. Two of three complete the analysis after a minute; one of two of
# these views previews after three days.
HOURLY = """
    insert into website_leads (id, website_url, business_name, created_at, lead_source)
    select cast(lpad(n::text, 32, '0') as uuid), n || '.example', 'Unknown Business',
           timestamp '2026-01-01' + n * interval '1 hour', case when n % 4 = 0 then 'paid' end
    from generate_series(1, 200) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', created_at from website_leads;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_completed', created_at + interval '1 minute'
    from website_leads where cast(right(id::text, 12) as integer) % 3 <> 0;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select website_lead_id, 'previews_viewed', step_completed_at + interval '3 days'
    from conversion_tracking
    where conversion_step = 'analysis_completed'
      and cast(right(website_lead_id::text, 12) as integer) % 2 = 0
"""
STEPS = ("analysis_started", "analysis_completed", "previews_viewed")
CLOCK = Filters(as_of=datetime(2026, 1, 9, 8, 0, 30))
DAY = timedelta(days=1)


def test_a_drop_had_the_time_to_convert_and_is_listed(tables: Parameters) -> None:
    execute(tables, HOURLY)
    question = FunnelQuestion("matched", steps=STEPS, breakdown="lead_source")
    with reading(tables) as reader:
        prepared = prepare_funnel(reader, CLOCK, PLAN, question, pairing=PAIRING)
        whole = conversion(reader, CLOCK, prepared, within=DAY)
        assert whole
        rates = step_rates(reader, CLOCK, prepared, whole)
        # 176 are a day old.
        assert rates.dropped(STEPS[0]) == sum(n % 3 == 0 for n in range(1, 177))
        # The last of them completed the analysis less than a day ago. Nobody views in a day.
        assert rates.dropped(STEPS[1]) == sum(n % 3 != 0 for n in range(1, 176)) == 117
        assert rates.dropped(STEPS[0], "paid") == sum(n % 12 == 0 for n in range(1, 177))
        assert rates.dropped(STEPS[2]) is None
        for step in STEPS[:2]:
            found = listed(reader, CLOCK, prepared, step, "not_in_time", within=DAY)
            assert found.total == rates.dropped(step) == len(found.rows)
            assert not found.rows["lead_id"].duplicated().any()
        (drop,) = rates.largest(prepared)
        assert (drop.step, drop.dropped, drop.share) == (STEPS[1], 117, 1.0)


def test_the_largest_share_needs_thirty_units(tables: Parameters) -> None:
    execute(tables, HOURLY)
    with reading(tables) as reader:
        prepared = prepare_funnel(
            reader, CLOCK, PLAN, FunnelQuestion("matched", steps=STEPS), pairing=PAIRING
        )
    rows = {"before": [*STEPS[:2]], "after": [*STEPS[1:]], "value": ["", ""]}

    def drops(observed: int) -> list[tuple[str, int]]:
        frame = pd.DataFrame({**rows, "observed": [100, observed], "dropped": [30, observed]})
        found = StepRates(rated(), frame).largest(prepared)
        return [(each.step, each.dropped) for each in found]

    assert drops(29) == [(STEPS[0], 30)]
    assert drops(30) == [(STEPS[0], 30), (STEPS[1], 30)]
    assert drops(31) == [(STEPS[1], 31)]
