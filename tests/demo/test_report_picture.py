import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

import pytest

from dashboard.demo.report_picture import Picture, report_picture

FIX_2 = datetime(2026, 1, 26, 2, 13, 12)
EPOCH = datetime(1970, 1, 1)
AHEAD_OF_UTC = timedelta(hours=5)

# As the report prints them, newest first.
PRINTED_ORGANIZATIONS = [
    ("Gloop", "session_1769376031102_1i34cuwqi", "http://gloop.com", "2026-01-26 02:20:31"),
    ("Snap Inc.", "session_1769375835543_htg53b7hs", "http://snap.com", "2026-01-26 02:18:07"),
    ("Amazon.com", "session_1769374945369_ugcfca0my", "https://amazon.com", "2026-01-26 02:05:07"),
    ("Meta", "session_1769373896363_ytwsbl4ic", "https://meta.com", "2026-01-26 01:45:51"),
    ("j's Blog", None, None, "2026-01-25 07:51:14"),
]
PRINTED_EVENTS = [
    ("analysis_completed", "02:21:36", "session_1769376031102_1i34cuwqi", "gloop.com"),
    ("website_analysis", "02:21:13", None, "gloop.com"),
    ("analysis_started", "02:20:31", "session_1769376031102_1i34cuwqi", "gloop.com"),
    ("analysis_completed", "02:18:36", "session_1769375854713_eyc0yp41f", "snap.com"),
    ("website_analysis", "02:18:36", "session_1769375854713_eyc0yp41f", "snap.com"),
]


@pytest.fixture(scope="module")
def picture() -> Picture:
    return report_picture()


def opened_at(session_id: str) -> datetime:
    """The report's clock when the browser made this id."""
    return EPOCH + timedelta(milliseconds=int(session_id.split("_")[1])) + AHEAD_OF_UTC


def host(website_url: str) -> str:
    return website_url.rpartition("//")[2].removeprefix("www.")


def fingerprint() -> str:
    return sha256(repr(report_picture()).encode()).hexdigest()


def test_the_five_newest_organizations_are_the_reports(picture: Picture) -> None:
    newest = sorted(picture.organizations, key=lambda row: (row.created_at, row.id))[:-6:-1]
    found = [(row.name, row.session_id, row.website_url, str(row.created_at)) for row in newest]
    assert found == PRINTED_ORGANIZATIONS
    assert [row.id for row in newest] == list(picture.planted.newest_organizations)
    assert newest[4].user_id is not None


def test_the_five_newest_events_are_the_reports(picture: Picture) -> None:
    websites = {lead.id: lead.website_url for lead in picture.leads}
    newest = sorted(picture.events, key=lambda row: (row.step_completed_at, row.id))[:-6:-1]
    found = [
        (
            row.conversion_step,
            f"{row.step_completed_at:%H:%M:%S}",
            row.session_id,
            websites[row.website_lead_id] if row.website_lead_id else None,
        )
        for row in newest
    ]
    assert found == PRINTED_EVENTS
    assert not any(row.step_completed_at.microsecond for row in newest)
    assert [row.id for row in newest] == list(picture.planted.newest_events)


def test_the_totals_are_the_reports(picture: Picture) -> None:
    counts = picture.planted.counts
    assert (counts.events, counts.leads_with_events) == (253, 250)
    assert (counts.captures, counts.starts, counts.completions) == (250, 1, 2)
    assert len({event.conversion_step for event in picture.events}) == 3


def test_the_events_are_composed_as_only_those_totals_allow(picture: Picture) -> None:
    planted = picture.planted
    steps: dict[object, list[str]] = {}
    for event in picture.events:
        steps.setdefault(event.website_lead_id, []).append(event.conversion_step)
    assert sorted(steps.pop(planted.gloop_session_lead)) == [
        "analysis_completed",
        "analysis_started",
    ]
    assert steps.pop(planted.gloop_analyzed_lead) == ["website_analysis"]
    assert sorted(steps.pop(planted.snap_lead)) == ["analysis_completed", "website_analysis"]
    assert steps.pop(planted.lead_captured_twice) == ["website_analysis"] * 2
    assert list(steps.values()) == [["website_analysis"]] * 246


