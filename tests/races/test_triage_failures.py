"""A failure is counted once, however many lines a console prints of it."""

from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.races.triage.data import Facts, Triage, triage
from dashboard.races.triage.log import read_log
from dashboard.races.triage.matching import RecordedSpan, Stored
from dashboard.races.triage.notes import notes_of
from tests.races.test_triage_reading import CHECK, NODE, RULE, SESSION, SLUG

FACTS = Facts("inclusive", 0, Stored(RecordedSpan()))
ROW = "Failing row contains (8b6f6f0e-1111-4111-8111-11111111111{}, Gloop, gloop, null, null, {})."
# Each is one failure in four lines.
MESSAGE_AND_FIELDS = (
    "❌ Failed to create organization\n"
    f"error: {CHECK}\n"
    "code: '23514', detail: '" + ROW.format(1, "http://gloop.com") + "'\n"
    f"constraint: '{RULE}'\n"
)
LABELED_FIELDS = (
    f"Error message: {CHECK}\n"
    "Error code: 23514\n"
    f"Error detail: {ROW.format(1, 'http://gloop.com')}\n"
    f"Error constraint: {RULE}\n"
)
ONLY_FIELDS = (
    "Failed to create organization for gloop.com:\n"
    "code: 23514\n"
    f"detail: {ROW.format(1, 'http://gloop.com')}\n"
    f"constraint: {RULE}\n"
)
LAYERS = (
    f"[db.ts] Query failed: error: {CHECK}\n"
    f"[organizations.ts] Error creating organization for gloop.com: {CHECK}\n"
    f"Website lead capture failed: Error: Could not create organization: {CHECK}\n"
    f"⚠️ Analysis 1769376031102 went on without its lead: {CHECK}\n"
)
JSON_LAYERS = "".join(
    f'{{"level":"error","message":"{layer}: {CHECK}"}}\n'.replace(CHECK, CHECK.replace('"', '\\"'))
    for layer in ("Query failed", "No organization", "No lead", "Capture failed")
)
STACK = (
    f"error: {CHECK}\n"
    "at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:283:98)\n"
    "at async createOrganization (services/organizations.js:88:20)\n"
    f"table: organizations, constraint: '{RULE}'\n"
)
FORMS = {
    "message and fields": MESSAGE_AND_FIELDS,
    "labeled fields": LABELED_FIELDS,
    "fields without message": ONLY_FIELDS,
    "layers": LAYERS,
    "layers in json": JSON_LAYERS,
    "stack": STACK,
}


def read(text: str, found: Facts = FACTS) -> Triage:
    return triage(read_log(text.encode(), ZoneInfo("UTC")), found)


def counted(text: str) -> dict[str, int]:
    rows = read(text).groups
    return {
        str(state): int(number)
        for state, number in rows.groupby("sqlstate", dropna=False)["count"].sum().items()
    }


def the_group(text: str) -> dict[str, Any]:
    (row,) = read(text).groups.to_dict("records")
    return {str(name): value for name, value in row.items()}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_four_lines_of_a_failure_are_one_and_of_39_failures_39(text: str) -> None:
    assert len(text.splitlines()) == 4
    assert counted(text) == {"23514": 1}
    found = the_group(text * 39)
    assert (found["count"], found["constraint"], found["class"]) == (39, RULE, "race")
    assert found["inconclusive"] == found["without_time"] == 39


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("between", ["\n", "GET /health 200\n", "2026-01-26 02:20:31Z ok\n"])
def test_lines_between_two_failures_leave_them_two(text: str, between: str) -> None:
    rows = read(text + between + text).groups
    assert int(rows.loc[rows["sqlstate"] == "23514", "count"].sum()) == 2


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_failure_of_another_website_is_another_one(text: str) -> None:
    other = text.replace("gloop", "snap").replace("11111111111", "22222222222")
    assert counted(text + other + text) == {"23514": 3}


