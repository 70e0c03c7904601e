"""What the dashboard says and where it leads, held to the REST API."""

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from local_runner.services import REGISTRY
from tests.system.dashboard.browser import CHROMIUM, Watched, watched
from tests.system.dashboard.conftest import DESKTOP, City

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true; })"
INDICATOR = "organizational_coverage"


async def rows(page: Page, dimension: str) -> dict[str, str]:
    """Key → "numerator / denominator" of a breakdown, those behind "more" included."""
    found = await page.eval_on_selector_all(
        f".by-{dimension} tr[data-key]",
        "rows => rows.map(row => [row.dataset.key, row.querySelector('td.wide').textContent])",
    )
    return {key: text.strip() for key, text in found}


def ratio(counted: dict[str, Any]) -> str:
    return f"{counted['numerator']:,} / {counted['denominator']:,}"


async def test_signing_in_leaves_the_token_in_no_address_and_out_of_reach_of_scripts(
    browser: Browser, city: City
) -> None:
    async with watched(browser, city.base) as found:
        page = found.page
        await found.open("/dashboard?indicator=solo_rate")
        await expect(page.locator("h1")).to_have_text("登录")
        await page.fill("#token", "nonsense")
        await page.click(".sign-in button")
        await expect(page.locator("[role=alert]")).to_contain_text("令牌无效或已过期")
        await page.fill("#token", city.token)
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("单独组建率")
        assert not any(city.token in url for url in found.requested)
        kept = await page.evaluate(
            "[document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)]"
        )
        assert kept == [""]
        [cookie] = await page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (
            True, "Strict", "/dashboard",
        )  # fmt: skip
        await page.click("text=退出")
        await expect(page.locator("h1")).to_have_text("登录")
        await found.open("/dashboard")
        await expect(page.locator("h1")).to_have_text("登录")


async def test_every_number_is_the_rest_apis(reader: Watched, city: City) -> None:
    for dimension in ("district", "body_kind", "kind", "grade"):
        answer = await city.ask("/v1/coverage", indicator=INDICATOR, group_by=dimension)
        counted = {group["by"][dimension]: ratio(group) for group in answer["groups"]}
        assert await rows(reader.page, dimension) == counted
        assert counted
    cards = await reader.page.eval_on_selector_all(
        ".card", "cards => cards.map(card => [card.dataset.indicator, card.innerText])"
    )
    assert len(cards) >= 6
    for indicator, text in cards:
        whole = (await city.ask("/v1/coverage", indicator=indicator))["total"]
        assert ratio(whole) in text
    for target in (await city.ask("/v1/targets"))["targets"]:
        for variant in target["variants"]:
            row = reader.page.locator(f"[data-target={target['id']}][data-variant={variant['id']}]")
            await expect(row).to_contain_text(ratio(variant))


async def test_a_click_on_a_bar_opens_the_organizations_to_work_on(
    reader: Watched, city: City
) -> None:
    page = reader.page
    answer = await city.ask("/v1/coverage", indicator=INDICATOR, group_by="district")
    group = max(answer["groups"], key=lambda group: group["denominator"] - group["numerator"])
    district = group["by"]["district"]
    await page.click(f"tr[data-key='{district}'] .bar-link")
    gap = group["denominator"] - group["numerator"]
    await expect(page.locator("h2[data-count]")).to_have_attribute("data-count", str(gap))
    params = {"indicator": INDICATOR, "part": "gap", "area": district, "limit": "1000"}
    members = (await city.ask("/v1/coverage/members", **params))["items"]
    listed: list[str] = []
    while True:
        listed += await page.eval_on_selector_all(
            "tr[data-organization]", "rows => rows.map(row => row.dataset.organization)"
        )
        if not await page.locator("a[rel=next]").count():
            break
        await page.click("a[rel=next]")
    assert listed == [member["id"] for member in members]
    assert len(listed) == gap
    await expect(page.locator("main")).to_contain_text(members[-1]["name"])


async def test_from_the_city_to_a_district_to_a_street_and_back(
    reader: Watched, city: City
) -> None:
    page = reader.page
    await page.click(".by-district a:has-text('罗湖区')")
    await expect(page.locator("h1 .where")).to_have_text("罗湖区")
    params = {"indicator": INDICATOR, "group_by": "street", "area": "440303"}
    answer = await city.ask("/v1/coverage", **params)
    assert await rows(page, "street") == {
        group["by"]["street"]: ratio(group) for group in answer["groups"]
    }
    street = answer["groups"][0]
    await page.click(f"text={street['labels']['street']}")
    await expect(page.locator("h1 .where")).to_have_text(street["labels"]["street"])
    assert await rows(page, "street") == {}
    await page.click(".places >> text=全部地区")
    await expect(page.locator(".by-district")).to_be_visible()


