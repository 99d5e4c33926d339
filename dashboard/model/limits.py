"""The limits of the analysis, each once. Texts and options are formatted from them.

The SQL files take the windows as binds; the slacks stand in them, as tests/model/test_limits.py
checks.
"""

from datetime import timedelta
from typing import Final

# The longest time from a chain's first step to any other, where no other window is asked for.
DEFAULT_WINDOW: Final = timedelta(days=30)
# The longest time that an analysis takes: how far apart the leads of one submission may lie.
ANALYSIS_WINDOW: Final = timedelta(minutes=5)
# How much earlier than its placeholder an analyzed lead may be: two writers race.
RACING_SLACK: Final = timedelta(seconds=5)
# How much earlier than the step before it a step may come: clocks and transactions differ.
CLOCK_SLACK: Final = timedelta(seconds=2)
# The median lag where no website has a single candidate pair.
DEFAULT_LAG: Final = timedelta(seconds=45)
# How much worse a second-best candidate must be at least for a match not to be ambiguous.
LEAST_MARGIN: Final = timedelta(seconds=5)
# No two rows of such a system lie further apart.
LONGEST_WINDOW: Final = timedelta(days=36_525)

# The periods to choose from, and the one that a page opens with.
RANGE_DAYS: Final = (7, 30, 90)
DEFAULT_RANGE_DAYS: Final = 30
MOST_STEPS: Final = 12
# Below this many, shares are not compared: one more or less moves them by over 3 points.
FEW: Final = 30
# Rows on one page of the leads' table.
PAGE_ROWS: Final = 50
