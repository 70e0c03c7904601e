"""The dashboard by keyboard, on a phone, on paper, without script, for whoever reads it."""

import asyncio
import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route, expect

from tests.system.dashboard.browser import CHROMIUM, Watched, watched
from tests.system.dashboard.conftest import DESKTOP, PHONE, City

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true; })"
INDICATOR = "organizational_coverage"


async def test_the_keyboard_reaches_everything_in_order_and_sees_where_it_is(
    reader: Watched,
) -> None:
    page = reader.page
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"
    walked: list[tuple[int, str]] = []
    while True:
        await page.keyboard.press("Tab")
        stop = await page.evaluate(
            """() => {
                const at = document.activeElement;
                if (at === document.body) return null;
                const style = getComputedStyle(at);
                const box = at.getBoundingClientRect();
                const stops = [...document.querySelectorAll('a, button, input, select, summary')];
                return {
                    seen: box.width > 0 && box.height > 0 && style.outlineStyle !== 'none'
                        && parseFloat(style.outlineWidth) >= 2,
                    place: stops.indexOf(at),
                    name: (at.getAttribute('aria-label') || at.textContent).trim(),
                };
            }"""
        )
        if stop is None:
            break
        assert stop["seen"], stop
        assert stop["name"], stop
        walked.append((stop["place"], stop["name"]))
        assert len(walked) < 400, "the focus is trapped"
    assert [place for place, _ in walked] == sorted({place for place, _ in walked})
    names = [name for _, name in walked]
    links = [name for name in names if "打开名单" in name]
    assert len(links) >= 20
    assert "单独组建率" in names
    first = links[0]
    await page.get_by_label(first).first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h2[data-count]")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_phone_needs_no_sideways_scrolling(
    browser: Browser, city: City, language: str
) -> None:
    async with watched(browser, city.base, viewport=PHONE, has_touch=True) as found:
        await found.open(f"/dashboard/sign-in?lang={language}")
        widths = [await width_of(found.page)]
        await found.sign_in(city.token)
        paths = [f"/dashboard?lang={language}", f"/dashboard?lang={language}&area=440303",
                 f"/dashboard/organizations?lang={language}&part=denominator"]  # fmt: skip
        for path in paths:
            await found.open(path)
            await found.page.evaluate(OPEN_ALL)
            widths.append(await width_of(found.page))
        assert widths == [PHONE["width"]] * 4
        assert found.complaints == []


async def width_of(page: Page) -> int:
    """How wide the page is, what sticks out included."""
    width: int = await page.evaluate("document.documentElement.scrollWidth")
    return width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_axe_finds_nothing_to_mend(
    browser: Browser, city: City, scheme: str, viewport: dict[str, int]
) -> None:
    options: dict[str, Any] = {"color_scheme": scheme, "viewport": viewport}
    async with watched(browser, city.base, **options) as found:
        await found.open("/dashboard/sign-in")
        await accessible(found.page)
        await found.sign_in(city.token)
        for path in ("/dashboard?lang=en&indicator=charter_inclusion", "/dashboard?area=440303",
                     "/dashboard?valid_on=2001-01-01", "/dashboard?area=999999",
                     "/dashboard/organizations?part=denominator"):  # fmt: skip
            await found.open(path)
            await found.page.evaluate(OPEN_ALL)
            await accessible(found.page)


async def accessible(page: Page) -> None:
    """Axe finds nothing."""
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_on_paper_the_overview_is_one_or_two_pages_of_a4(
    reader: Watched, language: str
) -> None:
    for path in ("/dashboard", "/dashboard?area=440303"):
        await reader.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
        printed = await reader.page.pdf(prefer_css_page_size=True)
        sheets = re.findall(rb"/Type /Page\b", printed)
        assert 1 <= len(sheets) <= 2
        boxes = {
            tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^\]]+)", printed)
        }
        for left, bottom, right, top in boxes:
            assert (round(right - left), round(top - bottom)) == (595, 842)


async def test_nothing_that_is_not_ours_can_run_on_the_page(reader: Watched) -> None:
    ran = await reader.page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.intruder = true';
            document.body.append(script);
            return window.intruder === true;
        }"""
    )
    assert not ran
    assert any("Content Security Policy" in complaint for complaint in reader.complaints)
    reader.complaints.clear()


async def test_less_motion_for_those_who_want_none(browser: Browser, city: City) -> None:
    for motion, name in (("reduce", "none"), ("no-preference", "run")):
        async with watched(browser, city.base, reduced_motion=motion) as found:
            await found.open("/dashboard")
            shown = "e => { e.hidden = false; return getComputedStyle(e).animationName; }"
            assert await found.page.eval_on_selector("[data-loading]", shown) == name


async def test_without_script_everything_still_works(browser: Browser, city: City) -> None:
    options: dict[str, Any] = {"java_script_enabled": False, "viewport": DESKTOP}
    async with watched(browser, city.base, **options) as found:
        await found.sign_in(city.token)
        await found.page.select_option("#indicator", "solo_rate")
        await found.page.click(".controls button:has-text('查询')")
        await expect(found.page.locator("h1")).to_have_text("单独组建率")
        await found.page.click(".card.chosen .gap")
        await expect(found.page.locator("h2[data-count]")).to_be_visible()


async def test_a_slow_answer_shows_that_it_is_on_its_way(reader: Watched) -> None:
    """The answer is held back until the page has said that it waits for it."""
    page = reader.page
    shown = asyncio.Event()

    async def hold(route: Route) -> None:
        await shown.wait()
        await route.continue_()

    await page.route("**/dashboard?*area=440303*", hold)
    await page.expose_function("tellShown", shown.set)
    await expect(page.locator("[data-loading]")).to_be_hidden()
    await page.evaluate(
        """() => {
            const loading = document.querySelector('[data-loading]');
            new MutationObserver(() => {
                const busy = document.getElementById('main').getAttribute('aria-busy');
                if (!loading.hidden && busy === 'true') tellShown();
            }).observe(document, { attributes: true, subtree: true });
        }"""
    )
    await page.click(".by-district a:has-text('罗湖区')")
    await expect(page.locator("h1 .where")).to_have_text("罗湖区")
    assert shown.is_set()
    await expect(page.locator("[data-loading]")).to_be_hidden()
