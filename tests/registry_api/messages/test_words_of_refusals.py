"""What officials read of a broken rule: words and an example, in their language."""

import httpx
import pytest
from tests.registry_api.import_files import by_code, csv_file, imported, row


@pytest.mark.parametrize(
    ("column", "cell", "zh", "en"),
    [
        ("统一社会信用代码", "5244", "18 位统一社会信用代码", "18 digits and capital letters"),
        ("住所区划代码", "4403", "9 位街道代码或 12 位社区代码", "street (9 digits)"),
        ("登记管理机关区划代码", "44", "6 位区划代码", "division code of 6 digits"),
    ],
)
async def test_a_code_of_another_form_is_told_what_is_expected(
    registry: httpx.AsyncClient, column: str, cell: str, zh: str, en: str
) -> None:
    job = await imported(registry, csv_file([row(1, **{column: cell})]))
    for language, words in (("zh", zh), ("en", en)):
        path = f"/v1/imports/{job['id']}/errors"
        items = (await registry.get(path, headers={"accept-language": language})).json()["items"]
        (error,) = (item for item in items if item["rule"] == "string_pattern_mismatch")
        assert words in error["detail"]
        assert "^" not in error["detail"]


async def test_an_empty_name_is_missing_of_newcomers_and_of_those_that_are_known(
    registry: httpx.AsyncClient,
) -> None:
    await imported(registry, csv_file([row(1)]))
    rows = [row(1, 名称=""), row(2, 名称="", 社会组织类型="")]
    job = await imported(registry, csv_file(rows))
    items = (await registry.get(f"/v1/imports/{job['id']}/errors")).json()["items"]
    told = {(item["line"], item["field"]): item for item in items}
    assert set(told) == {(2, "/name"), (3, "/name")}
    assert {item["rule"] for item in items} == {"missing"}
    assert all("缺少" in item["detail"] for item in items)
    assert (await by_code(registry, 1))["name"]


async def test_alternatives_are_listed_in_the_readers_language(
    registry: httpx.AsyncClient,
) -> None:
    content = b'{"credit_code": "52440303MJL0000001", "name": "x", "kind": "company"}\n'
    job = await imported(registry, content, format="ndjson")
    for language, between in (("zh", "、"), ("en", " or ")):
        path = f"/v1/imports/{job['id']}/errors"
        items = (await registry.get(path, headers={"accept-language": language})).json()["items"]
        (error,) = (item for item in items if item["field"] == "/kind")
        assert between in error["detail"]
        assert (" or " in error["detail"]) == (language == "en")
