import os
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from itertools import pairwise

import pytest

from dashboard.demo.dice import Dice
from dashboard.demo.history import REACH, WEBSITES_A_DAY, History, history, history_day
from dashboard.demo.report_picture import report_picture
from dashboard.demo.rhythm import HISTORY_START, moments
from dashboard.demo.rows import DemoLead, Event, Organization

FIRST, LAST = date(2026, 5, 1), date(2026, 5, 20)
END = datetime(2026, 5, 21)
FAR = datetime(2100, 1, 1)
ROWS = Organization | DemoLead | Event
RESERVED = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")


@pytest.fixture(scope="module")
def made() -> History:
    return history(FIRST, LAST, END)


def fingerprint(day: date) -> str:
    return sha256(repr(history_day(day)).encode()).hexdigest()


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_the_same_day_is_always_the_same() -> None:
    day = date(2026, 7, 1)
    first = history_day(day)
    history_day(date(2026, 7, 2))
    assert history_day(day) == first
    assert history_day(date(2026, 7, 2)).writes != first.writes


def test_a_days_rows_do_not_depend_on_the_range() -> None:
    day = date(2026, 7, 1)
    alone = history(day, day, FAR)
    among = history(day - timedelta(days=2), day + timedelta(days=2), FAR)
    for table in ("organizations", "leads", "events", "submissions", "steps", "defects"):
        assert set(getattr(alone, table)) <= set(getattr(among, table))


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_another_process_makes_the_same_day(hash_seed: str) -> None:
    program = (
        "from datetime import date; from hashlib import sha256;"
        "from dashboard.demo.history import history_day;"
        "print(sha256(repr(history_day(date(2026, 7, 1))).encode()).hexdigest())"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == fingerprint(date(2026, 7, 1))


def test_nothing_arrives_before_it_happened_or_later_than_a_day_can_reach() -> None:
    for day in days(FIRST, LAST):
        for at, row in history_day(day).writes:
            assert datetime.combine(day, datetime.min.time()) <= at
            assert at.date() <= day + REACH
            times = [value for value in row if isinstance(value, datetime)]
            assert all(time <= at for time in times)


def test_a_reference_never_arrives_before_what_it_refers_to() -> None:
    arrived: dict[object, datetime] = {None: datetime.min}
    writes = [write for day in days(FIRST, LAST) for write in history_day(day).writes]
    for at, row in sorted(writes, key=lambda write: write.at):
        if isinstance(row, ROWS):
            arrived.setdefault(row.id, at)
    for at, row in writes:
        if isinstance(row, DemoLead):
            assert arrived[row.organization_id] <= at
        if isinstance(row, Event):
            assert arrived[row.website_lead_id] <= at


def test_a_cut_history_is_what_it_was_at_that_time(made: History) -> None:
    until = datetime(2026, 5, 11, 14, 3, 27)
    cut = history(FIRST, LAST, until)
    assert set(cut.events) < set(made.events)
    assert set(cut.submissions) < set(made.submissions)
    times = [
        value
        for row in (*cut.organizations, *cut.leads, *cut.events)
        for value in row
        if isinstance(value, datetime)
    ]
    assert until - timedelta(hours=3) < max(times) < until


def test_a_submission_is_never_cut_in_the_middle(made: History) -> None:
    whole = Counter(row.submission_id for row in made.submission_leads)
    for minute in range(0, 1440, 7):
        until = datetime(2026, 5, 11) + timedelta(minutes=minute, seconds=20)
        cut = history(date(2026, 5, 11), date(2026, 5, 11), until)
        for submission, leads in Counter(r.submission_id for r in cut.submission_leads).items():
            assert leads == whole[submission]


def test_what_changed_since_is_told_apart_from_what_is_new(made: History) -> None:
    since = datetime(2026, 5, 11)
    before, after = history(FIRST, LAST, since), history(FIRST, LAST, END, since)
    for table, changed in (("organizations", "changed_organizations"), ("leads", "changed_leads")):
        rows = {row.id: row for row in (*getattr(before, table), *getattr(after, table))}
        assert {row.id for row in getattr(after, changed)} <= {
            row.id for row in getattr(before, table)
        }
        rows |= {row.id: row for row in getattr(after, changed)}
        assert set(rows.values()) == set(getattr(made, table))
    assert after.changed_organizations
    assert after.changed_leads
    assert not made.changed_leads


def test_the_first_day_begins_after_the_reports_clock() -> None:
    first = history(HISTORY_START.date(), HISTORY_START.date(), FAR)
    assert datetime(2026, 1, 26, 8) == HISTORY_START
    assert min(row.submitted_at for row in first.submissions) >= HISTORY_START


def test_there_are_websites_enough_for_the_busiest_day_to_come() -> None:
    busy = [len(moments(Dice(str(n)), date(2030, 1, 1))) for n in range(50)]
    assert max(busy) * 2 < WEBSITES_A_DAY


def test_no_website_and_no_slug_is_the_reports(made: History) -> None:
    picture = report_picture()
    assert not {row.slug for row in picture.organizations} & {
        row.slug for row in made.organizations
    }
    hosts = {row.website_domain for row in picture.leads}
    assert not hosts & {row.host for row in made.submissions}
    assert all(row.host.endswith(".example") for row in made.submissions)


def test_addresses_are_reserved_ones(made: History) -> None:
    networks = [ip_network(network) for network in RESERVED]
    addresses = {ip_address(row.ip_address) for row in made.leads if row.ip_address}
    assert all(any(address in network for network in networks) for address in addresses)


def test_steps_come_in_the_order_of_the_plan_and_never_at_once(made: History) -> None:
    order = (
        "analysis_started",
        "analysis_completed",
        "previews_viewed",
        "audience_selected",
        "content_generated",
        "project_saved",
        "content_exported",
        "registration",
        "first_payment",
    )
    taken: dict[object, list[tuple[datetime, str]]] = {}
    for row in made.steps:
        taken.setdefault(row.submission_id, []).append((row.happened_at, row.step))
    for steps in taken.values():
        steps.sort()
        places = [order.index(step) for _, step in steps]
        assert places == sorted(places)
        gaps = pairwise(steps)
        assert all(
            later - earlier > timedelta(seconds=2)
            for (earlier, first), (later, then) in gaps
            if first != order[0]
        )
