"""The report's four fixes: whether rows from after the release show that they work."""

from dataclasses import replace

import pandas as pd

from dashboard.coverage import continuity
from dashboard.coverage.comparing import Comparison, compare_shares, shown_change, shown_side
from dashboard.model.formats import count, counted
from dashboard.model.releases import Release
from dashboard.status.claim import CONFIRMED, INCONCLUSIVE, REFUTED, ClaimFacts, Judgment, laid_out

OVERWRITTEN = {
    "website_url": "Website",
    "begun_at": "Begun",
    "session_id": "The visitor’s session id",
    "organization_session_id": "The organization’s",
}


def fix_1(facts: ClaimFacts) -> Judgment:
    """Always inconclusive, because a refused address leaves no row."""
    release = _inside(facts, 1)
    if release is None:
        return _outside(facts, 1)
    after = int(_sides(facts, release, "website_leads")[1][1])
    return Judgment(
        INCONCLUSIVE,
        f"{counted(after, 'lead')} were written after {_named(facts, release)}. A lead whose "
        "address was refused left no row. The fix changed the default alone: a client that "
        "sends the text “unknown” fails as before. The server’s log would show it.",
    )


def fix_2(facts: ClaimFacts) -> Judgment:
    """From the release on, leads should have a session id."""
    release = _inside(facts, 2)
    if release is None:
        return _outside(facts, 2)
    return _before_and_after(facts, release, "website_leads", "leads")


def fix_3(facts: ClaimFacts) -> Judgment:
    """From the release on, organizations should be stored with their session id."""
    release = _inside(facts, 3)
    if release is None:
        return _outside(facts, 3)
    if _guaranteed(facts):
        return Judgment(
            INCONCLUSIVE,
            "A validated constraint rejects every organization that lacks a session id and needs "
            f"one, before {_named(facts, release)} as after it: every stored one has one, and "
            "the rejected ones left no row.",
        )
    return _before_and_after(facts, release, "organizations", "organizations")


def fix_4(facts: ClaimFacts) -> Judgment:
    """An organization should keep its visitor's session id when it is updated."""
    release = _inside(facts, 4)
    if release is None:
        return _outside(facts, 4)
    after = replace(facts.filters, start_at=release.at)
    counts = continuity.continuity_counts(facts.reader, after, facts.plan)
    whole = int(counts["submissions"].sum())
    lost = int(continuity.matrix(counts)["later"]["organization"])
    about = f"of {counted(whole, 'submission')} begun after {_named(facts, release)}"
    if not lost:
        return Judgment(
            INCONCLUSIVE,
            f"None {about} has an organization whose session id a later visitor overwrote. Whether "
            "an update ever had to preserve one is not recorded.",
        )
    rows = continuity.continuity_rows(facts.reader, after, facts.plan, "organization", "later")
    return Judgment(
        REFUTED,
        f"{count(lost)} {about} lost the session id of their organization to a later visitor: "
        "COALESCE($10, session_id) takes the new id whenever there is one, and preserves nothing.",
        {"Overwritten, the newest first": laid_out(rows.head(20), OVERWRITTEN)},
    )


def _inside(facts: ClaimFacts, number: int) -> Release | None:
    """Return the release with that fix, if it lies inside the period."""
    return _of_fix(facts.coverage.releases, number)


def _of_fix(releases: tuple[Release, ...], number: int) -> Release | None:
    return next((each for each in releases if number in each.fixes), None)


def _outside(facts: ClaimFacts, number: int) -> Judgment:
    release = _of_fix(facts.releases, number)
    if release is None:
        return Judgment(
            INCONCLUSIVE, "No release with this fix is known for this source: nothing to compare."
        )
    start = facts.filters.start_at
    if start and release.at <= start:
        where = "before the period begins: no row is older than the fix"
    else:
        where = "after the last row of the period: no row shows whether it works"
    return Judgment(INCONCLUSIVE, f"C{_named(facts, release)[1:]} lies {where}.")


def _named(facts: ClaimFacts, release: Release) -> str:
    return f"commit {release.commit} ({facts.filters.shown(release.at)})"


def _guaranteed(facts: ClaimFacts) -> bool:
    tables = facts.coverage.tables.set_index("table_name")
    return "organizations" in tables.index and bool(tables.loc["organizations", "guaranteed"])


def _before_and_after(facts: ClaimFacts, release: Release, table: str, noun: str) -> Judgment:
    """Compare the shares with session id before and after a release."""
    before, after = _sides(facts, release, table)
    found = compare_shares(*before, *after)
    words = (
        f"{shown_side(before)} {noun} before {_named(facts, release)} have a session id, "
        f"{shown_side(after)} after it"
    )
    rows = {"Before and after": _compared_rows(release, found)}
    if found.change is None or found.could_be_chance:
        return Judgment(INCONCLUSIVE, f"{words}: {found.words}.", rows)
    lacking = after[1] - after[0]
    if found.change[0] > 0 and not lacking:
        return Judgment(CONFIRMED, f"{words}: {found.words}, and none lacks one since.", rows)
    still = f"{count(lacking)} {noun} written since still lack one"
    joined = "but" if found.change[0] > 0 else "and"
    return Judgment(REFUTED, f"{words}: {found.words}, {joined} {still}.", rows)


def _sides(
    facts: ClaimFacts, release: Release, table: str
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (with session id, expected) before a release and from it on."""
    own = facts.coverage.counts[facts.coverage.counts["table_name"] == table]
    number = facts.coverage.releases.index(release)
    later = (own["releases_before"] > number).fillna(value=False)
    known = own["releases_before"].notna()
    return _side(own[known & ~later]), _side(own[later])


def _side(counts: pd.DataFrame) -> tuple[int, int]:
    expected = counts["table_rows"].sum() - counts["exempt"].sum()
    return int(counts["with_session"].sum()), int(expected)


def _compared_rows(release: Release, found: Comparison) -> pd.DataFrame:
    rows = [("before", *found.before), ("after", *found.after)]
    frame = pd.DataFrame(rows, columns=[f"Commit {release.commit}", "With session id", "Expected"])
    return frame.assign(Difference=["", shown_change(found.change)])