def test_another_row_session_or_website_is_another_failure_under_any_beginning() -> None:
    session = SESSION.replace("1i34cuwqi", "2i34cuwqi")
    for one, other in (
        (SESSION, session),
        ("website_url: a.example", "website_url: b.example"),
        ("Key (slug)=(a).", "Key (slug)=(b)."),
    ):
        lines = f"a failed: {SLUG} {one}\nb failed: {SLUG} {{}}\n"
        assert counted(lines.format(other)) == {"23505": 2}
        assert counted(lines.format(one)) == {"23505": 1}
        assert counted(lines.format("")) == {"23505": 1}


@pytest.mark.parametrize(
    ("one", "other", "failures"),
    [
        ("Capture of gloop.com failed", "Capture of snap.com failed", 2),
        ("Capture of https://gloop.com/a failed", "Capture of https://snap.com failed", 2),
        ("request 17 failed", "request 18 failed", 2),
        ("[db.ts] failed", "[leads.ts] failed", 1),
        ("db.js:214 failed", "leads.js:9 failed", 1),
    ],
)
def test_a_website_or_number_makes_no_other_beginning(one: str, other: str, failures: int) -> None:
    assert counted(f"{one}: {CHECK}\n{other}: {CHECK}\n") == {"23514": failures}


def test_another_error_begins_another_failure() -> None:
    assert counted(f"error: {CHECK}\nerror: {SLUG}\n") == {"23514": 1, "23505": 1}
    assert counted(f"a failed: {CHECK}\nb failed: {SLUG}\nc failed: {CHECK}\n")["23514"] == 2
    assert counted(f"error: {CHECK}\nError: login failed\n") == {"23514": 1, "<NA>": 1}
    assert counted(f"Error: login failed\nerror: {CHECK}\n") == {"23514": 1, "<NA>": 1}
    assert counted(f"error: {CHECK}\n" * 3) == {"23514": 3}


def test_lines_with_a_time_or_of_postgresql_are_failures_of_their_own() -> None:
    timed = f"2026-01-26 02:20:31Z a: {CHECK}\n2026-01-26 02:20:31Z b: {CHECK}\n"
    assert counted(timed) == {"23514": 2}
    assert counted(f"x ERROR:  {CHECK}\ny ERROR:  {CHECK}\n") == {"23514": 2}
    assert counted(f"2026-01-26 02:20:31Z a: {CHECK}\nb: {CHECK}\n") == {"23514": 2}


def test_fields_below_a_line_with_a_time_have_that_time() -> None:
    text = "2026-01-26 02:20:31Z Failed\n" + ONLY_FIELDS.split("\n", 1)[1]
    found = the_group(text)
    assert (found["count"], found["without_time"]) == (1, 0)
    assert found["first"] == pd.Timestamp("2026-01-26 02:20:31")


def test_fields_of_no_failure_belong_to_none() -> None:
    assert counted("started\ntable: leads\nhint: none\n") == {"<NA>": 3}
    assert counted(f"error: {CHECK}\n\ntable: leads\n") == {"23514": 1, "<NA>": 1}


def test_the_website_and_row_of_all_lines_count() -> None:
    log = read_log(MESSAGE_AND_FIELDS.encode(), ZoneInfo("UTC"))
    (tally,) = log.tallies.values()
    assert [whose.host for whose in tally.whose] == ["gloop.com"]
    assert tally.report.row == (False, False)
    assert tally.example.startswith("error: new row for relation")


def test_a_failure_without_a_time_says_why_nothing_is_matched() -> None:
    def notes(text: str) -> str:
        return " ".join(notes_of(read_log(text.encode(), ZoneInfo("UTC")), FACTS))

    said = notes(LAYERS * 39)
    assert "39 errors have no time stamp: can’t be matched with rows" in said
    assert "117 lines belong to a failure that is counted once" in said
    assert "1 error has no time stamp: can’t be matched with rows" in notes(NODE)
    # A session id holds a time of its own, and PostgreSQL's lines have one.
    assert "time stamp" not in notes(f"error: {CHECK} {SESSION}")
    assert "time stamp" not in notes(f"2026-01-26 02:20:31 UTC ERROR:  {CHECK}")
    assert "time stamp" not in notes("Error: login failed")
