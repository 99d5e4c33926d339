from collections.abc import Callable
from datetime import datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import text

from dashboard.database.errors import DatabaseProblem
from dashboard.database.leads_in_range import leads_in_range
from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT, Source
from dashboard.funnel import data as funnel
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.status import data as status
from queries import load
from tests.conftest import Parameters, connect, execute, source_of

ALL_TIME: dict[str, object] = {"start_at": None, "end_at": None, "as_of": None}
ORGANIZATION = {"name": TEXT, "session_id": TEXT, "website_url": TEXT, "created_at": MOMENT}
ADD_LEAD = "insert into website_leads (created_at) values ('2026-01-25 12:00')"


def leads(source: Source) -> int:
    with source.read() as reader:
        found: int = reader.one("database/leads_in_range", **ALL_TIME).leads
    return found


@pytest.mark.parametrize(
    "statement",
    [
        ADD_LEAD,
        "update organizations set name = 'x'",
        "delete from conversion_tracking",
        "truncate conversion_tracking",
        "create table more (id int)",
        "drop table conversion_tracking",
    ],
)
def test_a_write_is_refused_even_to_the_owner(tables: Parameters, statement: str) -> None:
    source = source_of(tables)
    with pytest.raises(DatabaseProblem) as raised, source.read() as reader:
        reader.connection.execute(text(statement))
    assert "SQLSTATE 25006" in raised.value.where
    assert leads(source) == 0


def test_the_grants_of_the_readme_are_enough_and_no_more(tables: Parameters) -> None:
    database = tables["dbname"]
    execute(
        tables,
        f"""
        revoke all on database {database} from public;
        revoke all on schema public from public;
        create role dashboard_reader login password 'secret';
        grant connect on database {database} to dashboard_reader;
        grant usage on schema public to dashboard_reader;
        grant select on organizations, website_leads, conversion_tracking to dashboard_reader;
        """,
    )
    reading = tables | {"user": "dashboard_reader", "password": "secret"}
    with source_of(reading).read() as reader:
        assert reader.contract.missing == ()
        assert reader.contract.constraint == "inclusive"
        assert status.status_json(reader, Filters())["totals"] == {
            "events": 0,
            "unique_leads": 0,
            "unique_steps": 0,
        }
        assert funnel.recorded(reader, Filters(), load_plan()).leads == 0
    with connect(reading) as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(ADD_LEAD.encode())


@pytest.mark.parametrize("content", ["empty", "all null", "full"])
def test_a_frame_has_the_declared_dtypes_whatever_is_in_it(
    tables: Parameters, content: str
) -> None:
    if content == "all null":
        execute(
            tables,
            "alter table organizations drop constraint"
            " chk_organizations_user_or_session, alter name drop not null,"
            " alter created_at drop not null;"
            "insert into organizations (created_at) values (null), (null)",
        )
    if content == "full":
        execute(
            tables,
            "insert into organizations (name, session_id, website_url, created_at)"
            " values ('Gloop', 's', 'gloop.com', '2026-01-25 12:00:00.000001')",
        )
    with source_of(tables).read() as reader:
        frame = reader.frame("status/recent_organizations", ORGANIZATION, **ALL_TIME)
        counts = reader.frame("funnel/events_per_step", {"events": SHARE, "name": TEXT}, **ALL_TIME)
    assert frame.dtypes.astype(str).to_dict() == ORGANIZATION
    assert counts.dtypes.astype(str).to_dict() == {"events": SHARE, "name": TEXT}
    assert len(frame) == {"empty": 0, "all null": 2, "full": 1}[content]
    assert frame.isna().to_numpy().all() == (content != "full")


def test_a_frame_has_the_declared_columns_in_their_order(tables: Parameters) -> None:
    with source_of(tables).read() as reader:
        frame = reader.frame("status/tables", {"table_rows": COUNT, "table_name": TEXT}, **ALL_TIME)
    assert [*frame.columns] == ["table_rows", "table_name"]
    assert frame["table_rows"].tolist() == [0, 0, 0]


def test_a_row_written_by_others_in_the_middle_of_a_read_is_not_seen(tables: Parameters) -> None:
    source = source_of(tables)
    with source.read() as reader:
        assert reader.one("database/leads_in_range", **ALL_TIME).leads == 0
        execute(tables, ADD_LEAD)
        assert reader.one("database/leads_in_range", **ALL_TIME).leads == 0
    assert leads(source) == 1


def test_a_row_written_between_contract_and_first_question_is_not_seen(tables: Parameters) -> None:
    with source_of(tables).read() as reader:
        execute(tables, ADD_LEAD)
        assert reader.one("database/leads_in_range", **ALL_TIME).leads == 0


