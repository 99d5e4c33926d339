"""The colors of a heat map: every value in a cell can be read on its fill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui.theme import DARK, LIGHT, Palette, contrast


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@given(level=st.floats(0, 1))
def test_a_value_is_readable_in_its_cell(colors: Palette, level: float) -> None:
    fill, text = colors.heat(level)
    # WCAG 2.2 AA asks for 4.5.
    assert contrast(text, fill) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
