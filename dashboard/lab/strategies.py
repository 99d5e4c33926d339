"""The write strategies that are compared. The Lab measures which of them are correct."""

from dataclasses import dataclass
from typing import Literal

from dashboard.lab.writers import (
    AsItIs,
    AsItIsWithSession,
    DirectForm,
    JobForm,
    LabWriter,
    Locked,
    NeverCreates,
    OneLead,
    Upserted,
    WaitsForLead,
)

Isolation = Literal["AUTOCOMMIT", "READ COMMITTED", "SERIALIZABLE"]


@dataclass(frozen=True)
class WriteStrategy:
    """One way to write. `AUTOCOMMIT`: each statement is a transaction of its own, as it is today.

    `has_keys`: the two unique keys of lab/keys stand. `retries`: a request's whole transaction is
    made again where the database gave it up for another one's sake.
    """

    name: str
    label: str
    what: str
    writer: type[LabWriter]
    isolation: Isolation = "AUTOCOMMIT"
    has_keys: bool = False
    retries: bool = False


_ALL = (
    WriteStrategy(
        "as-is",
        "As it is",
        "Both paths check, then insert. The analysis path has no session id.",
        AsItIs,
    ),
    WriteStrategy(
        "as-is-with-session",
        "As it is, with session id",
        "The same, but the analysis path has the visitor’s session id.",
        AsItIsWithSession,
    ),
    WriteStrategy(
        "as-is-ece936e",
        "As it is since ece936e",
        "Tracking drops an event whose session has no lead. The analysis path has no session id.",
        DirectForm,
    ),
    WriteStrategy(
        "as-is-ece936e-jobs",
        "As it is since ece936e, job form",
        "The same tracking. The analysis path saves the organization alone, with a session id.",
        JobForm,
    ),
    WriteStrategy(
        "tracking-never-creates-leads",
        "Tracking never creates leads",
        "Only the analysis path creates. An event without lead keeps its session id.",
        NeverCreates,
    ),
    WriteStrategy(
        "tracking-waits-for-the-lead",
        "Tracking waits for the lead",
        "Only the analysis path creates. Tracking looks until the lead is there.",
        WaitsForLead,
    ),
    WriteStrategy(
        "retry-without-key",
        "Retry, without unique key",
        "As it is, with session id. Requests are transactions, tried again with exponential"
        " backoff and jitter.",
        AsItIsWithSession,
        "READ COMMITTED",
        retries=True,
    ),
    WriteStrategy(
        "retry",
        "Retry, with unique keys",
        "Check, then insert one lead per submission. A request that a key refuses is made again.",
        OneLead,
        "READ COMMITTED",
        has_keys=True,
        retries=True,
    ),
    WriteStrategy(
        "advisory-lock",
        "Advisory lock",
        "A transaction lock on the website, then a separate check.",
        Locked,
        "READ COMMITTED",
    ),
    WriteStrategy(
        "unique-upsert",
        "Unique keys and upsert",
        "Insert … on conflict do update, for organization and lead.",
        Upserted,
        "READ COMMITTED",
        has_keys=True,
    ),
    WriteStrategy(
        "serializable-retry",
        "Serializable, with retry",
        "Check, then insert in SERIALIZABLE transactions, made again when given up.",
        OneLead,
        "SERIALIZABLE",
        retries=True,
    ),
)
STRATEGIES = {strategy.name: strategy for strategy in _ALL}
