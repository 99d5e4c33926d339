"""Anybody finds a figure's SQL from its page in two steps: docs/figures.md, then the file."""

from tests.house.figures import DOCUMENT, document


def test_the_page_of_figures_is_as_the_code() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == document(), "run: python -m tests.house.figures"
