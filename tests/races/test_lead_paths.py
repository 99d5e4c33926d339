"""Which write paths make leads is told from the newest rows, and no text assumes another one."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW
from dashboard.races import data
from dashboard.races.duplicates_allowed import same_lead
from dashboard.races.lead_paths import LeadPaths, Mark, duplicates_limit, paths_sentence
from dashboard.races.remedies import REMEDIES
from queries import load
from tests.conftest import Parameters, execute, source_of, url_of

JANUARY, LATER = datetime(2026, 1, 29, 8, 12), datetime(2026, 3, 15)
NEW = Mark(LATER, 0)
BOTH = LeadPaths(200, NEW, NEW, NEW)
SINCE_JANUARY = LeadPaths(194, Mark(JANUARY, 94), NEW, Mark(JANUARY, 94))
# Two leads a submission until the change; after it, one analyzed lead without session id.
TWO_WRITERS = """
    insert into website_leads (session_id, business_name, website_url, created_at)
    select
        case when path = 0 then 's' || n end,
        case when path = 0 then 'Unknown Business' else 'B' || n end,
        'https://' || n || '.example',
        timestamp '2026-01-29 08:12' - (100 - n) * interval '1 hour' + path * interval '42 s'
    from generate_series(1, 100) as n cross join generate_series(0, 1) as path
"""
ONE_WRITER = """
    insert into website_leads (business_name, website_url, created_at)
    select 'B' || n, 'https://' || n || '.example', timestamp '2026-02-01' + n * interval '1 hour'
    from generate_series(1, {}) as n
"""


def paths_of(parameters: Parameters, as_of: datetime | None = None) -> LeadPaths:
    with source_of(parameters).read() as reader:
        found = data.lead_paths(reader, Filters(as_of=as_of))
    assert found
    return found


@pytest.mark.parametrize(
    ("paths", "state", "words"),
    [
        (
            BOTH,
            "both",
            "Both write paths make leads: 200 leads, the newest placeholder lead of 2026-03-15 "
            "00:00, the newest analyzed lead of 2026-03-15 00:00. The newest lead with a session "
            "id is of 2026-03-15 00:00.",
        ),
        (
            SINCE_JANUARY,
            "analysis",
            "The analysis path alone makes leads since 2026-01-29 08:12: 94 analyzed leads, no "
            "placeholder lead. None of the newest 94 leads has a session id, the last one that has "
            "is of 2026-01-29 08:12.",
        ),
        (
            LeadPaths(94, Mark(None, 94), NEW, Mark(None, 94)),
            "analysis",
            "The analysis path alone makes leads: 94 analyzed leads, no placeholder lead. None of "
            "the newest 94 leads has a session id.",
        ),
        (
            LeadPaths(94, NEW, Mark(JANUARY, 40), NEW),
            "tracking",
            "The tracking path alone makes leads since 2026-01-29 08:12: 40 placeholder leads, no "
            "analyzed lead. The newest lead with a session id is of 2026-03-15 00:00.",
        ),
        (
            LeadPaths(FEW - 1, Mark(None, FEW - 1), NEW, NEW),
            "inconclusive",
            "Which write paths make leads is inconclusive: 29 leads with a time, 30 are needed.",
        ),
    ],
)
def test_the_newest_leads_tell_the_writers(paths: LeadPaths, state: str, words: str) -> None:
    assert paths.state == state
    assert paths_sentence(paths, Filters()) == words


def test_a_few_leads_after_a_placeholder_are_no_other_writer() -> None:
    few = replace(BOTH, placeholder=Mark(JANUARY, FEW - 1), session=Mark(JANUARY, FEW - 1))
    assert (few.state, few.no_session, duplicates_limit(few)) == ("both", None, None)
    enough = replace(BOTH, placeholder=Mark(JANUARY, FEW), session=Mark(JANUARY, FEW))
    assert enough.state == "analysis"
    assert "none of the newest 30 leads has a session id" in str(duplicates_limit(enough))


def test_the_rows_before_and_after_the_change_tell_other_writers(tables: Parameters) -> None:
    execute(tables, TWO_WRITERS)
    execute(tables, ONE_WRITER.format(94))
    now, then = paths_of(tables), paths_of(tables, datetime(2026, 1, 30))
    assert (now.state, now.placeholder) == ("analysis", Mark(JANUARY, 95))
    assert now.session == now.placeholder
    assert (then.state, then.session.leads_after, then.leads) == ("both", 1, 200)


def test_a_missing_column_leaves_the_writers_unknown(tables: Parameters) -> None:
    execute(tables, "alter table website_leads drop column business_name")
    with source_of(tables).read() as reader:
        assert data.lead_paths(reader, Filters()) is None
    assert duplicates_limit(None) is None


def test_a_key_on_a_session_id_that_no_lead_has_prevents_nothing(tables: Parameters) -> None:
    execute(tables, ONE_WRITER.format(FEW))
    lacking = paths_of(tables).no_session
    with source_of(tables).read() as reader:
        without = data.rules(reader, Filters())
    execute(tables, load("remedies/website_host").sql)
    execute(tables, load("remedies/unique_keys").sql)
    with source_of(tables).read() as reader:
        rules = data.rules(reader, Filters())
    assert same_lead(rules, None).state == "prevented"
    found = same_lead(rules, lacking)
    assert (found.state, found.race) == ("possible", True)
    assert "protects nothing now: none of the newest 30 leads has a session id" in found.why
    assert "Such a key would protect nothing now" in same_lead(without, lacking).why
    assert "protect" not in same_lead(without, None).why


def test_remedies_that_need_the_session_id_say_that_it_is_missing() -> None:
    limited = {remedy.name: remedy.limit(SINCE_JANUARY) for remedy in REMEDIES}
    assert {name for name, limit in limited.items() if limit} == {
        "merge_leads",
        "unique_keys",
        "upsert",
    }
    assert str(limited["unique_keys"]).endswith("none of the newest 94 leads has a session id.")
    assert not any(remedy.limit(BOTH) or remedy.limit(None) for remedy in REMEDIES)


def test_the_page_says_it_beside_the_findings_and_the_remedies(
    open_app: Callable[..., AppTest], tables: Parameters
) -> None:
    execute(tables, TWO_WRITERS)
    execute(tables, ONE_WRITER.format(94))
    app = open_app(tables, "races", range="all time", kind="duplicate_leads")
    assert not app.exception
    words = [each.value for each in app.markdown]
    assert any(each.startswith("The analysis path alone makes leads since") for each in words)
    assert sum("none of the newest 95 leads has a session id" in each for each in words) >= 5
    assert "tracking call" not in "\n".join(words)


def test_the_command_line_answers_it(
    capsys: pytest.CaptureFixture[str], tables: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of(tables))
    execute(tables, ONE_WRITER.format(40))
    assert main(["races", "--format", "json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)["lead_paths"]
    words = answer.pop("words")
    assert words.startswith("The analysis path alone makes leads: 40 analyzed leads")
    assert answer == {
        "state": "analysis",
        "leads": 40,
        "placeholder": {"newest": None, "leads_after": 40},
        "analyzed": {"newest": "2026-02-02T16:00:00Z", "leads_after": 0},
        "session_id": {"newest": None, "leads_after": 40},
    }
