"""What the funnel's tests share: the three tables, refilled by each of them."""

from collections.abc import Callable

import pytest

from tests.conftest import Parameters, execute


@pytest.fixture(scope="module")
def stored(new_database: Callable[..., Parameters]) -> Parameters:
    """The three tables, where a lead's organization and an event's lead need not exist."""
    parameters = new_database("three_tables")
    execute(
        parameters,
        "alter table website_leads drop constraint website_leads_organization_id_fkey;"
        " alter table conversion_tracking drop constraint conversion_tracking_website_lead_id_fkey",
    )
    return parameters
