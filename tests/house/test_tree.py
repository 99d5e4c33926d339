"""The tree that docs/architecture.md draws is the tree."""

from pathlib import Path

from tests.house.modules import ROOT

DOCUMENT = ROOT / "docs" / "architecture.md"
TOPS = ("dashboard", "queries", "tests")
DRAWN_FILES = (".py", ".toml")


def test_the_drawn_tree_is_the_tree() -> None:
    drawn = _drawn()
    folders = {path for path in drawn if path.suffix not in DRAWN_FILES}
    real = {path for top in TOPS for path in _folders(ROOT / top)}
    assert folders == real
    assert not [path for path in drawn if not (ROOT / path).exists()]


def test_every_file_of_the_app_is_drawn_or_in_a_drawn_folder() -> None:
    beside = {path.relative_to(ROOT) for path in (ROOT / "dashboard").glob("*.*")}
    assert beside - _drawn() == {Path("dashboard/__init__.py")}


def _drawn() -> set[Path]:
    """Read the first block of the document: two spaces of indentation for each level."""
    _, block, _ = DOCUMENT.read_text(encoding="utf-8").split("```", 2)
    above: list[str] = []
    paths = set()
    for line in filter(None, block.splitlines()):
        depth = (len(line) - len(line.lstrip())) // 2
        above = [*above[:depth], line.split()[0].rstrip("/")]
        paths.add(Path(*above))
    return paths


def _folders(top: Path) -> set[Path]:
    """Return a folder and those in it that hold modules, questions or fixtures of questions."""
    files = (path for kind in ("*.py", "*.sql") for path in top.rglob(kind))
    found = {path.parent.relative_to(ROOT) for path in files}
    fixtures = ROOT / "tests" / "queries" / "golden"
    return found | ({fixtures.relative_to(ROOT)} if fixtures.is_relative_to(top) else set())
