"""Which write paths make the newest leads, and whether these have a session id.

The system has had several writers, so no text may assume one: the rows tell.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dashboard.model.filters import Filters
from dashboard.model.formats import count, counted
from dashboard.model.limits import FEW
from dashboard.model.times import iso

PathState = Literal["both", "analysis", "tracking", "inconclusive"]


@dataclass(frozen=True)
class Mark:
    """The newest lead with a mark (UTC), and the number of leads written after it.

    Where no lead has the mark, the time is None and all leads count.
    """

    newest_at: datetime | None
    leads_after: int

    @property
    def is_missing(self) -> bool:
        """Tell whether the newest leads lack the mark."""
        return self.leads_after >= FEW

    def as_json(self) -> dict[str, object]:
        """Return the mark's part of the `races` answer."""
        return {"newest": iso(self.newest_at), "leads_after": self.leads_after}


@dataclass(frozen=True)
class LeadPaths:
    """The marks of the write paths on the `leads` up to the as-of time; the newest ones decide."""

    leads: int
    placeholder: Mark
    analyzed: Mark
    session: Mark

    @property
    def state(self) -> PathState:
        """The write paths that make leads."""
        if self.leads < FEW:
            return "inconclusive"
        if self.placeholder.is_missing:
            return "analysis"
        return "tracking" if self.analyzed.is_missing else "both"

    @property
    def no_session(self) -> str | None:
        """A clause where the newest leads have no session id; None where they have, or are few."""
        if not self.session.is_missing:
            return None
        return f"none of the newest {count(self.session.leads_after)} leads has a session id"


def paths_sentence(paths: LeadPaths, filters: Filters) -> str:
    """Say which write paths make leads, and whether the newest leads have a session id."""
    leads = counted(paths.leads, "lead")
    if paths.state == "inconclusive":
        return (
            f"Which write paths make leads is inconclusive: {leads} with a time, {FEW} are needed."
        )
    if paths.state == "both":
        made = f"Both write paths make leads: {leads}, {_newest(paths, filters)}."
    elif paths.state == "analysis":
        made = _alone("analysis", "analyzed", "placeholder", paths.placeholder, filters)
    else:
        made = _alone("tracking", "placeholder", "analyzed", paths.analyzed, filters)
    return f"{made} {_sessions(paths, filters)}"


def paths_json(paths: LeadPaths, filters: Filters) -> dict[str, object]:
    """Return the part `lead_paths` of the `races` answer; its form is a contract (docs)."""
    return {
        "state": paths.state,
        "leads": paths.leads,
        "placeholder": paths.placeholder.as_json(),
        "analyzed": paths.analyzed.as_json(),
        "session_id": paths.session.as_json(),
        "words": paths_sentence(paths, filters),
    }


def duplicates_limit(paths: LeadPaths | None) -> str | None:
    """Say that the newest leads can’t be found to be duplicates; None where they can."""
    if paths is None or paths.no_session is None:
        return None
    return (
        f"Only leads with a session id are compared, and {paths.no_session}: whether those are "
        "duplicates is inconclusive."
    )


def _newest(paths: LeadPaths, filters: Filters) -> str:
    """Return the times of the newest lead of each path."""
    marks = (("placeholder", paths.placeholder), ("analyzed", paths.analyzed))
    return ", ".join(
        f"the newest {name} lead of {filters.shown(mark.newest_at)}"
        for name, mark in marks
        if mark.newest_at
    )


def _alone(path: str, made: str, missing: str, mark: Mark, filters: Filters) -> str:
    since = f" since {filters.shown(mark.newest_at)}" if mark.newest_at else ""
    return (
        f"The {path} path alone makes leads{since}: {counted(mark.leads_after, f'{made} lead')}, "
        f"no {missing} lead."
    )


def _sessions(paths: LeadPaths, filters: Filters) -> str:
    newest = paths.session.newest_at
    if paths.no_session is None:
        return f"The newest lead with a session id is of {filters.shown(newest)}." if newest else ""
    last = f", the last one that has is of {filters.shown(newest)}" if newest else ""
    return f"{paths.no_session[0].upper()}{paths.no_session[1:]}{last}."
