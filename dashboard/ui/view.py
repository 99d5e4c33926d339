"""A page's view: the header's source and period, and cached answers for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from sqlalchemy import RowMapping

from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import Source
from dashboard.model.filters import Filters
from dashboard.model.times import now
from dashboard.ui.export import csv_text
from dashboard.ui.theme import Palette, palette

Answered = TypeVar("Answered")
CACHE_SECONDS = 120


@dataclass(frozen=True)
class View:
    """The header's choice, and the times when its answers were read."""

    source: Source
    filters: Filters
    read_at: list[datetime] = field(default_factory=list)

    def ask(self, question: Callable[..., Answered], *arguments: object) -> Answered:
        """Return `question(reader, filters, *arguments)`, from the cache while it is fresh.

        Raises DatabaseProblem; a failure is never cached.
        """
        name = f"{question.__module__}.{question.__qualname__}"
        key = repr((name, _key(self.source), self.filters, arguments))
        answer, read_at = _cached(key, self, question, arguments)
        self.read_at.append(read_at)
        return answer  # type: ignore[no-any-return]


# cache_data would pickle the answers, and our classes can't be unpickled after a code reload.
# cache_resource is safe because nothing changes a cached answer.
@st.cache_resource(ttl=CACHE_SECONDS, max_entries=256, show_spinner=False)
def _cached(
    key: str, _view: View, _question: Callable[..., Any], _arguments: tuple[object, ...]
) -> tuple[Any, datetime]:
    with _view.source.read(_read_once(_key(_view.source))) as reader:
        return _question(reader, _view.filters, *_arguments), now()


# The median lag takes as long as a funnel, and nearly every part of a page needs it.
@st.cache_resource(ttl=CACHE_SECONDS, show_spinner=False)
def _read_once(source: tuple[str, str, str]) -> dict[str, RowMapping]:
    """Return the answers that all transactions on this source share: those of Reader.once()."""
    return {}


def _key(source: Source) -> tuple[str, str, str]:
    """Return what tells sources apart to the cache."""
    return source.name, source.label, source.schema


def forget_answers() -> None:
    """Empty the cache, so that each answer is read again when it is next needed."""
    _cached.clear()
    _read_once.clear()


@contextmanager
def part(height: int = 160) -> Iterator[None]:
    """Show a part of a page: a placeholder while it loads, and a message if that fails.

    A failure does not affect the rest of the page.
    """
    try:
        with st.skeleton(height=height):
            yield
    except DatabaseProblem as problem:
        show_problem(problem)


def show_problem(problem: DatabaseProblem) -> None:
    """Say what could not be read, why, and what to do next."""
    with st.container(border=True):
        st.markdown(f"**{literal(problem.what)}.**")
        st.markdown(f"{literal(problem.next_step)}")
        st.caption(literal(problem.where))


def colors() -> Palette:
    """Return the figures' colors for the theme that this visitor sees."""
    return palette(st.context.theme.type)


def csv_button(rows: Callable[[], pd.DataFrame], name: str, view: View, title: str = "") -> None:
    """Offer rows as a CSV file; the file name has content, source and period.

    The file is made only on a click. `title` distinguishes several buttons on one page.
    """
    period = view.filters.period.replace(" ", "-").replace(",", "").replace(":", "")
    st.download_button(
        f"Download CSV: {title}" if title else "Download CSV",
        lambda: csv_text(rows()),
        f"{name}-{view.source.name}-{period}.csv",
        "text/csv",
        key=f"csv-{name}",
        on_click="ignore",
        type="tertiary",
    )


def literal(text: str) -> str:
    """Escape text from outside, so that Markdown shows it unchanged."""
    return "".join(f"\\{each}" if each in r"\`*_{}[]()<>#+-.!|~$:" else each for each in text)
