"""How often the search for a change cries wolf: `python -m tests.coverage.change_alarms`.

Days of their own size and, scattering more than a coin would, their own share, half of them higher
by a real change, are put in random order again and again: then nothing changes any more.
"""

import numpy as np
import pandas as pd

from dashboard.coverage.changes import strongest_change

HISTORIES, DAYS, SHUFFLES = 1_000, 60, 199


def false_alarms(histories: int = HISTORIES, seed: int = 2) -> tuple[int, int]:
    """Return in how many shuffled histories a change is found, and in how many a fall."""
    random = np.random.default_rng(seed)
    wholes = random.poisson(40, DAYS)
    shares = random.beta(20, 20, DAYS) + np.repeat([0.0, 0.2], DAYS // 2)
    parts = random.binomial(wholes, shares.clip(0, 1))
    begins = pd.date_range("2026-01-01", periods=DAYS, unit="s")
    found = fallen = 0
    for number in range(histories):
        order = random.permutation(DAYS)
        days = pd.DataFrame({"begin": begins, "part": parts[order], "whole": wholes[order]})
        change = strongest_change(days, SHUFFLES, seed=number)
        if change is not None:
            found += change.found
            fallen += change.is_fall
    return found, fallen


if __name__ == "__main__":
    changed, fell = false_alarms()
    print(f"{changed:,} of {HISTORIES:,} shuffled histories: a change is found")
    print(f"{fell:,} of {HISTORIES:,}: a fall that the verdict would name")
