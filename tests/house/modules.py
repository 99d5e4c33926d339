"""The modules of the app as the tests of its structure see them: read, never imported."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "dashboard"


@cache
def modules() -> dict[str, Path]:
    """Return each module's file by its dotted name."""
    return {_dotted(path): path for path in sorted([*APP.rglob("*.py"), *_queries()])}


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


@cache
def imports_of(module: str) -> frozenset[str]:
    """Return the dotted names that a module imports, wherever in it: modules, not their names."""
    return frozenset(_imports(tree_of(module)))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            named = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in modules() else node.module for name in named)


def _queries() -> Iterator[Path]:
    return (ROOT / "queries").rglob("*.py")


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
