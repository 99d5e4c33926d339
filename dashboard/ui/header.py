"""The bar above every page: data source, period, as-of time, zone, and when rows were read."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.database.errors import DatabaseProblem
from dashboard.database.leads_in_range import leads_in_range
from dashboard.database.reading import Source
from dashboard.database.tracking_off import tracking_off_since
from dashboard.model.filters import Filters
from dashboard.model.presets import ALL_TIME, DEFAULT_PRESET, FIRST_DAY, LAST_DAY
from dashboard.model.times import TimeError, to_local, to_utc
from dashboard.sources import Sources
from dashboard.ui.period_menu import PERIOD_PARAMETERS, choose_period, preset_filters
from dashboard.ui.view import View, forget_answers

FIRST_MOMENT = datetime.combine(FIRST_DAY, datetime.min.time())
LAST_MOMENT = datetime.combine(LAST_DAY, datetime.max.time())
HIDING = "<style>.st-key-header { display: none }</style>"


@contextmanager
def header(
    sources: Sources, parameters: Collection[str] = (), hidden: bool = False
) -> Iterator[View | None]:
    """Show the bar and yield the page's view; None where the choice can't be shown.

    `parameters` are the link parameters of the pages, beside those of the bar. The line below the
    bar says when the figures were read, so it is written last. `hidden` is for a page that does not
    depend on the choice. A hidden bar still keeps the choice in the links.
    """
    if hidden:
        st.html(HIDING)
    _name_unknown_parameters(sources, parameters)
    with st.container(horizontal=True, vertical_alignment="bottom", key="header"):
        source_place, period_place, as_of_place = (st.container(width="content") for _ in range(3))
        st.button("Reload", on_click=forget_answers, help="Read every figure anew.")
    line = st.empty()
    try:
        view = _chosen_view(sources, source_place, period_place, as_of_place)
    except (TimeError, DatabaseProblem) as problem:
        if hidden:
            yield View(sources.open("sandbox"), Filters(zone=sources.settings.zone))
            return
        line.info(str(problem))
        yield None
        return
    if hidden:
        yield view
        return
    line.caption(_line(view))
    yield view
    line.caption(_line(view))


def _chosen_view(
    sources: Sources,
    source_place: st.delta_generator.DeltaGenerator,
    period_place: st.delta_generator.DeltaGenerator,
    as_of_place: st.delta_generator.DeltaGenerator,
) -> View:
    with source_place:
        name = _choose_source(sources)
    with as_of_place:
        as_of = _choose_as_of(sources)
    with st.spinner("Opening the database …", show_time=True):
        source = sources.open(name)
    with period_place:
        zone = sources.settings.zone
        filters = choose_period(partial(_default_preset, source, as_of, zone), as_of, zone)
    return View(source, filters)


def _choose_source(sources: Sources) -> str:
    return (
        st.segmented_control(
            "Data source",
            sources.names,
            default=sources.default,
            required=True,
            key="source",
            bind="query-params",
        )
        or sources.default
    )


def _choose_as_of(sources: Sources) -> datetime | None:
    given = st.datetime_input(
        "As of",
        value=None,
        min_value=FIRST_MOMENT,
        max_value=LAST_MOMENT,
        step=timedelta(minutes=1),
        format="YYYY-MM-DD",
        key="as_of",
        bind="query-params",
        width=210,
    )
    return to_utc(given, sources.settings.zone) if given else None


def _default_preset(source: Source, as_of: datetime | None, zone: ZoneInfo) -> str:
    """Return the default preset, or all time where that has no lead."""
    usual = preset_filters(DEFAULT_PRESET, as_of, zone)
    try:
        return DEFAULT_PRESET if View(source, usual).ask(leads_in_range).leads else ALL_TIME
    except DatabaseProblem:
        # The parts of the page name the problem.
        return DEFAULT_PRESET


def _line(view: View) -> str:
    filters = view.filters
    read = max(view.read_at, default=None)
    refreshed = f" · read at {to_local(read, filters.zone):%H:%M:%S}" if read else ""
    where = f"`{view.source.label}`{_tracking_off(view)}"
    return f"{where} · {filters.period} · times in {filters.zone.key}{refreshed}"


def _tracking_off(view: View) -> str:
    """Say since when the sandbox's tracking is off, where it was filled that way."""
    if view.source.name != "sandbox":
        return ""
    try:
        since = view.ask(tracking_off_since)
    except DatabaseProblem:
        # The parts of the page name the problem.
        return ""
    return f" · tracking off since {since:%Y-%m-%d}" if since else ""


def _name_unknown_parameters(sources: Sources, parameters: Collection[str]) -> None:
    """Name the parts of the link that the app does not know."""
    readable: dict[str, Callable[[str], object]] = {
        "source": sources.names.index,
        **PERIOD_PARAMETERS,
        "as_of": lambda value: datetime.strptime(value, "%Y-%m-%dT%H:%M"),
    }
    for name, value in st.query_params.items():
        if name in parameters:
            continue
        try:
            readable[name](value)
        except (KeyError, ValueError):
            shown = "".join(each for each in name if each.isalnum() or each in "_-")[:40]
            st.info(f"This link’s “{shown}” can’t be used here and was left out.")
