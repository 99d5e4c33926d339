"""Doing things at the same time: tasks that begin together, and a meeting after the look-ups.

The race is real: threads with connections of their own. Only the moment when each goes on is
arranged.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

LONGEST_WAIT = 10.0


class Meeting:
    """Nobody goes on before all who take part have come, or have left without coming."""

    def __init__(self, parties: int) -> None:
        self._changed = threading.Condition()
        self._missing = parties

    def meet(self) -> None:
        """Come, and wait for the others; for whoever hangs, not for ever."""
        with self._changed:
            self._missing -= 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._missing <= 0, LONGEST_WAIT)

    def leave(self) -> None:
        """Let the others go on without one who will not come."""
        with self._changed:
            self._missing -= 1
            self._changed.notify_all()


def run_together(tasks: Sequence[Callable[[], object]]) -> None:
    """Run tasks in threads that begin together; raises the first failure when all have ended."""
    if len(tasks) == 1:
        tasks[0]()
        return
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        start.wait()
        task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        running = [threads.submit(run, task) for task in tasks]
    for each in running:
        each.result()
