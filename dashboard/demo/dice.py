"""Random draws that are the same on every run, machine and Python version."""

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from math import prod
from typing import Generic, TypeVar
from uuid import UUID

Picked = TypeVar("Picked")

UNIX_EPOCH = datetime(1970, 1, 1)
BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class Weighted(Generic[Picked]):
    """Items to draw from, each in proportion to its weight."""

    def __init__(self, weights: Mapping[Picked, float]) -> None:
        self.items = tuple(weights)
        self.bounds = tuple(accumulate(weights.values()))


class Dice:
    """Random draws from a named seed.

    Python promises the same sequence in every version for `Random.random()` alone, so every draw
    uses it.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random  # noqa: S311 - guards no secret

    def below(self, end: int) -> int:
        """Draw a whole number from 0 to end - 1; end is at most 2**53."""
        return int(self._random() * end)

    def chance(self, probability: float) -> bool:
        """Draw True with this probability."""
        return self._random() < probability

    def pick(self, items: Sequence[Picked]) -> Picked:
        """Draw one item, all equally likely."""
        return items[self.below(len(items))]

    def weighted(self, table: Weighted[Picked]) -> Picked:
        """Draw one item by weight."""
        return table.items[bisect(table.bounds, self._random() * table.bounds[-1])]

    def shuffled(self, items: Sequence[Picked]) -> list[Picked]:
        """Return the items in random order."""
        return sorted(items, key=lambda _: self._random())

    def between(self, low: float, high: float, bend: int = 1) -> float:
        """Draw a number between two others; a larger `bend` moves it toward the lower one."""
        # Every machine computes products alike; powers may differ.
        return low + (high - low) * prod([self._random()] * bend)

    def seconds(self, low: float, high: float, bend: int = 1) -> timedelta:
        """Draw a span of time between two numbers of seconds."""
        return timedelta(seconds=self.between(low, high, bend))

    def uuid(self) -> UUID:
        """Draw a version 4 UUID."""
        high, low = (self.below(2**32) << 32 | self.below(2**32) for _ in range(2))
        return UUID(int=high << 64 | low, version=4)

    def session_id(self, opened_at: datetime) -> str:
        """Make the session id of a browser that opened the page at this UTC time."""
        milliseconds = (opened_at - UNIX_EPOCH) // timedelta(milliseconds=1)
        return f"session_{milliseconds}_{''.join(self.pick(BASE_36) for _ in range(9))}"