def test_gloop_left_a_placeholder_and_an_analyzed_lead(picture: Picture) -> None:
    leads = {lead.id: lead for lead in picture.leads}
    first = leads[picture.planted.gloop_session_lead]
    second = leads[picture.planted.gloop_analyzed_lead]
    assert (first.business_name, second.business_name) == ("Unknown Business", "Gloop")
    assert (str(first.created_at.time()), str(second.created_at.time())) == ("02:20:31", "02:21:13")
    assert (first.session_id, second.session_id) == ("session_1769376031102_1i34cuwqi", None)
    assert (
        first.organization_id == second.organization_id == picture.planted.newest_organizations[0]
    )


def test_only_gloops_organization_shares_its_session_with_a_lead(picture: Picture) -> None:
    on_leads = {lead.session_id for lead in picture.leads if lead.session_id}
    shared = [row.name for row in picture.organizations if row.session_id in on_leads]
    assert on_leads == {"session_1769376031102_1i34cuwqi", "session_1769375854713_eyc0yp41f"}
    assert shared == ["Gloop"]


def test_no_lead_and_no_event_before_fix_2_has_a_session(picture: Picture) -> None:
    assert not any(row.session_id for row in picture.leads if row.created_at < FIX_2)
    assert not any(row.session_id for row in picture.events if row.step_completed_at < FIX_2)
    assert sum(row.created_at >= FIX_2 for row in picture.leads) == 3


def test_nothing_is_written_at_or_after_the_time_of_the_report(picture: Picture) -> None:
    end = picture.planted.as_of
    assert end == datetime(2026, 1, 26, 2, 30)
    assert all(row.created_at <= row.updated_at < end for row in picture.organizations)
    assert all(row.created_at < end for row in picture.leads)
    assert all(row.converted_at < end for row in picture.leads if row.converted_at)
    assert all(row.step_completed_at < end for row in picture.events)


def test_captures_began_about_two_weeks_earlier_and_then_missed_no_lead(picture: Picture) -> None:
    began = picture.planted.tracking_began_at
    assert timedelta(days=11) < FIX_2 - began < timedelta(days=15)
    assert min(row.step_completed_at for row in picture.events) == began
    tracked = {row.website_lead_id for row in picture.events}
    assert all(row.id in tracked for row in picture.leads if row.created_at >= began)


def test_an_event_follows_its_lead(picture: Picture) -> None:
    created = {row.id: row.created_at for row in picture.leads}
    for event in picture.events:
        assert event.website_lead_id is not None
        assert created[event.website_lead_id] <= event.step_completed_at


def test_there_are_about_five_thousand_of_each(picture: Picture) -> None:
    counts = picture.planted.counts
    assert counts.organizations == len(picture.organizations) == 5_025
    assert counts.leads == len(picture.leads) == 4_996
    assert 0.94 < 1 - counts.leads_with_events / counts.leads < 0.96


def test_what_was_planted_is_what_is_there(picture: Picture) -> None:
    counts = picture.planted.counts
    assert counts.owned_organizations == 660
    assert counts.organizations_without_lead == 111
    assert counts.organizations_without_website == 111
    assert counts.leads_with_session == 2
    assert counts.events_with_session == 4
    assert counts.leads_without_organization == 81
    assert counts.converted_leads == 549


def test_every_organization_has_either_an_owner_or_a_session(picture: Picture) -> None:
    assert all((row.user_id is None) != (row.session_id is None) for row in picture.organizations)
    assert 0.10 < picture.planted.counts.owned_organizations / len(picture.organizations) < 0.15


def test_an_organization_without_lead_has_an_owner(picture: Picture) -> None:
    with_lead = {row.organization_id for row in picture.leads}
    without = [row for row in picture.organizations if row.id not in with_lead]
    assert without
    assert all(row.user_id for row in without)


def test_a_session_is_as_much_older_than_its_organization_as_an_analysis_takes(
    picture: Picture,
) -> None:
    lags = [
        row.created_at - opened_at(row.session_id)
        for row in picture.organizations
        if row.session_id and row.name != "Gloop"
    ]
    assert timedelta(seconds=40) < min(lags)
    assert max(lags) < timedelta(seconds=170)


