"""The demo's planted truth comes out: every count, who was overwritten, what the clock did."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from dashboard.coverage import bounds, continuity, data
from dashboard.coverage.answers import coverage_json
from dashboard.coverage.clock import clock, offsets
from dashboard.coverage.continuity import CONTINUITY_KINDS
from dashboard.database.reading import Reader
from dashboard.demo.history import History
from dashboard.demo.recording import STATUS_CHANGE
from dashboard.demo.report_picture import Picture, report_picture
from dashboard.demo.rhythm import HISTORY_START
from dashboard.model.filters import Filters
from dashboard.model.periods import Grain
from dashboard.model.releases import releases_of
from dashboard.model.session_ids import made_at
from dashboard.model.tracking_plan import load_plan
from tests.conftest import source_of
from tests.ten_months import END, Connection, rows

PLAN = load_plan()
PICTURE: Picture = report_picture()
WHOLE = Filters(as_of=END)
REPORT = Filters(as_of=PICTURE.planted.as_of)
RELEASES = releases_of("demo")


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


def test_the_three_tables_are_counted_as_they_were_made(
    reader: Reader,
    ten_months: History,
) -> None:
    tables: Any = coverage_json(reader, WHOLE, PLAN)["tables"]
    organizations = [*PICTURE.organizations, *ten_months.organizations]
    leads = [*PICTURE.leads, *ten_months.leads]
    events = [*PICTURE.events, *ten_months.events]
    staff = sum(event.conversion_step == STATUS_CHANGE for event in events)
    assert staff
    shares = ("share", "low", "high", "odd_ids")
    counts = {
        name: {key: table[key] for key in table if key not in shares}
        for name, table in tables.items()
    }
    assert counts == {
        "organizations": _counts(
            len(organizations),
            sum(row.user_id is not None for row in organizations),
            sum(row.user_id is None and row.session_id is not None for row in organizations),
            guaranteed=True,
        ),
        "website_leads": _counts(len(leads), 0, sum(row.session_id is not None for row in leads)),
        "conversion_tracking": _counts(
            len(events), staff, sum(row.session_id is not None for row in events)
        ),
    }


def _counts(
    rows: int, exempt: int, with_session: int, *, guaranteed: bool = False
) -> dict[str, Any]:
    return {
        "rows": rows,
        "exempt": exempt,
        "expected": rows - exempt,
        "with_session": with_session,
        "missing": rows - exempt - with_session,
        "guaranteed": guaranteed,
    }


def test_odd_session_ids_are_counted(reader: Reader, ten_months: History) -> None:
    tables = data.coverage(reader, WHOLE, PLAN).tables.set_index("table_name")
    odd: dict[str, tuple[Any, ...]] = {
        "organizations": ten_months.organizations,
        "website_leads": ten_months.leads,
        "conversion_tracking": ten_months.events,
    }
    for table, rows_of in odd.items():
        unread = [row for row in rows_of if row.session_id and made_at(row.session_id) is None]
        assert tables.loc[table, "odd_ids"] == len(unread) > 0


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_periods_add_up_to_the_total(reader: Reader, grain: Grain) -> None:
    found = data.coverage(reader, WHOLE, PLAN, RELEASES)
    totals = found.tables.set_index("table_name")
    per = found.per(grain).groupby("table_name")[["expected", "with_session", "missing"]].sum()
    assert (per == totals[per.columns].loc[per.index]).all(axis=None)


def test_parts_add_up_to_the_total(reader: Reader) -> None:
    totals = data.coverage(reader, WHOLE, PLAN).tables.set_index("table_name")
    parts = data.parts(reader, WHOLE, PLAN)
    assert set(parts["property"]) == {"lead_source", "step", "path"}
    sums = parts.groupby(["table_name", "property"])[["expected", "with_session"]].sum()
    for name in set(parts["property"]):
        own = sums.xs(name, level="property")
        assert own.to_dict() == totals.loc[own.index.to_list(), [*own]].to_dict()


def test_the_writing_path_is_the_one_that_wrote(
    reader: Reader,
    ten_months: History,
) -> None:
    parts = data.parts(reader, Filters(start_at=HISTORY_START, as_of=END), PLAN)
    paths = parts[(parts["table_name"] == "organizations") & (parts["property"] == "path")]
    found = paths.set_index("value")["table_rows"]
    # What carries an id of no lead: written by the analysis path, or overwritten with another one.
    kinds = ("second_session_ids", "overwritten_sessions", "organizations_without_lead")
    planted = {row.row_id for row in ten_months.defects if row.kind in kinds}
    ownerless = {row.id for row in ten_months.organizations if row.user_id is None}
    assert found["analysis"] == len(planted & ownerless)
    assert found["unknown"] == len(ten_months.organizations) - len(ownerless)


def test_the_share_rose_on_the_day_of_the_releases_and_never_after(reader: Reader) -> None:
    found = data.changes(reader, WHOLE, PLAN)
    for table in ("website_leads", "conversion_tracking"):
        change = found[table]
        assert change is not None
        assert (change.day, change.found) == (date(2026, 1, 26), True)
    assert found["organizations"] is None
    later = data.changes(reader, Filters(start_at=datetime(2026, 2, 1), as_of=END), PLAN)
    assert not any(change and change.found for change in later.values())


def test_releases_within_minutes_are_compared_only_together(reader: Reader) -> None:
    found = data.coverage(reader, WHOLE, PLAN, RELEASES)
    *single, (_, together) = found.around_releases("website_leads")
    assert [commit for commit, _ in single] == [release.commit for release in RELEASES]
    assert all(compared.change is None for _, compared in single)
    assert together.change is not None
    assert together.could_be_chance is False
    assert together.before[0] == 0


def test_a_release_outside_the_period_is_not_compared(reader: Reader) -> None:
    assert data.coverage(reader, REPORT, PLAN, RELEASES).releases == RELEASES[:2]
    later = Filters(start_at=HISTORY_START, as_of=END)
    assert data.coverage(reader, later, PLAN, RELEASES).around_releases("website_leads") == []


def cell(reader: Reader, kind: str, state: str) -> set[str]:
    """The submissions of a cell, by the first lead's planted submission or else its id."""
    found = continuity.continuity_rows(reader, WHOLE, PLAN, kind, state, row_limit=None)
    return set(found["lead_id"])


