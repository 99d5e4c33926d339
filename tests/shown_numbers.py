"""The numbers that a page shows, and the ways in which an answer's numbers may be written.

A number in a sentence, a table cell or a figure's text is a token: digits with their unit, such as
`1234`, `1.4 %` or `14 days`. A table's numbers and times are compared as they are, unrounded.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.coverage.plan_section import PLAN_DEFINITIONS
from dashboard.coverage.plan_words import chance_words, gap_words
from dashboard.coverage.words import shown_offset
from dashboard.funnel.definitions import FUNNEL_DEFINITIONS
from dashboard.funnel.times.data import BOUNDS
from dashboard.funnel.times.figures import bound_in_words
from dashboard.model.formats import count, duration, exact_duration, percent
from dashboard.model.windows import length_words

TEXTS = (
    *("title", "header", "subheader", "markdown", "caption", "metric", "button", "expander"),
    *("info", "warning", "error", "success"),
)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?Z?")
TOKEN = re.compile(
    r"(?<![\w.])[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?: ?%|(?: (?:min|days?|s|h|d)\b))?"
)
SHARE_OF = re.compile(r"(\d+) of (\d+)[^().]{0,60}\(([<>]? ?[\d.]+ %)\)")
# What a page says in the same words whatever its data: explanations, and the limits in them.
FIXED = (FUNNEL_DEFINITIONS.strip(), PLAN_DEFINITIONS.strip())
PHRASES = {
    r"95 % interval|95 % from|95 %:": "the confidence of every interval",
    r"19 of 20 gaps|at most 1 in 100|up to an hour|less than 1 in a billion": "levels of a test",
    r"at most 1\.0 % counts as a change": "the level of a test",
    r"(a rate|a value) needs (at least )?30 \w+": "fewer are not judged",
    r"fewer than 30 \w+|30 are needed|too few to compare \(n < 30\)": "fewer are not judged",
    r"within 5 s of it": "how close two write paths of one submission are",
    r"the window of 30 days|are 30 days old|-day window": "the question's own window",
    r"^last \d+ days$": "a period to choose",
    r"newest days with closed windows: \S+ to \S+": "a period to choose",
    r"newest \d+": "how many rows a page shows of a longer list",
    r"read at \d+:\d+:\d+": "when the page was read",
    r"\S*/socket:\d+/\w+": "the source's address",
    r"the \d+ largest of": "how many lines a figure has room for",
}
# Counts of one row that the pages show with the share of the one in the other.
PARTS_OF = (
    *(("missing", "expected"), ("with_session", "expected"), ("all_same", "submissions")),
    *(("without_events", "leads"), ("ambiguous", "leads"), ("found", "known")),
    *(("dropped", "observed"), ("units", "reached")),
)
# The words by which pages count the rows of a list.
COUNTED_BY = ("state", "kind", "holds", "found")


class Shown:
    """What a page shows: tokens and moments in texts, and the numbers and times of its tables."""

    def __init__(self, app: AppTest) -> None:
        self.texts: list[str] = []
        self.cells: list[object] = []
        node: Any
        for node in app.main:
            kind = getattr(node, "type", "")
            if kind in TEXTS:
                self.texts.append(_plain(str(getattr(node, "value", None) or node.label)))
            elif kind == "dataframe":
                self._add_table(node)
            elif kind == "plotly_chart":
                self.texts += [*map(_plain, _figure_texts(json.loads(node.proto.spec)))]

    def _add_table(self, node: Any) -> None:
        frame = node.value
        shown = json.loads(node.proto.columns or "{}")
        order = list(node.proto.column_order) or [*frame.columns]
        for name in order:
            if shown.get(name, {}).get("hidden") or name not in frame:
                continue
            for value in frame[name]:
                if isinstance(value, str):
                    self.texts.append(value)
                elif not isinstance(value, bool) and pd.notna(value):
                    self.cells.append(value)


class Told:
    """What answers tell: their texts, numbers and times, and how these may be written."""

    def __init__(self, answers: Iterable[Any], asked: Iterable[str] = ()) -> None:
        self.texts: set[str] = set()
        self.numbers: set[float] = set()
        self.moments = {*asked}
        # A figure names the bounds of all its bins, also of the empty ones.
        self.tokens = {token for each in BOUNDS for token in tokens(bound_in_words(each))}
        for answer in answers:
            self._add(answer, "")
        self.tokens |= {token for number in self.numbers for token in _plain_forms(number)}

    def lacks(self, shown: Shown) -> list[str]:
        """Return what is shown and not told, with where it stands."""
        lacking = [self._lacking_in(text) for text in shown.texts if text not in self.texts]
        cells = [str(each) for each in shown.cells if not self._has(each)]
        return [*filter(None, lacking), *cells]

    def _lacking_in(self, text: str) -> str:
        found = _read(text)
        shares = {
            share
            for part, whole, share in found.shares
            if {part, whole} <= self.numbers and whole and share == percent(part / whole)
        }
        told = self.tokens | {token for each in shares for token in tokens(each)}
        missing = [at for at in found.moments if not self._has_moment(at)]
        missing += [token for token in found.tokens if token not in told]
        return f"{missing} in {text!r}" if missing else ""

    def _has(self, cell: object) -> bool:
        if isinstance(cell, datetime | pd.Timestamp):
            return self._has_moment(cell.isoformat(" "))
        return any(
            number in self.numbers
            for number in (cell, round(float(cell), 12))  # type: ignore[arg-type]
        )

    def _has_moment(self, at: str) -> bool:
        wanted = at.replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00")
        return any(each.startswith(wanted) for each in self.moments)

    def _add(self, value: Any, key: str, row: dict[str, Any] | None = None) -> None:
        if isinstance(value, dict):
            for name, each in value.items():
                self._add(each, name, value)
            self.tokens |= {*_shares(value)}
        elif isinstance(value, list):
            self.numbers |= {len(value), *_counted(value)}
            for each in value:
                self._add(each, key, row)
        elif isinstance(value, str):
            self.texts.add(value)
            self.moments |= {at.replace("T", " ").removesuffix("Z") for at in MOMENT.findall(value)}
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.numbers |= {value, round(value, 12)}
            self.tokens |= {token for form in _forms(key, value) for token in tokens(form)}


@dataclass(frozen=True)
class _Read:
    """The moments and tokens of a text, and its shares, each as part, whole and percentage."""

    moments: list[str]
    tokens: list[str]
    shares: list[tuple[int, int, str]]


@cache
def _read(text: str) -> _Read:
    for phrase in PHRASES:
        text = re.sub(phrase, " ", text, flags=re.I)
    found = SHARE_OF.findall(text.replace(",", ""))
    shares = [(int(part), int(whole), share) for part, whole, share in found]
    return _Read(MOMENT.findall(text), tokens(text), shares)


def tokens(text: str) -> list[str]:
    """Return the numbers of a text with their units; times left out."""
    return [_token(each) for each in TOKEN.findall(MOMENT.sub(" ", text))]


def _token(text: str) -> str:
    """Write one number in one way: no thousands separators, no plus, and its unit."""
    return text.replace(",", "").replace("+", "").replace("days", "d").replace("day", "d").strip()


def _plain(text: str) -> str:
    """Return a text as it is read: no escapes of Markdown, no tags, a minus that is one."""
    if text.strip() in FIXED:
        return ""
    unescaped = re.sub(r"\\(.)", r"\1", re.sub(r"\]\([^)]*\)", "]", text))
    return unescape(re.sub(r"<[a-z/][^>]*>", " ", unescaped)).replace("−", "-").replace("*", "")


def _figure_texts(figure: dict[str, Any]) -> Iterator[str]:
    """Return what a figure says in words; its positions and axis values are those of its texts."""
    for trace in figure["data"]:
        yield trace.get("name") or ""
        for name in ("text", "hovertext"):
            texts = trace.get(name) or []
            yield from map(str, [texts] if isinstance(texts, str) else texts)
    yield figure["layout"].get("title", {}).get("text") or ""
    yield from (each.get("text") or "" for each in figure["layout"].get("annotations", ()))


def _plain_forms(number: float) -> Iterator[str]:
    if number == int(number):
        yield str(int(number))


def _shares(row: dict[str, Any]) -> Iterator[str]:
    """Return the shares that a page writes beside two counts of a row."""
    for part, whole in PARTS_OF:
        if isinstance(row.get(part), int) and row.get(whole):
            yield from tokens(percent(row[part] / row[whole]))


def _counted(rows: list[Any]) -> Iterator[int]:
    """Return how many rows of a list have the same word in a column that pages count by."""
    for name in COUNTED_BY:
        words = [str(row[name]) for row in rows if isinstance(row, dict) and name in row]
        yield from (words.count(word) for word in {*words})


def _forms(key: str, value: float) -> Iterator[str]:
    """Return the ways in which a page may write a number of an answer, by what its key says."""
    if isinstance(value, int):
        yield count(value)
    if key.endswith("_s"):
        length = timedelta(seconds=value)
        yield from (duration(length), exact_duration(length), f"{value:.0f} s")
        yield from (length_words(length), bound_in_words(round(value)) if value >= 1 else "0 s")
    elif key.endswith("hours"):
        yield gap_words(value)
    elif key == "minutes":
        yield shown_offset(value)
    elif "chance" in key:
        yield from (chance_words(float(value)), percent(value))
    elif key == "expected" and isinstance(value, float):
        yield f"{value:,.0f}"
    elif isinstance(value, float) and -1 <= value <= 1:
        yield from (percent(value), f"{100 * value:+.1f}")
