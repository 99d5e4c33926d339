"""The Races page's sentences about its evidence."""

from dashboard.model.formats import UNKNOWN, count, counted
from dashboard.races.data import Evidence
from dashboard.races.kinds import RACE_KINDS, WHOLES, RaceKind

NO_PROOF = "No finding is no proof that nothing was lost."


def races_headline(found: Evidence) -> str:
    """Count the failures that a race explains, the certain ones, and the inconclusive ones."""
    unknown = sum(found.count(kind) is None for kind in RACE_KINDS if kind.failure)
    if not any(found.count(kind) for kind in RACE_KINDS if kind.failure):
        if unknown:
            return f"No failure was found, but {counted(unknown, 'kind')} could not be looked for."
        return "No failure was found that these rows could show."
    parts = [
        (_sum(found, race=True), "explained by a race"),
        (_sum(found, race=False), "certain in any order"),
        (_sum(found, race=None), "inconclusive from rows alone"),
    ]
    told = "; ".join(f"{count(number)} {what}" for number, what in parts if number)
    return f"{told}; {counted(unknown, 'kind')} could not be looked for." if unknown else f"{told}."


def count_in_context(found: Evidence, kind: RaceKind) -> str:
    """Return a kind's count with its denominator."""
    whole = found.whole(kind)
    return UNKNOWN if whole is None else f"{count(whole)} {WHOLES[kind.of]}"


def evidence_line(found: Evidence, period: str) -> str:
    """Return a line on the period and rows of the evidence, and on any left out."""
    if found.totals is None:
        return f"Period: {period}. A row may be of several kinds. {NO_PROOF}"
    before = int(found.totals["leads_before_tracking"])
    untracked = (
        f" {counted(before, 'lead')} from before the first event can’t lack an event."
        if before
        else ""
    )
    return (
        f"Period: {period}, {counted(int(found.totals['leads']), 'lead')}, "
        f"{counted(int(found.totals['events']), 'event')}.{untracked} A row may be of several "
        f"kinds. {NO_PROOF}"
    )


def _sum(found: Evidence, *, race: bool | None) -> int:
    return sum(found.count(kind) or 0 for kind in RACE_KINDS if kind.failure and kind.race is race)