def test_overwritten_and_second_ids_are_those_that_were_planted(
    reader: Reader,
    demo_tables: Connection,
) -> None:
    of_lead = {
        str(lead): str(submission)
        for lead, submission in rows(
            demo_tables, "select lead_id, submission_id from planted.leads"
        )
    }
    defects = {
        kind: {str(each) for each in submissions}
        for kind, submissions in rows(
            demo_tables, "select kind, array_agg(submission_id) from planted.defects group by kind"
        )
    }
    found = {
        state: {of_lead.get(lead, lead) for lead in cell(reader, "organization", state)}
        for state in ("later", "second")
    }
    assert found["later"] == defects["overwritten_sessions"]
    assert defects["second_session_ids"] <= found["second"]
    # The analysis path wrote the later visitors' second ids, and one to Snap in the report.
    beyond = found["second"] - defects["second_session_ids"]
    assert str(PICTURE.planted.snap_lead) in beyond
    assert len(beyond) == len(defects["overwritten_sessions"]) + 1


def test_each_row_of_the_matrix_adds_up_to_all_submissions(reader: Reader) -> None:
    counts = continuity.continuity_counts(reader, WHOLE, PLAN)
    _, submissions = continuity.followed(counts)
    assert (continuity.matrix(counts).sum(axis=1) == submissions).all()
    for kind in CONTINUITY_KINDS:
        assert len(cell(reader, kind, "none")) == continuity.matrix(counts).loc[kind, "none"]


def test_in_the_reports_picture_only_gloop_can_be_followed(reader: Reader) -> None:
    counts = continuity.continuity_counts(reader, REPORT, PLAN)
    # Gloop's two leads are one submission; no other website has two.
    assert continuity.followed(counts) == (1, len(PICTURE.leads) - 1)
    assert continuity.matrix(counts).loc["organization", "second"] == 1


def test_the_clock_is_five_hours_ahead_up_to_the_report_and_right_afterwards(
    reader: Reader,
) -> None:
    clocks = clock(reader, WHOLE)
    assert offsets(clock(reader, REPORT)) == [
        {"table": table, "from": begin, "to": "2026-01-26T02:20:31Z", "minutes": 300}
        for table, begin in (
            ("organizations", _first_organization()),
            ("website_leads", "2026-01-26T02:18:36Z"),
            ("conversion_tracking", "2026-01-26T02:18:36Z"),
        )
    ]
    assert clocks["minutes"].tolist() == [300, 0] * 3
    assert (clocks["from"].iloc[1::2] >= HISTORY_START).all()
    assert (clocks["to"].iloc[::2] <= PICTURE.planted.as_of).all()


def _first_organization() -> str:
    with_session = [row for row in PICTURE.organizations if row.session_id]
    return f"{min(row.created_at for row in with_session).isoformat()}Z"


def test_overwritten_ids_stay_out_of_the_lag(
    reader: Reader,
    ten_months: History,
) -> None:
    clocks = clock(reader, WHOLE).set_index(["table", "minutes"])
    overwritten = [row for row in ten_months.defects if row.kind == "overwritten_sessions"]
    assert clocks.loc[("organizations", 0), "younger"] == len(overwritten)
    assert clocks.drop(("organizations", 0))["younger"].sum() == 0
    assert clocks["median_lag"].between(0, 200).all()


def test_the_lag_of_the_reports_two_leads_is_the_printed_one(reader: Reader) -> None:
    leads = clock(reader, REPORT).set_index("table").loc["website_leads"]
    # Gloop −0.1 s, Snap's lead 61.3 s after its own session id.
    assert leads["median_lag"] == pytest.approx((-0.102 + 61.287) / 2, abs=0.001)


def test_best_and_worst_case_lie_around_the_funnels_rate(
    reader: Reader,
    ten_months: History,
) -> None:
    history = Filters(start_at=HISTORY_START, as_of=END)
    unfollowed = bounds.unfollowed(continuity.continuity_counts(reader, history, PLAN))
    found = bounds.bounds(reader, history, PLAN, unfollowed)
    assert found is not None
    assert found.worst is not None
    assert found.conversion is not None
    assert found.best is not None
    assert 0 < found.worst <= found.conversion.rate <= found.best < 1
    everybody = found.conversion.entered + found.unfollowed
    assert found.best - found.worst == pytest.approx(found.unfollowed / everybody)
    # Leads of the analysis path alone that no submission claims: each is a second analysis.
    assert 0 < found.unfollowed < 0.01 * len(ten_months.submissions)


def test_the_months_before_leave_nothing_to_follow(reader: Reader) -> None:
    unfollowed = bounds.unfollowed(continuity.continuity_counts(reader, REPORT, PLAN))
    found = bounds.bounds(reader, REPORT, PLAN, unfollowed)
    assert found is not None
    assert found.unfollowed == len(PICTURE.leads) - 3
    # Two submissions entered: too few for a rate.
    assert (found.worst, found.conversion, found.best) == (None, None, None)
