"""The status report's claims: each verdict, over the report's own rows and over made-up ones."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from dashboard.database.reading import Reader, Source
from dashboard.demo.history import History
from dashboard.demo.report_picture import report_picture
from dashboard.model.filters import Filters
from dashboard.model.releases import Release, releases_of
from dashboard.model.tracking_plan import load_plan
from dashboard.status.claim import CONFIRMED, INCONCLUSIVE, REFUTED, Claim, ClaimFacts, Judgment
from dashboard.status.claimed import CLAIM_QUESTIONS
from dashboard.status.claims import LOSS_LABELS
from dashboard.status.headline import figures
from dashboard.status.report import StatusReport, status_report
from dashboard.status.speed import judged_speed
from dashboard.status.steps_claim import REPORT_PLAN
from tests.conftest import Parameters, execute, source_of
from tests.ten_months import END, Connection

PLAN = load_plan()
ALL_TIME = Filters()
PLANTED = report_picture().planted
REPORTED = Filters(as_of=datetime(2026, 1, 26, 2, 30))
IDS = [
    "everything_saved",
    "session_organizations",
    "session_leads",
    "session_events",
    "totals",
    "website_complete",
    "tracking_creates_organizations",
    "fix_1",
    "fix_2",
    "fix_3",
    "fix_4",
    "constraint_error_is_a_race",
    "one_write_always_succeeds",
    "steps_implemented",
    "table_sizes",
    "queries_fast",
]
# One submission with everything that a finished analysis leaves, one minute after another.
WHOLE = """
    insert into organizations (id, name, session_id, website_url, created_at)
    select cast(md5('o' || n) as uuid), 'O' || n, 'session_1769376031102_' || to_char(n, 'fm000000000'),
        'http://w' || n || '.example', timestamp '2026-02-01 10:00' + n * interval '10 minutes'
    from generate_series(1, {number}) as n;
    insert into website_leads (id, organization_id, session_id, website_url, business_name, created_at)
    select cast(md5('p' || o.name) as uuid), o.id, o.session_id, o.website_url, 'Unknown Business',
        o.created_at from organizations as o;
    insert into website_leads (id, organization_id, session_id, website_url, business_name, created_at)
    select cast(md5('a' || o.name) as uuid), o.id, {analyzed_session}, o.website_url, o.name,
        o.created_at + interval '45 seconds' from organizations as o;
    insert into conversion_tracking (website_lead_id, session_id, conversion_step, step_completed_at)
    select l.id, l.session_id, s.step, l.created_at + s.after
    from website_leads as l
    cross join (values {steps}) as s (step, after)
    where l.business_name = 'Unknown Business';
