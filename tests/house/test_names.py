"""A public name of a module means one thing in the whole app."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.house.modules import modules, tree_of

# The same interface in every slice: the name says which room of the house it is.
INTERFACES: set[str] = set()
# Names that still mean several things. This list only shrinks.
KNOWN_DUPLICATES = """
ATTRIBUTIONS Business CHART COLUMNS CONNECTIONS CONNECT_SECONDS CONSTRAINTS COUNTS Color
ConstraintForm Counts Coverage DAY DAY_MILLISECONDS DEFINITIONS EPOCH ERRORS EVENT EVENTS EXAMPLE
FORMS GRAINS Grain HOUR INTRODUCTION JOURNALS KEPT KINDS Key Kind LEAD LEADS LENGTHS LONGEST
LOOKED_AT LOST Lead Ledger Log MARKS MEANINGS MOST_DAYS MOST_EXAMPLES MOST_LOST MOST_NAMES
MOST_ROWS Moment NAMES NOTHING ON_THE_WAY ORGANIZATIONS OTHER OUTCOMES OUT_OF_CONNECTIONS Outcome
PARTS PATHS PATIENCE PATTERN PLACEHOLDER POLL_SECONDS REACHED REGISTERING RELEASES ROW ROWS
ROW_HEIGHT Release Rows SCHEME SESSION_RULE SILENCE STARTS_AT STATEMENT_TIMEOUT STATES STEP STEPS
STRAYS State Stretch Submission T TABLES TEXT TOO_FEW Tally UNITS UNKNOWN USUAL UTC_ZONE Verdict
WHERE WHOLE_WAY YES_NO as_json beside beside_verdict compared count counted counts headline
in_words names open_ledger prepare progress rows run show_progress show_result silent timeline
trend verdict with_shares
"""


def test_a_public_name_means_one_thing() -> None:
    places = _places()
    repeated = {name for name, where in places.items() if len(where) > 1}
    new = repeated - INTERFACES - {*KNOWN_DUPLICATES.split()}
    assert not [f"{name}: {', '.join(places[name])}" for name in sorted(new)]


def _places() -> dict[str, list[str]]:
    """Return the modules that define each public name at their top level."""
    places = defaultdict(list)
    for module in modules():
        for name in sorted({*_defined(tree_of(module))}):
            if not name.startswith("_"):
                places[name].append(module)
    return places


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (each for target in targets for each in ast.walk(target))
            yield from (each.id for each in names if isinstance(each, ast.Name))
