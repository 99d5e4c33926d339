"""One word for one thing: the words that the vocabulary replaced are gone, in every text."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.modules import ROOT

# The word that is used now, by a pattern of the old one.
OLD_WORDS = {
    r"analys(ed|ing)\b": "analyzed, analyzing",
    r"placeholder name": "placeholder lead",
    r"usual lag": "median lag",
    r"in a crowd|crowded|torn": "ambiguous",
    r"matured": "closed windows",
    r"(whose|its|their) (window|time) (is|are) over|windows? (is|are) over": "window closed",
    r"repaired|repairing": "corrected",
    r"as recorded": "raw",
    r"merged leads?|leads? (are|is) merged|merging leads": "matched leads",
    r"readings|(in|by|each|this|another|choose a|what a) reading(?! the)": "data correction",
    r"on the way(?! back)": "in progress",
    r"went on": "converted",
    r"went no further|going no further": "dropped off",
    r"the whole way|all the way": "completed the funnel",
    r"behind a loss": "blocked by a lost event",
    r"after its proof": "out of order",
    r"impossible journeys?": "data anomalies",
    r"does not hold|doesn[’']t hold": "refuted",
    r"can(’t|'t|not) (be told|tell)|cannot tell": "inconclusive",
    r"everything it left behind|left behind": "activity timeline",
    r"cures?": "remedy",
    r"own files?": "configuration file",
    r"writing paths?": "write path",
    r"half within|nine in ten": "median, p90",
    r"agreement": "consistency checks",
    r"never seen": "never recorded",
    r"carr(y|ies) (a|its|the|their) session": "has a session id",
}
TEXTS = ("*.py", "*.sql", "*.md", "*.html", "*.toml")
FOLDERS = ("dashboard", "queries", "docs")


@pytest.mark.parametrize(("pattern", "now"), OLD_WORDS.items())
def test_an_old_word_is_gone(pattern: str, now: str) -> None:
    found = [*_uses(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))]
    assert not found, f"say {now}:\n" + "\n".join(found)


def _uses(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in _files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def _files() -> list[Path]:
    inside = (path for folder in FOLDERS for kind in TEXTS for path in (ROOT / folder).rglob(kind))
    return sorted({ROOT / "README.md", *inside})
