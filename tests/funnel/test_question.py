"""What a funnel can be asked, and what is said to a question that has no answer."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.funnel.question import (
    FunnelQuestion,
    QuestionError,
    typed_age,
    typed_filter,
    typed_names,
    typed_window,
)
from dashboard.model.limits import LONGEST_WINDOW
from dashboard.model.windows import shown_window


@pytest.mark.parametrize(
    ("given_question", "words"),
    [
        ({"steps": tuple(f"s{n}" for n in range(13))}, "at most 12 steps, not 13"),
        ({"steps": ("a", "a")}, "stands in it once"),
        ({"steps": ("a", "")}, "has a name"),
        ({"steps": ("a",), "optional": frozenset({"b"})}, "b is optional, but no step"),
        ({"steps": ("a", "b"), "optional": frozenset({"a"})}, "first step can't be optional"),
        ({"window": timedelta()}, "longer than zero"),
        ({"correction": "matched", "unit": "visitor"}, "only in corrected"),
        ({"filters": {"color": ("red",)}}, "color is none of lead_source"),
        ({"breakdown": "color"}, "color is none of lead_source"),
    ],
    ids=str,
)
def test_a_question_without_answer_is_refused(given_question: dict[str, Any], words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        FunnelQuestion(**given_question)


@pytest.mark.parametrize(
    ("typed", "window"),
    [
        ("30d", timedelta(days=30)),
        ("36h", timedelta(hours=36)),
        ("90m", timedelta(minutes=90)),
        ("45s", timedelta(seconds=45)),
        ("2w", timedelta(weeks=2)),
        ("unlimited", None),
    ],
)
def test_a_window_is_read_as_it_is_written(typed: str, window: timedelta | None) -> None:
    assert typed_window(typed) == window


@given(seconds=st.integers(1, LONGEST_WINDOW // timedelta(seconds=1)))
def test_a_window_that_was_shown_is_read_again(seconds: int) -> None:
    window = timedelta(seconds=seconds)
    assert typed_window(shown_window(window)) == window
    assert shown_window(None) == "unlimited"


@pytest.mark.parametrize(
    "typed", ["", "0d", "-1d", "1", "d", "1.5h", "1y", "999999999w", "999999999d", "142857142w"]
)
def test_what_is_no_window_is_refused(typed: str) -> None:
    with pytest.raises(QuestionError, match="unlimited"):
        typed_window(typed)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ()),
        ("a", ("a",)),
        (" a , b c,d", ("a", "b c", "d")),
        ('"a, b"," c ", d', ("a, b", " c ", "d")),
        ('"say ""yes""",""', ('say "yes"', "")),
        ("a,", ("a", "")),
    ],
)
def test_names_are_read_between_commas(typed: str, names: tuple[str, ...]) -> None:
    assert typed_names(typed) == names


@given(names=st.lists(st.text(max_size=9), min_size=1, max_size=4))
def test_every_name_can_be_typed_in_quotes(names: list[str]) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    assert typed_names(",".join(quoted)) == tuple(names)


@pytest.mark.parametrize("typed", ['"a', 'a"b', '"a"b', 'a,"'])
def test_a_quotation_mark_out_of_place_is_refused(typed: str) -> None:
    with pytest.raises(QuestionError, match="wholly in quotes"):
        typed_names(typed)


def test_filters_of_one_property_are_alternatives() -> None:
    assert typed_filter(["status=new", "status=a=b", "release=x"]) == {
        "status": ("new", "a=b"),
        "release": ("x",),
    }
    for wrong in ("status", "color=red", "=new"):
        with pytest.raises(QuestionError, match="PROPERTY=VALUE"):
            typed_filter([wrong])


@pytest.mark.parametrize("typed", ["0", "0d", "-3d", "3", "unlimited", "9999999999w", ""])
def test_an_age_has_a_length(typed: str) -> None:
    with pytest.raises(QuestionError, match="is no age: write 45s, 90m, 36h, 10d, 2w"):
        typed_age(typed)


def test_ages_are_read_as_windows_are() -> None:
    assert typed_age("36h") == typed_window("36h") == timedelta(hours=36)
