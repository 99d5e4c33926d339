from datetime import datetime
from pathlib import Path

import pytest

from dashboard.shared.releases import Release, ReleasesError, load_releases

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
    return str(caught.value).removeprefix(f"{path}: ")


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


KEYS = "release 2: give it exactly the keys commit, at, changes, fixes"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('commit = "def5678"\n', "", KEYS),
        ("fixes = []", "fixes = []\nauthor = 'x'", KEYS),
        ("fixes = []", "fixed = []", KEYS),
        ('"def5678"', "5678", "release 2: commit must be a text, not 5678"),
        ('"def5678"', '""', "release 2: commit must be a text, not ''"),
        ('"nothing that was broken"', "[]", "release 2: changes must be a text, not []"),
        ("fixes = []", "fixes = 4", "release 2: fixes must be a list of whole numbers, not 4"),
        (
            "fixes = []",
            "fixes = [true]",
            "release 2: fixes must be a list of whole numbers, not [True]",
        ),
        ("2026-03-02T", "2026-02-02T", "release 2 is before release 1: oldest first"),
    ],
)
def test_a_wrong_entry_is_named_with_what_to_do(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in SECOND
    assert refusal(written(tmp_path, GOOD + SECOND.replace(old, new))) == message


@pytest.mark.parametrize("at", ["2026-03-02", "2026-03-02T10:00:00Z", '"2026-03-02T10:00:00"'])
def test_a_time_that_is_not_on_the_clock_of_the_rows_is_refused(tmp_path: Path, at: str) -> None:
    message = refusal(written(tmp_path, GOOD.replace("2026-03-01T10:00:00", at)))
    assert message.startswith("release 1: at must be a date and time without offset, not ")


@pytest.mark.parametrize("text", ["", "title = 'x'\n" + GOOD, "release = 'abc'", "[release]"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    message = refusal(written(tmp_path, text))
    assert message == "write [[release]] entries, one or more, and nothing else"


def test_an_entry_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "release = [1]")).startswith("release 1: give it exactly")


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "[[release")).startswith("cannot be read as TOML, correct it")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert refusal(path).startswith("cannot be read as TOML, correct it")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.toml").startswith("cannot be read as TOML, correct it")
