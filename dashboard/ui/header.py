"""The bar above every page: data source, period, as-of time, zone, and when rows were read."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import streamlit as st

from dashboard.database.errors import DatabaseProblem
from dashboard.database.leads_in_range import leads_in_range
from dashboard.database.reading import Source
from dashboard.database.tracking_off import tracking_off_since
from dashboard.model.filters import (
    ALL_TIME,
    CUSTOM_RANGE,
    DAYS,
    DEFAULT_RANGE,
    RANGES,
    Filters,
    day_filters,
    preset_filters,
)
from dashboard.model.times import TimeError, now, to_local, to_utc
from dashboard.sources import Sources
from dashboard.ui.view import View, forget_answers

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
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
        source_place, range_place, as_of_place = (st.container(width="content") for _ in range(3))
        st.button("Reload", on_click=forget_answers, help="Read every figure anew.")
    line = st.empty()
    try:
        view = _chosen_view(sources, source_place, range_place, as_of_place)
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
    range_place: st.delta_generator.DeltaGenerator,
    as_of_place: st.delta_generator.DeltaGenerator,
) -> View:
    with source_place:
        name = _choose_source(sources)
    with as_of_place:
        as_of = _choose_as_of(sources)
    with st.spinner("Opening the database …", show_time=True):
        source = sources.open(name)
    with range_place:
        filters = _choose_range(sources, source, as_of)
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


def _choose_range(sources: Sources, source: Source, as_of: datetime | None) -> Filters:
    zone = sources.settings.zone
    clock = as_of or now()
    default = _default_range(preset_filters(DEFAULT_RANGE, clock, as_of, zone), source)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Period",
            RANGES,
            index=RANGES.index(default),
            key="range",
            bind="query-params",
            width=150,
        )
        if chosen != CUSTOM_RANGE:
            return preset_filters(chosen, clock, as_of, zone)
        today = to_local(clock, zone).date()
        first = _choose_day("From", "from", today - timedelta(days=DAYS[DEFAULT_RANGE] - 1))
        last = _choose_day("To", "to", today)
    return day_filters(first, last, as_of, zone)


def _choose_day(label: str, key: str, default: date) -> date | None:
    return st.date_input(
        label,
        value=default,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
        key=key,
        bind="query-params",
        width=130,
    )


def _default_range(usual: Filters, source: Source) -> str:
    """Return the default range, or all time where that range has no lead."""
    try:
        return DEFAULT_RANGE if View(source, usual).ask(leads_in_range).leads else ALL_TIME
    except DatabaseProblem:
        # The parts of the page name the problem.
        return DEFAULT_RANGE


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
        "range": RANGES.index,
        "from": date.fromisoformat,
        "to": date.fromisoformat,
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
