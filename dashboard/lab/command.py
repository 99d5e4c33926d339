"""`lab`: write strategies run against each other, in this process."""

import argparse
from contextlib import closing

from dashboard.command_line.command import Asked, Command, Outcome, tell
from dashboard.command_line.options import add_format
from dashboard.database.errors import DatabaseProblem
from dashboard.lab.conditions import DEFAULT_CONDITIONS, LAB_CONSTRAINTS, Conditions
from dashboard.lab.lab import Lab, open_lab
from dashboard.lab.strategies import STRATEGIES


def _lab(asked: Asked) -> Outcome:
    """Run strategies; raises ConditionError before anything is started."""
    conditions, chosen = _conditions(asked.options), asked.options.strategy
    names = [*STRATEGIES] if chosen == "all" else [chosen]
    with asked.sources() as sources, closing(open_lab(sources)) as opened:
        return asked.written({"runs": _run(opened, conditions, names)})


def _conditions(options: argparse.Namespace) -> Conditions:
    return Conditions(
        options.visitors,
        options.websites,
        options.jitter,
        options.analysis_time,
        options.constraint,
        options.owned_share,
        options.crash_share,
    )


def _run(opened: Lab, conditions: Conditions, names: list[str]) -> list[dict[str, object]]:
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


def _add_options(parser: argparse.ArgumentParser) -> None:
    add, default = parser.add_argument, DEFAULT_CONDITIONS
    strategies, shown = ["all", *STRATEGIES], "NAME|all"
    strategy = f"{', '.join(STRATEGIES)} (%(default)s)"
    add("--strategy", choices=strategies, default="all", metavar=shown, help=strategy)
    visitors = "visitors who submit at the same moment (%(default)s)"
    add("--visitors", type=int, default=default.visitors, metavar="N", help=visitors)
    websites = "websites that each visitor submits (%(default)s)"
    add("--websites", type=int, default=default.websites, metavar="M", help=websites)
    time = "time from the click to the writes of the analysis path (%(default)s)"
    add("--analysis-time", type=float, default=default.analysis_time, metavar="SECONDS", help=time)
    jitter = "longest delay of a visitor (%(default)s)"
    add("--jitter", type=float, default=default.jitter, metavar="SECONDS", help=jitter)
    constraint = "form of the session constraint (%(default)s)"
    add("--constraint", choices=LAB_CONSTRAINTS, default=default.constraint, help=constraint)
    owned = "share of the websites, 0 to 1, that have an owner (%(default)s)"
    add("--owned-share", type=float, default=default.owned_share, metavar="SHARE", help=owned)
    crash = "share of the submissions, 0 to 1, that lose the connection once (%(default)s)"
    add("--crash-share", type=float, default=default.crash_share, metavar="SHARE", help=crash)
    add_format(parser)


LAB_COMMAND = Command("lab", "compare ways to write at the same time", _add_options, _lab)
