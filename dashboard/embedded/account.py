"""The account the embedded PostgreSQL server runs under: ourselves, but never root."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PREFERRED = ("postgres", "nobody")  # in place of root, under which PostgreSQL refuses to run
PROBE_SECONDS = 30


class EmbeddedServerError(Exception):
    """Says what is wrong with the embedded server, where, and what to do next."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system, and what it can do here."""

    uid: int
    gid: int
    is_other: bool = False  # we are root, and this is somebody else

    def start(
        self,
        arguments: Sequence[str | Path],
        output: int,
        extra: Mapping[str, str] | None = None,
        *,
        own_session: bool = False,
    ) -> subprocess.Popen[str]:
        """Start a program as this account."""
        return subprocess.Popen(
            arguments,
            cwd="/",  # where we stand may be out of its reach
            env=_environment() | dict(extra or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=own_session,
            user=self.uid if self.is_other else None,
            group=self.gid if self.is_other else None,
            extra_groups=[] if self.is_other else None,
        )

    def run(self, arguments: Sequence[str | Path], seconds: float) -> tuple[int, str]:
        """Exit code and output of a program run as this account; it never outlives us."""
        with self.start(arguments, subprocess.PIPE) as process:
            try:
                output, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                raise EmbeddedServerError(
                    f"{arguments[0]} has not finished within {seconds:.0f} s. "
                    "Try again when the machine is less busy."
                ) from None
            except BaseException:
                process.kill()
                raise
        return process.returncode, output

    def can_run(self, *arguments: str | Path) -> bool:
        """Try it: no reasoning about mode bits, access lists and mount options is as true."""
        try:
            return self.run(arguments, PROBE_SECONDS)[0] == 0
        except OSError:
            return False

    def can_use_folders_in(self, parent: Path) -> bool:
        """Whether a folder made in there and given to this account is of use to it."""
        if not self.is_other:
            return True
        with tempfile.TemporaryDirectory(prefix="pg.probe-", dir=parent) as probe:
            try:
                self.give(Path(probe))
            except OSError:
                return False  # some file systems keep root from giving anything away
            return self.can_run("/bin/sh", "-c", 'cd "$0" && : > written', probe)

    def give(self, path: Path) -> None:
        """Make this account the owner, without following a link somebody may have put there."""
        if self.is_other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def ourselves() -> Account:
    return Account(os.geteuid(), os.getegid())


def account_for(data: Path) -> Account:
    """Ourselves; as root, the owner of the data already there or else the preferred account."""
    if os.geteuid() != 0:
        return ourselves()
    if data.is_dir() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, is_other=True)
    return _preferred()


def _preferred() -> Account:
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in PREFERRED:
        if name in accounts:
            return Account(accounts[name].pw_uid, accounts[name].pw_gid, is_other=True)
    raise EmbeddedServerError(
        f"PostgreSQL refuses to run as root, and there is no account {' or '.join(PREFERRED)}. "
        "Add one of them, or run this as another user."
    )


def _environment() -> dict[str, str]:
    """Ours, without what would lead PostgreSQL's programs to another server or language."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {"LC_ALL": "C", "TZ": "UTC"}
