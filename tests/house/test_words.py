"""One word for one thing, in American spelling: the words that were replaced are in no text."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.modules import ROOT

# The word that is used now, by a pattern of the old one.
OLD_WORDS = {
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
# British spellings, also inside a name. The groups keep a pattern from finding itself.
ENDINGS = "(e|es|ed|er|ing|able|ation)"
IZED = (
    "author|categor|character|custom|emphas|final|general|initial|maxim|minim|normal|optim|organ|"
    "prior|random|real|recogn|serial|special|standard|summar|synchron|util|visual"
)
BRITISH = {
    rf"({IZED})is{ENDINGS}(?![a-z])": "-ize",
    r"(anal|cata)lys(e|ed|er|ing)(?![a-z])|(anal)ys(ed|er|ing)|(anal)yses (it|them)": "-yze",
    r"(behavi|col|endeav|fav|flav|harb|hon|hum|lab|neighb|rum|vap)our": "-or",
    r"(cent|lit|met|theat)re(?![a-z])": "-er",
    r"(anal|catal|dial|prol)ogue": "-og",
    r"(def|off|lic|pret)ence(?![a-z])": "-ense",
    r"(cancel|label|model|signal|travel)l(ing|er)|(label|model|signal|travel)led": "one l",
    r"(gr)ey(?![a-z])|(judg|acknowledg)ement|(whil|among)st|\b(toward)s": "American spelling",
}
TEXTS = ("*.py", "*.sql", "*.md", "*.html", "*.toml")
FOLDERS = ("dashboard", "queries", "docs")


@pytest.mark.parametrize(("pattern", "now"), OLD_WORDS.items())
def test_an_old_word_is_gone(pattern: str, now: str) -> None:
    found = [*_uses(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))]
    assert not found, f"say {now}:\n" + "\n".join(found)


@pytest.mark.parametrize(("pattern", "now"), BRITISH.items())
def test_the_spelling_is_american(pattern: str, now: str) -> None:
    found = [*_uses(re.compile(pattern, re.IGNORECASE), (*FOLDERS, "tests"))]
    assert not found, f"write {now}:\n" + "\n".join(found)


def _uses(pattern: re.Pattern[str], folders: Iterable[str] = FOLDERS) -> Iterator[str]:
    for path in _files(folders):
        if pattern.search(path.name):
            yield f"{path.relative_to(ROOT)}: its name"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def _files(folders: Iterable[str]) -> list[Path]:
    inside = (path for folder in folders for kind in TEXTS for path in (ROOT / folder).rglob(kind))
    return sorted({ROOT / "README.md", *inside})
