"""The ten months of history as the product opens them."""

from collections.abc import Iterator

import pytest

from dashboard.database.reading import Source
from tests.conftest import source_of
from tests.ten_months import Connection


@pytest.fixture(scope="session")
def history_source(demo_tables: Connection) -> Iterator[Source]:
    """A source over the report's picture and the history."""
    info = demo_tables.info
    source = source_of(
        {
            "host": info.host,
            "port": info.port,
            "user": info.user,
            "password": info.password,
            "dbname": info.dbname,
        }
    )
    yield source
    source.engine.dispose()
