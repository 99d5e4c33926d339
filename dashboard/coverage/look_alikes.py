"""Unplanned names that look like a planned one: other case, spaces, look-alike letters, typos."""

import unicodedata
from collections.abc import Collection
from difflib import get_close_matches

# Cyrillic and Greek letters that print like Latin ones (Unicode's confusables, lower case).
LETTERS = dict(zip("аеорсухіјѕһԁԛԝвкмнтαορνικυτε", "aeopcyxijshdqwbkmhtaopvikute", strict=True))
SEPARATORS = " -._/"
CLOSE = 0.88


def resembles(name: str, planned: Collection[str]) -> tuple[str, str] | None:
    """Return the planned name that a name looks like, and the difference; None without any."""
    for differs, same in (
        ("space at its edge", str.strip),
        ("other case", lambda text: text.strip().casefold()),
        ("look-alike or hidden characters", _skeleton),
        ("other separators", lambda text: _bare(_skeleton(text))),
    ):
        found = {same(each): each for each in planned}.get(same(name))
        if found and found != name:
            return found, differs
    close = get_close_matches(_skeleton(name), planned, n=1, cutoff=CLOSE)
    return (close[0], "spelled otherwise") if close else None


def visible(name: str) -> str:
    """Write a name with visible spaces at its edges and visible non-Latin letters."""
    edges = len(name) - len(name.lstrip(" ")), len(name.rstrip(" "))
    return "".join(
        "␠" if each == " " and not edges[0] <= place < edges[1] else _shown(each)
        for place, each in enumerate(name)
    )


def _skeleton(text: str) -> str:
    """Return a name as an eye sees it: no hidden characters, look-alikes as Latin, case folded."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (each for each in plain if unicodedata.category(each) not in ("Cf", "Cc", "Mn"))
    return "".join(LETTERS.get(each, each) for each in kept).strip()


def _bare(text: str) -> str:
    return "".join("_" if each in SEPARATORS else each for each in text).replace("_", "")


def _shown(character: str) -> str:
    """Return ordinary characters unchanged; write hidden or misleading ones as code points."""
    folded = unicodedata.normalize("NFKC", character) != character
    misleads = folded or character.lower() in LETTERS or not character.isprintable()
    return f"[U+{ord(character):04X}]" if misleads else character
