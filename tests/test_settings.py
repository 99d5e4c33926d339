from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.settings import ROOT, Settings, SettingsError, load_settings

SECRETS = """
[connections.leads]
url = "postgresql://from-secrets/d"

[dashboard]
schema = "from_secrets"
timezone = "Europe/Berlin"
statement_timeout = 5
data = "/srv/secrets"
postgres_bin = "/opt/secrets/bin"
tracking_plan = "/etc/secrets/plan.toml"
releases = "/etc/secrets/releases.toml"
"""


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text(SECRETS, encoding="utf-8")
    return path


@pytest.fixture
def no_secrets(tmp_path: Path) -> Path:
    (tmp_path / "none").mkdir()
    return tmp_path / "none" / "secrets.toml"


def test_nothing_set_means_the_demo_in_utc(no_secrets: Path) -> None:
    assert load_settings({}, no_secrets) == Settings(
        database_url=None,
        schema="public",
        zone=ZoneInfo("UTC"),
        statement_timeout=timedelta(seconds=30),
        data_home=ROOT / ".data",
        postgres_binaries=None,
        tracking_plan=ROOT / "dashboard" / "tracking_plan.toml",
        releases=None,
    )


def test_secrets_come_before_defaults(secrets: Path) -> None:
    assert load_settings({}, secrets) == Settings(
        database_url="postgresql://from-secrets/d",
        schema="from_secrets",
        zone=ZoneInfo("Europe/Berlin"),
        statement_timeout=timedelta(seconds=5),
        data_home=Path("/srv/secrets"),
        postgres_binaries=Path("/opt/secrets/bin"),
        tracking_plan=Path("/etc/secrets/plan.toml"),
        releases=Path("/etc/secrets/releases.toml"),
    )


def test_the_environment_comes_before_secrets(secrets: Path) -> None:
    environment = {
        "DATABASE_URL": "postgresql://from-environment/d",
        "DASHBOARD_SCHEMA": "from_environment",
        "DASHBOARD_TIMEZONE": "America/New_York",
        "DASHBOARD_STATEMENT_TIMEOUT": "0.5",
        "DASHBOARD_DATA": "/srv/environment",
        "DASHBOARD_POSTGRES_BIN": "/opt/environment/bin",
        "DASHBOARD_TRACKING_PLAN": "/etc/environment/plan.toml",
        "DASHBOARD_RELEASES": "/etc/environment/releases.toml",
    }
    assert load_settings(environment, secrets) == Settings(
        database_url="postgresql://from-environment/d",
        schema="from_environment",
        zone=ZoneInfo("America/New_York"),
        statement_timeout=timedelta(seconds=0.5),
        data_home=Path("/srv/environment"),
        postgres_binaries=Path("/opt/environment/bin"),
        tracking_plan=Path("/etc/environment/plan.toml"),
        releases=Path("/etc/environment/releases.toml"),
    )


def test_an_empty_database_url_is_unset(no_secrets: Path, secrets: Path) -> None:
    empty = {"DATABASE_URL": ""}
    assert load_settings(empty, no_secrets).database_url is None
    assert load_settings(empty, secrets).database_url == "postgresql://from-secrets/d"


def test_an_empty_url_in_secrets_is_unset(no_secrets: Path) -> None:
    no_secrets.write_text('[connections.leads]\nurl = ""\n')
    assert load_settings({}, no_secrets).database_url is None


def test_a_relative_data_folder_is_one_of_where_the_app_was_started(
    no_secrets: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings({"DASHBOARD_DATA": "here"}, no_secrets).data_home == tmp_path / "here"


def test_a_relative_file_is_one_of_where_the_app_was_started(
    no_secrets: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/somebody")
    found = load_settings(
        {"DASHBOARD_TRACKING_PLAN": "mine/plan.toml", "DASHBOARD_RELEASES": "~/releases.toml"},
        no_secrets,
    )
    assert found.tracking_plan == tmp_path / "mine" / "plan.toml"
    assert found.releases == Path("/home/somebody/releases.toml")


def test_a_home_folder_that_nobody_has_is_named(no_secrets: Path) -> None:
    with pytest.raises(SettingsError, match=r"no such home folder"):
        load_settings({"DASHBOARD_RELEASES": "~nobody-of-that-name/releases.toml"}, no_secrets)


@pytest.mark.parametrize(
    "content",
    [
        b'[connections.leads\nurl = "postgresql://u:hunter2@h/d"\n',
        b'url = "hunter2\n',
        b"hunter2",
        b'url = "hunter2 \xff"\n',
    ],
)
def test_bad_toml_is_named_and_never_echoed(no_secrets: Path, content: bytes) -> None:
    no_secrets.write_bytes(content)
    with pytest.raises(SettingsError) as raised:
        load_settings({}, no_secrets)
    assert "secrets.toml is not valid TOML" in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_secrets_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"can't be read: Is a directory"):
        load_settings({}, tmp_path)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("dashboard = 1", "[dashboard]"),
        ("connections = 'x'", "[connections]"),
        ("[connections]\nleads = 'x'", "[leads]"),
    ],
)
def test_a_table_that_is_none_is_named(no_secrets: Path, content: str, named: str) -> None:
    no_secrets.write_text(content)
    with pytest.raises(SettingsError) as raised:
        load_settings({}, no_secrets)
    assert str(raised.value).startswith(named)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "Europe", "UTC+2", "\0", "/"])
def test_a_bad_zone_is_named_with_an_example(no_secrets: Path, zone: str) -> None:
    with pytest.raises(SettingsError, match=r"^DASHBOARD_TIMEZONE: .* like Europe/Berlin$"):
        load_settings({"DASHBOARD_TIMEZONE": zone}, no_secrets)


@pytest.mark.parametrize("timeout", ["0", "-1", "soon", "nan", "inf", "3600.1", "30s"])
def test_a_bad_timeout_is_named_with_its_bounds(no_secrets: Path, timeout: str) -> None:
    with pytest.raises(SettingsError, match=r"^DASHBOARD_STATEMENT_TIMEOUT: .* 0 and 3600$"):
        load_settings({"DASHBOARD_STATEMENT_TIMEOUT": timeout}, no_secrets)


def test_the_database_url_is_in_no_representation() -> None:
    assert "hunter2" not in repr(Settings(database_url="postgresql://u:hunter2@h/d"))
