"""Where each figure comes from: the questions that every part of a page asks.

`python -m tests.house.figures` writes docs/figures.md anew.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from queries import names
from tests.house.modules import APP, ROOT, modules, tree_of

DOCUMENT = ROOT / "docs" / "figures.md"
# Folders below dashboard/ by the page or command that shows their figures, as the app lists them.
PAGES = {
    "status": "Status",
    "funnel": "Funnel",
    "outcomes": "`outcomes`",
    "leads": "Leads",
    "coverage": "Coverage",
    "races": "Races",
    "submit": "Submit",
    "lab": "Lab",
    "jobs": "Submit and Lab: jobs",
    "writers": "Submit and Lab: the write paths",
    "matching": "Every page that matches leads",
    "database": "The bar above every page",
}
HEAD = """# Where each figure comes from

Find the page and the part, then open the question: it is a file under `queries/`. Each file says in
its first lines what it counts. `from:` in its header names the questions that it builds on.
`python -m tests.house.figures` writes this page from the code.
"""


def document() -> str:
    return "\n".join([HEAD, *(_section(folder) for folder in PAGES)])


def _section(folder: str) -> str:
    rows = [row for module in modules() for row in _row(folder, module)]
    head = "| part | read by | questions |\n|---|---|---|"
    return "\n".join([f"## {PAGES[folder]}\n", head, *rows, ""])


def _row(folder: str, module: str) -> Iterator[str]:
    path = modules()[module]
    asked = list(dict.fromkeys(_questions(module)))
    if asked and path.is_relative_to(APP / folder):
        links = ", ".join(f"[{name}](../queries/{name}.sql)" for name in asked)
        read_by = path.relative_to(ROOT).as_posix()
        yield f"| {_part(module)} | [{read_by}](../{read_by}) | {links} |"


def _part(module: str) -> str:
    """Say what a module is about, in the first words of its docstring."""
    words = (ast.get_docstring(tree_of(module)) or "").partition("\n")[0]
    return re.split(r"[.:;] ", words.rstrip("."))[0].replace("|", "\\|")


def _questions(module: str) -> Iterator[str]:
    """Name the questions in a module's strings; {} in a name stands for any word."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.JoinedStr) and len(node.values) > 1:
            parts = (each.value if isinstance(each, ast.Constant) else "*" for each in node.values)
            pattern = re.escape("".join(map(str, parts))).replace(r"\*", "[a-z]+")
            if re.match("[a-z]+/", pattern):
                yield from (name for name in _known() if re.fullmatch(pattern, name))
        if isinstance(node, ast.Constant) and node.value in _known():
            yield str(node.value)


@cache
def _known() -> list[str]:
    return names()


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
