"""Which process runs a job, and whether that process is still there."""

import os

import psutil


def this_process() -> str:
    """Return what tells this process from all others of this machine, now and later."""
    return f"{os.getpid()} {psutil.Process().create_time():.0f}"


def is_alive(process: str) -> bool:
    """Tell whether a process is still there, and not another one under its number."""
    number, created = process.split()
    try:
        found = psutil.Process(int(number)).create_time()
    except psutil.NoSuchProcess:
        return False
    # The machine's idea of the start may move by a second.
    return bool(abs(found - float(created)) <= 2)
