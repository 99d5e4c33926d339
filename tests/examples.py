"""How many random examples a test draws: a fifth of them in `make test`, all in `make soak`."""

from hypothesis import HealthCheck, settings

# How long an example takes is the machine's business. None is kept: the seed tells them all.
settings.register_profile(
    "full",
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[*HealthCheck],
)
settings.register_profile("suite", settings.get_profile("full"), max_examples=20)
settings.load_profile("suite")


def examples(number: int) -> settings:
    """Draw this many examples in `make soak`; the first of a test is always the simplest."""
    share = settings().max_examples / settings.get_profile("full").max_examples
    return settings(max_examples=max(3, round(number * share)))
