"""The index's own script: sorts by every column, filters, works by keyboard, keeps up with many runs, and is not needed."""

from __future__ import annotations

import pytest
import site_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = "[...document.querySelectorAll('tbody tr')].filter(r => !r.hidden).map(r => r.querySelector('.run-name').textContent)"
LONGEST_SORT_MS = 2000
"""A tenth of that on an idle machine; the suite shares its cores."""
VALUES = "(place) => [...document.querySelectorAll('tbody tr')].map(r => r.cells[place].dataset.v)"


@pytest.fixture
def many(show, smoke_run):
    opened = show(site_pages.many(smoke_run))
    yield opened.page
    assert opened.said == [] and all(address.startswith("file:") for address in opened.asked)


def test_every_column_sorts_both_ways_and_says_so(many):
    heads = many.locator("thead th")
    for place in range(heads.count()):
        head = heads.nth(place)
        orders = []
        for _ in range(2):
            head.locator("button").click()
            said = head.get_attribute("aria-sort")
            values = [value for value in many.evaluate(VALUES, place) if value != ""]
            keyed = [float(v) if head.get_attribute("data-kind") == "number" else v for v in values]
            assert keyed == sorted(keyed, reverse=said == "descending")
            orders.append(said)
        assert sorted(orders) == ["ascending", "descending"]
        assert many.locator("thead [aria-sort]").count() == 1


def test_runs_without_a_figure_stand_last_either_way(many):
    head = many.locator("thead th").nth(3)
    for _ in range(2):
        head.locator("button").click()
        assert many.evaluate(VALUES, 3)[-site_pages.MANY // 10 :] == [""] * (site_pages.MANY // 10)


def test_the_filter_finds_words_and_states_and_counts_aloud(many):
    many.get_by_label("Find").fill("run-02")
    assert many.evaluate(NAMES) == [f"run-02{digit}" for digit in range(9, -1, -1)]
    assert many.locator("[role=status]").inner_text() == f"10 of {site_pages.MANY} runs shown"
    many.get_by_label("Show").select_option("unfinished")
    assert many.evaluate(NAMES) == ["run-020"]
    many.get_by_label("Find").fill("")
    assert len(many.evaluate(NAMES)) == site_pages.MANY // 10


def test_the_keyboard_reaches_filter_and_headings_and_sorts(many):
    many.keyboard.press("Tab")  # skip link
    seen = []
    for _ in range(4):
        many.keyboard.press("Tab")
        seen.append(many.evaluate("document.activeElement.tagName"))
    assert seen == ["INPUT", "SELECT", "BUTTON", "BUTTON"]
    many.keyboard.press("Enter")
    assert many.locator("thead th").nth(1).get_attribute("aria-sort") == "ascending"
    assert many.evaluate(NAMES)[0] == "run-000"


def test_five_hundred_runs_sort_at_once(show, smoke_run):
    took = show(site_pages.many(smoke_run, 500)).page.evaluate("""() => {
        const began = performance.now();
        document.querySelectorAll('thead button')[3].click();
        document.body.getBoundingClientRect();
        return performance.now() - began;
    }""")
    assert took < LONGEST_SORT_MS


def test_without_scripts_every_run_is_there_and_nothing_idle_is_shown(show, smoke_run):
    page = show(site_pages.many(smoke_run), scripts=False).page
    assert page.locator("tbody tr").count() == site_pages.MANY
    assert page.locator("thead button").count() == 0 and not page.locator(".filter").is_visible()


def test_a_foreign_script_is_refused(show, smoke_run):
    path = site_pages.many(smoke_run)
    path.write_text(path.read_text().replace("</body>", "<script>document.title = 'taken'</script></body>"))
    opened = show(path)
    assert opened.page.title() != "taken" and any("Content Security Policy" in text for text in opened.said)
