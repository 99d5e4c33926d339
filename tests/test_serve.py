"""`make run`: says what it does, answers, and leaves nothing running."""

import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.once import data_home
from tests.serving import Run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home() -> Iterator[Path]:
    with data_home() as folder:
        yield folder
        for process in psutil.process_iter(["cmdline"]):
            if str(folder) in " ".join(process.info["cmdline"] or []):
                process.kill()


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, id="stopped", marks=pytest.mark.soak),
    ],
)
def test_it_serves_and_leaves_nothing_running(home: Path, stop: signal.Signals) -> None:
    port = free_port()
    run = Run(home, port)
    run.read_until(f"http://127.0.0.1:{port}")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
        assert page.status == 200
    assert "Filling the demo database" in "".join(run.lines)
    family = run.family()
    assert any("postgres" in each.name() for each in family)
    run.process.send_signal(stop)
    assert run.process.wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


def test_a_port_in_use_is_named_with_the_way_out(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = Run(home, port)
        run.read_until(f"Port {port} on 127.0.0.1 is in use")
        assert run.process.wait(60) == 1
