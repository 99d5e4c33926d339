"""Leads against the demo's report picture: what is found, sorted, paged and shown."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.database.reading import Source
from dashboard.demo.report_picture import report_picture
from dashboard.leads import data
from dashboard.leads.bars import lead_bars
from dashboard.leads.data import (
    LEAD_SORTS,
    LeadOrder,
    LeadSearch,
    lead_rows,
    page_count,
    page_start,
    property_values,
    with_submissions,
)
from dashboard.leads.timeline.data import lead_timeline
from dashboard.model.filters import Filters
from dashboard.model.limits import PAGE_ROWS
from tests.conftest import Parameters, execute, source_of

REPORT = Filters(as_of=datetime(2026, 1, 26, 2, 30))
PICTURE = report_picture()
LEADS = PICTURE.leads
EVERYTHING = LeadOrder()


def found(demo: Source, **search: Any) -> list[str]:
    with demo.read() as reader:
        return lead_rows(reader, REPORT, LeadSearch(**search), EVERYTHING)["lead_id"].tolist()


def planted(condition: Any) -> set[str]:
    return {str(lead.id) for lead in LEADS if condition(lead)}


def test_every_lead_is_found_once(demo: Source) -> None:
    ids = found(demo)
    assert len(ids) == len(LEADS)
    assert set(ids) == planted(lambda _: True)


def test_many_leads_are_in_the_submissions_that_few_are_in(
    demo: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    with demo.read() as reader:
        leads = lead_rows(reader, REPORT, LeadSearch(), EVERYTHING)
        few = with_submissions(reader, REPORT, leads)
        monkeypatch.setattr(data, "MANY_LEADS", 1)
        many = with_submissions(reader, REPORT, leads)
    assert few["submission_id"].notna().all()
    assert few.equals(many)


def test_days_add_up_to_the_rows_of_any_search(demo: Source) -> None:
    searches = [
        LeadSearch(),
        LeadSearch({"lead_source": ("direct",)}),
        LeadSearch(text="unknown"),
        LeadSearch(text="zzzz"),
    ]
    with demo.read() as reader:
        for search in searches:
            assert lead_bars(reader, REPORT, search).matching == len(
                lead_rows(reader, REPORT, search, EVERYTHING)
            )


def test_a_source_is_filtered_by_its_stored_value(demo: Source) -> None:
    assert set(found(demo, properties={"lead_source": ("direct",)})) == planted(
        lambda x: x.lead_source == "direct"
    )


def test_none_finds_the_leads_without_a_value(demo: Source) -> None:
    expected = planted(lambda lead: lead.utm_campaign is None)
    assert expected
    assert set(found(demo, properties={"campaign": ("(none)",)})) == expected


def test_filters_narrow_each_other(demo: Source) -> None:
    expected = planted(lambda lead: lead.lead_source == "direct" and lead.status == "new")
    assert set(found(demo, properties={"lead_source": ("direct",), "status": ("new",)})) == expected


def test_with_and_without_session_and_events(demo: Source) -> None:
    assert set(found(demo, has_session=True)) == planted(lambda lead: lead.session_id is not None)
    assert len(found(demo, has_events=True)) == 250
    assert len(found(demo, has_events=False)) == len(LEADS) - 250


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\", "'; drop table website_leads; --"])
def test_search_takes_every_character_literally(demo: Source, text: str) -> None:
    expected = planted(
        lambda lead: text in (lead.business_name or "") or text in (lead.website_url or "")
    )
    assert set(found(demo, text=text)) == expected


def test_search_finds_website_and_business_in_any_case(demo: Source) -> None:
    assert len(found(demo, text="GLOOP")) == 2


@pytest.mark.parametrize(
    "name", ["Acme\u00a0Ltd", "株式会社\u3000トヨタ", "👩\u200d🚀 Co", "\u202eelpmaxe"]
)
def test_a_business_is_found_by_its_own_name(tables: Parameters, name: str) -> None:
    execute(tables, "insert into website_leads (business_name) values (%s), ('Other')", name)
    with source_of(tables).read() as reader:
        shown = lead_rows(reader, Filters(), LeadSearch(text=name), EVERYTHING)
        assert shown["business_name"].tolist() == [name]
        assert (
            len(lead_rows(reader, Filters(), LeadSearch(text=f"\0{name}\ud800"), EVERYTHING)) == 1
        )


def test_a_property_of_many_values_takes_nothing_from_the_others(tables: Parameters) -> None:
    execute(
        tables,
        "insert into website_leads (utm_campaign, status, created_at) "
        "select 'campaign ' || n / 3, case when n % 300 = 0 then 'rare' else 'new' end, now() "
        "from generate_series(0, 899) as n",
    )
    with source_of(tables).read() as reader:
        found_choices = property_values(reader, Filters())
    assert found_choices["status"] == ["new", "rare"]
    assert len(found_choices["campaign"]) == 200


def test_times_with_a_zone_fall_on_the_same_days(tables: Parameters) -> None:
    execute(
        tables,
        "insert into website_leads (created_at) values ('2026-03-28 22:59:59'), "
        "('2026-03-28 23:00:00'), ('2026-03-29 21:59:59'), "
        "('2026-03-29 22:00:00')",
    )
    berlin = Filters(zone=ZoneInfo("Europe/Berlin"))
    counted = []
    for _ in range(2):
        with source_of(tables).read() as reader:
            counted.append(lead_bars(reader, berlin, LeadSearch()).rows)
        execute(
            tables,
            "set timezone = 'UTC'; alter table website_leads alter created_at type timestamptz",
        )
    assert counted[0]["leads"].tolist() == [1, 2, 1]
    pd.testing.assert_frame_equal(counted[0], counted[1])


@pytest.mark.parametrize("sort", LEAD_SORTS)
@pytest.mark.parametrize("descending", [True, False])
def test_the_pages_of_any_order_hold_every_lead_once(
    demo: Source, sort: str, descending: bool
) -> None:
    search = LeadSearch(text="co")
    with demo.read() as reader:
        whole = lead_rows(reader, REPORT, search, LeadOrder(sort, descending))
        cut = [
            lead_rows(reader, REPORT, search, LeadOrder(sort, descending, 50, start))
            for start in range(0, len(whole), 50)
        ]
    assert [each for page in cut for each in page["lead_id"]] == whole["lead_id"].tolist()
    values = whole[sort].dropna().map(lambda v: v.lower() if isinstance(v, str) else v).tolist()
    assert values == sorted(values, reverse=descending)


def test_a_page_beyond_the_last_is_the_last() -> None:
    assert page_start(99, page_count(120)) == 100
    assert page_start(0, page_count(120)) == 0


@given(matching=st.integers(0, 10**6), page=st.integers(-5, 10**6))
def test_no_page_begins_outside_the_rows(matching: int, page: int) -> None:
    start = page_start(page, page_count(matching))
    assert 0 <= start <= max(matching - 1, 0)
    assert start % PAGE_ROWS == 0


def test_choices_are_the_values_that_are_there(demo: Source) -> None:
    with demo.read() as reader:
        found_choices = property_values(reader, REPORT)
    assert set(found_choices["lead_source"]) == {lead.lead_source or "(none)" for lead in LEADS}


def test_gloops_trace_is_its_two_leads_and_three_events(demo: Source) -> None:
    with demo.read() as reader:
        gloop = lead_timeline(reader, REPORT, UUID(str(PICTURE.planted.gloop_session_lead)))
    assert gloop
    assert gloop.leads["business_name"].tolist() == ["Unknown Business", "Gloop"]
    assert gloop.events["step"].tolist() == [
        "analysis_started",
        "website_analysis",
        "analysis_completed",
    ]
    assert gloop.organizations["name"].tolist() == ["Gloop"]


def test_a_trace_is_whole_whatever_the_period(demo: Source) -> None:
    elsewhere = Filters(start_at=datetime(1999, 1, 1), end_at=datetime(1999, 1, 2))
    with demo.read() as reader:
        gloop = lead_timeline(reader, elsewhere, UUID(str(PICTURE.planted.gloop_session_lead)))
    assert gloop
    assert len(gloop.leads) == 2


def test_a_lead_that_does_not_exist_has_no_timeline(demo: Source) -> None:
    with demo.read() as reader:
        assert lead_timeline(reader, REPORT, UUID(int=1)) is None
