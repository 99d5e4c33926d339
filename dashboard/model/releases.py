"""The releases a data owner wants to see beside the data, read from a TOML file."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from dashboard.model.toml_lines import TEXT_FORM, Form, TomlFile, read_toml
from dashboard.settings import SettingsError, load_settings

RELEASES_FILE = Path(__file__).parents[1] / "releases.toml"
RELEASE_KEYS = {
    "commit": TEXT_FORM,
    "at": Form(
        "a date and time on the clock of the rows, without offset: 2026-03-01T10:00:00",
        lambda at: isinstance(at, datetime) and at.tzinfo is None,
    ),
    "changes": TEXT_FORM,
    "fixes": Form(
        "a list of whole numbers, [] for none",
        lambda value: isinstance(value, list) and all(type(number) is int for number in value),
    ),
}


class ReleasesError(SettingsError):
    """A releases file that cannot be used; the message says where and what to do."""


@dataclass(frozen=True)
class Release:
    """One commit in production; `at` is on the clock of the rows, without zone."""

    commit: str
    at: datetime
    changes: str
    fixes: tuple[int, ...]


def load_releases(path: Path) -> tuple[Release, ...]:
    """Read and validate a releases file, oldest release first; raises ReleasesError."""
    file = read_toml(path, "the releases", ReleasesError)
    file.only("release")
    entries = file.entries("release")
    if not entries:
        file.refuse(None, "write [[release]] entries, one or more, and nothing else")
    for position in range(len(entries)):
        file.check("release", position, RELEASE_KEYS, {})
    _check_order(file)
    return tuple(
        Release(entry["commit"], entry["at"], entry["changes"], tuple(entry["fixes"]))
        for entry in entries
    )


def releases_of(where: str) -> tuple[Release, ...]:
    """Return the releases of a source, by its label: the demo's own, or those in the settings.

    A database other than the demo has none unless the settings name a file. Raises ReleasesError.
    """
    path = RELEASES_FILE if where in ("demo", "sandbox") else load_settings().releases
    return load_releases(path) if path else ()


def _check_order(file: TomlFile) -> None:
    entries = file.entries("release")
    for position, (earlier, later) in enumerate(pairwise(entries), 1):
        if later["at"] < earlier["at"]:
            file.refuse(
                file.key_line("release", position, "at"),
                f"release {position + 1} is before release {position}: put the oldest first",
            )
    commits = [entry["commit"] for entry in entries]
    for position, commit in enumerate(commits):
        if commit in commits[:position]:
            file.refuse(
                file.key_line("release", position, "commit"),
                f"commit {commit!r} is already release {commits.index(commit) + 1}: "
                "take one of them away",
            )
