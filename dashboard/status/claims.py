"""Judges the claims of the status report by the data, with one function per claim.

A claim about the numbers of one moment is judged as of that moment. The tables can refute the claim
that everything was saved, but they can never confirm it.
"""

import pandas as pd

from dashboard.coverage.data import parts
from dashboard.funnel.losses.data import LOSS_KINDS, Losses
from dashboard.model.formats import count, counted, percent, share
from dashboard.model.limits import FEW
from dashboard.model.statistics import wilson
from dashboard.status import data
from dashboard.status.claim import (
    CONFIRMED,
    INCONCLUSIVE,
    LEAD_ID_LABEL,
    REFUTED,
    REPORTED_AT,
    ClaimFacts,
    Judgment,
    laid_out,
)
from dashboard.status.evidence import Reason

REPORTED_TOTALS = {"events": 253, "leads with events": 250, "step names": 3}
REPORTED_SIZES = {"organizations": 5000, "website_leads": 5000, "conversion_tracking": 250}
SIZE_TOLERANCE = 0.1
MOST_LOSSES_SHOWN = 20
LOSS_LABELS: dict[str, str] = {
    "lost_step": "a step that a later one or a lead proves is recorded nowhere",
    "unanalyzed": "an analysis was completed and no analyzed lead is there",
    "without_lead": "an organization without owner has no lead",
}
LOSS_COLUMNS = {"kind": "Loss", "submissions": "Submissions, at least"}
LOSS_EXAMPLE_COLUMNS = {"website_url": "Website", "begun_at": "Begun", "lead_id": LEAD_ID_LABEL}
NEWEST_ORGANIZATION_COLUMNS = {
    "name": "Name",
    "session_id": "Session id",
    "website_url": "Website",
    "created_at": "Created",
}
NEWEST_EVENT_COLUMNS = {
    "step": "Step",
    "at": "Time",
    "session_id": "Session id",
    "website_url": "Website",
}


def everything_saved(facts: ClaimFacts) -> Judgment:
    """A loss that a row proves refutes the claim; so do leads without the steps that they took."""
    evidence = facts.evidence
    if evidence.reasons:
        is_lost = any(each.is_loss for each in evidence.reasons)
        words = " ".join(_refuting(each, facts) for each in evidence.reasons)
        return Judgment(REFUTED, words, _lost_rows(facts) if is_lost else {})
    if evidence.unread:
        return Judgment(INCONCLUSIVE, " ".join(evidence.unread))
    words = f"{_anything(facts)} A row that was never written leaves no trace."
    return Judgment(INCONCLUSIVE, words)


def _refuting(reason: Reason, facts: ClaimFacts) -> str:
    """Write one reason as a sentence, the losses by kind."""
    if not reason.is_loss:
        return f"{reason.sentence[:1].upper()}{reason.sentence[1:]}."
    lost = facts.losses
    return f"At least {counted(lost.total, 'submission')} of the period lost data: {_kinds(lost)}."


def _kinds(lost: Losses) -> str:
    """Name each loss with its number of submissions; one submission may have several."""
    found = zip(lost.by_kind["kind"], lost.by_kind["submissions"], strict=True)
    return "; ".join(f"{LOSS_LABELS[kind]}: {count(number)}" for kind, number in found if number)


def _lost_rows(facts: ClaimFacts) -> dict[str, pd.DataFrame]:
    """Return the numbers by kind, and the newest submissions of each kind that occurs."""
    lost = facts.losses
    occurring = lost.by_kind[lost.by_kind["submissions"] > 0]
    shown = occurring.assign(kind=occurring["kind"].map(LOSS_LABELS))
    rows = {"Losses": laid_out(shown, LOSS_COLUMNS)}
    for kind in LOSS_KINDS:
        if kind in set(occurring["kind"]):
            newest = lost.examples(facts.reader, kind).head(MOST_LOSSES_SHOWN)
            rows[f"The newest: {LOSS_LABELS[kind]}"] = laid_out(newest, LOSS_EXAMPLE_COLUMNS)
    return rows


