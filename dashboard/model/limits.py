"""The limits of the analysis, each once. Texts and options are formatted from them.

The SQL files take the windows as binds. They contain the slacks as literals, and
tests/model/test_limits.py compares these with the values here.
"""

from datetime import timedelta
from typing import Final

# The default conversion window: the longest time from a chain's first step to any other.
DEFAULT_WINDOW: Final = timedelta(days=30)
# The longest time that an analysis takes: how far apart the leads of one submission may lie.
ANALYSIS_WINDOW: Final = timedelta(minutes=5)
# How much earlier than its placeholder an analyzed lead may be, because two writers race.
RACING_SLACK: Final = timedelta(seconds=5)
# How much earlier than its previous step a step may be, because clocks and transactions differ.
CLOCK_SLACK: Final = timedelta(seconds=2)
# The median lag to assume where no website has a single candidate pair.
DEFAULT_LAG: Final = timedelta(seconds=45)
# How much worse a second-best candidate must be at least for a match not to be ambiguous.
LEAST_MARGIN: Final = timedelta(seconds=5)
# Longer than the time between any two rows of such a system.
LONGEST_WINDOW: Final = timedelta(days=36_525)

# Within which of these ages a conversion is estimated, besides the window itself.
LISTED_AGES: Final = (
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=14),
)
# An estimate within an age needs FEW units that are so old, and this share of those that entered.
LEAST_OBSERVED: Final = 0.1

# The periods to choose from, and the one that a page opens with.
RANGE_DAYS: Final = (7, 30, 90)
DEFAULT_RANGE_DAYS: Final = 30
MOST_STEPS: Final = 12
# Shares of fewer units are not compared: one unit changes them by over 3 percentage points.
FEW: Final = 30
# Of many comparisons made together, at most this share of those found may be chance.
MOST_FALSE: Final = 0.05
# Rows on one page of the leads' table.
PAGE_ROWS: Final = 50
