"""The embedded PostgreSQL server as a process: starts it, recognizes it, ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dashboard.embedded.account import PROBE_SECONDS, EmbeddedServerError, ourselves
from dashboard.embedded.files import Say, Site, private_folder, runnable_binaries, tail

PORT = 5432  # only part of the socket's name: the server does not listen on TCP
SOCKET_PATH_LIMIT = 103  # bytes, on the strictest supported system
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a mount of Linux, not a temporary file
SHARED_MEMORY_TOO_SMALL = 64 * 2**20  # a container's default; parallel plans need more
PROCESSES = Path("/proc")  # on Linux; other systems have ps
STILL_IN_USE = "pre-existing shared memory block"
START_SECONDS = 60.0
FAST_STOP_SECONDS = 8.0
HARD_STOP_SECONDS = 10.0
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Postmaster:
    """The server's first process, as its own postmaster.pid describes it."""

    pid: int
    port: int
    socket_folder: str
    is_ready: bool


def find_postmaster(site: Site) -> Postmaster | None:
    """Return the running server, if the process named in the data folder really is it."""
    lines = _pid_file(site)
    if len(lines) < 5 or not _is_ours(int(lines[0]), site):
        return None
    is_ready = len(lines) > 7 and lines[7].strip() == "ready"
    return Postmaster(int(lines[0]), int(lines[3]), lines[4], is_ready)


def join_or_start(site: Site, say: Say) -> Postmaster:
    """Return the server once it is ready."""
    deadline = time.monotonic() + START_SECONDS
    if find_postmaster(site) is not None:
        say(f"Joining the embedded PostgreSQL {site.version} in {site.shown} …")
        found = _wait_until_ready(site, deadline, lambda: find_postmaster(site) is not None)
        if found is not None:  # otherwise another process has just stopped it
            return found
    say(f"Starting the embedded PostgreSQL {site.version} in {site.shown} …")
    return _start(site, runnable_binaries(site, say), deadline)


def stop(site: Site, say: Say) -> None:
    """End the server if it runs."""
    found = find_postmaster(site)
    if found is None:
        return
    say(f"Stopping the embedded PostgreSQL {site.version} in {site.shown} …")
    _end(found.pid, site)
    with suppress(OSError):
        Path(found.socket_folder).rmdir()


def _pid_file(site: Site) -> list[str]:
    """Return postmaster.pid: pid, data, start time, port, socket folder, address, key, status."""
    try:
        lines = os.fsdecode((site.data / "postmaster.pid").read_bytes()).splitlines()
    except FileNotFoundError:
        return []
    return lines if lines and lines[0].isdecimal() else []


def _is_ours(pid: int, site: Site) -> bool:
    """Tell whether the process is this site's server; another program may have the id by now."""
    return f"cluster_name={_cluster_name(site)}" in _command_line(pid)


def _cluster_name(site: Site) -> str:
    return f"lead-dashboard-{site.key}"


def _command_line(pid: int) -> str:
    """Return the arguments of a live process; empty for one that has ended or is a zombie."""
    if PROCESSES.is_dir():
        try:
            return (PROCESSES / f"{pid}/cmdline").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return ourselves().run(["ps", "-ww", "-o", "command=", "-p", str(pid)], PROBE_SECONDS)[1]


def _start(site: Site, binaries: Path, deadline: float) -> Postmaster:
    _keep_previous(site.log)
    while (found := _try_to_start(site, binaries, deadline)) is None:
        if STILL_IN_USE not in _log_tail(site):
            raise EmbeddedServerError(
                f"The embedded PostgreSQL {site.version} in {site.folder} did not start. "
                f"The end of {site.log.name} tells why:\n{_log_tail(site)}"
            )
        time.sleep(POLL_SECONDS)  # the processes of a killed server are still ending
    return found


def _try_to_start(site: Site, binaries: Path, deadline: float) -> Postmaster | None:
    process = _launch(site, binaries)
    try:
        return _wait_until_ready(site, deadline, lambda: process.poll() is None)
    except BaseException:
        _end(process.pid, site)
        raise


