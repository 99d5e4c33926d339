"""A job as it stands in the database `app`, whatever it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

JobKind = Literal["submission", "lab run"]
JobState = Literal["queued", "running", "done", "cancelled", "failed", "interrupted"]
UNFINISHED: tuple[JobState, ...] = ("queued", "running")


class UnreadableJob(Exception):
    """The payload of a job is none that this version knows: another version wrote it."""


@dataclass(frozen=True)
class JobRecord:
    """A job. `payload` is the question, `progress` how far the answer is; times are UTC.

    `group_id` is the first of the jobs that run together: the job itself where it runs alone.
    `message` says why it failed.
    """

    id: UUID
    payload: Mapping[str, Any]
    group_id: UUID
    state: JobState
    process: str
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime
    cancel_requested: bool
    progress: Mapping[str, Any]
    message: str | None

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing more will happen to it."""
        return self.state not in UNFINISHED


@dataclass(frozen=True)
class NewJob:
    """A job to add. `key` is the same for jobs that ask for the same."""

    id: UUID
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sameness:
    """Which earlier job of the same key is returned in place of a new one.

    `within`: one that is younger than this; None: of any age. `done_too`: not only one that waits
    or runs.
    """

    within: timedelta | None
    done_too: bool