@pytest.mark.parametrize(
    "schema", ["UPPER", "with space", 'quo"ted', "apo'strophe", "comma,public", "ümlaut", "select"]
)
def test_any_schema_name_works_and_public_is_not_looked_at(
    new_database: Callable[[], Parameters], schema: str
) -> None:
    database = new_database()
    execute(database, load("schema/tables").sql + ADD_LEAD)
    quoted = '"' + schema.replace('"', '""') + '"'
    execute(
        database, f"create schema {quoted}; set search_path = {quoted};" + load("schema/tables").sql
    )
    source = source_of(database, schema)
    with source.read() as reader:
        assert reader.contract.missing == ()
    assert leads(source) == 0


def test_tables_of_public_do_not_stand_in_for_a_schema_without_them(tables: Parameters) -> None:
    execute(tables, "create schema half")
    with source_of(tables, "half").read() as reader, pytest.raises(DatabaseProblem) as raised:
        reader.one("database/leads_in_range", **ALL_TIME)
    assert raised.value.what == "website_leads is missing"


def test_temporary_tables_do_not_stand_in_for_real_ones(tables: Parameters) -> None:
    source = source_of(tables)
    with source.engine.connect() as connection:
        connection.execution_options(postgresql_readonly=False)
        connection.execute(text("create temporary table website_leads (created_at timestamp)"))
        connection.execute(text("insert into website_leads values (now())"))
        connection.commit()
    assert leads(source) == 0


def test_settings_of_a_read_do_not_reach_the_next_transaction(tables: Parameters) -> None:
    execute(tables, "create schema elsewhere")
    execute(tables, f"alter database {tables['dbname']} set timezone = 'Asia/Tokyo'")
    source = source_of(tables, "elsewhere", timedelta(seconds=7))
    shown = text(
        "select pg_backend_pid(), current_setting('search_path'),"
        " current_setting('statement_timeout'), current_setting('timezone')"
    )
    with source.engine.connect() as connection:
        before = connection.execute(shown).one()
    with source.read() as reader:
        inside = reader.connection.execute(shown).one()
    with source.engine.connect() as connection:
        after = connection.execute(shown).one()
    assert tuple(inside) == (before[0], "elsewhere, pg_temp", "7s", "UTC")
    assert tuple(after) == tuple(before)
    assert before[1:] == ('"$user", public', "0", "Asia/Tokyo")


def test_settings_of_a_failed_read_do_not_reach_the_next_transaction(tables: Parameters) -> None:
    source = source_of(tables, timeout=timedelta(seconds=7))
    with pytest.raises(DatabaseProblem), source.read() as reader:
        reader.connection.execute(text("select 1 / 0"))
    with source.engine.connect() as connection:
        assert connection.execute(text("show statement_timeout")).scalar_one() == "0"


def test_times_come_back_as_stored_without_zone(tables: Parameters) -> None:
    execute(tables, f"alter database {tables['dbname']} set timezone = 'Asia/Tokyo'")
    execute(tables, ADD_LEAD)
    execute(
        tables,
        "insert into conversion_tracking (conversion_step, step_completed_at)"
        " values ('a', '2026-01-25 12:00:00.123456')",
    )
    with source_of(tables).read() as reader:
        assert reader.one("database/leads_in_range", **ALL_TIME).first_at == datetime(
            2026, 1, 25, 12
        )
        frame = reader.frame("status/recent_events", {"at": MOMENT}, **ALL_TIME)
    assert frame["at"].tolist() == [pd.Timestamp("2026-01-25 12:00:00.123456")]
    assert frame["at"].dt.tz is None


def test_a_bound_means_utc_whatever_the_zone_of_database_and_client(
    tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGTZ", "America/New_York")
    execute(tables, f"alter database {tables['dbname']} set timezone = 'Asia/Tokyo'")
    execute(tables, ADD_LEAD)
    at = datetime(2026, 1, 25, 12)
    with source_of(tables).read() as reader:
        question = "database/leads_in_range"
        assert reader.one(question, start_at=at, end_at=None, as_of=None).leads == 1
        assert reader.one(question, start_at=None, end_at=at, as_of=None).leads == 0


def test_reading_again_and_again_needs_no_more_connections_than_one(tables: Parameters) -> None:
    # A limit of the role: the database's own would count the connection that sets all this up.
    execute(
        tables,
        "create role only_one login password 'x' connection limit 1;"
        " grant select on website_leads to only_one",
    )
    source = source_of(tables | {"user": "only_one", "password": "x"})
    assert [leads(source) for _ in range(30)] == [0] * 30


def test_opening_a_source_connects_to_nothing(tables: Parameters) -> None:
    source = source_of(tables | {"host": "/nowhere"})
    assert "nowhere" not in repr(source)
    with pytest.raises(DatabaseProblem) as raised:
        leads(source)
    assert raised.value.kind == "unreachable"


def test_tables_whose_times_have_a_zone_read_the_same(tables: Parameters) -> None:
    execute(tables, "alter table website_leads alter created_at type timestamptz")
    execute(tables, "insert into website_leads (created_at) values ('2026-01-26 02:20:31-05')")
    with source_of(tables).read() as reader:
        found = leads_in_range(reader, Filters(start_at=datetime(2026, 1, 26, 7)))
    assert found.last_at == datetime(2026, 1, 26, 7, 20, 31)
