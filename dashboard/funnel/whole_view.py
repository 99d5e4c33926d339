"""The funnel as one spreadsheet: what was asked, and every table of the page."""

import pandas as pd

from dashboard.funnel.data import Funnel
from dashboard.funnel.durations import durations
from dashboard.funnel.listed import stray_events
from dashboard.funnel.question import shown_window
from dashboard.funnel.trend import Grain, trend
from dashboard.shared.view import View
from dashboard.shared.workbook import workbook


def whole_view(
    view: View, funnel: Funnel, readings: pd.DataFrame | None, grain: Grain, step: str | None
) -> bytes:
    """Return the page's tables as .xlsx, the trend as it is shown; raises DatabaseProblem."""
    times = view.ask(durations, funnel.prepared)
    tables = {
        "Steps": funnel.steps,
        "Readings": readings,
        "Breakdown": funnel.breakdown,
        "Time to convert": times.times,
        "Distribution of times": times.distribution,
        f"Trend by {grain}": view.ask(trend, funnel.prepared, grain, step),
        "Events without unit": view.ask(stray_events, funnel.prepared),
    }
    shown = {name: table for name, table in tables.items() if table is not None}
    return workbook(_about(view, funnel), shown)


def _about(view: View, funnel: Funnel) -> dict[str, str]:
    question = funnel.question
    filters = "; ".join(f"{name}: {', '.join(each)}" for name, each in question.filters.items())
    return {
        "source": view.source.label,
        "period": f"{view.filters.period} ({view.filters.zone.key})",
        "leads of the period": str(funnel.leads),
        "reading": question.reading,
        "counted": f"{funnel.unit}s",
        "conversion window": shown_window(question.window),
        "filters": filters or "none",
        "broken down by": question.breakdown or "nothing",
        "times": "UTC",
    }
