"""Checks the files that an operator may replace, before anything relies on them."""

from dashboard.model.releases import load_releases
from dashboard.model.tracking_plan import load_plan
from dashboard.settings import Settings


def check_configuration_files(settings: Settings) -> None:
    """Read the tracking plan and, where the settings name them, the releases.

    Raises PlanError or ReleasesError, both of them a SettingsError, with the line that is wrong.
    """
    load_plan(settings.tracking_plan)
    if settings.releases:
        load_releases(settings.releases)
