"""Running the product as `make run` does, and reading what it says."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dashboard.settings import ROOT


class Run:
    """One `python -m dashboard serve`, its lines read until the one waited for."""

    def __init__(self, home: Path, port: int, database_url: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dashboard", "serve", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "DASHBOARD_DATA": str(home), "DATABASE_URL": database_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []

    def read_until(self, words: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return
        pytest.fail(f"ended before saying {words!r}: {self.lines}")

    def family(self) -> list[psutil.Process]:
        children: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return children

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)
