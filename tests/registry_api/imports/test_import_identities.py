"""Whom a row of a file is about: by credit code, by filing number, and as far as one may see."""

from typing import Any

import httpx
import pytest
from tests.registry_api.import_files import csv_file, errors_of, finished, imported, row
from tests.registry_api.reading import founded
from tests.registry_api.samples import credit_code

from servicekit.testing import TestKeys

AUTHORITY = "登记管理机关区划代码"


def _filed(number: str, **cells: Any) -> dict[str, Any]:
    """A row that names its organization by filing number only."""
    return row(1, 统一社会信用代码="", 备案编号=number, **cells)


async def _names(registry: httpx.AsyncClient) -> list[tuple[Any, ...]]:
    items = (await registry.get("/v1/organizations?limit=100")).json()["items"]
    return [
        (i["credit_code"], i["filing_number"], i["registration"]["authority"]["division_code"])
        for i in items
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (row(1, 备案编号="G-9", **{AUTHORITY: "440303"}), _filed("G-9", **{AUTHORITY: "440303"})),
        (_filed("H-1", **{AUTHORITY: "440303"}), row(1, 备案编号="H-1", **{AUTHORITY: "440303"})),
        (_filed("K-1", **{AUTHORITY: "440303"}), _filed("K-1", 专职工作人员数="3")),
        (_filed("L-1"), _filed("L-1", **{AUTHORITY: "440303"})),
    ],
    ids=["coded, by number", "filed, gets a code", "no authority column", "authority known later"],
)
async def test_a_filing_number_finds_its_organization_whatever_else_is_said(
    registry: httpx.AsyncClient, first: dict[str, Any], second: dict[str, Any]
) -> None:
    await imported(registry, csv_file([first]), effective_on="2017-01-01")
    second["正式党员数"] = "7"
    job = await imported(registry, csv_file([second]), effective_on="2017-01-01")
    assert job["result"] == {"created": 0, "updated": 1, "unchanged": 0, "refused": 0}
    (only,) = (await registry.get("/v1/organizations")).json()["items"]
    assert only["party"]["full_members"] == 7


async def test_a_number_that_is_another_organization_s_is_refused(
    registry: httpx.AsyncClient,
) -> None:
    here = {AUTHORITY: "440303"}
    rows = [row(1, 备案编号="F-1", **here), row(2, 备案编号="F-2", **here), _filed("F-3", **here)]
    await imported(registry, csv_file(rows))
    rows = [
        row(1, 备案编号="F-2", **here),
        row(3, 备案编号="F-2", **here),
        row(2, 备案编号="F-3", **here),
        row(4, 备案编号="F-2", **{AUTHORITY: "440304"}),
    ]
    for number, told in ((0, 1), (1, 1), (2, 1), (3, 0)):
        job = await imported(registry, csv_file([rows[number]]))
        assert job["result"]["refused"] == told, number
        errors = await errors_of(registry, job)
        assert errors == [(2, "/filing_number", "code_taken")] * told
    ambiguous = await imported(registry, csv_file([_filed("F-2")]))
    assert await errors_of(registry, ambiguous) == [(2, "/filing_number", "several_bearers")]
    moved = await imported(registry, csv_file([row(4, **here)]))
    assert await errors_of(registry, moved) == [(2, "/filing_number", "code_taken")]
    assert len(await _names(registry)) == 4


async def test_a_number_given_out_elsewhere_does_not_fail_the_import(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    """The newcomer's authority is read off its code."""
    taken = row(1, 备案编号="F-1", 住所区划代码="440304001", **{AUTHORITY: "440303"})
    await imported(registry, csv_file([taken]))
    started = await registry.post(
        "/v1/imports", content=csv_file([row(2, 备案编号="F-1")]),
        headers=keys.headers(areas=["440303"]),
    )  # fmt: skip
    job = await finished(registry, started)
    assert (job["state"], job["result"]["refused"]) == ("succeeded", 1)
    assert await errors_of(registry, job) == [(2, "/filing_number", "code_taken")]


async def test_one_organization_by_two_names_in_a_file_is_one_row_too_many(
    registry: httpx.AsyncClient,
) -> None:
    here = {AUTHORITY: "440303"}
    pairs = [
        [row(1, 备案编号="F-1", **here), _filed("F-1", **here)],
        [row(2, 备案编号="", **here), _filed("F-2", **here)],
        [_filed("F-4", **here), _filed("F-4", **{AUTHORITY: ""})],
    ]
    await imported(registry, csv_file([row(2, 备案编号="F-2", **here)]))
    for rows in pairs:
        rows[1]["名称"] = "另一名称"
        job = await imported(registry, csv_file(rows))
        assert job["state"] == "succeeded"
        errors = await errors_of(registry, job)
        assert [(line, rule) for line, _, rule in errors] == [(3, "repeated_in_file")]


async def test_a_number_is_one_organization_s_for_other_writers_too(
    registry: httpx.AsyncClient,
) -> None:
    await founded(registry, 1, filing_number="F-1")
    other = await founded(registry, 2)
    answer = await registry.post(
        f"/v1/organizations/{other}/amendments",
        json={"effective_on": "2017-01-01", "change": {"filing_number": "F-1"}},
        headers={"if-match": "*"},
    )
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/change/filing_number"


async def test_a_row_about_one_outside_is_told_what_a_row_about_nobody_is_told(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    """Where the register has it, and that it has it, is not the caller's to know."""
    there_code, nowhere_code = (credit_code(n, division="440304") for n in (1, 2))
    await founded(
        registry, 1, credit_code=there_code, domicile={"division_code": "440304001"},
        registration={"mode": "dual", "authority": {"division_code": "440304"},
                      "registered_on": "2016-03-01"},
        filing_number="F-1",
    )  # fmt: skip
    inside = keys.headers(areas=["440303"])
    columns = ("统一社会信用代码", "名称", "社会组织类型")

    async def told(cells: dict[str, Any]) -> list[tuple[Any, ...]]:
        started = await registry.post(
            "/v1/imports?dry_run=true", content=csv_file([cells]), headers=inside
        )
        job = await finished(registry, started)
        items = (await registry.get(f"/v1/imports/{job['id']}/errors", headers=inside)).json()
        return [(i["field"], i["rule"], i["value"]) for i in items["items"]]

    def small(code: str, **more: Any) -> dict[str, Any]:
        cells = row(1, 名称="某组织", 统一社会信用代码=code)
        return {**{key: cells[key] for key in columns}, **more}

    for more in ({}, {"名称": ""}, {"住所区划代码": "440304002"}, {"住所区划代码": "440304001"}):
        there, nowhere = small(there_code, **more), small(nowhere_code, **more)
        assert await told(there) == await told(nowhere), more
    claimed = await told(small(there_code, 住所区划代码="440303001"))
    assert claimed == [("/credit_code", "code_taken", there_code)]
    by_number = {"备案编号": "F-1", "名称": "某组织", "社会组织类型": "社会团体"}
    for more in ({"住所区划代码": "440303001"}, {AUTHORITY: "440304"}):
        nobody = {**by_number, "备案编号": "F-404", **more}
        assert await told({**by_number, **more}) == await told(nobody), more
