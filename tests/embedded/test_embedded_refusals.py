"""What the embedded server says when it cannot run, and that it leaves nothing behind then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dashboard.embedded import process

from .conftest import Person, copied, refusal, servers_below


def test_a_folder_without_the_programs_is_named(folder: Path) -> None:
    empty = folder / "empty"
    empty.mkdir()
    assert f"no postgres and no initdb in {empty}" in refusal(folder / "home", empty)
    (empty / "postgres").write_text("not a program")
    assert f"no initdb in {empty}" in refusal(folder / "home", empty)


def test_programs_that_do_not_run_here_are_named(folder: Path) -> None:
    for name in ("postgres", "initdb"):
        (folder / name).write_text("#!/bin/sh\necho wrong machine >&2\nexit 1\n")
        (folder / name).chmod(0o755)
    assert "wrong machine" in refusal(folder / "home", folder)
    (folder / "postgres").chmod(0o644)
    assert str(folder / "postgres") in refusal(folder / "home", folder)


@pytest.mark.parametrize("person", ["ourselves", "nobody"], indirect=True)
def test_a_read_only_home_is_named(person: Person, folder: Path) -> None:
    if person.uid is None and os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    person.own(folder).chmod(0o555)
    user = person.enter(folder / "home")
    assert str(folder / "home") in user.error
    assert list(folder.iterdir()) == []


def test_a_creation_that_runs_out_of_space_leaves_nothing(person: Person, folder: Path) -> None:
    home = person.own(folder) / "home"
    user = person.enter(home, file_size=12_000_000)  # less than initdb's largest file
    error = user.error
    assert "initdb failed" in error
    assert "File size limit exceeded" in error or "File too large" in error
    assert list(home.glob("*.new-*")) == []
    assert not (home / "pg18").exists()
    assert servers_below(folder) == []

    again = person.enter(home)
    assert again.host
    again.leave()


def test_a_server_that_fails_to_start_is_explained_by_its_log(our_home: Path, folder: Path) -> None:
    home = copied(our_home, folder / "home")
    with (home / "pg18" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("nonsense = 1\n")
    error = refusal(home)
    assert 'unrecognized configuration parameter "nonsense"' in error
    assert servers_below(home) == []


def test_a_server_that_takes_too_long_is_ended(
    our_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "START_SECONDS", 0.0)
    assert "not ready after 0 s" in refusal(our_home)
    assert servers_below(our_home) == []


def test_a_running_server_must_know_our_password(person: Person, home: Path) -> None:
    user = person.enter(home)
    assert user.host
    password = home / "pg18" / "password"
    kept = password.read_text()
    password.write_text("another\n")
    error = person.enter(home).error
    password.write_text(kept)
    assert "does not let us in" in error
    assert "another" not in error.replace(str(home), "")
    assert kept.strip() not in error
    assert user.ask("select 1") == [[1]]
    user.leave()
    assert servers_below(home) == []