async def test_choices_apply_at_once_and_show_what_is_chosen(reader: Watched, city: City) -> None:
    page = reader.page
    await page.select_option("#indicator", "charter_inclusion")
    await expect(page.locator("h1")).to_have_text("党建入章率")
    await page.click("summary:has-text('更多条件')")
    await page.select_option("#f-kind", "foundation")
    await expect(page.locator(".chips")).to_contain_text("社会组织类型：基金会")
    answer = await city.ask("/v1/coverage", indicator="charter_inclusion", kind="foundation")
    await expect(page.locator(".card.chosen")).to_contain_text(ratio(answer["total"]))
    await page.click(".chips a")
    await expect(page.locator(".chips")).to_have_count(0)
    await page.fill("#valid_on", "2016-01-15")
    await page.locator("#valid_on").press("Enter")
    await expect(page.locator(".formula")).to_contain_text("2016年1月15日")
    await expect(page.locator("#valid_on")).to_have_value("2016-01-15")
    await page.click(".steps >> text=按年")
    await expect(page.locator(".steps [aria-current]")).to_have_text("按年")
    await expect(page.locator("#valid_on")).to_have_value("2016-01-15")


async def test_sorting_by_rate_puts_the_lowest_first(reader: Watched) -> None:
    await reader.page.click(".by-district th >> text=比率")
    await expect(reader.page.locator(".by-district th[aria-sort]")).to_have_text("比率")
    shown = await reader.page.locator(".by-district td .rate").all_inner_texts()
    rates = [float(re.sub(r"[^\d.]", "", text)) for text in shown]
    assert rates == sorted(rates)


async def test_both_languages_on_every_page_at_the_same_place(reader: Watched) -> None:
    page = reader.page
    await page.click(".by-district a:has-text('罗湖区')")
    await page.click(".language")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("h1")).to_have_text("Organizational coverage 罗湖区")
    await page.click(".card.chosen .gap")
    await expect(page.locator("h1")).to_contain_text("Organizations to work on")
    await page.click(".language")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page.locator("h1")).to_contain_text("未计入的社会组织")


async def test_a_day_before_the_register_shows_the_way_back(reader: Watched) -> None:
    await reader.open("/dashboard?valid_on=2001-01-01")
    await expect(reader.page.locator(".message h2")).to_have_text("没有可统计的社会组织")
    await reader.page.click("text=查看今天")
    await expect(reader.page.locator(".by-district")).to_be_visible()


async def test_a_question_that_can_not_be_answered_is_a_page_with_a_way_back(
    reader: Watched,
) -> None:
    assert await reader.open("/dashboard?area=999999") == 422
    await expect(reader.page.locator("[role=alert]")).to_contain_text("没有区划 999999")
    await reader.page.click("text=返回总览")
    await expect(reader.page.locator(".by-district")).to_be_visible()
    reader.complaints.clear()  # the browser logs each answer that is not a success


async def test_whoever_is_limited_to_an_area_sees_only_that(browser: Browser, city: City) -> None:
    token = city.platform.issuer.token(["metrics:read"], areas=["440303"])
    async with watched(browser, city.base, viewport=DESKTOP) as found:
        await found.sign_in(token)
        assert list(await rows(found.page, "district")) == ["440303"]
        await expect(found.page.locator(".who")).to_contain_text("仅限 440303")
        assert (await found.open("/dashboard/organizations?part=denominator")) == 200
        places = await found.page.locator(".organizations td:nth-child(3)").all_inner_texts()
        assert places
        assert all(place.startswith("罗湖区") for place in places)


async def test_the_work_list_is_there_as_a_spreadsheet(reader: Watched, city: City) -> None:
    page = reader.page
    await reader.open("/dashboard/organizations?part=gap&area=440303")
    shown = await page.get_attribute("h2[data-count]", "data-count")
    async with page.expect_download() as started:
        await page.click("text=Excel 文件")
    file = await (await started.value).path()
    table = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert table[0][0] == "名称"
    params = {"indicator": INDICATOR, "part": "gap", "area": "440303", "limit": "1000"}
    members = (await city.ask("/v1/coverage/members", **params))["items"]
    assert [row[0] for row in table[1:]] == [member["name"] for member in members]
    assert len(members) == int(shown or 0)


async def test_an_open_page_tells_when_there_are_new_data(reader: Watched, city: City) -> None:
    page = reader.page
    await expect(page.locator("[data-lag]")).to_have_text("与账本同步")
    await expect(page.locator("[data-reload]")).to_be_hidden()
    listing = await city.ask("/v1/coverage/members", indicator=INDICATOR, part="gap", limit="1")
    organization = listing["items"][0]["id"]
    registry = city.platform.url(REGISTRY)
    token = city.platform.issuer.token(["registry:read", "registry:write"])
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(trust_env=False, base_url=registry, headers=headers) as client:
        path = f"/v1/organizations/{organization}"
        changed = await client.post(
            f"{path}/amendments",
            json={
                "change": {"full_time_staff": 77},
                "effective_on": "2016-02-01",
                "reason": "counted again",
            },
            headers={"if-match": (await client.get(path)).headers["etag"]},
        )
        assert changed.status_code < 300, changed.text
    await page.wait_for_function(
        """() => {
            document.dispatchEvent(new Event('visibilitychange'));
            return !document.querySelector('[data-reload]').hidden;
        }""",
        polling=500,
    )
    await page.click("[data-reload]")
    await expect(page.locator("[data-reload]")).to_be_hidden()
