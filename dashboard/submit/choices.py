"""What can be chosen about a submission: the release that receives it, and who submits."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_TOGETHER: Final = 20


class Release(StrEnum):
    """The state of both writers."""

    BEFORE = "before"
    FIRST = "2ef8629"
    SECOND = "4c07fe6"
    THIRD = "2493f44"

    @property
    def fixes(self) -> frozenset[int]:
        """Return the numbers of the fixes that are in it.

        1: an unknown IP address is null; 2: session id in the lead's INSERT; 3: in the
        organization's INSERT; 4: in its UPDATE.
        """
        last = {Release.BEFORE: 0, Release.FIRST: 2, Release.SECOND: 3, Release.THIRD: 4}[self]
        return frozenset(range(1, last + 1))


class Visitor(StrEnum):
    """Who submits."""

    ANONYMOUS = "anonymous"
    WITHOUT_SESSION = "no-session"
    UNKNOWN_IP = "unknown-ip"
    OWNED = "owned"


# What people choose from stands in the link as well.
RELEASES: Final = {
    Release.BEFORE: ("before the fixes", "no session id is written, the unknown IP is a text"),
    Release.FIRST: ("after 2ef8629", "#1 unknown IP is null, #2 session id in the lead’s INSERT"),
    Release.SECOND: ("after 4c07fe6", "#3 session id in the organization’s INSERT"),
    Release.THIRD: ("after 2493f44", "#4 session id in the organization’s UPDATE: all four fixes"),
}
VISITORS: Final = {
    Visitor.ANONYMOUS: ("anonymous", "a browser with a session id"),
    Visitor.WITHOUT_SESSION: ("without session id", "the browser sends none"),
    Visitor.UNKNOWN_IP: ("unknown IP address", "a proxy sends the word instead of an address"),
    Visitor.OWNED: (
        "owned site",
        "anonymous too, but somebody registered with this website before",
    ),
}


@dataclass(frozen=True)
class Choices:
    """All choices of a submission but its pace. `together`: how many visitors submit it."""

    release: Release = Release.THIRD
    visitor: Visitor = Visitor.ANONYMOUS
    same_moment: bool = False
    together: int = 1

    def __post_init__(self) -> None:
        """Refuse more visitors than the sandbox is meant for."""
        if not 1 <= self.together <= MOST_TOGETHER:
            raise ValueError(f"1 to {MOST_TOGETHER} visitors can submit a website together")

    @property
    def ip_address(self) -> str | None:
        """Return what the lead's INSERT has for the IP address; nobody's own is known here."""
        has_word = self.visitor is Visitor.UNKNOWN_IP or 1 not in self.release.fixes
        return "unknown" if has_word else None

    @property
    def words(self) -> str:
        """Return the choices as a line for people."""
        parts = [
            f"release {RELEASES[self.release][0]}",
            f"visitor {VISITORS[self.visitor][0]}",
            "both paths at the same moment" if self.same_moment else "",
            f"{self.together} visitors together" if self.together > 1 else "",
        ]
        return " · ".join(part for part in parts if part)

    def as_json(self) -> dict[str, object]:
        """Return the choices as the command line writes them."""
        return {
            "release": str(self.release),
            "visitor": str(self.visitor),
            "same_moment": self.same_moment,
            "together": self.together,
        }
