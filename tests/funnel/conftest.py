"""What the funnel's tests share: the three tables, refilled by each of them."""

from collections.abc import Callable

import pytest

from queries import load
from tests.conftest import Parameters, execute
from tests.demo.conftest import demo_tables, ten_months  # noqa: F401


@pytest.fixture(scope="module")
def stored(new_database: Callable[[], Parameters]) -> Parameters:
    """The three tables, where a lead's organization need not exist."""
    parameters = new_database()
    execute(parameters, load("schema/tables").sql)
    execute(
        parameters, "alter table website_leads drop constraint website_leads_organization_id_fkey"
    )
    return parameters
