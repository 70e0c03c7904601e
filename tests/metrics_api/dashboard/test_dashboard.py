"""The dashboard over HTTP: who gets in, what leaves, and what goes wrong."""

import io
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from tests.metrics_api.world import World

from metrics_api.dashboard.session import COOKIE, safe_next
from servicekit.testing import TestKeys

FORM = {"content-type": "application/x-www-form-urlencoded", "accept-language": "en"}


def signed_in(keys: TestKeys, scope: str = "metrics:read", **claims: object) -> dict[str, str]:
    """Headers of a browser whose session holds a token."""
    return {"cookie": f"{COOKIE}={keys.token(scope, **claims)}", "accept-language": "en"}  # type: ignore[arg-type]


async def sign_in(world: World, token: str, **headers: str) -> httpx.Response:
    body = {"token": token, "next": "/dashboard?indicator=solo_rate", "lang": "en"}
    return await world.client.post("/dashboard/session", data=body, headers={**FORM, **headers})


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard?indicator=solo_rate&lang=en"])
async def test_without_a_session_there_is_only_the_form_and_the_way_back(
    world: World, path: str
) -> None:
    answer = await world.client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert target.path == "/dashboard/sign-in"
    assert dict(parse_qsl(target.query))["next"] == path
    form = await world.client.get(answer.headers["location"])
    assert form.status_code == 200
    assert 'name="token"' in form.text


async def test_a_bearer_header_alone_opens_no_page_and_the_cookie_no_api(
    world: World, keys: TestKeys
) -> None:
    assert (await world.client.get("/dashboard")).status_code == 303
    headers = {**signed_in(keys), "authorization": ""}
    params = {"indicator": "solo_rate"}
    assert (
        await world.client.get("/v1/coverage", params=params, headers=headers)
    ).status_code == 401


async def test_a_token_becomes_a_session_that_no_script_and_no_other_site_can_use(
    world: World, keys: TestKeys
) -> None:
    answer = await sign_in(world, f"Bearer {keys.token('metrics:read')} ")
    assert (answer.status_code, answer.headers["location"]) == (
        303, "/dashboard?indicator=solo_rate",
    )  # fmt: skip
    cookie = answer.headers["set-cookie"]
    for flag in ("HttpOnly", "SameSite=strict", "Path=/dashboard", "Secure"):
        assert flag in cookie
    seconds = int(cookie.partition("Max-Age=")[2].partition(";")[0])
    assert 3000 < seconds <= 3600


async def test_on_loopback_the_session_needs_no_tls(world: World, keys: TestKeys) -> None:
    answer = await sign_in(world, keys.token("metrics:read"), host="127.0.0.1:8003")
    assert answer.status_code == 303
    assert "Secure" not in answer.headers["set-cookie"]


async def test_elsewhere_the_form_warns_of_a_page_without_tls(world: World) -> None:
    sign_in_page = "/dashboard/sign-in?lang=en"
    assert "without encryption" in (await world.client.get(sign_in_page)).text
    for headers in ({"host": "localhost:8003"}, {"x-forwarded-proto": "https"}):
        assert (
            "without encryption" not in (await world.client.get(sign_in_page, headers=headers)).text
        )


@pytest.mark.parametrize(
    ("token", "status", "said"),
    [
        ("", 422, "Paste a token first"),
        ("nonsense", 401, "not valid or has expired"),
        ("x" * 5000, 422, "too long"),
    ],
)
async def test_what_is_no_token_is_told_in_the_form(
    world: World, token: str, status: int, said: str
) -> None:
    answer = await sign_in(world, token)
    assert answer.status_code == status
    assert said in answer.text
    assert 'value="/dashboard?indicator=solo_rate"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_token_without_the_scope_is_told_so(world: World, keys: TestKeys) -> None:
    answer = await sign_in(world, keys.token("registry:read"))
    assert answer.status_code == 403
    assert "lacks the scope metrics:read" in answer.text
    page = await world.client.get("/dashboard", headers=signed_in(keys, "registry:read"))
    assert page.status_code == 403
    assert "metrics:read" in page.text


