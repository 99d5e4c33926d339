from datetime import datetime
from pathlib import Path

import pytest

from dashboard.model.releases import Release, ReleasesError, load_releases, releases_of

DEMO = Path(__file__).parents[2] / "dashboard" / "releases.toml"

GOOD = """
[[release]]
commit = "abc1234"
at = 2026-03-01T10:00:00
changes = "tracking retries"
fixes = [1]
"""
SECOND = """
[[release]]
commit = "def5678"
at = 2026-03-02T10:00:00
changes = "nothing that was broken"
fixes = []
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ReleasesError) as caught:
        load_releases(path)
    return str(caught.value)


def test_the_demos_releases_are_the_reports_on_its_own_clock() -> None:
    releases = load_releases(DEMO)
    assert [(release.commit, str(release.at), release.fixes) for release in releases] == [
        ("2ef8629", "2026-01-26 02:13:12", (1, 2)),
        ("4c07fe6", "2026-01-26 02:19:31", (3,)),
        ("2493f44", "2026-01-26 02:33:03", (4,)),
    ]
    assert all(release.changes for release in releases)


def test_a_file_says_that_it_belongs_to_the_demo() -> None:
    assert DEMO.read_text(encoding="utf-8").startswith("# The releases of the demo")


def test_an_owners_file_is_read(tmp_path: Path) -> None:
    assert load_releases(written(tmp_path, GOOD + SECOND)) == (
        Release("abc1234", datetime(2026, 3, 1, 10), "tracking retries", (1,)),
        Release("def5678", datetime(2026, 3, 2, 10), "nothing that was broken", ()),
    )


def test_two_commits_may_go_live_at_the_same_time(tmp_path: Path) -> None:
    same = GOOD + GOOD.replace("abc1234", "def5678")
    assert [release.commit for release in load_releases(written(tmp_path, same))] == [
        "abc1234",
        "def5678",
    ]


A_TEXT = "a text in quotes, not empty and without spaces at its edges"
KEYS = "use commit, at, changes, fixes"
NUMBERS = "fixes must be a list of whole numbers, [] for none"


@pytest.mark.parametrize(
    ("old", "new", "line", "fault"),
    [
        ('commit = "def5678"\n', "", 8, f"release 2 lacks commit: add commit = …, {A_TEXT}"),
        (
            "fixes = []",
            "fixes = []\nauthor = 'x'",
            13,
            f"release 2 has an unknown key 'author': {KEYS}",
        ),
        ("fixes = []", "fixed = []", 12, f"release 2 has an unknown key 'fixed': {KEYS}"),
        ('"def5678"', "5678", 9, f"release 2: commit must be {A_TEXT}, not 5678"),
        ('"def5678"', '""', 9, f"release 2: commit must be {A_TEXT}, not ''"),
        ('"nothing that was broken"', "[]", 11, f"release 2: changes must be {A_TEXT}, not []"),
        ("fixes = []", "fixes = 4", 12, f"release 2: {NUMBERS}, not 4"),
        ("fixes = []", "fixes = [true]", 12, f"release 2: {NUMBERS}, not [True]"),
        ("2026-03-02T", "2026-02-02T", 10, "release 2 is before release 1: put the oldest first"),
        ("def5678", "abc1234", 9, "commit 'abc1234' is already release 1: take one of them away"),
        ("fixes = []", "fixes = [\n", 12, "is no valid TOML: "),
    ],
)
def test_a_wrong_entry_is_named_with_its_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, line: int, fault: str
) -> None:
    assert old in SECOND
    path = written(tmp_path, GOOD + SECOND.replace(old, new))
    with pytest.raises(ReleasesError) as caught:
        load_releases(path)
    assert str(caught.value).startswith(f"{path}, line {line}: {fault}")


@pytest.mark.parametrize("at", ["2026-03-02", "2026-03-02T10:00:00Z", '"2026-03-02T10:00:00"'])
def test_a_time_that_is_not_on_the_clock_of_the_rows_is_refused(tmp_path: Path, at: str) -> None:
    message = refusal(written(tmp_path, GOOD.replace("2026-03-01T10:00:00", at)))
    assert ", line 4: release 1: at must be a date and time on the clock of the rows" in message


def test_a_date_that_no_calendar_has_is_refused(tmp_path: Path) -> None:
    message = refusal(written(tmp_path, GOOD.replace("2026-03-01T", "2026-02-30T")))
    assert ", line 4: is no valid TOML: Invalid date" in message


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ": write [[release]] entries, one or more, and nothing else"),
        ("title = 'x'\n" + GOOD, ", line 1: 'title' is not known here: write only [[release]]"),
        ("release = 'abc'", ", line 1: write each release as [[release]]"),
        ("\n[release]", ", line 2: write each release as [[release]]"),
        ("release = [1]", ", line 1: write each release as [[release]]"),
        ("[[release", ", line 1: is no valid TOML: "),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    assert fault in refusal(written(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert refusal(path) == f"{path}, line 1: is not UTF-8; save the file as UTF-8"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "absent.toml")


def test_a_configured_source_has_the_releases_of_its_owners_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert releases_of("db.example:5432/leads") == ()
    monkeypatch.setenv("DASHBOARD_RELEASES", str(written(tmp_path, GOOD)))
    assert [each.commit for each in releases_of("db.example:5432/leads")] == ["abc1234"]
    # The demo and its copy keep their own: another system's releases say nothing about them.
    for where in ("demo", "sandbox"):
        assert releases_of(where) == load_releases(DEMO)
