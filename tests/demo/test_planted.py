"""Every planted defect is found in the tables by a question of its own, and nothing else is."""

from collections import Counter
from typing import Any, get_args

import pytest

from dashboard.demo.__main__ import counts_text
from dashboard.demo.history import History
from dashboard.demo.truth import DefectKind
from dashboard.settings import ROOT
from tests.ten_months import Connection, one, rows

Found = Counter[tuple[str, str | None]]

# Row and detail of each finding.
QUESTIONS: dict[DefectKind, str] = {
    "lost_starts": "select id, step from losses where step = 'analysis_started'",
    "lost_steps": "select id, step from losses where step <> 'analysis_started'",
    # What was not recorded and is not proved either is in no table: the truth alone knows.
    "silent_days": """
        select l.lead_id, s.step from planted.steps as s
        inner join lateral (
            select lead_id from planted.leads inner join website_leads on id = lead_id
            where submission_id = s.submission_id and session_id is not null
            order by created_at desc limit 1
        ) as l on true
        where s.event_id is null and s.step = 'previews_viewed'
            and s.happened_at >= '2026-06-09' and s.happened_at < '2026-06-11'
    """,
    "reversed_steps": """
        select e.id, null from recorded as early inner join implied as i using (step)
        inner join recorded as late on late.id = early.id and late.step = i.proof
        inner join conversion_tracking as e
            on e.website_lead_id = early.id and e.conversion_step = early.step
        where early.at > late.at + interval '2 s'
    """,
    "split_steps": """
        select e.id, null from conversion_tracking as e
        inner join hosted_leads as l on l.id = e.website_lead_id
        where e.session_id is not null and l.session_id is null
    """,
    "events_without_lead": """
        select e.id, case when e.session_id is null then 'no session'
            when l.id is null then 'its session has no lead' else 'its session has a lead' end
        from conversion_tracking as e left join visits as l on l.session_id = e.session_id
        where e.website_lead_id is null
    """,
    "unknown_steps": """
        select id, conversion_step from conversion_tracking where conversion_step not in (
            'analysis_started', 'analysis_completed', 'previews_viewed', 'audience_selected',
            'content_generated', 'project_saved', 'content_exported', 'registration',
            'first_payment', 'website_analysis', 'status_change')
    """,
    "unanalyzed_leads": """
        select v.id, null from visits as v where not exists (
            select from hosted_leads as l where l.host = v.host and l.session_id is null
            and l.created_at >= v.created_at - interval '5 s'
            and l.created_at <= v.created_at + interval '5 min'
        )
    """,
    "duplicate_leads": """
        select l.id, null from hosted_leads as l inner join hosted_leads as earlier
        on earlier.session_id = l.session_id and earlier.host = l.host
            and earlier.created_at < l.created_at
    """,
    "leads_without_events": """
        select id, null from hosted_leads as l
        where not exists (select from conversion_tracking where website_lead_id = l.id)
    """,
    "leads_without_name": "select id, null from hosted_leads where business_name is null",
    "organizations_without_lead": """
        select id, null from hosted_organizations as o where user_id is null
        and not exists (select from website_leads where organization_id = o.id)
    """,
    "duplicate_organizations": "select id, null from siblings where after <= interval '5 min'",
    "recreated_organizations": "select id, null from siblings where after > interval '5 min'",
    "owned_beside_anonymous": """
        select o.id, null from hosted_organizations as o
        inner join hosted_organizations as owned using (host)
        where o.user_id is null and owned.user_id is not null
    """,
    "overwritten_sessions": """
        select id, null from hosted_organizations where opened_at > created_at
    """,
    "second_session_ids": """
        select id, null from hosted_organizations as o where opened_at < created_at
        and exists (select from website_leads where organization_id = o.id)
        and not exists (select from website_leads where session_id = o.session_id)
    """,
    "odd_session_ids": r"""
        select id, null from visits where session_id !~ '^session_\d{13}_[0-9a-z]{9}$'
    """,
    "hostile_text": r"""
        select id, case when business_name !~ '^[A-Za-z0-9 ]{1,100}$' then 'business_name'
            when utm_campaign !~ '^[a-z_]{1,50}$' then 'utm_campaign' else 'website_url' end
        from hosted_leads where session_id is null and (
            business_name !~ '^[A-Za-z0-9 ]{1,100}$' or utm_campaign !~ '^[a-z_]{1,50}$'
            or website_url !~ '^https?://(www\.)?[a-z0-9.-]+(/|/about|/\?ref=1)?$')
    """,
}


def counted(found: list[Any]) -> Found:
    return Counter((str(row_id), detail) for row_id, detail in found)


def test_the_document_shows_these_counts(ten_months: History) -> None:
    assert counts_text(ten_months) in (ROOT / "docs" / "demo-data.md").read_text(encoding="utf-8")


def test_every_kind_has_its_question() -> None:
    assert tuple(QUESTIONS) == get_args(DefectKind)


@pytest.mark.parametrize("kind", get_args(DefectKind))
def test_what_is_found_is_what_was_planted(
    demo_tables: Connection, ten_months: History, kind: DefectKind
) -> None:
    planted = [row for row in ten_months.defects if row.kind == kind]
    found = counted(rows(demo_tables, QUESTIONS[kind]))
    assert found == counted([(row.row_id, row.detail) for row in planted])
    assert len(planted) >= 20


def test_the_truth_is_kept_beside_the_tables_as_it_was_made(
    demo_tables: Connection, ten_months: History
) -> None:
    kept = {
        "submissions": ten_months.submissions,
        "leads": ten_months.submission_leads,
        "steps": ten_months.steps,
        "defects": ten_months.defects,
    }
    for table, truth in kept.items():
        assert Counter(rows(demo_tables, f"select * from planted.{table}")) == Counter(truth)


def test_every_lead_of_the_history_belongs_to_one_submission(demo_tables: Connection) -> None:
    assert one(demo_tables, "select count(*) from hosted_leads") == one(
        demo_tables, "select count(*) from hosted_leads inner join planted.leads on id = lead_id"
    )


def test_every_step_recorded_is_a_true_step_of_its_time(demo_tables: Connection) -> None:
    unknown = """
        select conversion_step, count(*) from conversion_tracking as e
        where step_completed_at >= '2026-01-26 08:00'
        and not exists (select from planted.steps where event_id = e.id) group by 1
    """
    kinds = dict(rows(demo_tables, unknown))
    markers = {"website_analysis", "status_change", "demo_requested", "Analysis_Started"}
    # Beside the markers: strays, and the starts that were tracked twice.
    assert kinds.keys() - markers == {"project_saved", "analysis_started"}
    late = """
        select count(*) from planted.steps inner join conversion_tracking as e on e.id = event_id
        where e.conversion_step <> step or step_completed_at > happened_at + interval '1 s'
    """
    reversed_steps = one(
        demo_tables, "select count(*) from planted.defects where kind = 'reversed_steps'"
    )
    assert one(demo_tables, late) == reversed_steps
