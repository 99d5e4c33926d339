"""What a page is given: the header's source and period, and cached answers from them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

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
    """The header's choice, and the times at which its answers were read."""

    source: Source
    filters: Filters
    read_at: list[datetime] = field(default_factory=list)

    def ask(self, question: Callable[..., Answered], *arguments: object) -> Answered:
        """Return `question(reader, filters, *arguments)`, from the cache while it is fresh.

        Raises DatabaseProblem; a failure is never cached.
        """
        name = f"{question.__module__}.{question.__qualname__}"
        key = (name, self.source.name, self.source.label, self.source.schema, repr(self.filters))
        answer, read_at = _cached(repr((key, arguments)), self, question, arguments)
        self.read_at.append(read_at)
        return answer  # type: ignore[no-any-return]


# Not cache_data: it pickles, and a class of our own does not survive that across a code reload.
# Everything cached is frozen or never changed after it was read.
@st.cache_resource(ttl=CACHE_SECONDS, max_entries=256, show_spinner=False)
def _cached(
    key: str, _view: View, _question: Callable[..., Any], _arguments: tuple[object, ...]
) -> tuple[Any, datetime]:
    with _view.source.read() as reader:
        return _question(reader, _view.filters, *_arguments), now()


def forget_answers() -> None:
    """Read everything anew the next time it is asked for."""
    _cached.clear()


@contextmanager
def part(height: int = 160) -> Iterator[None]:
    """Show a part of a page: a placeholder while it is read, and its own message if that fails.

    The rest of the page stands.
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
    """Offer rows as a file whose name says what, from where and for which period.

    They are made only when somebody takes them. `title` tells one button of a page from another.
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
    """Keep names that come from outside from being read as Markdown."""
    return "".join(f"\\{each}" if each in r"\`*_{}[]()<>#+-.!|~$:" else each for each in text)
