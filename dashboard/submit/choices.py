"""Simulation options: the release that receives a submission, and who submits."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from dashboard.writers.paths import DIRECT_FORM, JANUARY, JOB_FORM, UNKNOWN_IP, Writers

MOST_TOGETHER: Final = 20


class DeployedRelease(StrEnum):
    """The state of both writers."""

    BEFORE = "before"
    FIRST = "2ef8629"
    SECOND = "4c07fe6"
    THIRD = "2493f44"
    DIRECT = "ece936e"
    JOBS = "ece936e-jobs"

    @property
    def fixes(self) -> frozenset[int]:
        """Return the numbers of the fixes that are in it; `writers/paths.py` says what they do."""
        return frozenset(range(1, 1 + FIXES_UP_TO[self]))

    @property
    def writers(self) -> Writers:
        """Return what both paths write in it."""
        return LATER_WRITERS.get(self, JANUARY)


FIXES_UP_TO: Final = {
    DeployedRelease.BEFORE: 0,
    DeployedRelease.FIRST: 2,
    DeployedRelease.SECOND: 3,
    DeployedRelease.THIRD: 4,
    DeployedRelease.DIRECT: 4,
    DeployedRelease.JOBS: 4,
}
LATER_WRITERS: Final = {
    DeployedRelease.DIRECT: DIRECT_FORM,
    DeployedRelease.JOBS: JOB_FORM,
}


class VisitorKind(StrEnum):
    """Who submits."""

    ANONYMOUS = "anonymous"
    WITHOUT_SESSION = "no-session"
    UNKNOWN_IP = "unknown-ip"
    OWNED = "owned"


# What people choose from stands in the link as well.
RELEASE_WORDS: Final = {
    DeployedRelease.BEFORE: (
        "before the fixes",
        "no session id is written, the unknown IP is a text",
    ),
    DeployedRelease.FIRST: (
        "after 2ef8629",
        "#1 unknown IP is null, #2 session id in the lead’s INSERT",
    ),
    DeployedRelease.SECOND: ("after 4c07fe6", "#3 session id in the organization’s INSERT"),
    DeployedRelease.THIRD: (
        "after 2493f44",
        "#4 session id in the organization’s UPDATE: all four fixes",
    ),
    DeployedRelease.DIRECT: (
        "since ece936e",
        "tracking drops what has no lead, the analysis has no session id",
    ),
    DeployedRelease.JOBS: (
        "since ece936e, job form",
        "tracking drops what has no lead, the analysis saves the organization alone",
    ),
}
VISITOR_WORDS: Final = {
    VisitorKind.ANONYMOUS: ("anonymous", "a browser with a session id"),
    VisitorKind.WITHOUT_SESSION: ("without session id", "the browser sends none"),
    VisitorKind.UNKNOWN_IP: ("unknown IP address", "a proxy sends the word instead of an address"),
    VisitorKind.OWNED: (
        "owned site",
        "anonymous too, but somebody registered with this website before",
    ),
}


@dataclass(frozen=True)
class Choices:
    """All simulation options but the pace. `together`: how many visitors submit the website."""

    release: DeployedRelease = DeployedRelease.THIRD
    visitor: VisitorKind = VisitorKind.ANONYMOUS
    same_moment: bool = False
    together: int = 1

    def __post_init__(self) -> None:
        """Refuse more visitors than the sandbox is meant for."""
        if not 1 <= self.together <= MOST_TOGETHER:
            raise ValueError(f"1 to {MOST_TOGETHER} visitors can submit a website together")

    @property
    def sent_ip(self) -> str | None:
        """Return what the proxy sends for an IP address, where it sends anything."""
        return UNKNOWN_IP if self.visitor is VisitorKind.UNKNOWN_IP else None

    @property
    def words(self) -> str:
        """Return the choices as a line for people."""
        parts = [
            f"release {RELEASE_WORDS[self.release][0]}",
            f"visitor {VISITOR_WORDS[self.visitor][0]}",
            "both paths at the same moment" if self.same_moment else "",
            f"{self.together} visitors together" if self.together > 1 else "",
        ]
        return " · ".join(part for part in parts if part)

    def as_json(self) -> dict[str, object]:
        """Return the choices as the command line writes them and as a job keeps them."""
        return {
            "release": str(self.release),
            "visitor": str(self.visitor),
            "same_moment": self.same_moment,
            "together": self.together,
        }


def choices_of(kept: Mapping[str, Any]) -> Choices:
    """Return the choices that a job keeps; raises KeyError and ValueError for none."""
    return Choices(
        DeployedRelease(kept["release"]),
        VisitorKind(kept["visitor"]),
        kept["same_moment"],
        kept["together"],
    )
