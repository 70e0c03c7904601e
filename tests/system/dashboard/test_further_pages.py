"""Two days compared, what falls due, one organization: in a browser, by the REST API's figures."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.system.dashboard.browser import CHROMIUM, Watched, watched
from tests.system.dashboard.conftest import DESKTOP, PHONE, City
from tests.system.dashboard.test_for_everybody import OPEN_ALL, accessible, width_of

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

INDICATOR = "organizational_coverage"
DAYS = {"from": "2014-01-01", "to": "2020-01-01"}
COMPARISON = f"/dashboard/comparison?indicator={INDICATOR}&from=2014-01-01&valid_on=2020-01-01"
FORECAST = "/dashboard/forecast?valid_on=2016-06-14&until=2018-06-14"
DUE = FORECAST.replace("?", "/organizations?obligation=include_charter_clause&")


async def test_the_comparison_is_the_rest_apis_and_opens_its_organizations(
    reader: Watched, city: City
) -> None:
    told = await city.ask("/v1/coverage/comparison", indicator=INDICATOR, **DAYS)
    counts = {part["change"]: part["organizations"] for part in told["parts"]}
    await reader.open(COMPARISON)
    page = reader.page
    for change in ("entered", "left", "gained", "lost"):
        number = page.locator(f"tr[data-change={change}] td").first
        await expect(number).to_have_text(f"{counts.get(change, 0):,}")
    change = next(iter(counts))
    await page.click(f"tr[data-change={change}] a.gap")
    await expect(page.locator("h2[data-count]")).to_have_attribute(
        "data-count", str(counts[change])
    )
    listed = await city.ask(
        "/v1/coverage/comparison/members", indicator=INDICATOR, change=change, limit="1000", **DAYS
    )
    shown: list[str] = []
    while True:
        shown += await page.eval_on_selector_all(
            "tr[data-organization]", "rows => rows.map(row => row.dataset.organization)"
        )
        if not await page.locator("a[rel=next]").count():
            break
        await page.click("a[rel=next]")
    assert shown == [item["id"] for item in listed["items"]]


async def test_the_forecast_is_the_rest_apis(reader: Watched, city: City) -> None:
    told = await city.ask("/v1/forecast", valid_on="2016-06-14", until="2018-06-14")
    await reader.open(FORECAST)
    for obligation in told["obligations"]:
        row = f"tr[data-obligation={obligation['obligation']}]"
        for state in ("overdue", "due", "later", "undated"):
            cell = reader.page.locator(f"{row} td[data-state={state}]")
            await expect(cell).to_have_text(f"{obligation[state]:,}")


async def test_behind_every_number_of_the_forecast_is_its_list_by_keyboard(
    reader: Watched, city: City
) -> None:
    days = {"valid_on": "2016-06-14", "until": "2018-06-14"}
    told = await city.ask("/v1/forecast", group_by="district", **days)
    await reader.open(f"{FORECAST}&lang=en")
    page = reader.page
    figures = page.locator("main table td.num")
    linked = page.locator("main table td.num a.gap")
    numbers = [int(text.replace(",", "")) for text in await figures.all_inner_texts()]
    assert len(numbers) > 20
    assert await linked.count() == sum(number > 0 for number in numbers)
    expected: dict[str, dict[str, str]] = {}
    for it in told["obligations"]:
        row = f"tr[data-obligation={it['obligation']}]"
        for state in ("overdue", "due", "later", "undated"):
            asked = {"obligation": it["obligation"], "state": state}
            expected[f"{row} td[data-state={state}] a"] = asked
    for group in told["groups"]:
        places = [it["obligation"] for it in told["obligations"]]
        cell = f"tr[data-area='{group['by']['district']}'] td:nth-of-type(%d) a"
        asked = {"obligation": group["obligation"], **group["by"]}
        expected[cell % (places.index(group["obligation"]) + 1)] = asked
    for it in told["obligations"]:
        for month in it["months"][:2]:
            asked = {"obligation": it["obligation"], "state": "due", "month": month["month"]}
            expected[f"a[href*='{it['obligation']}'][href$='month={month['month']}']"] = asked
    for selector, asked in [each for each in expected.items() if await page.is_visible(each[0])]:
        listed = await city.ask("/v1/forecast/members", **days, limit="1000", **asked)
        assert listed["count"] > 0, selector
        await page.focus(selector)
        await page.keyboard.press("Enter")
        heading = page.locator("h2[data-count]")
        await expect(heading).to_have_attribute("data-count", str(listed["count"]))
        shown = await page.eval_on_selector_all(
            "tr[data-organization]", "rows => rows.map(row => row.dataset.organization)"
        )
        assert shown == [item["id"] for item in listed["items"]][:50]
        await page.go_back()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_list_of_the_forecast_can_be_taken_away_and_narrowed(
    reader: Watched, city: City, language: str
) -> None:
    await reader.open(f"{FORECAST}&lang={language}")
    page = reader.page
    await page.click("tr[data-area='440303'] a.gap")
    await expect(page.locator("tr[data-organization]").first).to_be_visible()
    count = await page.locator("h2[data-count]").get_attribute("data-count")
    async with page.expect_download() as started:
        await page.click("a.file[href$='format=csv']")
    rows = (await (await started.value).path()).read_text("utf-8-sig").split("\n\n")[0]
    assert len(rows.strip().split("\n")) - 1 == int(count or 0)
    await page.click(".tabs a >> nth=1")
    states = await page.eval_on_selector_all(
        "tr[data-organization]", "rows => [...new Set(rows.map(row => row.dataset.state))]"
    )
    assert states in (["overdue"], [])
    await expect(page.locator(".tabs a >> nth=1")).to_have_attribute("aria-current", "page")
    await expect(page.locator(".places")).to_contain_text("罗湖区")


async def test_from_the_list_to_one_organization_and_what_decides(
    reader: Watched, city: City
) -> None:
    page = reader.page
    await reader.open(f"/dashboard/organizations?indicator={INDICATOR}&part=gap")
    first = page.locator("tr[data-organization]").first
    identifier = await first.get_attribute("data-organization")
    await first.locator("th a").click()
    await expect(page).to_have_url(re.compile("/dashboard/organization\\?"))
    standing = await city.ask(f"/v1/organizations/{identifier}/standing")
    await expect(page.locator("h1")).to_have_text(standing["name"])
    for told in standing["indicators"]:
        state = "not_asked"
        if told["asked"]:
            state = "counted" if told["counted"] else "not_counted"
        row = page.locator(f"tr[data-indicator={told['indicator']}]")
        await expect(row).to_have_attribute("data-state", state)
        await expect(row.locator(".reason")).to_have_count(len(told["facts"]))
    links = [await link.get_attribute("href") for link in await page.locator("a.file").all()]
    assert f"/v1/organizations/{identifier}?" in str(links[0])
    assert f"/v1/assignments/{identifier}?" in str(links[1])


async def _pages(city: City) -> list[str]:
    params = {"indicator": "members_per_party_organization", "part": "numerator", "limit": "1"}
    [member] = (await city.ask("/v1/coverage/members", **params))["items"]
    return [COMPARISON, f"{COMPARISON}&area=440303", FORECAST, f"{FORECAST}&area=440303", DUE,
            f"{DUE}&area=440303&kind=foundation&month=2017-01",
            "/dashboard?indicator=members_per_party_organization",
            f"/dashboard/organization?id={member['id']}"]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_on_a_phone_nothing_scrolls_sideways(
    browser: Browser, city: City, language: str
) -> None:
    async with watched(browser, city.base, viewport=PHONE, has_touch=True) as found:
        await found.sign_in(city.token)
        for path in await _pages(city):
            await found.open(f"{path}&lang={language}")
            await found.page.evaluate(OPEN_ALL)
            assert await width_of(found.page) == PHONE["width"], path
        assert found.complaints == []


async def test_on_a_phone_what_is_due_later_is_shown_and_led_to(
    browser: Browser, city: City
) -> None:
    async with watched(browser, city.base, viewport=PHONE, has_touch=True) as found:
        await found.sign_in(city.token)
        await found.open(FORECAST)
        row = found.page.locator("[data-obligation=include_charter_clause]")
        assert not await row.locator("[data-state=later]").is_visible()
        later = row.locator(".narrow").first
        assert await later.is_visible()
        assert (
            await later.locator("a, .none").inner_text()
            == await row.locator("[data-state=later]").text_content()
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_to_mend(browser: Browser, city: City, scheme: str) -> None:
    async with watched(browser, city.base, viewport=DESKTOP, color_scheme=scheme) as found:
        await found.sign_in(city.token)
        for path in await _pages(city):
            await found.open(path)
            await found.page.evaluate(OPEN_ALL)
            await accessible(found.page)


async def test_on_paper_what_is_no_list_is_a_page_or_two(reader: Watched, city: City) -> None:
    for path in await _pages(city):
        if "organization?" in path or "forecast?" in path:
            await reader.open(path)
            printed = await reader.page.pdf(prefer_css_page_size=True)
            assert 1 <= len(re.findall(rb"/Type /Page\b", printed)) <= 2, path
