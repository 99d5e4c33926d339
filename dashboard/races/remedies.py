"""The remedies as SQL for people to copy, with a dry run that counts the rows they would touch.

No remedy is ever executed on a source.
"""

import re
from dataclasses import dataclass

from dashboard.database.contract import Contract
from dashboard.database.reading import Reader
from dashboard.model.filters import Filters
from dashboard.model.formats import counted
from dashboard.races.lead_paths import LeadPaths
from queries import load


@dataclass(frozen=True)
class Remedy:
    """One remedy: the file `queries/remedies/<name>.sql`, and its purpose.

    `without_sessions` says what it lacks where leads have no session id; empty: nothing.
    """

    name: str
    title: str
    purpose: str
    without_sessions: str = ""

    def limit(self, paths: LeadPaths | None) -> str | None:
        """Say what the remedy can’t do for the newest leads; None where nothing or unknown."""
        lacking = paths and self.without_sessions and paths.no_session
        return f"{self.without_sessions}: {lacking}." if lacking else None


REMEDIES = (
    Remedy(
        "website_host",
        "1 · One meaning of “the same website”",
        "Functions that the statements below call.",
    ),
    Remedy(
        "merge_organizations",
        "2 · Merge organizations of one website",
        "Run once, before the keys; look at hosts that many businesses share before it. It stops "
        "on any error and then has changed nothing.",
    ),
    Remedy(
        "merge_leads",
        "3 · Merge leads of one visit",
        "Run once, before the keys. It merges leads of one session id and website.",
        "It does not merge the newest leads",
    ),
    Remedy(
        "unique_keys",
        "4 · Unique keys",
        "From here on a race is an error (23505), no longer a silent duplicate.",
        "The key on the leads’ session id protects nothing until the writers send one",
    ),
    Remedy(
        "upsert",
        "5 · Upsert in every write path",
        "Correct and fastest: nobody waits, nobody repeats. Every write path must send the "
        "session id.",
        "Before it can keep one lead per submission, the writers must send the session id",
    ),
    Remedy("lock", "Instead of 4 and 5 · A lock per website", "Correct if every writer takes it."),
    Remedy(
        "retry",
        "Instead of 4 and 5 · Serializable, with retries",
        "Correct if every writer is serializable.",
    ),
)


NO_OWNER = """
-- No column here names an owner: which organizations somebody owns is not known, and merging would
-- delete those, too. Only where nobody owns one, leave out the conditions on user_id.
"""


@dataclass(frozen=True)
class DryRun:
    """Rows that merging would touch in the tables as they are, whatever the period."""

    organizations_deleted: int
    leads_moved: int
    leads_deleted: int
    events_moved: int

    def of(self, name: str) -> str | None:
        """Return a sentence on the rows that a remedy would touch; None where it touches none."""
        if name == "merge_organizations":
            return (
                f"Here it would delete {counted(self.organizations_deleted, 'organization')} and "
                f"move {counted(self.leads_moved, 'lead')}."
            )
        if name == "merge_leads":
            return (
                f"Here it would delete {counted(self.leads_deleted, 'lead')} and move "
                f"{counted(self.events_moved, 'event')}."
            )
        if name == "unique_keys":
            if self.organizations_deleted or self.leads_deleted:
                return "Here it would fail as long as the duplicates of 2 and 3 are there."
            return "Here it would touch no row: no two rows have the same key."
        return None


def dry_run(reader: Reader, _: Filters) -> DryRun:
    """Count the rows that the remedies would touch, in any period. Raises DatabaseProblem."""
    return DryRun(**reader.one("races/remedy_rows"))


def sql(name: str, contract: Contract, schema: str = "public") -> str:
    """Return a remedy's text for a database, with its owner column and schema, without header."""
    text = _without_header(load(f"remedies/{name}").sql).replace(" -- noqa: RF04", "")
    if len(contract.owner_columns) > 1:
        # A value in either owner column makes the row owned, as in every count of this page.
        text = re.sub(r"\b(\w+\.)?user_id\b", r"coalesce(\1owner_user_id, \1user_id)", text)
    elif contract.owner_columns:
        text = re.sub(r"\buser_id\b", contract.owner_columns[0], text)
    else:
        text += NO_OWNER
    if schema != "public":
        text = f"{_in_schema(schema)}\n{text}"
    return text.strip() + "\n"


def _in_schema(schema: str) -> str:
    literal = "'" + schema.replace("'", "''") + "'"
    return _without_header(load("remedies/search_path").sql).replace(":schema", literal)


def _without_header(text: str) -> str:
    return re.sub(r"^-- (grain|params|calls): .*\n", "", text, flags=re.MULTILINE)
