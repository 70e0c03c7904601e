"""Refused rows come back as a CSV with reasons, are mended and sent again."""

import csv
import io
from typing import Any

import httpx
from tests.registry_api.import_files import csv_file, errors_of, imported, row, xlsx_file

REASONS = "错误原因（改好后请清空）"


async def _refused(client: httpx.AsyncClient, job: dict[str, Any]) -> list[dict[str, str]]:
    answer = await client.get(f"/v1/imports/{job['id']}/errors", params={"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_refused_rows_are_mended_and_sent_again(registry: httpx.AsyncClient) -> None:
    rows = [row(n, 住所='桂园路"1"号，\n二楼') for n in range(1, 7)]
    rows[1]["正式党员数"] = "-4"
    rows[4]["住所区划代码"] = "440399001"
    rows[4]["社会组织类型"] = "公司"
    job = await imported(registry, csv_file(rows))
    listed = await _refused(registry, job)
    assert [{k: v for k, v in r.items() if k != REASONS} for r in listed] == [rows[1], rows[4]]
    assert "正式党员数" in listed[0][REASONS]
    assert "公司" in listed[1][REASONS]
    listed[0] |= {"正式党员数": "4", REASONS: ""}
    job = await imported(registry, csv_file(listed))
    assert job["result"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    (left,) = await _refused(registry, job)
    left |= {"住所区划代码": "440303001", "社会组织类型": "民非", REASONS: ""}
    job = await imported(registry, csv_file([left]))
    assert job["result"]["created"] == 1


async def test_many_refused_rows_are_all_in_the_file(registry: httpx.AsyncClient) -> None:
    rows = [row(n, 正式党员数="x", 社会组织类型="y") for n in range(1, 1301)]
    job = await imported(registry, csv_file(rows))
    assert job["errors"] == 1300
    listed = await _refused(registry, job)
    assert [r["统一社会信用代码"] for r in listed] == [r["统一社会信用代码"] for r in rows]
    assert all("“x”" in r[REASONS] and "“y”" in r[REASONS] for r in listed)


async def test_rows_of_a_workbook_come_back_as_they_were(registry: httpx.AsyncClient) -> None:
    cells = [[*row(1)], [*row(1).values()], [*row(2, 正式党员数="x").values()]]
    job = await imported(registry, xlsx_file(cells))
    assert await errors_of(registry, job) == [(3, "/party/full_members", "not_a_number")]
    (listed,) = await _refused(registry, job)
    assert listed["名称"] == row(2)["名称"]


async def test_a_formula_in_a_name_stays_text_in_every_file(registry: httpx.AsyncClient) -> None:
    name = "=HYPERLINK(1)"
    job = await imported(registry, csv_file([row(1, 名称=name, 正式党员数="x"), row(2, 名称=name)]))
    (listed,) = await _refused(registry, job)
    assert listed["名称"] == f"'{name}"
    listed |= {"正式党员数": "1", REASONS: ""}
    await imported(registry, csv_file([listed]))
    page = (await registry.get("/v1/organizations")).json()
    assert [held["name"] for held in page["items"]] == [name, name]


async def test_a_file_that_could_not_be_read_says_so_there_too(
    registry: httpx.AsyncClient,
) -> None:
    job = await imported(registry, b"name,colour\nx,y\n")
    (listed,) = await _refused(registry, job)
    assert "colour" in listed[REASONS]


async def test_imports_of_others_show_to_tokens_without_a_limit_of_areas_only(
    registry: httpx.AsyncClient, keys: Any
) -> None:
    job = await imported(registry, csv_file([row(1, 正式党员数="x")]))
    limited = keys.headers(client="somebody-else", areas=["440303"])
    unlimited = keys.headers(client="somebody-else")
    for path in ("", "/errors", "/errors?format=csv", "/notices"):
        for headers, status in ((limited, 404), (unlimited, 200)):
            answer = await registry.get(f"/v1/imports/{job['id']}{path}", headers=headers)
            assert answer.status_code == status