"""  # noqa: E501
ALL_STEPS = ", ".join(
    f"('{step.name}', interval '{number} minutes')" for number, step in enumerate(PLAN.steps)
)

IMPLEMENTED = ", ".join(
    f"('{step.name}', interval '{number} minutes')"
    for number, step in enumerate(load_plan(REPORT_PLAN).steps)
    if step.implemented
)


def whole(number: int = 1, steps: str = ALL_STEPS, analyzed_session: str = "null") -> str:
    return WHOLE.format(number=number, steps=steps, analyzed_session=analyzed_session)


def report_of(source: Source, filters: Filters, website: str | None = None) -> StatusReport:
    with source.read() as reader:
        return status_report(reader, filters, PLAN, releases_of(reader.where), website)


def made(
    parameters: Parameters,
    filters: Filters = ALL_TIME,
    website: str | None = None,
    releases: tuple[Release, ...] = (),
) -> dict[str, Claim]:
    source = source_of(parameters)
    with source.read() as reader:
        report = status_report(reader, filters, PLAN, releases, website)
    source.engine.dispose()
    return {claim.id: claim for claim in report.claims}


def judged(
    parameters: Parameters,
    claim_id: str,
    website: str | None = None,
    releases: tuple[Release, ...] = (),
) -> Judgment:
    """Judge one claim, without the questions of the others."""
    source = source_of(parameters)
    with source.read() as reader:
        told = judgment(ClaimFacts(reader, ALL_TIME, PLAN, releases, website), claim_id)
    source.engine.dispose()
    return told


def judgment(facts: ClaimFacts, claim_id: str) -> Judgment:
    return next(each for each in CLAIM_QUESTIONS if each.id == claim_id).judged(facts)


@pytest.fixture(scope="module")
def reported(demo: Source) -> StatusReport:
    return report_of(demo, REPORTED)


@pytest.fixture(scope="module")
def reader(demo_tables: Connection) -> Iterator[Reader]:
    info = demo_tables.info
    source = source_of(
        {
            "host": info.host,
            "port": info.port,
            "user": info.user,
            "password": info.password,
            "dbname": info.dbname,
        }
    )
    with source.read() as found:
        yield found
    source.engine.dispose()


def test_the_json_is_exactly_what_the_contract_says(reported: StatusReport) -> None:
    answer = reported.as_json()
    assert list(answer) == ["verdict", "lost_at_least", "claims"]
    assert answer["verdict"] == "No: at least 1 submission lost data at 2026-01-26 02:18"
    assert answer["lost_at_least"] == 1
    claims = answer["claims"]
    assert isinstance(claims, list)
    assert [claim["id"] for claim in claims] == IDS
    assert all(list(claim) == ["id", "claim", "verdict", "evidence"] for claim in claims)


@pytest.mark.parametrize(
    ("claim_id", "verdict", "words"),
    [
        ("everything_saved", REFUTED, "At least 1 submission"),
        ("session_organizations", INCONCLUSIVE, "A validated constraint guarantees"),
        ("session_leads", REFUTED, f"2 of {PLANTED.counts.leads:,} leads"),
        ("session_events", REFUTED, f"4 of {PLANTED.counts.events:,} events"),
        ("totals", CONFIRMED, "253 events of 250 leads with 3 step names"),
        ("website_complete", REFUTED, "“Analysis started” is not recorded"),
        ("tracking_creates_organizations", REFUTED, "1 of the 4,365 organizations"),
        ("fix_1", INCONCLUSIVE, "3 leads were written after commit 2ef8629"),
        ("fix_2", INCONCLUSIVE, "3 rows after, 30 are needed"),
        ("fix_3", INCONCLUSIVE, "every stored one has one"),
        ("fix_4", INCONCLUSIVE, "Commit 2493f44 (2026-01-26 02:33) lies after the last row"),
        ("constraint_error_is_a_race", REFUTED, "neither owner nor session id"),
        ("one_write_always_succeeds", REFUTED, "At least 1 submission"),
        ("steps_implemented", REFUTED, "2 of the 8 steps"),
        ("table_sizes", CONFIRMED, f"{PLANTED.counts.organizations:,} organizations"),
    ],
)
def test_each_claim_over_the_rows_that_the_report_saw(
    reported: StatusReport, claim_id: str, verdict: str, words: str
) -> None:
    claim = next(each for each in reported.claims if each.id == claim_id)
    assert (claim.verdict, words in claim.evidence) == (verdict, True), claim.evidence


def test_the_evidence_of_the_loss_is_snap(reported: StatusReport) -> None:
    rows = reported.claims[0].rows[f"The newest: {LOSS_LABELS['lost_step']}"]
    assert rows["Website"].tolist() == ["snap.com"]
    assert rows["Lead id"].tolist() == [str(PLANTED.snap_lead)]


def test_another_website_of_the_report_is_complete(demo: Source) -> None:
    report = report_of(demo, REPORTED, "https://www.GLOOP.com/shop")
    claim = next(each for each in report.claims if each.id == "website_complete")
    assert (claim.verdict, claim.claim[:9]) == (CONFIRMED, "gloop.com")


@pytest.mark.parametrize(
    "filters",
    [
        Filters(start_at=datetime(2020, 1, 1), end_at=datetime(2020, 2, 1)),
        Filters(start_at=datetime(2100, 1, 1)),
    ],
    ids=["before", "after"],
)
def test_a_period_without_rows_says_so_and_invents_nothing(demo: Source, filters: Filters) -> None:
    report = report_of(demo, filters)
    assert report.verdict == "Inconclusive: there is no row in this period"
    assert report.lost_at_least == 0
    told = {claim.id: claim.verdict for claim in report.claims}
    # What a CHECK can't do does not depend on rows; the plan is that of the whole source.
    about_rows = told.keys() - {"constraint_error_is_a_race", "steps_implemented"}
    assert {told[each] for each in about_rows} == {INCONCLUSIVE}
    assert [(each.value, each.series) for each in report.figures] == [
        ("0", ()),
        ("–", ()),
        ("0", ()),
        ("–", ()),
        ("0", ()),
    ]


def test_over_the_whole_history_the_fixes_can_be_judged(
    reader: Reader,
    ten_months: History,
) -> None:
    facts = ClaimFacts(reader, Filters(as_of=END), PLAN, releases_of("demo"))
    claims = ("fix_1", "fix_2", "fix_3", "fix_4", "steps_implemented")
    told = {claim_id: judgment(facts, claim_id) for claim_id in claims}
    overwritten = sum(row.kind == "overwritten_sessions" for row in ten_months.defects)
    assert told["fix_4"].verdict == REFUTED
    assert told["fix_4"].evidence.startswith(f"{overwritten} of ")
    assert told["fix_2"].verdict == REFUTED
    assert "more than chance: it rose" in told["fix_2"].evidence
    assert told["fix_3"].verdict == told["fix_1"].verdict == INCONCLUSIVE
    # It was claimed to be missing.
    assert told["steps_implemented"].verdict == REFUTED
    assert "Registration, declared as missing" in told["steps_implemented"].evidence
    counted = figures(facts)
    lost = next(each for each in counted if each.label == "Lost events (at least)")
    assert sum(value for _, value in lost.series) == int(lost.value.replace(",", ""))
    submissions = counted[0]
    assert sum(value for _, value in submissions.series) == int(submissions.value.replace(",", ""))


def test_a_later_period_has_nothing_from_before_a_fix(reader: Reader) -> None:
    filters = Filters(start_at=datetime(2026, 3, 1), as_of=END)
    facts = ClaimFacts(reader, filters, PLAN, releases_of("demo"))
    fixes = [judgment(facts, each) for each in IDS if each.startswith("fix")]
    assert {told.verdict for told in fixes} == {INCONCLUSIVE}
    assert all("before the period begins" in told.evidence for told in fixes)


# --- a database where things do hold ---


def test_what_holds_is_said_to_hold(tables: Parameters) -> None:
    execute(tables, "alter table organizations drop constraint chk_organizations_user_or_session")
    execute(tables, whole(40, analyzed_session="o.session_id"))
    told = made(tables, website="w7.example")
    holding = {each for each, claim in told.items() if claim.verdict == CONFIRMED}
    assert holding >= {
        "session_organizations",
        "session_leads",
        "session_events",
        "website_complete",
        "tracking_creates_organizations",
    }
    assert told["everything_saved"].verdict == INCONCLUSIVE
    assert "leaves no trace" in told["everything_saved"].evidence
    assert told["one_write_always_succeeds"].verdict == INCONCLUSIVE
    assert told["constraint_error_is_a_race"].verdict == INCONCLUSIVE
    assert "another one" in told["totals"].evidence
    assert told["table_sizes"].verdict == told["fix_1"].verdict == INCONCLUSIVE


def test_the_steps_are_as_claimed_where_all_but_registration_are_recorded(
    tables: Parameters,
) -> None:
    execute(tables, whole(1, IMPLEMENTED))
    assert judged(tables, "steps_implemented").verdict == CONFIRMED


def test_everything_is_saved_never_holds(tables: Parameters) -> None:
    execute(tables, whole(3))
    assert judged(tables, "everything_saved").verdict == INCONCLUSIVE


def test_a_fix_whose_symptom_is_gone_holds(tables: Parameters) -> None:
    execute(tables, whole(40, analyzed_session="o.session_id"))
    execute(
        tables, "update website_leads set session_id = null where created_at < '2026-02-01 13:30'"
    )
    at = datetime(2026, 2, 1, 13, 30)
    releases = (Release("mine", at, "session id in the lead INSERT", (2,)),)
    told = judged(tables, "fix_2", releases=releases)
    assert told.verdict == CONFIRMED
    assert "none lacks one since" in told.evidence
    execute(tables, "update website_leads set session_id = null where website_url like '%/w40.%'")
    told = judged(tables, "fix_2", releases=releases)
    assert told.verdict == REFUTED
    assert "2 leads written since still lack one" in told.evidence


def test_few_organizations_say_nothing_about_usually(tables: Parameters) -> None:
    execute(tables, whole(29))
    told = judged(tables, "tracking_creates_organizations")
    assert (told.verdict, "29 of the 29" in told.evidence) == (INCONCLUSIVE, True)


# --- websites ---


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (
            "delete from conversion_tracking where conversion_step = 'analysis_started' and "
            "website_lead_id in (select id from website_leads where website_url like '%/w1.%')",
            REFUTED,
        ),
        (
            "delete from conversion_tracking where conversion_step = 'analysis_started'",
            INCONCLUSIVE,
        ),
        ("delete from conversion_tracking; delete from website_leads", REFUTED),
        (
            "delete from conversion_tracking where website_lead_id in (select id from website_leads"
            " where business_name <> 'Unknown Business'); delete from website_leads"
            " where business_name <> 'Unknown Business'",
            REFUTED,
        ),
        ("update website_leads set organization_id = null", REFUTED),
        (
            "delete from conversion_tracking where conversion_step <> 'analysis_started'",
            INCONCLUSIVE,
        ),
        ("delete from conversion_tracking", INCONCLUSIVE),
    ],
    ids=[
        "no start",
        "a start nobody recorded",
        "no lead",
        "no analyzed lead",
        "no organization",
        "only a start",
        "no event",
    ],
)
def test_a_website_that_lacks_a_row(tables: Parameters, change: str, verdict: str) -> None:
    execute(tables, whole(2))
    execute(tables, change)
    assert judged(tables, "website_complete", "w1.example").verdict == verdict


# Two visitors three seconds apart; the second one finished, and one analyzed lead names nobody.
CROWD = """
    update website_leads set created_at = timestamp '2026-02-01 12:00:00'
    where business_name = 'Unknown Business' and website_url like '%/w1.%';
    update website_leads set created_at = timestamp '2026-02-01 12:00:47'
    where business_name <> 'Unknown Business' and website_url like '%/w1.%';
    insert into website_leads (id, organization_id, session_id, website_url, business_name, created_at)
    select cast(md5('second') as uuid), organization_id, 'session_1769376031102_second000',
        website_url, business_name, created_at + interval '3 seconds'
    from website_leads where created_at = timestamp '2026-02-01 12:00:00';
    update conversion_tracking set website_lead_id = cast(md5('second') as uuid)
    where website_lead_id in (
        select id from website_leads where created_at = timestamp '2026-02-01 12:00:00'
    )