def session_organizations(facts: ClaimFacts) -> Judgment:
    """Count all organizations of the period; the report looked at the newest only."""
    newest = laid_out(
        data.recent_organizations(facts.reader, facts.filters), NEWEST_ORGANIZATION_COLUMNS
    )
    rows = {"The five newest": newest}
    return _sessions(facts, "organizations", "organization", rows)


def session_leads(facts: ClaimFacts) -> Judgment:
    """Count all leads of the period; the report said “multiple”."""
    return _sessions(facts, "website_leads", "lead", {})


def session_events(facts: ClaimFacts) -> Judgment:
    """Count all events of the period; the report looked at five."""
    newest = laid_out(data.recent_events(facts.reader, facts.filters), NEWEST_EVENT_COLUMNS)
    return _sessions(facts, "conversion_tracking", "event", {"The five newest": newest})


def totals_as_reported(facts: ClaimFacts) -> Judgment:
    """Judge three numbers of one moment."""
    found = facts.totals
    counts = [found.events, found.unique_leads, found.unique_steps]
    rows = _beside(REPORTED_TOTALS, dict(zip(REPORTED_TOTALS, counts, strict=True)))
    words = (
        f"{counted(found.events, 'event')} of {counted(found.unique_leads, 'lead')} with "
        f"{counted(found.unique_steps, 'step name')}"
    )
    return _of_that_moment(facts, words, counts == [*REPORTED_TOTALS.values()], rows)


def table_sizes(facts: ClaimFacts) -> Judgment:
    """Judge three rough numbers of one moment; each may differ by a tenth."""
    near = all(
        abs(facts.tables[table] - size) <= SIZE_TOLERANCE * size
        for table, size in REPORTED_SIZES.items()
    )
    words = ", ".join(f"{count(facts.tables[table])} {table}" for table in REPORTED_SIZES)
    return _of_that_moment(facts, words, near, _beside(REPORTED_SIZES, facts.tables))


def tracking_creates_organizations(facts: ClaimFacts) -> Judgment:
    """The leads with an organization's session id show which write path made the organization.

    Only stored rows count; the evidence names the open cases.
    """
    found = parts(facts.reader, facts.filters, facts.plan)
    paths = found[(found["table_name"] == "organizations") & (found["property"] == "path")]
    rows = {
        "By write path": laid_out(paths, {"value": "Write path", "table_rows": "Organizations"})
    }
    number = {row["value"]: int(row["table_rows"]) for row in paths.to_dict("records")}
    tracking = number.get("tracking", 0)
    known = tracking + number.get("analysis", 0)
    words = (
        f"The tracking path created {count(tracking)} of the {counted(known, 'organization')} "
        f"whose write path is known ({share(tracking, known)})"
    )
    left_open = (
        " Only stored rows are counted: a failed call left none. Whether the analysis found and "
        "updated an organization is not recorded."
    )
    interval = wilson(tracking, known)
    if interval is None or known < FEW:
        return Judgment(
            INCONCLUSIVE, f"{words}; fewer than {FEW} say nothing about “usually”.", rows
        )
    if interval[0] > 0.5:
        return Judgment(CONFIRMED, f"{words}: more than half.{left_open}", rows)
    verdict = REFUTED if interval[1] < 0.5 else INCONCLUSIVE
    sure = f"95 % interval {percent(interval[0])} to {percent(interval[1])}"
    return Judgment(verdict, f"{words}; {sure}. “Usually” would be more than half.", rows)


