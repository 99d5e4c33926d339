"""The lab over databases of the test server."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dashboard.database.address import Address
from dashboard.jobs.tables import open_job_store
from dashboard.lab.conditions import Conditions
from dashboard.lab.lab import LAB_CONNECTIONS, Lab, tell_no_progress
from dashboard.lab.outcome import StrategyResult
from dashboard.lab.strategies import STRATEGIES
from dashboard.lab.stress import run_strategy
from dashboard.settings import Settings
from dashboard.sources import Sources
from tests.conftest import Parameters, connect

REMEDIES = ("retry", "advisory-lock", "unique-upsert", "serializable-retry")
SMALL = Conditions(visitors=3, websites=2, analysis_time=0.0)


@pytest.fixture(scope="session")
def home(app_home: Path) -> Iterator[Path]:
    """A data folder whose server runs as long as the tests do."""
    with closing(Sources(Settings(data_home=app_home))) as sources:
        sources.server()
        yield app_home


@pytest.fixture(scope="session")
def lab_database(new_database: Callable[[], Parameters]) -> Parameters:
    """A database for throw-away schemas."""
    return new_database()


@pytest.fixture
def address(lab_database: Parameters) -> Address:
    return Address("lab", lab_database)


@pytest.fixture
def lab(address: Address, new_database: Callable[[], Parameters]) -> Iterator[Lab]:
    """A lab without worker, with saved runs of its own."""
    with closing(lab_over(address, new_database())) as opened:
        yield opened


def lab_over(address: Address, records: Parameters) -> Lab:
    return Lab(address, open_job_store(Address("app", records), "lab run", LAB_CONNECTIONS))


def stressed(address: Address, strategy: str, **conditions: Any) -> StrategyResult:
    """Run a strategy with as little analysis as there can be."""
    wanted = Conditions(**{"analysis_time": 0.0, **conditions})
    return run_strategy(address, STRATEGIES[strategy], wanted, tell_no_progress)


def schemas(parameters: Parameters) -> list[str]:
    """Return the throw-away schemas that are there."""
    with connect(parameters) as connection:
        found = connection.execute("select nspname from pg_namespace where nspname like 'run%'")
        return [name for (name,) in found]