"""  # noqa: E501


def test_in_a_crowd_nobody_is_said_to_have_lost_the_analysis(tables: Parameters) -> None:
    execute(tables, whole(2))
    execute(tables, CROWD)
    told = made(tables, Filters(as_of=datetime(2026, 2, 1, 12, 10)), website="w1.example")
    assert told["website_complete"].verdict == INCONCLUSIVE
    assert told["everything_saved"].verdict == INCONCLUSIVE


def test_a_lead_without_any_name_is_an_analyzed_one(tables: Parameters) -> None:
    execute(tables, whole(2))
    execute(tables, "update website_leads set business_name = null")
    assert judged(tables, "website_complete", "w1.example").verdict == CONFIRMED


def test_a_website_that_is_not_among_the_leads_looked_at_is_not_said_to_have_none(
    tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(tables, whole(2))
    execute(
        tables,
        "update website_leads set website_url = 'http://w1.example.org'"
        " where website_url like '%/w2.%'",
    )
    monkeypatch.setattr("dashboard.status.website.MOST_WEBSITE_LEADS", 2)
    told = judged(tables, "website_complete", "w1.example")
    assert (told.verdict, "No lead" in told.evidence) == (INCONCLUSIVE, False)


def test_without_a_website_nothing_is_looked_for(tables: Parameters) -> None:
    told = judged(tables, "website_complete")
    assert (told.verdict, told.evidence) == (INCONCLUSIVE, "No website was named to look for.")


# --- what is bad in a database ---


@pytest.mark.parametrize(
    ("change", "verdict", "words"),
    [
        ("drop constraint chk_organizations_user_or_session", CONFIRMED, ""),
        (
            "drop constraint chk_organizations_user_or_session, add constraint c check (user_id is"
            " not null or session_id is not null) not valid",
            CONFIRMED,
            "",
        ),
        (
            "drop constraint chk_organizations_user_or_session, add constraint c check ((user_id is"
            " not null) <> (session_id is not null))",
            INCONCLUSIVE,
            "A validated constraint guarantees",
        ),
    ],
    ids=["absent", "not validated", "exclusive"],
)
def test_the_constraint_decides_what_a_full_share_proves(
    tables: Parameters, change: str, verdict: str, words: str
) -> None:
    execute(tables, whole(2))
    execute(tables, f"alter table organizations {change}")
    told = judged(tables, "session_organizations")
    assert told.verdict == verdict
    assert words in told.evidence


@pytest.mark.parametrize(
    ("check", "verdict", "words"),
    [
        ("(user_id is not null) <> (session_id is not null)", REFUTED, "exclusive form"),
        ("user_id is not null or length(session_id) > 3", INCONCLUSIVE, "unknown form"),
        (None, INCONCLUSIVE, "No constraint here"),
    ],
    ids=["exclusive", "other", "absent"],
)
def test_what_the_errors_mean_depends_on_the_constraint(
    tables: Parameters, check: str | None, verdict: str, words: str
) -> None:
    execute(tables, "alter table organizations drop constraint chk_organizations_user_or_session")
    if check:
        execute(tables, f"alter table organizations add constraint c check ({check})")
    told = judged(tables, "constraint_error_is_a_race")
    assert (told.verdict, words in told.evidence) == (verdict, True)


@pytest.mark.parametrize(
    ("column", "claims"),
    [
        ("website_leads.session_id", {"everything_saved", "session_leads", "website_complete"}),
        ("conversion_tracking.conversion_step", {"totals", "session_events", "steps_implemented"}),
        ("organizations.created_at", {"session_organizations", "table_sizes", "queries_fast"}),
    ],
)
def test_a_claim_whose_column_is_missing_names_it(
    tables: Parameters, column: str, claims: set[str]
) -> None:
    execute(tables, whole())
    table, name = column.split(".")
    execute(tables, f"alter table {table} drop column {name} cascade")
    told = made(tables, website="w1.example")
    naming = {each for each, claim in told.items() if f"{column} is missing" in claim.evidence}
    assert naming >= claims
    assert {told[each].verdict for each in naming} == {INCONCLUSIVE}
    assert told["constraint_error_is_a_race"].evidence


def test_an_unread_loss_is_not_zero(tables: Parameters) -> None:
    execute(tables, "alter table website_leads drop column created_at")
    source = source_of(tables)
    report = report_of(source, Filters())
    source.engine.dispose()
    assert report.lost_at_least is None
    assert report.verdict == "Inconclusive: website_leads.created_at is missing"


def test_a_question_that_takes_too_long_leaves_the_others(tables: Parameters) -> None:
    execute(tables, whole(2))
    execute(
        tables,
        "alter table organizations rename to slow; create view organizations as"
        " select s.* from slow as s, pg_sleep(1)",
    )
    source = source_of(tables, timeout=timedelta(seconds=0.5))
    report = report_of(source, Filters())
    source.engine.dispose()
    told = {claim.id: claim for claim in report.claims}
    assert "longer than the time-out" in told["session_organizations"].evidence
    assert "2 events" not in told["totals"].evidence
    assert told["everything_saved"].evidence


# --- speed ---


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0.0, CONFIRMED), (0.199, CONFIRMED), (0.2, REFUTED)]
)
def test_the_reports_own_limit_is_what_is_fast(seconds: float, verdict: str) -> None:
    assert judged_speed(seconds, 10).verdict == verdict


def test_facts_are_read_once(demo: Source) -> None:
    with demo.read() as reader:
        facts = ClaimFacts(reader, REPORTED, PLAN)
        assert facts.losses is facts.losses
