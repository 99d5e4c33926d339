"""The settings: the environment overrides .streamlit/secrets.toml, which overrides defaults."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).parents[1]
UTC_ZONE = ZoneInfo("UTC")
SECRETS = ROOT / ".streamlit" / "secrets.toml"
TRACKING_PLAN = ROOT / "dashboard" / "tracking_plan.toml"


class InputError(ValueError):
    """A person typed or set an unusable value; the text says why, and what to use instead."""


class SettingsError(InputError):
    """A setting is wrong; the text names it, where it was set and the values it can have."""


@dataclass(frozen=True)
class Settings:
    """Everything an operator may set; without `database_url` the demo is the source."""

    database_url: str | None = field(default=None, repr=False)
    schema: str = "public"
    zone: ZoneInfo = UTC_ZONE
    statement_timeout: timedelta = timedelta(seconds=30)
    data_home: Path = ROOT / ".data"
    postgres_binaries: Path | None = None
    tracking_plan: Path = TRACKING_PLAN
    releases: Path | None = None
    # Limits as text; dashboard/check/limits.py parses them.
    max_session_gap: str | None = None
    max_silence: str | None = None
    max_lost: str | None = None


def load_settings(
    environment: Mapping[str, str] | None = None, secrets_file: Path = SECRETS
) -> Settings:
    """Read the settings; raises SettingsError for a value that can't be used."""
    environment = os.environ if environment is None else environment
    secrets = _read_secrets(secrets_file)
    section = _table(secrets, "dashboard")
    connection = _table(_table(secrets, "connections"), "leads")

    def value(name: str, table: Mapping[str, Any], key: str) -> str | None:
        given = environment.get(name) or table.get(key)
        return None if given in (None, "") else str(given)

    binaries = value("DASHBOARD_POSTGRES_BIN", section, "postgres_bin")
    plan = value("DASHBOARD_TRACKING_PLAN", section, "tracking_plan")
    releases = value("DASHBOARD_RELEASES", section, "releases")
    return Settings(
        database_url=value("DATABASE_URL", connection, "url"),
        schema=value("DASHBOARD_SCHEMA", section, "schema") or "public",
        zone=_zone(value("DASHBOARD_TIMEZONE", section, "timezone") or "UTC"),
        statement_timeout=_seconds(
            value("DASHBOARD_STATEMENT_TIMEOUT", section, "statement_timeout")
        ),
        data_home=Path(value("DASHBOARD_DATA", section, "data") or ROOT / ".data").absolute(),
        postgres_binaries=Path(binaries) if binaries else None,
        tracking_plan=_file(plan) if plan else TRACKING_PLAN,
        releases=_file(releases) if releases else None,
        max_session_gap=value("DASHBOARD_MAX_SESSION_GAP", section, "max_session_gap"),
        max_silence=value("DASHBOARD_MAX_SILENCE", section, "max_silence"),
        max_lost=value("DASHBOARD_MAX_LOST", section, "max_lost"),
    )


def _read_secrets(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The parser's message may quote the line, which may hold the password.
        raise SettingsError(f"{path.name} is not valid TOML: correct it or remove it") from None
    except OSError as error:
        raise SettingsError(f"{path.name} can't be read: {error.strerror}") from None


def _table(parent: Mapping[str, Any], key: str) -> dict[str, Any]:
    table = parent.get(key, {})
    if not isinstance(table, dict):
        raise SettingsError(f"[{key}] in secrets.toml must be a table")
    return table


def _file(given: str) -> Path:
    """Return a file's path; a relative path starts at the folder where the app was started."""
    try:
        return Path(given).expanduser().absolute()
    except RuntimeError:
        raise SettingsError(
            f"{given}: there is no such home folder; write the whole path"
        ) from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"DASHBOARD_TIMEZONE: {name!r} is no IANA time zone; write one like Europe/Berlin"
        ) from None


def _seconds(given: str | None) -> timedelta:
    try:
        seconds = float(given or 30)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise SettingsError(
            f"DASHBOARD_STATEMENT_TIMEOUT: {given!r} is no number of seconds between 0 and 3600"
        )
    return timedelta(seconds=seconds)