def _launch(site: Site, binaries: Path) -> subprocess.Popen[str]:
    """Start the server in its own session, so that no terminal's Ctrl-C reaches it."""
    settings = [part for setting in _settings(site) for part in ("-c", setting)]
    log = os.open(site.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        process = site.account.start(
            [binaries / "postgres", "-D", site.data, *settings],
            log,
            _excuse_for_stale_pid(site),
            own_session=True,
        )
    finally:
        os.close(log)
    # Unless a thread waits for it, it stays a zombie after its end.
    threading.Thread(target=process.wait, name="embedded-postgres", daemon=True).start()
    return process


def _excuse_for_stale_pid(site: Site) -> dict[str, str]:
    """Return the variable that excuses another program with a dead server's process id.

    PostgreSQL refuses to start while any process but its parents has the id in postmaster.pid. Its
    pg_ctl names the parent in this variable.
    """
    lines = _pid_file(site)
    return {"PG_GRANDPARENT_PID": lines[0]} if lines else {}


def _settings(site: Site) -> list[str]:
    sockets = str(_socket_folder(site)).replace('"', '""')
    settings = [
        f"cluster_name={_cluster_name(site)}",
        "listen_addresses=",
        f"port={PORT}",
        f'unix_socket_directories="{sockets}"',
        "unix_socket_permissions=0700",
        # Enough for the pages, many visitors on Submit, the lab, and backends that are ending.
        "max_connections=300",
        "shared_buffers=64MB",
    ]
    if _shared_memory_is_scarce():
        settings.append("dynamic_shared_memory_type=mmap")
    return settings


def _socket_folder(site: Site) -> Path:
    name = f"lead-dashboard-{site.key}"
    temporary = (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108 - a private folder in it
    for folder in (site.folder / "socket", *(parent / name for parent in temporary)):
        if _can_be_named(folder) and site.account.can_use_folders_in(folder.parent):
            return private_folder(folder, site.account)
    raise EmbeddedServerError(
        f"Found no folder with a path short enough for the socket of {site.folder}. "
        "Set TMPDIR to a short path."
    )


def _can_be_named(folder: Path) -> bool:
    """Tell whether a socket path is short enough, without a comma, which separates hosts."""
    path = os.fsencode(folder / f".s.PGSQL.{PORT}")
    return len(path) <= SOCKET_PATH_LIMIT and b"," not in path


def _shared_memory_is_scarce() -> bool:
    if os.uname().sysname != "Linux":
        return False
    try:
        found = os.statvfs(SHARED_MEMORY)
    except FileNotFoundError:
        return True
    return found.f_bavail * found.f_frsize <= SHARED_MEMORY_TOO_SMALL


def _wait_until_ready(
    site: Site, deadline: float, is_alive: Callable[[], bool]
) -> Postmaster | None:
    """Return the server when it is ready; None if it ended before that."""
    while is_alive():
        if (found := find_postmaster(site)) is not None and found.is_ready:
            return found
        if time.monotonic() > deadline:
            raise EmbeddedServerError(
                f"The embedded PostgreSQL {site.version} in {site.folder} was not ready after "
                f"{START_SECONDS:.0f} s. The end of {site.log.name}:\n{_log_tail(site)}"
            )
        time.sleep(POLL_SECONDS)
    return None


def _end(pid: int, site: Site) -> None:
    """End it by its "fast" shutdown, then by force; both keep all committed rows."""
    for request, seconds in (
        (signal.SIGINT, FAST_STOP_SECONDS),
        (signal.SIGQUIT, HARD_STOP_SECONDS),
    ):
        if not _is_ours(pid, site):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, request)
        _wait_until_gone(pid, site, seconds)
    if _is_ours(pid, site):
        raise EmbeddedServerError(
            f"The embedded PostgreSQL in {site.folder} does not stop; its process id is {pid}."
        )


def _wait_until_gone(pid: int, site: Site, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _is_ours(pid, site) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def _keep_previous(log: Path) -> None:
    if log.exists():
        log.replace(log.with_name(log.name + ".1"))


def _log_tail(site: Site) -> str:
    return tail(site.log.read_text(errors="replace")) if site.log.exists() else ""
