"""Through pgbouncer in transaction mode, where every transaction may meet another's connection."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import Source
from tests.conftest import Parameters, connect, execute, source_of

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not on the PATH")
ALL_TIME: dict[str, object] = {"start_at": None, "end_at": None, "as_of": None}


@dataclass(frozen=True)
class Pooler:
    """Its address, in place of the server's."""

    parameters: Parameters

    def source(self, timeout: timedelta = timedelta(seconds=30)) -> Source:
        return source_of(self.parameters, timeout=timeout)


@pytest.fixture
def pooler(tables: Parameters) -> Iterator[Pooler]:
    """A pgbouncer with a single server connection, in a folder its account can reach."""
    execute(tables, "insert into website_leads (created_at) values ('2026-01-25 12:00')")
    with ExitStack() as ending:
        folder = Path(tempfile.mkdtemp(prefix="bouncer-", dir="/tmp"))
        ending.callback(shutil.rmtree, folder)
        _configure(folder, tables)
        assert PGBOUNCER
        process = subprocess.Popen(
            [PGBOUNCER, folder / "pgbouncer.ini"],
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            user=_account(folder, tables) if os.geteuid() == 0 else None,
        )
        ending.enter_context(process)
        ending.callback(process.kill)
        assert process.stderr
        # It says so when it is ready; an end of its words means that it could not start.
        said = iter(process.stderr.readline, "")
        assert any("process up" in line for line in said)
        yield Pooler(tables | {"host": str(folder), "port": "6432"})


def _account(folder: Path, server: Parameters) -> int:
    """Give the folder to the server's account: pgbouncer refuses to run as root."""
    uid = Path(server["host"]).stat().st_uid
    for path in (folder, *folder.iterdir()):
        os.chown(path, uid, -1)
    return uid


def _configure(folder: Path, server: Parameters) -> None:
    (folder / "users.txt").write_text(f'"{server["user"]}" "{server["password"]}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"""
        [databases]
        {server["dbname"]} = host={server["host"]} port={server["port"]}
        [pgbouncer]
        listen_addr =
        unix_socket_dir = {folder}
        auth_type = scram-sha-256
        auth_file = {folder / "users.txt"}
        pool_mode = transaction
        default_pool_size = 1
        """
    )


def test_reads_of_several_clients_share_one_server_connection(pooler: Pooler) -> None:
    sources = [pooler.source() for _ in range(3)]
    backends = set()
    # More rounds than psycopg's usual threshold for preparing a statement on the server.
    for _ in range(8):
        for source in sources:
            with source.read() as reader:
                assert reader.one("database/leads_in_range", **ALL_TIME).leads == 1
                backends.add(
                    reader.connection.execute(text("select pg_backend_pid()")).scalar_one()
                )
    assert len(backends) == 1


def test_settings_of_a_read_do_not_reach_the_next_client(pooler: Pooler) -> None:
    shown = b"""
        select pg_backend_pid(), current_setting('search_path'),
               current_setting('statement_timeout'), current_setting('transaction_read_only')
    """
    with connect(pooler.parameters) as other:
        before = other.execute(shown).fetchone()
        with pooler.source(timedelta(seconds=7)).read() as reader:
            assert reader.connection.execute(text("show statement_timeout")).scalar_one() == "7s"
        assert other.execute(shown).fetchone() == before
        assert before
        assert before[1:] == ('"$user", public', "0", "off")


def test_a_read_through_the_pooler_is_read_only_and_of_one_moment(pooler: Pooler) -> None:
    with pooler.source().read() as reader:
        state = reader.connection.execute(
            text(
                "select current_setting('transaction_read_only'),"
                " current_setting('transaction_isolation')"
            )
        ).one()
    assert tuple(state) == ("on", "repeatable read")


def test_an_unknown_database_of_the_pooler_is_told_as_such(pooler: Pooler) -> None:
    with (
        pytest.raises(DatabaseProblem) as raised,
        source_of(pooler.parameters | {"dbname": "no_such_database"}).read(),
    ):
        pass
    assert raised.value.kind == "unknown_database"


def test_a_wrong_password_at_the_pooler_is_told_as_such(pooler: Pooler) -> None:
    with (
        pytest.raises(DatabaseProblem) as raised,
        source_of(pooler.parameters | {"password": "wrong"}).read(),
    ):
        pass
    assert raised.value.kind == "wrong_password"
