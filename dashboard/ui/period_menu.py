"""The header's date menu. The link names its days, or the preset that follows the calendar."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.model.filters import CUSTOM_RANGE, Filters, day_filters
from dashboard.model.presets import (
    ALL_TIME,
    FIRST_DAY,
    LAST_DAY,
    OLD_LINK,
    Days,
    dated,
    linked_days,
    old_linked_period,
    preset_days,
    preset_label,
    preset_named,
)
from dashboard.model.times import TimeError, now
from dashboard.settings import UTC_ZONE
from dashboard.ui.choosing import PERIOD, choose_days

# The preset that was chosen last, and the as-of time that its days are of.
CHOSEN = "chosen-preset"
# The link is bound to a field, so that it survives a change of the page. People use the menu.
CARRYING = f"<style>.st-key-{PERIOD} {{ display: none }}</style>"
ROLLING_HELP = (
    "The link then shows the newest days whenever it is opened. Otherwise it keeps these days."
)


def choose_period(default: Callable[[], str], as_of: datetime | None, zone: ZoneInfo) -> Filters:
    """Show the menu and return the period. `default` returns the preset of a link without one.

    Raises TimeError where the chosen days are no range.
    """
    clock = as_of or now()
    _read_link(default, clock, zone)
    _follow_as_of(as_of, zone)
    st.html(CARRYING)
    period = st.text_input("Period", key=PERIOD, bind="query-params")
    if not _is_period(period):
        period = default()
    days = linked_days(period, clock, zone)
    _show_menu(period, days, as_of, zone)
    return _filters(days, as_of, zone)


def preset_filters(preset: str, as_of: datetime | None, zone: ZoneInfo) -> Filters:
    """Return the range of a preset's days, up to the as-of time or now."""
    return _filters(linked_days(preset, as_of or now(), zone), as_of, zone)


def _filters(days: Days | None, as_of: datetime | None, zone: ZoneInfo) -> Filters:
    first, last = days or (None, None)
    return day_filters(first, last, as_of, zone)


def _read_link(default: Callable[[], str], clock: datetime, zone: ZoneInfo) -> None:
    """Write the period of a link that has none, or an old one, into the link, with its days."""
    if PERIOD in st.session_state:
        # One that can't be read was shown as the default; after Back there may be none.
        if not _is_period(st.session_state[PERIOD]):
            st.session_state[PERIOD] = dated(default(), clock, zone)
    elif PERIOD not in st.query_params:
        old = old_linked_period(st.query_params, clock, zone)
        st.session_state[PERIOD] = old or dated(default(), clock, zone)
        # An empty list takes a parameter out. One update is one step of the browser's history.
        st.query_params.update({**dict.fromkeys(OLD_LINK, ()), PERIOD: st.session_state[PERIOD]})


def _follow_as_of(as_of: datetime | None, zone: ZoneInfo) -> None:
    """Move the days of the chosen preset with the as-of time."""
    preset, seen = st.session_state.get(CHOSEN, (None, as_of))
    if preset and seen != as_of:
        st.session_state[PERIOD] = dated(preset, as_of or now(), zone)


def _is_period(text: str) -> bool:
    """Tell whether a link's period can be read."""
    try:
        linked_days(text, now(), UTC_ZONE)
    except TimeError:
        return False
    return True


def _show_menu(period: str, days: Days | None, as_of: datetime | None, zone: ZoneInfo) -> None:
    presets = preset_days(as_of or now(), zone)
    rolling = period in presets
    chosen = period if rolling else _chosen_preset(days, as_of, zone)
    st.session_state[CHOSEN] = (None if rolling else chosen, as_of)
    with st.popover(f"Period: {_label(chosen, days, rolling)}", key="period-menu"):
        _show_presets([*presets, ALL_TIME], chosen, rolling, as_of, zone)
        st.date_input(
            "Days",
            [*(days or ())],
            FIRST_DAY,
            LAST_DAY,
            format="YYYY-MM-DD",
            # A menu that was closed keeps what it showed; another key shows another period.
            key=f"days {period}",
            on_change=_choose_days,
            args=(f"days {period}",),
            help="Choose the first and the last day. Both are included.",
        )
        st.toggle(
            "Keep rolling",
            rolling,
            key=f"rolling {period}",
            disabled=chosen in {None, ALL_TIME},
            on_change=_choose_preset,
            args=(chosen, not rolling, as_of, zone),
            help=ROLLING_HELP,
        )


def _show_presets(
    presets: list[str],
    chosen: str | None,
    rolling: bool,
    as_of: datetime | None,
    zone: ZoneInfo,
) -> None:
    """Show a button for each preset; buttons keep no choice that could be an old one."""
    menu = st.container(gap=None)
    for preset in presets:
        menu.button(
            preset_label(preset),
            key=f"preset {preset}",
            # A primary button is white on light blue in the dark theme.
            type="secondary" if preset == chosen else "tertiary",
            on_click=_choose_preset,
            args=(preset, rolling, as_of, zone),
            width="stretch",
        )


def _chosen_preset(days: Days | None, as_of: datetime | None, zone: ZoneInfo) -> str | None:
    """Return the preset that was chosen, if these are still its days, or the first with them."""
    clock = as_of or now()
    preset, _ = st.session_state.get(CHOSEN, (None, as_of))
    if preset and days == preset_days(clock, zone).get(preset):
        return str(preset)
    return preset_named(days, clock, zone)


def _label(preset: str | None, days: Days | None, rolling: bool) -> str:
    if preset:
        return f"{preset_label(preset)}{', rolling' if rolling else ''}"
    first, last = days or ("", "")
    return f"{first}" if first == last else f"{first} to {last}"


def _choose_preset(preset: str, rolling: bool, as_of: datetime | None, zone: ZoneInfo) -> None:
    # The clock is that of the click: the page may have been open since yesterday.
    st.session_state[PERIOD] = preset if rolling else dated(preset, as_of or now(), zone)
    st.session_state[CHOSEN] = (preset, as_of)


def _choose_days(key: str) -> None:
    """Take both days; in the middle of choosing, there is only the first."""
    if len(days := st.session_state[key]) == 2:
        choose_days(*days)


# The link parameters of the period, and what reads each.
PERIOD_PARAMETERS: dict[str, Callable[[str], object]] = {
    PERIOD: lambda text: linked_days(text, now(), UTC_ZONE),
    "range": [*preset_days(now(), UTC_ZONE), ALL_TIME, CUSTOM_RANGE].index,
    "from": date.fromisoformat,
    "to": date.fromisoformat,
}
