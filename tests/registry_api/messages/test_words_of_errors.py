"""What an official reads when a value is wrong: words, with an example; no pattern, no code."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import httpx
import pytest
from tests.registry_api.import_files import csv_file, imported, row

from registry_api.core.organization.columns import columns
from registry_api.imports.files.cells import BadCell, read_cell
from servicekit.errors import explain, read_rules

RULES = read_rules("registry_api")
LANGUAGES = ("zh", "en")
_PATTERN = re.compile(r"\^\[|\[0-9|\\d|\]\{|\)\?|\]\*|\]\$")
_UNFILLED = re.compile(r"\{[a-z_]+\}")
_FALLBACK = re.compile("不符合规则 |breaks the rule ")

WRONG: list[Any] = [None, "", "?", " x ", -1, 10**30, 1.5, True, [], ["?", None], {}, {"x": "?"},
                    "x" * 1000, "2016-13-01", "2300-01-01", "a\0b"]  # fmt: skip


def _unclear(detail: str, language: str) -> bool:
    if _PATTERN.search(detail) or _UNFILLED.search(detail) or _FALLBACK.search(detail):
        return True
    return language == "zh" and (" or " in detail or not re.search("[\u4e00-\u9fff]", detail))


def test_every_cell_that_does_not_read_is_explained_in_words() -> None:
    seen = set()
    for column in columns():
        for cell in ("x", "?", "12", "-1", "1.5", "9" * 13, "9" * 600, "甲", "1e+20", "a\0b"):
            try:
                read_cell(column, cell, lambda _: None)
            except BadCell as bad:
                for violation in bad.violations:
                    seen.add(violation.rule)
                    for language in LANGUAGES:
                        assert not _unclear(explain(violation, language, RULES), language)
    assert {"string_pattern_mismatch", "unknown_code", "not_a_date", "not_a_number"} <= seen


def _details(answer: httpx.Response) -> list[str]:
    assert answer.status_code < 500, answer.text
    if answer.headers["content-type"] != "application/problem+json":
        return []
    return [answer.json()["detail"], *(error["detail"] for error in answer.json()["errors"])]


def _worse(body: Any, value: Any) -> Any:
    """The body with `value` in place of each leaf."""
    if isinstance(body, dict):
        return {key: _worse(item, value) for key, item in body.items()} or value
    return value


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        schema = list(schema.values())
    for item in schema if isinstance(schema, list) else ():
        yield from _patterns(item)


def _operations(specification: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in specification["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/v1/") and method in {"get", "post", "put", "patch"}:
                yield path, method, operation


async def _specification(registry: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await registry.get("/openapi.json")).json())


async def test_every_pattern_of_what_comes_in_has_words(registry: httpx.AsyncClient) -> None:
    told_by_rules_of_their_own = {"known_at"}
    specification = await _specification(registry)
    for _, _, operation in _operations(specification):
        for parameter in operation.get("parameters", ()):
            if parameter.get("name") not in told_by_rules_of_their_own:
                assert all(p in RULES for p in _patterns(parameter)), parameter
    for name, schema in specification["components"]["schemas"].items():
        if name.endswith(("In", "-Input")):
            assert all(p in RULES for p in _patterns(schema)), name


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_wrong_body_is_explained_in_words(
    registry: httpx.AsyncClient, language: str
) -> None:
    text = files("registry_api").joinpath("examples.json").read_text("utf-8")
    examples = json.loads(text)
    told: list[str] = []
    for path, method, operation in _operations(await _specification(registry)):
        if method == "get" or "application/json" not in operation["requestBody"]["content"]:
            continue
        body = examples[operation["operationId"]]["request"]["application/json"]
        for value in WRONG:
            answer = await registry.request(
                method.upper(),
                re.sub(r"\{[a-z_]+\}", "0198c0de-0000-7000-8000-000000000001", path),
                content=json.dumps(_worse(body, value)),
                headers={"accept-language": language, "if-match": "*",
                         "content-type": "application/json"},
            )  # fmt: skip
            told += _details(answer)
    assert len(told) > 1000
    assert {detail for detail in told if _unclear(detail, language)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_wrong_parameter_is_explained_in_words(
    registry: httpx.AsyncClient, language: str
) -> None:
    told: list[str] = []
    for path, method, operation in _operations(await _specification(registry)):
        names = [p["name"] for p in operation.get("parameters", ()) if p.get("in") == "query"]
        if method != "get" or "{" in path.replace("{name}", ""):
            continue
        for value in ("", "x", "-1", "9" * 30, "2016-13-01", "2300-01-01", "y" * 300):
            answer = await registry.get(
                path.replace("{name}", "grade"),
                params=dict.fromkeys(names, value),
                headers={"accept-language": language},
            )
            told += _details(answer)
    assert len(told) > 100
    assert {detail for detail in told if _unclear(detail, language)} == set()


async def test_a_name_that_is_taken_away_is_missing(registry: httpx.AsyncClient) -> None:
    await imported(registry, csv_file([row(1)]))
    job = await imported(registry, csv_file([row(1, 名称="")]))
    (error,) = (await registry.get(f"/v1/imports/{job['id']}/errors")).json()["items"]
    assert (error["rule"], error["detail"]) == ("missing", "缺少必填字段。")
