"""A command of the command line; each slice defines its commands in its `command.py`."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from dashboard.command_line.answers import ANSWER_FORMATS, Answer
from dashboard.database.reading import Reader
from dashboard.model.filters import Filters, typed_filters
from dashboard.settings import Settings
from dashboard.sources import Sources


class NotThereError(Exception):
    """A person asked for something that does not exist; the text names it."""


@dataclass(frozen=True)
class Outcome:
    """The text for stdout, None for nothing at all, and the exit code."""

    text: str | None
    exit_code: int = 0


@dataclass(frozen=True)
class Asked:
    """The settings and the typed options of a command."""

    settings: Settings
    options: argparse.Namespace

    @property
    def filters(self) -> Filters:
        """The typed period; raises TimeError."""
        typed = self.options
        return typed_filters(typed.start, typed.end, typed.as_of, self.settings.zone)

    @contextmanager
    def sources(self) -> Iterator[Sources]:
        """Open the sources; the progress of their start goes to stderr."""
        with closing(Sources(self.settings, say=tell)) as sources:
            yield sources

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Read the chosen source; raises DatabaseProblem."""
        with self.sources() as sources:
            source = sources.open(self.options.source or sources.default)
            with source.read() as reader:
                yield reader

    def written(self, answer: Answer) -> Outcome:
        """Write an answer in the chosen format."""
        return Outcome(ANSWER_FORMATS[self.options.format](answer))


@dataclass(frozen=True)
class Command:
    """One command: its name, its help text, its options, and the function that answers it."""

    name: str
    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    answer: Callable[[Asked], Outcome]


def tell(text: str) -> None:
    """Print progress or a warning: only the answer goes to stdout."""
    print(text, file=sys.stderr)
