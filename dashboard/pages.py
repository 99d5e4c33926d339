"""The pages: their paths, titles, what shows them, and the parameters of their links."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.coverage.page import COVERAGE_PARAMETERS, coverage_page
from dashboard.funnel.page import FUNNEL_PARAMETERS, funnel_page
from dashboard.lab.page import LAB_PARAMETERS, lab_page
from dashboard.leads.page import LEADS_PARAMETERS, leads_page
from dashboard.races.page import RACES_PARAMETERS, races_page
from dashboard.status.page import STATUS_PARAMETERS, status_page
from dashboard.submit.page import SUBMIT_PARAMETERS, submit_page
from dashboard.ui.view import View


@dataclass(frozen=True)
class ServedPage:
    """One page; `parameters` are those of its links, beside the header's.

    The first page is the root. Without `bar` nothing on the page depends on the header's choice.
    """

    title: str
    show: Callable[[View], None]
    parameters: tuple[str, ...]
    bar: bool = True


PAGES = {
    "": ServedPage("Status", status_page, STATUS_PARAMETERS),
    "funnel": ServedPage("Funnel", funnel_page, FUNNEL_PARAMETERS),
    "leads": ServedPage("Leads", leads_page, LEADS_PARAMETERS),
    "coverage": ServedPage("Coverage", coverage_page, COVERAGE_PARAMETERS),
    "races": ServedPage("Races", races_page, RACES_PARAMETERS),
    "submit": ServedPage("Submit", submit_page, SUBMIT_PARAMETERS, bar=False),
    "lab": ServedPage("Lab", lab_page, LAB_PARAMETERS),
}
# Paths of before, and where they lead now.
MOVED = {"status": ""}