async def test_an_expired_session_asks_to_sign_in_again(world: World, keys: TestKeys) -> None:
    answer = await world.client.get("/dashboard", headers=signed_in(keys, exp=1_000_000_000))
    assert answer.status_code == 303
    assert "ended=1" in answer.headers["location"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    page = await world.client.get(answer.headers["location"])
    assert "session has ended" in page.text


@pytest.mark.parametrize("path", ["session", "sign-out"])
@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}]
)
async def test_another_site_signs_nobody_in_or_out(
    world: World, keys: TestKeys, path: str, headers: dict[str, str]
) -> None:
    body = {"token": keys.token("metrics:read")}
    answer = await world.client.post(f"/dashboard/{path}", data=body, headers={**FORM, **headers})
    assert answer.status_code == 403
    assert "came from another site" in answer.text
    assert "set-cookie" not in answer.headers


async def test_signing_out_ends_the_session(world: World, keys: TestKeys) -> None:
    answer = await world.client.post("/dashboard/sign-out", headers=signed_in(keys))
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/sign-in")
    assert "Max-Age=0" in answer.headers["set-cookie"]


@given(st.text(max_size=80))
def test_after_signing_in_one_stays_on_these_pages_whatever_was_asked(asked: str) -> None:
    target = urlsplit(safe_next(asked))
    assert (target.scheme, target.netloc) == ("", "")
    assert target.path in {"/dashboard", "/dashboard/organizations"}


@pytest.mark.parametrize(
    "asked", ["https://elsewhere.example/dashboard", "//elsewhere.example", "/v1/coverage", "\\\\x"]
)
def test_other_addresses_lead_to_the_overview(asked: str) -> None:
    assert safe_next(asked) == "/dashboard"


async def test_every_page_forbids_foreign_and_inline_content(world: World, keys: TestKeys) -> None:
    await world.apply()
    for path in ("/dashboard", "/dashboard/sign-in", "/dashboard?kind=club"):
        answer = await world.client.get(path, headers=signed_in(keys))
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        markup = answer.text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "<style" not in markup
        assert " style=" not in markup
        assert " on" not in {part[:3] for part in markup.split('"')[1::2]}
        assert "http:" not in markup
        assert "https:" not in markup


async def test_the_page_shows_what_coverage_answers(world: World, keys: TestKeys) -> None:
    await world.apply()
    page = await world.client.get("/dashboard?valid_on=2016-06-01", headers=signed_in(keys))
    assert page.status_code == 200, page.text
    params = {"indicator": "organizational_coverage", "valid_on": "2016-06-01"}
    total = (await world.client.get("/v1/coverage", params=params)).json()["total"]
    assert f"{total['numerator']} / {total['denominator']}" in page.text
    assert "罗湖区" in page.text
    assert "In step with the ledgers" in page.text or "behind" in page.text


async def test_a_caller_limited_to_areas_sees_only_those(world: World, keys: TestKeys) -> None:
    await world.apply()
    headers = signed_in(keys, areas=["440306"])
    page = await world.client.get("/dashboard?lang=zh", headers=headers)
    assert "罗湖区" not in page.text
    assert "没有可统计的社会组织" in page.text
    assert "仅限 440306" in page.text


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("kind=club", 422, "There is no code club"),
        ("indicator=happiness", 422, "There is no indicator happiness"),
        ("area=999999", 422, "There is no area 999999"),
        ("colour=red", 400, "There is no query parameter colour"),
        ("valid_on=tomorrow", 422, "valid_on"),
        ("lang=fr", 422, "lang"),
        ("indicator=eligible_coverage&valid_on=1970-01-01", 422, "No rule states this number"),
        ("kind=%3Cscript%3Ealert(1)%3C/script%3E", 422, "&lt;script&gt;alert(1)"),
    ],
)
async def test_a_question_that_can_not_be_answered_gets_a_page_that_says_why(
    world: World, keys: TestKeys, query: str, status: int, said: str
) -> None:
    await world.apply()
    answer = await world.client.get(f"/dashboard?{query}", headers=signed_in(keys))
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text
    assert "<script>alert" not in answer.text
    assert "Back to the overview" in answer.text


async def test_before_the_rule_a_headline_says_so_and_the_others_stand(
    world: World, keys: TestKeys
) -> None:
    await world.apply()
    answer = await world.client.get("/dashboard?valid_on=1970-01-01", headers=signed_in(keys))
    assert answer.status_code == 200
    assert "No rule on this date" in answer.text


