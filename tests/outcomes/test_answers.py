"""Outcomes as people read them: what the source can't tell is named, never 0."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.outcomes.data import SubmissionOutcomes, submission_outcomes
from dashboard.outcomes.words import amounts_words
from dashboard.ui.view import literal
from tests.conftest import Parameters, execute, source_of, url_of

OpenApp = Callable[..., AppTest]
PAID_LEAD = "00000000-0000-0000-0000-000000000001"
# A submission of two leads that paid after three days, and one without any step.
PAID = f"""
    insert into website_leads
        (id, session_id, website_url, business_name, created_at, lead_source,
         converted_to_user_id, converted_at)
    values
        ('{PAID_LEAD}', 's', 'a.com', 'Unknown Business', now() - interval '4 days', 'ads',
         gen_random_uuid(), now() - interval '2 days'),
        (gen_random_uuid(), null, 'a.com', 'A', now() - interval '4 days' + interval '42 s', null,
         null, null),
        (gen_random_uuid(), null, 'b.com', 'B', now() - interval '4 days', null, null, null);
    insert into conversion_tracking
        (website_lead_id, conversion_step, step_completed_at, conversion_value, step_data)
    values ('{PAID_LEAD}', 'first_payment', now() - interval '1 day', 1234.5,
            '{{"currency": "USD"}}')
"""


def outcomes(parameters: Parameters) -> SubmissionOutcomes:
    with source_of(parameters).read() as reader:
        return submission_outcomes(reader, Filters(), load_plan())


@pytest.fixture
def answer(
    tables: Parameters, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], dict[str, Any]]:
    def asked() -> dict[str, Any]:
        monkeypatch.setenv("DATABASE_URL", url_of(tables))
        assert main(["outcomes", "--format", "json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return asked


def test_the_command_counts_a_payment_by_its_source(
    tables: Parameters, answer: Callable[[], dict[str, Any]]
) -> None:
    execute(tables, PAID)
    found = answer()
    assert (found["submissions"], found["converted_users"], found["paid"]) == (2, 1, 1)
    assert found["days_to_payment"] == pytest.approx(3, abs=0.001)
    assert found["amounts"] == [
        {"source": None, "currency": "USD", "payments": 1, "amount": 1234.5},
        {"source": "ads", "currency": "USD", "payments": 1, "amount": 1234.5},
    ]
    assert [each["source"] for each in found["sources"]] == ["ads", "(none)"]
    assert found["unreadable"] == []


def test_absent_columns_are_named_and_their_figures_unknown(
    tables: Parameters, answer: Callable[[], dict[str, Any]]
) -> None:
    execute(
        tables,
        PAID
        + "; alter table website_leads drop column converted_to_user_id, drop column converted_at,"
        " drop column lead_source; alter table conversion_tracking drop column conversion_value,"
        " drop column step_data",
    )
    found = answer()
    unknown = ("converted", "converted_users", "sources", "amounts")
    assert [found[name] for name in unknown] == [None] * 4
    assert found["paid"] == 1
    assert found["unreadable"] == [
        "website_leads.converted_to_user_id",
        "website_leads.converted_at",
        "website_leads.lead_source",
        "conversion_tracking.conversion_value",
        "conversion_tracking.step_data",
    ]


def test_without_conversion_value_the_amount_comes_from_the_data(tables: Parameters) -> None:
    execute(
        tables,
        PAID + "; update conversion_tracking set step_data = '{\"amount\": 29}';"
        "alter table conversion_tracking drop column conversion_value",
    )
    amounts = outcomes(tables).total_amounts
    assert amounts is not None
    assert amounts_words(amounts) == "29.00"


def test_without_ids_of_events_no_amount_is_known(tables: Parameters) -> None:
    execute(tables, PAID + "; alter table conversion_tracking drop column id")
    found = outcomes(tables)
    assert found.amounts is None
    assert found.total["paid"].tolist() == [1]


def test_of_many_currencies_the_most_frequent_are_written() -> None:
    rows = pd.DataFrame(
        {"amount": [4.0, 3.0, 2.0, 1.0, 1.0], "currency": ["A", "B", None, "C", "D"]}
    )
    assert amounts_words(rows) == "4.00 A + 3.00 B + 2.00 + 2 more currencies"


def test_payments_that_were_never_recorded_are_unknown(tables: Parameters) -> None:
    execute(tables, PAID + "; delete from conversion_tracking")
    found = outcomes(tables)
    assert found.payment is None
    assert found.total["paid"].isna().all()


def test_the_status_page_has_the_converted_users(open_app: OpenApp, tables: Parameters) -> None:
    execute(tables, PAID)
    app = open_app(tables)
    assert not app.exception
    (figure,) = [each for each in app.metric if each.label == "Converted users"]
    assert figure.value == "1"
    beside = literal("1 of 2 submissions reached “First payment”: 1,234.50 USD")
    assert any(beside in each.value for each in app.caption)


def test_the_leads_and_the_timeline_have_the_outcome(open_app: OpenApp, tables: Parameters) -> None:
    execute(tables, PAID)
    rows = open_app(tables, "leads").dataframe[0].value.set_index("business_name")
    assert rows.loc[["A", "Unknown Business"], "amount"].tolist() == [1234.5, 1234.5]
    assert rows.loc["A", "days_to_payment"] == pytest.approx(3, abs=0.001)
    assert rows.loc["B", ["amount", "days_to_payment", "days_idle"]].isna().all()
    words = " ".join(each.value for each in open_app(tables, "leads", lead=PAID_LEAD).markdown)
    assert "The lead became a user at " in words
    assert literal("“First payment” after 3 days, 1,234.50 USD.") in words


def test_a_submission_in_progress_says_since_when(open_app: OpenApp, tables: Parameters) -> None:
    execute(tables, PAID + "; update conversion_tracking set conversion_step = 'previews_viewed'")
    words = " ".join(each.value for each in open_app(tables, "leads", lead=PAID_LEAD).markdown)
    assert literal("In progress: the last step was 1 day ago.") in words
