"""The definitions of docs/definitions.md in the shortest Python that is obviously right.

Slow on purpose: every event of the first step is tried, and every later event for every step.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

EARLY = timedelta(seconds=2)
History = list[tuple[str, datetime]]


@dataclass(frozen=True)
class Chain:
    """The chosen times of steps 1 to k, in order of steps."""

    times: tuple[datetime, ...]


def longest_chain(history: History, steps: list[str], window: timedelta | None) -> Chain:
    """Choose the longest, then the earliest chain of one unit's events."""
    chains = all_chains(history, steps, window)
    return min(chains, key=lambda chain: (-len(chain.times), chain.times), default=Chain(()))


def all_chains(history: History, steps: list[str], window: timedelta | None) -> list[Chain]:
    """List every chain that the definition allows, short ones too."""
    chains: list[Chain] = []
    open_ones: list[tuple[datetime, ...]] = [()]
    for step in steps:
        times = sorted({at for name, at in history if name == step})
        open_ones = [
            (*before, at) for before in open_ones for at in times if may_follow(before, at, window)
        ]
        chains += [Chain(times) for times in open_ones]
    return chains


def may_follow(before: tuple[datetime, ...], at: datetime, window: timedelta | None) -> bool:
    """At most 2 s before the latest so far, and within the window from the first."""
    if not before:
        return True
    in_window = window is None or at <= before[0] + window
    return in_window and at >= max(before) - EARLY
