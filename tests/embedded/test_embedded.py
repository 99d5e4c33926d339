"""The embedded server's life: who starts it, who shares it, who ends it, and what kills mean."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path

import psycopg
import pytest

from dashboard.embedded.server import Server, acquire, embedded_server

from .conftest import SECONDS, Person, User, quiet, servers_below, until


def keep_a_row(user: User) -> None:
    user.ask("create table kept (note text)")
    user.ask("insert into kept values ('committed')")


def data_of(home: Path) -> Path:
    (data,) = home.glob("pg*/data")
    return data


def log_of(home: Path) -> str:
    try:
        return (home / "pg18" / "server.log").read_text()
    except FileNotFoundError:
        return ""  # just set aside for a new one


def same_account_as(data: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    owner = data.stat()
    return subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        user=owner.st_uid if os.geteuid() == 0 else None,
        group=owner.st_gid if os.geteuid() == 0 else None,
    )


@pytest.mark.parametrize("person", ["ourselves", "nobody"], indirect=True)
def test_first_use_creates_and_the_second_finds_what_it_left(person: Person, folder: Path) -> None:
    home = person.own(folder) / "home"
    first = person.enter(home)
    assert first.host == str(home / "pg18" / "socket")
    keep_a_row(first)
    first.leave()
    assert first.steps() == ["Creating", "Starting", "Stopping"]
    assert servers_below(folder) == []

    second = person.enter(home)
    assert second.host
    assert second.ask("select note from kept") == [["committed"]]
    second.leave()
    assert second.steps() == ["Starting", "Stopping"]
    assert servers_below(folder) == []


def test_it_is_set_up_alike_on_every_machine(person: Person, home: Path) -> None:
    user = person.enter(home)
    assert user.host
    assert user.ask(
        "select pg_encoding_to_char(encoding), datcollate, datlocprovider, datlocale"
        " from pg_database where datname = 'template1'"
    ) == [["UTF8", "C", "b", "C.UTF-8"]]
    assert user.ask("show timezone")[0][0] in {"UTC", "Etc/UTC"}
    assert user.ask("show fsync") == [["on"]]
    assert user.ask("select upper('é')") == [["É"]]
    user.leave()


def test_nobody_gets_in_without_the_password_or_over_the_network(our_home: Path) -> None:
    with embedded_server(our_home, say=quiet) as server:
        with psycopg.connect(**server.parameters("postgres")) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**server.parameters("postgres", password="guessed"))
        assert data_of(our_home).stat().st_mode & 0o077 == 0


def test_the_password_is_in_its_private_file_and_nowhere_else(our_home: Path) -> None:
    said: list[str] = []
    lease = acquire(our_home, say=said.append)
    password = our_home / "pg18" / "password"
    secret = password.read_text().strip()
    assert lease.server.password == secret
    assert len(secret) >= 24
    assert password.stat().st_mode & 0o777 == 0o600
    commands = subprocess.run(["ps", "-axww", "-o", "command="], capture_output=True, check=True)
    lease.release()
    log = (our_home / "pg18" / "server.log").read_text()
    for text in (repr(lease), repr(lease.server), *said, commands.stdout.decode(), log):
        assert secret not in text


def test_parameters_name_another_role_with_its_password() -> None:
    server = Server("/somewhere", 5432, "postgres", "secret", 18)
    assert server.parameters("demo")["user"] == "postgres"
    found = server.parameters("demo", "reader", "other")
    assert (found["dbname"], found["user"], found["password"]) == ("demo", "reader", "other")


def test_variables_for_another_server_do_not_matter(
    our_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGHOST": "db.example",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGUSER": "somebody",
        "PGPASSWORD": "wrong",
        "PGDATABASE": "other",
        "PGDATA": "/nowhere",
        "PGSSLMODE": "require",
        "PGCHANNELBINDING": "require",
        "PGOPTIONS": "-c nonsense=1",
    }.items():
        monkeypatch.setenv(name, value)
    with (
        embedded_server(our_home, say=quiet) as server,
        psycopg.connect(**server.parameters("postgres")) as connection,
    ):
        assert connection.execute("select current_user").fetchone() == ("postgres",)


def test_a_killed_server_is_started_again_with_what_was_committed(
    person: Person, home: Path
) -> None:
    before = person.enter(home)
    assert before.host
    keep_a_row(before)
    os.kill(before.postmaster(), signal.SIGKILL)
    after = person.enter(home)
    assert after.host
    assert after.ask("select note from kept") == [["committed"]]
    before.leave()
    assert after.ask("select note from kept") == [["committed"]]
    after.leave()
    assert servers_below(home) == []


def test_it_waits_for_what_is_left_of_a_killed_server(person: Person, home: Path) -> None:
    before = person.enter(home)
    assert before.host
    postmaster = before.postmaster()
    checkpointer = before.ask(
        "select pid from pg_stat_activity where backend_type = 'checkpointer'"
    )[0][0]
    os.kill(checkpointer, signal.SIGSTOP)  # so that it does not notice what happens next
    try:
        os.kill(postmaster, signal.SIGKILL)
        after = person.enter(home)
        until(lambda: "is still in use" in log_of(home))
    finally:
        os.kill(checkpointer, signal.SIGCONT)
    assert after.host
    assert after.ask("select 1") == [[1]]
    before.leave()
    after.leave()


def test_a_killed_user_leaves_the_server_to_the_next(person: Person, home: Path) -> None:
    killed = person.enter(home)
    assert killed.host
    postmaster = killed.postmaster()
    killed.process.kill()
    killed.process.wait()
    assert servers_below(home) == [postmaster]

    after = person.enter(home)
    assert after.host
    assert after.steps() == ["Joining"]
    assert after.postmaster() == postmaster
    after.leave()
    assert servers_below(home) == []


def test_a_stranger_with_a_dead_servers_process_id_is_left_alone(
    person: Person, home: Path
) -> None:
    killed = person.enter(home)
    assert killed.host
    postmaster = killed.postmaster()
    os.kill(postmaster, signal.SIGKILL)
    killed.process.kill()
    until(lambda: servers_below(home) == [])

    with same_account_as(data_of(home), ["/bin/cat"]) as stranger:
        for left in (data_of(home) / "postmaster.pid", *home.glob("pg*/socket/*.lock")):
            left.write_text(left.read_text().replace(str(postmaster), str(stranger.pid)))
        after = person.enter(home)
        assert after.host
        assert after.ask("select 1") == [[1]]
        after.leave()
        assert stranger.poll() is None
        stranger.communicate(timeout=10)
        assert stranger.returncode == 0


def test_four_at_once_share_one_server_until_the_last_has_left(
    person: Person, folder: Path
) -> None:
    home = person.own(folder) / "home"
    users = [person.enter(home) for _ in range(4)]
    assert len({user.host for user in users}) == 1
    assert len({user.postmaster() for user in users}) == 1
    assert sum(text.startswith("Creating") for user in users for text in user.said) == 1
    while users:
        users.pop(0).leave()
        assert all(user.ask("select 1") == [[1]] for user in users)
        assert len(servers_below(folder)) == (1 if users else 0)


def test_coming_and_going_never_stops_it_under_anybody(our_home: Path) -> None:
    failed: list[BaseException] = []

    def come_and_go() -> None:
        try:
            for _ in range(4):
                with (
                    embedded_server(our_home, say=quiet) as server,
                    psycopg.connect(**server.parameters("postgres")) as connection,
                ):
                    connection.execute("select 1")
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert servers_below(our_home) == []


def test_leases_of_one_process_count_each_and_only_once(our_home: Path) -> None:
    first = acquire(our_home, say=quiet)
    second = acquire(our_home, say=quiet)
    assert first.server == second.server
    first.release()
    first.release()
    with psycopg.connect(**second.server.parameters("postgres")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    second.release()
    second.release()
    assert servers_below(our_home) == []


def test_a_failing_user_leaves_too(our_home: Path) -> None:
    with pytest.raises(ZeroDivisionError), embedded_server(our_home, say=quiet):
        raise ZeroDivisionError
    assert servers_below(our_home) == []


def test_ctrl_c_ends_a_user_and_not_the_server(person: Person, home: Path) -> None:
    interrupted = person.enter(home)
    assert interrupted.host
    other = person.enter(home)
    assert other.host
    postmaster = other.postmaster()
    os.killpg(interrupted.process.pid, signal.SIGINT)  # as a terminal does, to all of its group
    assert interrupted.process.wait(SECONDS) != 0
    assert other.postmaster() == postmaster
    assert os.getsid(postmaster) == postmaster
    os.killpg(other.process.pid, signal.SIGINT)
    other.process.wait(SECONDS)
    assert servers_below(home) == []


def test_a_killed_creation_leaves_nothing_half_made(person: Person, folder: Path) -> None:
    home = person.own(folder) / "home"
    killed = person.enter(home)
    until(lambda: list(home.glob("pg*.new-*/data/PG_VERSION")))
    os.killpg(killed.process.pid, signal.SIGKILL)
    killed.process.wait()
    assert list(home.glob("pg??")) == []

    after = person.enter(home)
    assert after.host
    assert list(home.glob("*.new-*")) == []
    assert after.ask("select 1") == [[1]]
    after.leave()
