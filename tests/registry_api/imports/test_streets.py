"""A street that a list gives by its name: read where it is one, else told which it may be."""

from typing import Any

import httpx
import pytest
from tests.registry_api.import_files import by_code, csv_file, errors_of, imported, row, xlsx_file

from registry_api.core.organization.divisions import division_names
from registry_api.imports.files.cells import BadCell
from registry_api.imports.files.street_names import read_street

DISTRICT, CITY, COLUMN = "440303", "440300", "住所区划代码"


def _row(number: int, street: str, authority: str) -> dict[str, Any]:
    return row(number, **{COLUMN: street, "登记管理机关区划代码": authority})


@pytest.mark.parametrize(
    ("street", "authority"),
    [
        ("桂园街道", DISTRICT),
        (" 桂园 ", DISTRICT),
        ("桂园街道办事处", DISTRICT),
        ("桂园办事处", DISTRICT),
        ("罗湖区桂园街道", CITY),
        ("广东省深圳市罗湖区桂园街道", CITY),
        ("深圳市桂园街道办", "440000"),
        ("桂园街道", "440303005"),
        ("桂园街道", ""),  # the credit code says who registers it
    ],
)
async def test_a_name_that_is_one_street_of_the_authority_is_read_and_told(
    registry: httpx.AsyncClient, street: str, authority: str
) -> None:
    job = await imported(registry, csv_file([_row(1, street, authority)]))
    assert job["result"]["created"] == 1
    assert (await by_code(registry, 1))["domicile"]["division_code"] == "440303001"
    items = (await registry.get(f"/v1/imports/{job['id']}/notices")).json()["items"]
    (told,) = (item for item in items if item["rule"] == "street_by_name")
    assert (told["line"], told["value"]) == (2, street.strip())
    assert "440303001（广东省深圳市罗湖区桂园街道）" in told["detail"]


@pytest.mark.parametrize(
    ("street", "authority", "rule", "named"),
    [
        ("桂园街道", "440304", "which_street", "440303001 广东省深圳市罗湖区桂园街道"),
        ("新安街道", "100000", "which_street", " / "),
        ("沙头角镇大道", DISTRICT, "unknown_street", "沙头角镇大道"),
        ("罗湖区", DISTRICT, "unknown_street", "罗湖区"),
        ("福田区桂园街道", CITY, "unknown_street", "福田区桂园街道"),
        ("guiyuan", DISTRICT, "string_pattern_mismatch", "440303001"),
    ],
)
async def test_another_name_is_refused_with_the_streets_it_may_be(
    registry: httpx.AsyncClient, street: str, authority: str, rule: str, named: str
) -> None:
    job = await imported(registry, csv_file([_row(1, street, authority), _row(2, "440303001", "")]))
    assert job["result"]["created"] == 1
    items = (await registry.get(f"/v1/imports/{job['id']}/errors")).json()["items"]
    assert [(i["line"], i["field"], i["rule"]) for i in items] == [
        (2, "/domicile/division_code", rule)
    ]
    assert named in items[0]["detail"]


async def test_other_cells_that_do_not_read_are_told_beside_it(registry: httpx.AsyncClient) -> None:
    rows = [{**_row(1, "桂园街道", DISTRICT), "正式党员数": "many"}]
    job = await imported(registry, csv_file(rows))
    assert await errors_of(registry, job) == [(2, "/party/full_members", "not_a_number")]


async def test_a_known_organization_moves_to_a_street_by_name(registry: httpx.AsyncClient) -> None:
    await imported(registry, csv_file([_row(1, "440303001", DISTRICT)]))
    rows = [list(_row(1, "", "")), list(_row(1, "黄贝街道", DISTRICT).values())]
    await imported(registry, xlsx_file(rows))
    assert (await by_code(registry, 1))["domicile"]["division_code"] == "440303002"


def test_a_name_that_several_streets_of_a_city_bear_is_never_guessed() -> None:
    borne: dict[tuple[str, str], list[str]] = {}
    for code, name in division_names().items():
        if len(code) == 9:
            borne.setdefault((code[:4], name), []).append(code)
    shared = [(city, name, codes) for (city, name), codes in borne.items() if len(codes) > 1]
    assert len(shared) > 100
    for city, name, codes in shared:
        with pytest.raises(BadCell) as refused:
            read_street("", name, f"{city}00", lambda _: None)
        (violation,) = refused.value.violations
        assert violation.rule == "which_street"
        assert all(code in violation.facts["candidates"] for code in codes[:5])
