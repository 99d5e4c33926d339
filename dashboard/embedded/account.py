"""The account that runs the embedded PostgreSQL server: the current one, but never root."""

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
    is_other: bool = False  # this process is root, and the account is another one

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
            cwd="/",  # the account may have no access to the current folder
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
        """Return exit code and output of a program run as this account; it never outlives us."""
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
        """Tell whether the account can run a program, by running it.

        A trial covers mode bits, access lists and mount options alike.
        """
        try:
            return self.run(arguments, PROBE_SECONDS)[0] == 0
        except OSError:
            return False

    def can_use_folders_in(self, parent: Path) -> bool:
        """Tell whether the account can use a folder that is made there and given to it."""
        if not self.is_other:
            return True
        with tempfile.TemporaryDirectory(prefix="pg.probe-", dir=parent) as probe:
            try:
                self.give(Path(probe))
            except OSError:
                return False  # on some file systems, even root can't change an owner
            return self.can_run("/bin/sh", "-c", 'cd "$0" && : > written', probe)

    def give(self, path: Path) -> None:
        """Make this account the owner, without following a symbolic link."""
        if self.is_other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def ourselves() -> Account:
    return Account(os.geteuid(), os.getegid())


def account_for(data: Path) -> Account:
    """Return the current account; for root, the existing data's owner or a preferred account."""
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
    """Return our environment without variables that change the server or language of PostgreSQL."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {"LC_ALL": "C", "TZ": "UTC"}
