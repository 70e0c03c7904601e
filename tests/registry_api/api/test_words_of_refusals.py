"""What officials read of a broken rule: words and an example, in their language."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.registry_api.import_files import by_code, csv_file, imported, row

from registry_api.api.errors import ERRORS
from servicekit.problems import explain
from servicekit.refusals import Violation
from servicekit.violations import RULE_TEXTS

_REGEX = re.compile(r"\^|\$|\[[^\]]*-|\{[0-9]|\\")
_CHECKED_OTHERWISE = ("^([0-9]{1,18}|", "^[1-9][0-9]*$")
"""A moment has a rule of its own; sequences of the feed are never sent to us."""


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for inner in node.values():
            yield from _patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _patterns(inner)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_pattern_of_the_specification_has_words_and_an_example(
    registry: httpx.AsyncClient, language: str
) -> None:
    specification = (await registry.get("/openapi.json")).json()
    found = {p for p in _patterns(specification) if not p.startswith(_CHECKED_OTHERWISE)}
    assert len(found) > 5
    rules = {**RULE_TEXTS, **ERRORS.rules}
    for pattern in found:
        broken = Violation("", "string_pattern_mismatch", "?", {"pattern": pattern})
        words = explain(broken, language, rules)
        assert not _REGEX.search(words), (pattern, words)
        assert ("如 " if language == "zh" else "such as" if "[^" not in pattern else "") in words


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
        assert not _REGEX.search(error["detail"])


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
