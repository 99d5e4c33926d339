"""What a test waits for before it goes on, as a person would."""

from playwright.sync_api import Locator, Page, TimeoutError, expect

STILL_MS = 300
PATIENCE_MS = 60_000
# Charts and tables are laid out after the script has ended, and what lies below them moves; so
# does what a click unfolds, without a change to the document.
STILL = """([still, patience]) => new Promise((resolve, reject) => {
  const end = setTimeout(() => reject(new Error("the page never stood still")), patience);
  const moves = each => each.playState === "running" && each.effect.getTiming().iterations < 1e9;
  const done = () => {
    if (document.getAnimations().some(moves)) return again();
    watcher.disconnect(); clearTimeout(end); resolve();
  };
  let quiet = setTimeout(done, still);
  const again = () => { clearTimeout(quiet); quiet = setTimeout(done, still); };
  const watcher = new MutationObserver(again);
  const all = {attributes: true, characterData: true, childList: true, subtree: true};
  watcher.observe(document, all);
})"""


def until_idle(page: Page) -> None:
    """Wait until the page's script has run to its end: a click in the middle may meet what goes."""
    # Before its first run too no script is running.
    page.get_by_role("heading", level=1).first.wait_for(timeout=PATIENCE_MS)
    page.locator(
        "[data-testid=stApp][data-test-connection-state=CONNECTED]"
        "[data-test-script-state=notRunning]"
    ).wait_for(timeout=PATIENCE_MS)


def until_still(page: Page) -> None:
    """Wait until the page is idle and nothing on it changes any more: a click meets its aim."""
    until_idle(page)
    page.evaluate(STILL, [STILL_MS, PATIENCE_MS])
    until_idle(page)


def pick(page: Page, chooser: Locator, option: str) -> None:
    """Choose from a list as a person does, who opens it again if the page closed it."""
    until_still(page)
    offered = page.get_by_role("option", name=option)
    for _ in range(3):
        chooser.click()
        try:
            offered.click(timeout=5_000)
        except TimeoutError:
            continue
        return
    expect(offered, "the list stays open").to_be_visible()


def tick(page: Page, *names: str) -> None:
    """Choose each radio button or box by the words beside it, and see it chosen."""
    for name in names:
        until_still(page)
        beside = page.locator("label").filter(has=page.get_by_text(name, exact=True))
        beside.get_by_text(name, exact=True).click()
        expect(beside.locator("input")).to_be_checked()


def fits_a_phone(page: Page) -> None:
    """Look at the page that is open on a phone, without loading it once more."""
    before = page.viewport_size
    assert before
    page.set_viewport_size({"width": 390, "height": 844})
    until_still(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size(before)
    until_still(page)


def headed(page: Page, words: str) -> None:
    """Wait for the page's title; for a moment that of the page before may stand beside it."""
    title = page.get_by_role("heading", level=1).filter(has_text=words)
    expect(title.first).to_be_visible(timeout=PATIENCE_MS)
