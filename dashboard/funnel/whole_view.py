"""The funnel as one spreadsheet: what was asked, and every table of the page."""

from collections.abc import Callable, Mapping

import pandas as pd

from dashboard.database.errors import DatabaseProblem
from dashboard.funnel.anomalies.data import anomalies, stray_events
from dashboard.funnel.cohorts.data import CohortQuestion, funnel_cohorts, funnel_trend
from dashboard.funnel.curve.data import conversion_curve
from dashboard.funnel.data import Funnel
from dashboard.funnel.times.data import durations
from dashboard.model.windows import shown_window
from dashboard.ui.view import View
from dashboard.ui.workbook import workbook

Tables = Mapping[str, Callable[[], pd.DataFrame | None]]


def whole_view(view: View, funnel: Funnel, followed: CohortQuestion | None, more: Tables) -> bytes:
    """Return the page's tables as .xlsx: of the trend all ages, and `more` that is open on it.

    A table that can't be read is left out, and the first sheet says why.
    """
    tables: Tables = {
        "Steps": lambda: funnel.steps,
        "Breakdown": lambda: funnel.breakdown,
        "Conversion curve": lambda: view.ask(conversion_curve, funnel.prepared),
        "Time to convert": lambda: view.ask(durations, funnel.prepared).times,
        "Distribution of times": lambda: view.ask(durations, funnel.prepared).distribution,
        **_followed_tables(view, funnel, followed),
        "Data anomalies": lambda: anomalies(funnel, view.ask(stray_events, funnel.prepared)),
        "Events without unit": lambda: view.ask(stray_events, funnel.prepared),
        **more,
    }
    about, shown = _about(view, funnel), {}
    for name, read in tables.items():
        try:
            table = read()
        except DatabaseProblem as problem:
            about[f"left out: {name}"] = str(problem)
            continue
        if table is not None:
            shown[name] = table
    return workbook(about, shown)


def _followed_tables(view: View, funnel: Funnel, followed: CohortQuestion | None) -> Tables:
    """Return the periods of what the trend shows; none where it shows none."""
    if followed is None:
        return {}
    return {
        f"Trend by {followed.grain}": lambda: view.ask(funnel_trend, funnel.prepared, followed),
        f"Cohorts by {followed.grain}": lambda: view.ask(funnel_cohorts, funnel.prepared, followed),
    }


def _about(view: View, funnel: Funnel) -> dict[str, str]:
    question = funnel.question
    filters = "; ".join(f"{name}: {', '.join(each)}" for name, each in question.filters.items())
    return {
        "source": view.source.label,
        "period": f"{view.filters.period} ({view.filters.zone.key})",
        "leads of the period": str(funnel.leads),
        "correction": question.correction,
        "counted": f"{funnel.unit}s",
        "conversion window": shown_window(question.window),
        "filters": filters or "none",
        "breakdown": question.breakdown or "none",
        "times": "UTC",
    }
