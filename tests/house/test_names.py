"""A public name of a module means one thing in the whole app."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.house.modules import modules, tree_of


def test_a_public_name_means_one_thing() -> None:
    places = _places()
    repeated = {name for name, where in places.items() if len(where) > 1}
    assert not [f"{name}: {', '.join(places[name])}" for name in sorted(repeated)]


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
