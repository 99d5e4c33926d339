"""What a demo visitor does: submit a website, watch, come back, look at what it left."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.waiting import headed, tick, until_still

SAVED = "All 8 writes of both paths were saved"


def submit(page: Page, website: str, pace: str = "") -> None:
    page.get_by_label("Website", exact=True).wait_for()
    until_still(page)
    page.get_by_label("Website", exact=True).fill(website)
    if pace:
        choose(page, pace)
    page.get_by_role("button", name="Submit website").click()


def choose(page: Page, *names: str) -> None:
    page.get_by_text("Simulation options").click()
    tick(page, *names)


def heading(page: Page, words: str) -> None:
    headed(page, words)


def job(page: Page) -> list[str]:
    page.wait_for_url("**job=*")
    return parse_qs(urlsplit(page.url).query)["job"]


def test_a_newcomer_gets_from_the_first_page_to_the_timeline(
    page: Page, outside: list[str]
) -> None:
    page.goto("/")
    until_still(page)
    page.get_by_role("link", name="Submit").click()
    heading(page, "Submit a website")
    submit(page, "newcomer.example", "at once")
    heading(page, SAVED)
    until_still(page)
    page.get_by_role("button", name="Follow its lead").click()
    page.wait_for_url("**/leads?**")
    expect(page.get_by_role("radio", name="sandbox")).to_be_checked()
    expect(page.get_by_text("newcomer.example").first).to_be_visible()
    page.wait_for_url(
        lambda url: parse_qs(urlsplit(url).query).keys() == {"source", "period", "lead"}
    )
    assert outside == []


def test_the_way_to_the_funnel_leads_to_the_sandboxs(page: Page) -> None:
    page.goto("/submit")
    submit(page, "funnel.example", "at once")
    heading(page, SAVED)
    until_still(page)
    page.get_by_role("button", name="See the sandbox").click()
    page.wait_for_url("**/funnel?**source=sandbox**")
    expect(page.get_by_role("radio", name="sandbox")).to_be_checked()


def test_a_reload_and_a_closed_tab_do_not_stop_it_and_a_second_tab_shows_it(page: Page) -> None:
    page.goto("/submit")
    submit(page, "reloaded.example")
    heading(page, "reloaded.example is being analyzed")
    shown = job(page)
    address = page.url
    page.reload()
    heading(page, "reloaded.example")
    assert job(page) == shown
    later = page.context.new_page()
    page.close()
    later.goto(address)
    heading(later, SAVED)
    assert job(later) == shown


def test_a_double_click_and_a_click_in_another_tab_are_one_submission(page: Page) -> None:
    page.goto("/submit")
    page.get_by_label("Website", exact=True).wait_for()
    until_still(page)
    page.get_by_label("Website", exact=True).fill("twice.example")
    page.get_by_role("button", name="Submit website").dblclick()
    heading(page, SAVED)
    other = page.context.new_page()
    other.goto("/submit")
    submit(other, "https://TWICE.example/")
    heading(other, SAVED)
    assert job(other) == job(page)


def test_a_refused_address_says_why(page: Page) -> None:
    page.goto("/submit")
    submit(page, "http://127.0.0.1/")
    expect(page.get_by_text("An IP address is no website’s name")).to_be_visible()
    page.wait_for_url(lambda url: "job" not in url)


def test_the_sandbox_is_reset_after_asking_once(page: Page) -> None:
    page.goto("/submit")
    submit(page, "reset.example", "at once")
    heading(page, SAVED)
    until_still(page)
    page.get_by_text("Reset sandbox …").click()
    page.get_by_role("button", name="Reset it now").click()
    heading(page, "Submit a website")
    page.wait_for_url(lambda url: "job" not in url)


def test_a_visitor_walks_from_the_website_to_the_first_payment(page: Page) -> None:
    page.goto("/submit")
    submit(page, "walk.example", "at once")
    heading(page, SAVED)
    expect(page.get_by_role("button", name="Audience selected")).to_be_disabled()
    for step in (
        "Previews viewed",
        "Audience selected",
        "Content generated",
        "Project saved",
        "Content exported",
        "Registration",
        "First payment",
    ):
        until_still(page)
        page.get_by_role("button", name=step, exact=True).click()
        expect(page.get_by_role("button", name=f"✓ {step}")).to_be_disabled()
    heading(page, "All 15 writes of both paths were saved")
    expect(page.get_by_text("The visitor took 9 steps; 9 of them left an event.")).to_be_visible()
    # What was walked is there for whoever opens the link.
    page.reload()
    heading(page, "All 15 writes of both paths were saved")


def test_a_race_chosen_by_its_visitors_is_in_the_link(page: Page) -> None:
    page.goto("/submit")
    page.get_by_label("Website", exact=True).wait_for()
    until_still(page)
    page.get_by_label("Website", exact=True).fill("race.example")
    choose(page, "at once", "Both paths at the same moment")
    page.get_by_label("Visitors who submit it together").fill("5")
    page.get_by_role("button", name="Submit website").click()
    heading(page, "5 of 5 submissions lost data")
    expect(page.get_by_text("4 × 23505 organizations_slug_key (tracking)")).to_be_visible()
    chosen = parse_qs(urlsplit(page.url).query)
    assert (chosen["moment"], chosen["together"], chosen["pace"]) == (["true"], ["5"], ["at once"])
    page.reload()
    heading(page, "5 of 5 submissions lost data")


def test_the_choice_of_the_other_pages_is_carried_though_not_shown(page: Page) -> None:
    page.goto("/funnel?source=sandbox&range=90+days")
    expect(page.get_by_role("radio", name="sandbox")).to_be_checked()
    until_still(page)
    page.get_by_role("link", name="Submit").click()
    heading(page, "Submit a website")
    until_still(page)
    expect(page.get_by_text("Data source")).not_to_be_visible()
    page.get_by_role("link", name="Leads").click()
    page.wait_for_url(lambda url: "/leads" in url and "source=sandbox" in url)
    assert parse_qs(urlsplit(page.url).query)["period"] == ["90 days"]
    expect(page.get_by_role("radio", name="sandbox")).to_be_checked()


@pytest.mark.parametrize(
    "pace",
    [
        pytest.param("", id="running", marks=pytest.mark.soak),
        pytest.param("at once", id="done"),
    ],
)
def test_it_fits_a_phone(browser: Browser, base_url: str, pace: str) -> None:
    context = browser.new_context(base_url=base_url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/submit")
    submit(page, f"phone{len(pace)}.example", pace)
    heading(page, SAVED if pace else "is being analyzed")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
