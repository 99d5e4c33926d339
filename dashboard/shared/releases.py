"""The releases a data owner wants to see beside the data, read from a TOML file."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

RELEASES_FILE = Path(__file__).parents[1] / "releases.toml"
RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "commit": ("a text", lambda value: isinstance(value, str) and bool(value)),
    "at": ("a date and time without offset", lambda at: isinstance(at, datetime) and not at.tzinfo),
    "changes": ("a text", lambda value: isinstance(value, str) and bool(value)),
    "fixes": (
        "a list of whole numbers",
        lambda value: isinstance(value, list) and all(type(number) is int for number in value),
    ),
}


class ReleasesError(ValueError):
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
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleasesError(f"{path}: cannot be read as TOML, correct it: {error}") from error
    entries = document.get("release")
    if document.keys() != {"release"} or not isinstance(entries, list):
        raise ReleasesError(f"{path}: write [[release]] entries, one or more, and nothing else")
    releases = tuple(_release(entry, f"{path}: release {n}") for n, entry in enumerate(entries, 1))
    for n, (earlier, later) in enumerate(pairwise(releases), 2):
        if later.at < earlier.at:
            raise ReleasesError(f"{path}: release {n} is before release {n - 1}: oldest first")
    return releases


def _release(entry: Any, where: str) -> Release:
    if not isinstance(entry, dict) or entry.keys() != RULES.keys():
        raise ReleasesError(f"{where}: give it exactly the keys {', '.join(RULES)}")
    for key, (form, fits) in RULES.items():
        if not fits(entry[key]):
            raise ReleasesError(f"{where}: {key} must be {form}, not {entry[key]!r}")
    return Release(entry["commit"], entry["at"], entry["changes"], tuple(entry["fixes"]))
