"""`check` for cron: lines, exit codes, JSON, and what is typed over what is set."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.__main__ import main
from dashboard.check.limits import Limits, chosen_limits
from dashboard.settings import Settings, SettingsError, load_settings
from tests.conftest import Parameters, execute, url_of
from tests.test_command_line import AS_OF, demo_url  # noqa: F401

Output = pytest.CaptureFixture[str]


def ran(capsys: Output, *arguments: str) -> tuple[int, list[str]]:
    code = main(["check", *arguments])
    told = capsys.readouterr()
    return code, (told.out or told.err).splitlines()


@pytest.mark.usefixtures("demo_url")
def test_each_rule_is_one_line_and_one_that_fails_is_exit_1(capsys: Output) -> None:
    code, lines = ran(
        capsys, *AS_OF, "--max-session-gap", "5%", "--max-silence", "6h", "--max-lost", "0"
    )
    assert code == 1
    assert lines == [
        "ok  session gap of organizations 0 % (limit 5 %), 4,365 expected; guaranteed by the "
        "constraint, so it proves nothing about rejected rows",
        "failed  session gap of website_leads > 99.9 % (limit 5 %), 4,996 expected",
        "failed  session gap of conversion_tracking 98.4 % (limit 5 %), 253 expected",
        "ok  silence of analysis_started 9 min (limit 6h), the longest of 2 steps",
        "failed  lost submissions at least 1 (limit 0), 4,996 leads, "
        "2026-01-26 02:18 to 2026-01-26 02:18",
    ]


@pytest.mark.usefixtures("demo_url")
def test_all_that_holds_is_exit_0_and_only_what_has_a_limit_is_checked(capsys: Output) -> None:
    assert ran(capsys, *AS_OF, "--max-lost", "1") == (
        0,
        [
            "ok  lost submissions at least 1 (limit 1), 4,996 leads, "
            "2026-01-26 02:18 to 2026-01-26 02:18"
        ],
    )


@pytest.mark.usefixtures("demo_url")
def test_the_json_has_every_rule_with_its_number(capsys: Output) -> None:
    code, _ = (
        main(
            ["check", *AS_OF, "--max-silence", "5m", "--max-session-gap", "1", "--format", "json"]
        ),
        None,
    )
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == 1
    assert answer["ok"] is False
    *gaps, silence = answer["rules"]
    assert [(rule["table"], rule["ok"], rule["limit"]) for rule in gaps] == [
        ("organizations", True, 1.0),
        ("website_leads", True, 1.0),
        ("conversion_tracking", True, 1.0),
    ]
    assert gaps[1]["value"] == 4994 / 4996
    assert list(silence) == ["rule", "limit", "value", "ok", "words", "table"]
    assert (silence["rule"], silence["limit"], silence["ok"]) == ("silence", 300.0, False)
    assert silence["value"] == 9 * 60 + 29


def test_what_cannot_be_told_is_said_and_is_not_ok(capsys: Output, tables: Parameters) -> None:
    given = (
        "--source",
        url_of(tables),
        "--max-lost",
        "0",
        "--max-silence",
        "6h",
        "--max-session-gap",
        "5%",
    )
    code, lines = ran(capsys, *given)
    assert code == 1
    assert lines == [
        "unknown  session gap of organizations: no rows, all time",
        "unknown  session gap of website_leads: no rows, all time",
        "unknown  session gap of conversion_tracking: no rows, all time",
        "unknown  silence: no planned step is recorded often enough to judge (limit 6h)",
        "unknown  lost submissions: no leads, all time",
    ]


def test_a_missing_column_makes_its_own_rule_unknown(capsys: Output, tables: Parameters) -> None:
    execute(tables, "alter table website_leads drop column business_name")
    execute(tables, "insert into organizations (name, session_id) values ('a', 's')")
    execute(tables, "insert into website_leads (session_id) values ('s')")
    execute(
        tables,
        "insert into conversion_tracking (conversion_step, session_id)"
        " values ('analysis_started', 's')",
    )
    code, lines = ran(
        capsys, "--source", url_of(tables), "--max-lost", "0", "--max-session-gap", "0"
    )
    assert code == 1
    assert [line.split()[0] for line in lines] == ["ok", "ok", "ok", "unknown"]
    assert lines[-1] == "unknown  lost: website_leads.business_name is missing"


def test_a_column_of_another_type_makes_its_own_rule_unknown(
    capsys: Output, tables: Parameters
) -> None:
    execute(tables, "alter table conversion_tracking alter step_completed_at type text")
    execute(tables, "insert into website_leads (session_id) values ('s')")
    code, lines = ran(
        capsys, "--source", url_of(tables), "--max-lost", "0", "--max-session-gap", "0"
    )
    assert code == 1
    refused = (
        "conversion_tracking.step_completed_at is of type text"
        " (supported: timestamp, with or without time zone)"
    )
    assert lines == [f"unknown  session gap: {refused}", f"unknown  lost: {refused}"]


def test_a_daily_step_is_not_late_in_the_hour_of_its_event(
    capsys: Output, tables: Parameters
) -> None:
    """Starts come every minute, completions once a day at 18:05; looked at 51 minutes later."""
    execute(
        tables,
        """
        insert into website_leads (session_id, website_url, created_at)
        select 's' || n, n || '.example', timestamp '2026-11-20' + n * interval '1 minute'
        from generate_series(0, 4200) as n
        where timestamp '2026-11-20' + n * interval '1 minute' < '2026-11-22 18:56'
        union all
        select 'd' || n, 'd.example', timestamp '2026-11-10 18:05' + n * interval '1 day'
        from generate_series(0, 12) as n;
        insert into conversion_tracking
            (website_lead_id, conversion_step, session_id, step_completed_at)
        select id, case when session_id like 's%' then 'analysis_started'
            else 'analysis_completed' end, session_id, created_at
        from website_leads
    """,
    )
    code, lines = ran(
        capsys, "--source", url_of(tables), "--as-of", "2026-11-22 18:56", "--max-silence", "30m"
    )
    assert (code, len(lines)) == (0, 1)
    assert "the longest of 1 step" in lines[0]


def test_a_table_whose_rows_are_all_exempt_has_no_gap(capsys: Output, tables: Parameters) -> None:
    execute(tables, "insert into organizations (name, user_id) values ('a', gen_random_uuid())")
    _, lines = ran(capsys, "--source", url_of(tables), "--max-session-gap", "5%")
    assert lines[0] == "ok  session gap of organizations: all 1 row exempt"


def test_without_any_limit_there_is_nothing_to_check(capsys: Output) -> None:
    code, lines = ran(capsys)
    assert code == 2
    assert lines[0].startswith("dashboard: no limit is set")
    assert "--max-session-gap 5%" in lines[0]


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("--max-session-gap", "5"),
        ("--max-session-gap", "-1%"),
        ("--max-session-gap", "101%"),
        ("--max-session-gap", "nan"),
        ("--max-session-gap", ""),
        ("--max-silence", "6"),
        ("--max-silence", "unlimited"),
        ("--max-silence", "0h"),
        ("--max-lost", "-1"),
        ("--max-lost", "1.5"),
        ("--max-lost", "99999999999"),
        ("--max-lost", "٣"),
    ],
)
def test_a_limit_that_is_none_is_exit_2_and_says_what_is_right(
    capsys: Output, option: str, given: str
) -> None:
    code, lines = ran(capsys, f"{option}={given}")
    assert code == 2
    assert lines[0].startswith(f"dashboard: {option}: {given!r} is no ")
    assert "write" in lines[0]


def test_what_is_typed_comes_before_what_is_set(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[dashboard]\nmax_session_gap = 0.02\nmax_silence = "2d"\nmax_lost = 0\n')
    from_file = load_settings({}, secrets)
    assert chosen_limits(from_file, None, None, None) == Limits(0.02, timedelta(days=2), 0)
    from_both = load_settings({"DASHBOARD_MAX_SILENCE": "90m"}, secrets)
    assert chosen_limits(from_both, "7.5%", None, "3") == Limits(0.075, timedelta(minutes=90), 3)


def test_a_wrong_setting_is_named_by_its_own_name() -> None:
    with pytest.raises(SettingsError, match=r"^DASHBOARD_MAX_SILENCE: '6' is no length of time"):
        chosen_limits(Settings(max_silence="6"), None, None, None)


@pytest.mark.usefixtures("demo_url")
def test_a_limit_that_is_set_is_checked(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_MAX_LOST", "0")
    code, lines = ran(capsys, *AS_OF)
    assert code == 1
    assert len(lines) == 1


def test_a_source_that_cannot_be_asked_is_exit_1(capsys: Output, tables: Parameters) -> None:
    url = url_of({**tables, "dbname": "nowhere"})
    code, lines = ran(capsys, "--source", url, "--max-lost", "0")
    assert code == 1
    assert "no database of that name" in lines[0]
