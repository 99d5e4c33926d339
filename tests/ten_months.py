"""Ten months of history, made once and written once, for the tests that read them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from pickle import dumps, loads
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dashboard.demo.fill import execute, fill
from dashboard.demo.history import History, history
from dashboard.demo.report_picture import report_picture
from dashboard.demo.rhythm import HISTORY_START
from dashboard.demo.top_up import append
from tests.once import made_once

Connection = psycopg.Connection[Any]

END = datetime(2026, 11, 23)

# The history's rows with their hosts; `visits` are the newest leads of a session and a website.
VIEWS = r"""
create temp view hosted_leads as
select *, split_part(regexp_replace(lower(website_url), '^https?://(www\.)?', ''), '/', 1) as host
from website_leads where created_at >= '2026-01-26 08:00';

create temp view hosted_organizations as
select *, split_part(regexp_replace(lower(website_url), '^https?://(www\.)?', ''), '/', 1) as host,
    case when session_id ~ '^session_\d{13}_[0-9a-z]{9}$' then
        timestamp 'epoch' + cast(split_part(session_id, '_', 2) as bigint) * interval '1 ms'
    end as opened_at
from organizations where created_at >= '2026-01-26 08:00';

create temp view visits as
select distinct on (session_id, host) * from hosted_leads
where session_id is not null order by session_id, host, created_at desc;

create temp table recorded as
select v.id, e.conversion_step as step, min(e.step_completed_at) as at
from conversion_tracking as e left join hosted_leads as l on l.id = e.website_lead_id
inner join visits as v on v.session_id = e.session_id and v.host = coalesce(l.host, v.host)
group by v.id, e.conversion_step;

create temp table implied (proof, step) as values
('analysis_completed', 'analysis_started'),
('previews_viewed', 'analysis_started'), ('previews_viewed', 'analysis_completed'),
('audience_selected', 'analysis_started'), ('audience_selected', 'analysis_completed'),
('audience_selected', 'previews_viewed'),
('content_generated', 'analysis_started'), ('content_generated', 'analysis_completed'),
('content_generated', 'previews_viewed'), ('content_generated', 'audience_selected'),
('project_saved', 'analysis_started'), ('project_saved', 'analysis_completed'),
('content_exported', 'analysis_started'), ('content_exported', 'analysis_completed'),
('content_exported', 'previews_viewed'), ('content_exported', 'audience_selected'),
('content_exported', 'content_generated'),
('first_payment', 'analysis_started'), ('first_payment', 'analysis_completed'),
('first_payment', 'previews_viewed'), ('first_payment', 'audience_selected'),
('first_payment', 'content_generated');

create temp view losses as
select distinct r.id, i.step from recorded as r inner join implied as i on i.proof = r.step
where not exists (select from recorded as k where k.id = r.id and k.step = i.step);

create temp view siblings as
select *, created_at - lag(created_at) over (partition by host order by created_at) as after
from hosted_organizations where user_id is null;
"""


@pytest.fixture(scope="session")
def ten_months() -> History:
    """The history until END: drawing it takes longer than everything that is read in it."""
    made: History = loads(made_once("ten_months", _draw).read_bytes())  # noqa: S301 - our own
    return made


def _draw(path: Path) -> None:
    path.write_bytes(dumps(history(HISTORY_START.date(), END.date(), END)))


@pytest.fixture(scope="session")
def demo_tables(
    new_database: Callable[..., dict[str, str]], ten_months: History
) -> Iterator[Connection]:
    """The report's picture and the history in a database, with the views above."""
    with psycopg.connect(make_conninfo(**new_database()), autocommit=True) as connection:
        fill(connection, report_picture())
        execute(connection, "demo/planted_tables")
        append(connection, ten_months)
        connection.execute(VIEWS.encode())
        connection.execute("analyze recorded")
        yield connection


def rows(connection: Connection, sql: str) -> list[Any]:
    return connection.execute(sql.encode()).fetchall()


def one(connection: Connection, sql: str) -> Any:
    return rows(connection, sql)[0][0]
