"""What a test run makes once and its workers share: files, and data folders to copy."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

# Names the run's folder to the workers, which inherit the environment of the process that began.
FOLDER = "LEAD_FUNNEL_TEST_RUN"


def begin() -> None:
    """Make the folder of this run."""
    os.environ[FOLDER] = str(_reachable_folder())


def end() -> None:
    """Remove what the run has made."""
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return a path that the first worker to ask makes; the others wait for it."""
    path = Path(os.environ[FOLDER]) / name
    with path.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            half_made = path.with_name(f"{name}.new")
            make(half_made)
            half_made.rename(path)
    return path


@contextmanager
def data_home() -> Iterator[Path]:
    """A folder for a server's data that its account can reach, gone afterwards."""
    folder = _reachable_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copied_home(made: Path) -> Iterator[Path]:
    """A copy of a data folder whose server does not run, gone afterwards."""
    with data_home() as folder:
        # -a keeps the account that the data belongs to.
        subprocess.run(["cp", "-a", f"{made}/.", folder], check=True)
        yield folder


def _reachable_folder() -> Path:
    # pytest's own folders are closed to others, and root's server runs as somebody else.
    folder = Path(mkdtemp(prefix="lead-funnel-"))
    folder.chmod(0o755)
    return folder
