"""What the pages of one server share: the sources, and what each of them opens once.

They belong to the server, which closes them at its end. Streamlit's caches are no place for them:
any visitor can have these emptied, and nothing in them is closed then.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from dashboard.settings import Settings
from dashboard.sources import Sources, silent


class Closing(Protocol):
    """Something that is closed at the server's end."""

    def close(self) -> None:
        """Release what it holds."""


Opened = TypeVar("Opened", bound=Closing)


class NotServedError(Exception):
    """The pages run without their server; the text says how to start it."""


@dataclass
class Services:
    """The sources of one server, and what was opened over them. Threads may share it.

    `close` closes everything, what was opened last at first.
    """

    settings: Settings
    say: Callable[[str], None] = silent
    sources: Sources = field(init=False)
    _opened: dict[Callable[[Sources], Closing], Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        """Close the sources after all that was opened over them."""
        self.sources = self._stack.enter_context(closing(Sources(self.settings, say=self.say)))

    def once(self, opening: Callable[[Sources], Opened]) -> Opened:
        """Return what a function opens: the first call opens it, the others get the same.

        Raises what the function raises, and tries again at the next call.
        """
        with self._lock:
            if opening not in self._opened:
                self._opened[opening] = self._stack.enter_context(closing(opening(self.sources)))
            opened: Opened = self._opened[opening]
            return opened

    def close(self) -> None:
        """Close everything."""
        self._stack.close()


_current: list[Services] = []


@contextmanager
def serving(services: Services) -> Iterator[Services]:
    """Give the pages these services; close them at the end."""
    _current.append(services)
    try:
        with closing(services):
            yield services
    finally:
        _current.remove(services)


def current_services() -> Services:
    """Return the services of the server that runs; raises NotServedError."""
    if not _current:
        raise NotServedError("These pages run in their own server: start it with `make run`.")
    return _current[-1]
