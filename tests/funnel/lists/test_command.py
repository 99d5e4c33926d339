"""`who` on the command line: each figure of `funnel` opens to as many units, and no more."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dashboard.__main__ import main
from tests.conftest import Parameters, execute, url_of
from tests.funnel.test_recorded import START, lead_id, store

AS_OF = ("--as-of", "2026-03-02")
STEPS = ("--steps", "a,b,c,never")
OPENED = ("count", "converted", "dropped_off", "in_progress", "with_event")
Asking = Callable[..., Any]


def at(step: str, minute: int) -> tuple[str, Any]:
    return step, START + timedelta(minutes=minute)


@pytest.fixture
def asking(
    tables: Parameters, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Asking:
    """Ask a command about five leads, two of them from a paid source."""
    a, b, c = (at(step, minute) for minute, step in enumerate("abc"))
    store(tables, [[a, b, c], [a, b], [a], [b], [a, at("c", 3)]])
    execute(
        tables,
        "update website_leads set lead_source = 'paid' where id in"
        " (select id from website_leads order by id limit 2)",
    )
    monkeypatch.setenv("DATABASE_URL", url_of(tables))

    def ask(command: str, *options: str, code: int = 0, form: str = "json") -> Any:
        assert main([command, *STEPS, *AS_OF, *options, "--format", form]) == code
        told = capsys.readouterr()
        if code:
            assert told.out == ""
            return told.err
        return json.loads(told.out) if form == "json" else told.out

    return ask


def test_every_figure_of_the_funnel_opens_to_so_many_units(asking: Asking) -> None:
    asked = ("--window", "1m", "--breakdown", "lead_source")
    funnel = asking("funnel", *asked)
    opened: list[tuple[Any, str, tuple[str, ...]]] = [
        (row, name, ()) for row in funnel["steps"][:2] for name in OPENED
    ]
    # A step that was never recorded has no list.
    parts = [row for row in funnel["breakdown"] if row["count"] is not None]
    opened += [(row, "count", ("--value", row["value"])) for row in parts]
    for row, outcome, value in opened:
        found = asking("who", "--on", row["step"], "--outcome", outcome, *value, *asked)
        units = found["units"]
        assert found["total"] == len(units) == row[outcome], (row, outcome)
        assert not value or {each["value"] for each in units} <= {row["value"]}


def test_the_newest_are_listed_and_the_total_counts_all(asking: Asking) -> None:
    found = asking("who", "--on", "a", "--limit", "2")
    assert (found["step"], found["outcome"], found["total"]) == ("a", "count", 4)
    assert [each["lead_id"] for each in found["units"]] == [lead_id(0), lead_id(1)]
    assert (found["units"][0]["reach"], found["units"][0]["last_at"]) == (3, "2026-03-01T12:02:00Z")
    assert "value" not in found["units"][0]
    nobody = asking("who", "--on", "a", "--limit", "0")
    assert (nobody["total"], nobody["units"]) == (4, [])


def test_csv_is_the_list_alone_with_its_columns_where_nobody_is_on_it(asking: Asking) -> None:
    header, *rows = asking("who", "--on", "c", form="csv").splitlines()
    assert header == "lead_id,created_at,business_name,website_url,reach,first_at,last_at"
    assert [row.split(",")[0] for row in rows] == [lead_id(0)]
    nobody = asking("who", "--on", "a", "--outcome", "dropped_off", form="csv")
    assert nobody.splitlines() == [header]


def test_who_was_late_are_the_drops_of_the_funnel(asking: Asking, tables: Parameters) -> None:
    store(tables, [[at("a", 0), at("b", 1 + 90 * (number % 4 == 0))] for number in range(40)])
    asked = ("--steps", "a,b", "--within", "1h")
    (drop,) = asking("funnel", *asked)["drops"]
    assert (drop["step"], drop["to"], drop["observed"], drop["dropped"]) == ("a", "b", 40, 10)
    late = ("--on", "a", "--outcome", "not_in_time")
    found = asking("who", *late, *asked)
    assert (found["within_s"], found["total"]) == (3600, drop["dropped"])
    # Left out, the age is that of the conversion: the largest that they are old enough for.
    found = asking("who", *late, "--steps", "a,b")
    assert (found["within_s"], found["total"]) == (3600, 10)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--on", "a", "--within", "1h"), 2, "--within belongs to --outcome not_in_time"),
        (("--on", "c", "--outcome", "not_in_time"), 2, "no required step follows 'c'"),
        (("--on", "a", "--outcome", "not_in_time"), 2, "give --within AGE"),
        (("--on", "a", "--outcome", "not_in_time", "--within", "31d"), 2, "longer than the window"),
        (("--on", "b", "--outcome", "lost_at_least"), 2, "give --correction matched or corrected"),
        (("--on", "b", "--value", "paid"), 2, "give --breakdown PROPERTY too"),
        (("--on", "d"), 2, "'d' is no step of this funnel; --on takes one of: a, b, c, never"),
        (("--on", "never"), 1, "never recorded the step 'never'"),
        (
            ("--on", "a", "--breakdown", "lead_source", "--value", "email"),
            1,
            "'email' is no value of lead_source in this period; choose one of: paid, (none)",
        ),
        (
            ("--on", "a", "--breakdown", "lead_source", "--value", "paid", "--to", "2026-02-01"),
            1,
            "no unit has any",
        ),
    ],
    ids=str,
)
def test_what_has_no_list_is_refused_with_what_to_do(
    asking: Asking, options: tuple[str, ...], code: int, words: str
) -> None:
    assert words in asking("who", *options, code=code)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "--on"),
        (("--on", "a", "--outcome", "gone"), "invalid choice: 'gone'"),
        (("--on", "a", "--limit", "-1"), "must be a whole number, 0 or more"),
    ],
    ids=str,
)
def test_wrong_use_of_who_names_the_option(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], words: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["who", *options])
    assert words in capsys.readouterr().err
