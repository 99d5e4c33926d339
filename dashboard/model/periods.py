"""The periods that figures are shown by: days, weeks (from Monday) and months."""

from datetime import timedelta
from typing import Literal, get_args

Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = get_args(Grain)
# More days than these, or more weeks, can't be told apart on a line.
MOST_DAYS, MOST_WEEKS = 92, 104
ONE_HOUR = timedelta(hours=1)
# Plotly's unit of a date axis.
DAY_MILLISECONDS = 86_400_000