async def test_without_data_the_page_says_so(world: World, keys: TestKeys) -> None:
    answer = await world.client.get("/dashboard", headers=signed_in(keys))
    assert "No organization has reached this service yet" in answer.text
    assert 'class="goal"' in answer.text
    assert "Attained" not in answer.text  # nobody is no success


async def test_fields_left_empty_ask_nothing(world: World, keys: TestKeys) -> None:
    await world.apply()
    answer = await world.client.get(
        "/dashboard?indicator=&valid_on=&kind=&grade=", headers=signed_in(keys)
    )
    assert answer.status_code == 200, answer.text


async def test_an_open_page_hears_of_new_data_but_not_without_a_session(
    world: World, keys: TestKeys
) -> None:
    await world.apply()
    path = "/dashboard/freshness?lang=en"
    heard = (await world.client.get(path, headers=signed_in(keys))).json()
    assert heard["edition"] == 2
    assert "changes behind" in heard["lag"] or "In step" in heard["lag"]
    refused = await world.client.get(path)
    assert refused.status_code == 401


async def test_charts_come_as_files_for_whoever_is_signed_in(world: World, keys: TestKeys) -> None:
    await world.apply()
    for chart in ("bars.svg?group_by=kind&", "trend.svg?"):
        path = f"{chart}indicator=solo_rate&lang=en"
        drawn = await world.client.get(f"/dashboard/charts/{path}", headers=signed_in(keys))
        assert drawn.status_code == 200, drawn.text
        assert drawn.content == (await world.client.get(f"/v1/charts/{path}")).content \
            or chart.startswith("trend")  # fmt: skip
        assert (await world.client.get(f"/dashboard/charts/{path}")).status_code == 401


async def test_assets_may_be_kept_for_ever_and_others_are_not_there(world: World) -> None:
    page = (await world.client.get("/dashboard/sign-in")).text
    for name in ("dashboard.css", "dashboard.js", "icon.svg"):
        address = page[: page.index(name)].rpartition('"')[2] + name
        found = await world.client.get(address)
        assert found.status_code == 200
        assert "immutable" in found.headers["cache-control"]
    for address in ("/dashboard/assets/0/dashboard.css", "/dashboard/assets/0/site.py"):
        assert (await world.client.get(address)).status_code == 404


@pytest.mark.parametrize("part", ["gap", "numerator", "denominator"])
async def test_the_list_shows_who_counts_and_why_as_a_page_and_as_files(
    world: World, keys: TestKeys, part: str
) -> None:
    await world.apply()
    params = {"indicator": "work_coverage", "part": part, "lang": "en"}
    headers = signed_in(keys)
    api = {"indicator": "work_coverage", "part": part, "count": "exact"}
    members = (await world.client.get("/v1/coverage/members", params=api)).json()
    names = [member["name"] or member["id"] for member in members["items"]]
    page = await world.client.get("/dashboard/organizations", params=params, headers=headers)
    assert page.status_code == 200, page.text
    assert f'data-count="{members["count"]}"' in page.text
    path = "/dashboard/organizations/file"
    csv = await world.client.get(path, params={**params, "format": "csv"}, headers=headers)
    assert csv.status_code == 200, csv.text
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Name,Credit code or filing number")
    assert [line.split(",")[0].strip('"') for line in lines[1 : len(names) + 1]] == names
    xlsx = await world.client.get(path, params={**params, "format": "xlsx"}, headers=headers)
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx.content))
    table = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in table[1:]] == names


async def test_a_list_is_only_for_whom_may_see_it(world: World, keys: TestKeys) -> None:
    await world.apply()
    params = {"indicator": "work_coverage", "part": "denominator", "format": "csv", "lang": "en"}
    path = "/dashboard/organizations/file"
    refused = await world.client.get(path, params=params)
    assert refused.status_code == 401
    headers = signed_in(keys, areas=["440306"])
    limited = await world.client.get(path, params=params, headers=headers)
    assert limited.status_code == 200
    assert limited.content.decode("utf-8-sig").splitlines()[1] == ""


async def test_a_cursor_of_another_list_is_told_as_a_page(world: World, keys: TestKeys) -> None:
    await world.apply()
    answer = await world.client.get(
        "/dashboard/organizations?cursor=nonsense&lang=en", headers=signed_in(keys)
    )
    assert answer.status_code == 400
    assert "The cursor is not valid" in answer.text