def constraint_error_is_a_race(facts: ClaimFacts) -> Judgment:
    """A CHECK sees one row at a time, so two writers can't violate it together."""
    form = facts.reader.contract.constraint
    if form in ("absent", "other", "unknown"):
        what = {
            "unknown": "The organizations are a view, which shows no constraint",
            "absent": "No constraint here ties an organization to an owner or a session id",
            "other": "The constraint on owner and session id has an unknown form",
        }[form]
        return Judgment(INCONCLUSIVE, f"{what}: the tables do not show what its errors would mean.")
    exclusive = (
        " This exclusive form also rejects a session id beside an owner, every time and without "
        "any race."
        if form == "exclusive"
        else ""
    )
    return Judgment(
        REFUTED,
        "The constraint looks at one row alone, so two INSERTs can’t violate it together: the "
        "row that fails has neither owner nor session id. A race only decides which path inserts. "
        f"The path without a session id fails, and its rows are lost.{exclusive}",
    )


def one_write_always_succeeds(facts: ClaimFacts) -> Judgment:
    """A provable loss refutes the claim: there, neither write path replaced the other."""
    lost = facts.losses
    if not lost.total:
        return Judgment(
            INCONCLUSIVE, f"{_anything(facts)} A submission that lost all its rows left none."
        )
    return Judgment(
        REFUTED,
        f"At least {counted(lost.total, 'submission')} of the period lost data: where one write "
        "failed, the other did not replace it.",
        _lost_rows(facts),
    )


def _anything(facts: ClaimFacts) -> str:
    if not any(facts.tables.values()):
        return "There is no row in this period."
    return (
        "No row proves a loss: lost events, organizations without a lead, missing steps and the "
        "share of submissions with a step were looked at."
    )


def _sessions(facts: ClaimFacts, table: str, noun: str, rows: dict[str, pd.DataFrame]) -> Judgment:
    """Judge whether every expected row of a table has a session id.

    Where a constraint guarantees the session id, a full share proves nothing.
    """
    columns = {
        "table_rows": "Rows",
        "exempt": "Exempt",
        "expected": "Expected",
        "with_session": "With session id",
        "missing": "Missing",
    }
    if reason := facts.coverage.unknown.get(table):
        return Judgment(INCONCLUSIVE, f"{reason}.", rows)
    found = facts.coverage.tables
    own = found[found["table_name"] == table]
    expected, having = int(own["expected"].iloc[0]), int(own["with_session"].iloc[0])
    rows = {"All of the period": laid_out(own, columns), **rows}
    if not expected:
        return Judgment(
            INCONCLUSIVE, f"No {noun} of the period is expected to have a session id.", rows
        )
    words = (
        f"{count(having)} of {counted(expected, noun)} expected to have a session id "
        f"{'has' if having == 1 else 'have'} one ({share(having, expected)}). "
        "The claim is judged by all of them."
    )
    if having == expected and own["guaranteed"].iloc[0]:
        words += (
            " A validated constraint guarantees that: it rejects every other row. The share says "
            "nothing about the submissions that were rejected."
        )
        return Judgment(INCONCLUSIVE, words, rows)
    return Judgment(CONFIRMED if having == expected else REFUTED, words, rows)


def _of_that_moment(facts: ClaimFacts, found: str, agrees: bool, rows: pd.DataFrame) -> Judgment:
    """Judge numbers that the report claimed for one moment in one database."""
    beside = {"Claimed and found": rows}
    moment = facts.filters.shown(REPORTED_AT)
    if agrees and any(facts.tables.values()):
        return Judgment(CONFIRMED, f"Found: {found}, as claimed.", beside)
    if not facts.reported_on:
        return Judgment(
            INCONCLUSIVE,
            f"Found: {found}. The claim is about one database as of {moment}; this may be "
            "another one.",
            beside,
        )
    if facts.as_reported:
        return Judgment(REFUTED, f"Found: {found}, not what was claimed.", beside)
    return Judgment(
        INCONCLUSIVE,
        f"Found: {found}. The claim is about all rows as of {moment}, and this is another period: "
        "choose that time to compare.",
        beside,
    )


def _beside(claimed: dict[str, int], found: dict[str, int]) -> pd.DataFrame:
    rows = [(name, number, found[name]) for name, number in claimed.items()]
    return pd.DataFrame(rows, columns=["Of", "Claimed", "Found"])