def test_a_lead_belongs_to_an_organization_of_its_website(picture: Picture) -> None:
    organizations = {row.id: row for row in picture.organizations}
    for lead in picture.leads:
        assert lead.website_url is not None
        assert host(lead.website_url) == lead.website_domain
        if lead.organization_id:
            assert (
                host(organizations[lead.organization_id].website_url or "") == lead.website_domain
            )


def test_only_gloop_is_submitted_twice_and_slugs_are_unique(picture: Picture) -> None:
    leads = Counter(row.website_domain for row in picture.leads)
    websites = Counter(host(row.website_url) for row in picture.organizations if row.website_url)
    assert [name for name, count in leads.items() if count > 1] == ["gloop.com"]
    assert max(websites.values()) == 1
    assert len({row.slug for row in picture.organizations}) == len(picture.organizations)


def test_every_id_and_session_is_used_once(picture: Picture) -> None:
    ids = [row.id for row in picture.organizations]
    ids += [row.id for row in picture.leads]
    ids += [row.id for row in picture.events]
    sessions = [row.session_id for row in picture.organizations if row.session_id]
    assert len(set(ids)) == len(ids)
    assert len(set(sessions)) == len(sessions)
    assert all(re.fullmatch(r"session_\d{13}_[0-9a-z]{9}", value) for value in sessions)


def test_a_converted_lead_names_the_owner_of_its_organization(picture: Picture) -> None:
    owners = {row.id: row.user_id for row in picture.organizations}
    for lead in picture.leads:
        owner = owners[lead.organization_id] if lead.organization_id else None
        converted = owner is not None
        assert lead.converted_to_user_id == owner
        assert (lead.converted_at is not None) == (lead.status == "converted") == converted
        assert lead.converted_at is None or lead.converted_at > lead.created_at


def test_invented_hosts_and_addresses_are_reserved_ones(picture: Picture) -> None:
    real = {"gloop.com", "snap.com", "amazon.com", "meta.com"}
    hosts = {row.website_domain or "" for row in picture.leads}
    assert {name for name in hosts if not name.endswith(".example")} == real
    networks = [ip_network(f"{net}.0/24") for net in ("192.0.2", "198.51.100", "203.0.113")]
    addresses = {ip_address(row.ip_address) for row in picture.leads if row.ip_address}
    assert all(any(address in network for network in networks) for address in addresses)


@pytest.mark.parametrize("column", ["lead_source", "industry_category", "business_type", "status"])
def test_leads_differ_in_what_they_can_be_filtered_by(picture: Picture, column: str) -> None:
    shares = Counter(getattr(row, column) for row in picture.leads)
    assert len(shares) >= 5
    assert max(shares.values()) < 0.7 * len(picture.leads)


@pytest.mark.parametrize(
    "column",
    [
        "organization_id",
        "industry_category",
        "business_type",
        "utm_source",
        "utm_campaign",
        "referrer",
        "user_agent",
        "converted_at",
    ],
)
def test_nullable_columns_are_null_in_some_leads_and_not_in_others(
    picture: Picture, column: str
) -> None:
    missing = sum(getattr(row, column) is None for row in picture.leads)
    assert 50 < missing < len(picture.leads) - 50


def test_visitors_keep_a_week_and_a_day(picture: Picture) -> None:
    # The visitors' wall clock is 10 h behind the rows.
    moments = [row.created_at - timedelta(hours=10) for row in picture.leads]
    weekdays = Counter(moment.weekday() for moment in moments)
    hours = Counter(moment.hour for moment in moments)
    assert weekdays[1] > 1.5 * weekdays[5] > 0
    assert hours[11] > 4 * hours[3] > 0
    assert min(moments) < datetime(2025, 5, 3)


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_another_process_paints_the_same_picture(hash_seed: str) -> None:
    program = (
        "from hashlib import sha256; from dashboard.demo.report_picture import report_picture;"
        "print(sha256(repr(report_picture()).encode()).hexdigest())"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == fingerprint()
