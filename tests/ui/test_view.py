"""What a page's parts share: what takes long is read once for all of them."""

from dashboard.database.reading import Reader
from dashboard.matching.data import Pairing, measure_pairing
from dashboard.model.filters import Filters
from dashboard.ui.view import View, forget_answers
from tests.conftest import Parameters, execute, source_of

PAIRED = """
    insert into website_leads (session_id, website_url, business_name, created_at) values
        ('s', 'a.com', 'Unknown Business', '2026-01-01'),
        (null, 'a.com', 'A', timestamp '2026-01-01' + interval '{} s')
"""


def the_same(reader: Reader, filters: Filters) -> Pairing:
    """Another part of the page, which measures the pairing too."""
    return measure_pairing(reader, filters)


def test_the_median_lag_is_read_once_for_all_parts_of_a_page(tables: Parameters) -> None:
    forget_answers()
    view = View(source_of(tables), Filters())
    execute(tables, PAIRED.format(20))
    assert view.ask(measure_pairing).median_lag.total_seconds() == 20
    execute(tables, "delete from website_leads;" + PAIRED.format(50))
    assert view.ask(the_same).median_lag.total_seconds() == 20
    forget_answers()
    assert view.ask(the_same).median_lag.total_seconds() == 50
