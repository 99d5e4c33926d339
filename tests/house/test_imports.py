"""No import runs up: pages → slices → what they share → ui → database → model → queries."""

from collections.abc import Iterator

from tests.house.modules import imports_of, modules

# From top to bottom. Parts of one layer don't import each other, the slices apart: each of them
# may import the ones after it.
LAYERS = (
    ("__main__",),
    ("serve",),
    ("server",),
    ("app",),
    ("pages",),
    ("check",),
    ("status",),
    ("races",),
    ("coverage",),
    ("funnel",),
    ("leads",),
    ("outcomes",),
    ("lab",),
    ("submit",),
    ("command_line",),
    ("matching", "jobs", "writers"),
    ("ui",),
    ("services",),
    ("sources",),
    ("embedded",),
    ("demo",),
    ("database",),
    ("model",),
    ("settings",),
    ("queries",),
)
SLICES = ("check", "status", "coverage", "races", "funnel", "leads", "lab", "submit")
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
# A slice's screens may show what these modules make; nothing else may know Streamlit.
PAGES = {"page", "controls", "choosing", "going_on", "whole_view"}


def test_no_import_runs_up() -> None:
    up = {(own, other) for own, other in _arrows() if _runs_up(own, other)}
    assert not _drawn(up)


def test_no_slice_imports_another_ones_page() -> None:
    pages = {
        (own, other)
        for own, other in _arrows()
        if _part(own) in SLICES and _part(other) in SLICES and _knows_streamlit(other)
    }
    assert not _drawn(pages)


def test_only_pages_and_ui_know_streamlit() -> None:
    allowed = ("dashboard.app", "dashboard.pages", "dashboard.server", "dashboard.ui.")
    others = [
        module
        for module in modules()
        if _knows_streamlit(module) and not module.startswith(allowed) and not _is_page(module)
    ]
    assert not others


def test_the_model_reads_no_database() -> None:
    others = ("psycopg", "sqlalchemy", "streamlit", "plotly", "queries")
    readers = {
        (own, other)
        for own in modules()
        if _part(own) == "model"
        for other in imports_of(own)
        if other.split(".")[0] in others
    }
    assert not _drawn(readers)


def _arrows() -> Iterator[tuple[str, str]]:
    """Every import from one part of the app to another one."""
    for own in modules():
        for other in imports_of(own):
            if other in modules() and _part(own) != _part(other):
                yield own, other


def _runs_up(own: str, other: str) -> bool:
    return RANK[_part(own)] >= RANK[_part(other)]


def _drawn(arrows: set[tuple[str, str]]) -> list[str]:
    return sorted(f"{own} → {other}" for own, other in arrows)


def _part(module: str) -> str:
    """Name the folder, or the single file, directly under `dashboard/`; `queries` is one."""
    first, *rest = module.split(".")
    return rest[0] if first == "dashboard" and rest else first


def _is_page(module: str) -> bool:
    name = module.rpartition(".")[2]
    return name in PAGES or name.endswith(("_page", "_section"))


def _knows_streamlit(module: str, seen: frozenset[str] = frozenset()) -> bool:
    """Say whether importing a module imports Streamlit, through others of the app too."""
    imported = imports_of(module)
    if any(name.split(".")[0] == "streamlit" for name in imported):
        return True
    inside = (imported & modules().keys()) - seen
    return any(_knows_streamlit(name, seen | {module}) for name in inside)
