"""`lab`: strategies run against each other from the command line, in this process."""

import argparse
from collections.abc import Callable
from contextlib import closing

from dashboard.database.errors import DatabaseProblem
from dashboard.lab.conditions import CONSTRAINTS, Conditions
from dashboard.lab.jobs import Lab, open_lab
from dashboard.lab.strategies import STRATEGIES
from dashboard.settings import Settings
from dashboard.sources import Sources
from dashboard.ui.answers import Answer

USUAL = Conditions()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare what the lab can be asked."""
    add = parser.add_argument
    add(
        "--strategy",
        choices=["all", *STRATEGIES],
        default="all",
        metavar="NAME|all",
        help=f"{', '.join(STRATEGIES)} (%(default)s)",
    )
    add(
        "--visitors",
        type=int,
        default=USUAL.visitors,
        metavar="N",
        help="who submit at the same moment (%(default)s)",
    )
    add(
        "--websites",
        type=int,
        default=USUAL.websites,
        metavar="M",
        help="that each of them submits (%(default)s)",
    )
    add(
        "--analysis-time",
        type=float,
        default=USUAL.analysis_time,
        metavar="SECONDS",
        help="from the click to the analysis path's writes (%(default)s)",
    )
    add(
        "--jitter",
        type=float,
        default=USUAL.jitter,
        metavar="SECONDS",
        help="by which a visitor is late at most (%(default)s)",
    )
    add(
        "--constraint",
        choices=CONSTRAINTS,
        default=USUAL.constraint,
        help="form of the session constraint (%(default)s)",
    )
    add(
        "--owned-share",
        type=float,
        default=USUAL.owned_share,
        metavar="SHARE",
        help="of the websites, 0 to 1, that somebody owns (%(default)s)",
    )
    add(
        "--crash-share",
        type=float,
        default=USUAL.crash_share,
        metavar="SHARE",
        help="of the submissions, 0 to 1, that lose the connection once (%(default)s)",
    )


def lab(settings: Settings, options: argparse.Namespace, tell: Callable[[str], None]) -> Answer:
    """Run strategies and return what they came to.

    Raises ConditionError before anything is started, and DatabaseProblem.
    """
    conditions = Conditions(
        options.visitors,
        options.websites,
        options.jitter,
        options.analysis_time,
        options.constraint,
        options.owned_share,
        options.crash_share,
    )
    names = [*STRATEGIES] if options.strategy == "all" else [options.strategy]
    with closing(Sources(settings, say=tell)) as sources, closing(open_lab(sources)) as opened:
        return {"runs": _run(opened, conditions, names, tell)}


def _run(
    opened: Lab, conditions: Conditions, names: list[str], tell: Callable[[str], None]
) -> list[dict[str, object]]:
    def tell_begun(strategy: str, attempts_done: int) -> None:
        if not attempts_done and strategy not in told:
            told.append(strategy)
            tell(f"{len(told)} of {len(names)}: {STRATEGIES[strategy].label} …")

    told: list[str] = []
    found = opened.find(opened.run_now(conditions, names, tell_begun))
    if found is None or found.state != "done":
        raise DatabaseProblem(
            "other", "The run did not come to its end", "lab", "It was cancelled; start it again."
        )
    return [result.as_json() for result in found.results]
