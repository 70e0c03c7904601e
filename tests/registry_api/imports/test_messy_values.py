"""What people write into real lists: it is interpreted and told, not refused."""

from typing import Any

import httpx
import pytest
from tests.registry_api.import_files import (
    by_code,
    csv_file,
    errors_of,
    imported,
    notices_of,
    row,
)
from tests.registry_api.samples import credit_code, hospital


@pytest.mark.parametrize(
    ("cell", "name", "mode", "rule"),
    [
        ("", None, None, None),
        ("无", None, None, "read_as_nothing"),
        ("暂无", None, None, "read_as_nothing"),
        ("无(中关村)", None, None, "read_as_nothing"),
        ("无（中关村）", None, None, "read_as_nothing"),
        ("直接登记", None, "direct", "direct_registration"),
        ("市教育局，市卫生局", "市教育局，市卫生局", None, "several_names"),
        ("罗湖区卫生局", "罗湖区卫生局", None, None),
    ],
)
async def test_what_stands_for_a_business_supervisor(
    registry: httpx.AsyncClient, cell: str, name: str | None, mode: str | None, rule: str | None
) -> None:
    job = await imported(registry, csv_file([row(1, 业务主管单位=cell)]), effective_on="2015-12-31")
    held = await by_code(registry, 1)
    assert (held["business_supervisor"] or {}).get("name") == name
    assert held["registration"]["mode"] == mode
    told = [r for _, field, r in await notices_of(registry, job) if "supervisor" in field]
    assert told == ([rule] if rule else [])


async def test_a_column_says_more_of_the_mode_than_a_supervisor_does(
    registry: httpx.AsyncClient,
) -> None:
    await imported(registry, csv_file([row(1, 业务主管单位="直接登记", 登记方式="脱钩")]))
    assert (await by_code(registry, 1))["registration"]["mode"] == "decoupled"


async def test_full_width_digits_and_dates_that_are_none_are_told(
    registry: httpx.AsyncClient,
) -> None:
    cells: dict[str, Any] = {
        "正式党员数": "１２",
        "成立登记日期": "1900-01-01",
        "等级公告日期": "２０１４．１２．１",
    }
    job = await imported(registry, csv_file([row(1, **cells)]), effective_on="2015-12-31")
    held = await by_code(registry, 1)
    assert held["party"]["full_members"] == 12
    assert held["registration"]["registered_on"] is None
    assert held["grade"]["announced_on"] == "2014-12-01"
    notices = [(line, rule) for line, _, rule in await notices_of(registry, job)]
    assert notices.count((2, "half_width")) == 2
    assert (2, "read_as_nothing") in notices
    assert job["notices"] == len(notices)
    assert job["errors"] == 0


async def test_a_thing_of_which_nothing_is_known_is_there_all_the_same(
    registry: httpx.AsyncClient,
) -> None:
    await imported(registry, csv_file([row(1, 组织员指派日期="未知"), row(2, 组织员指派日期="")]))
    held = [(await by_code(registry, n))["party"]["organizer"] for n in (1, 2)]
    assert held == [{"assigned_on": None}, None]


async def test_the_gates_of_establishment_only_tell(registry: httpx.AsyncClient) -> None:
    rows = [row(1, 正式党员数="", 成立登记日期="2017-03-01", 党建入章="未写入")]
    job = await imported(registry, csv_file(rows), effective_on="2017-03-01")
    assert job["result"]["created"] == 1
    told = {rule for _, _, rule in await notices_of(registry, job)}
    assert {"members_not_collected", "charter_clause_missing"} <= told


async def test_a_part_of_an_object_needs_what_the_object_needs(registry: httpx.AsyncClient) -> None:
    rows = [row(1, 年检年度="2015", 年检结论="")]
    job = await imported(registry, csv_file(rows))
    assert (2, "/annual_inspection/result", "missing") in await errors_of(registry, job)
    rows = [row(1, 年检年度="2015")]
    job = await imported(registry, csv_file(rows))
    fields = {field for _, field, _ in await errors_of(registry, job)}
    assert "/annual_inspection/result" in fields


@pytest.mark.parametrize(
    ("delimiter", "shown"), [(";", ";"), ("\t", "TAB")], ids=["semicolon", "tab"]
)
async def test_other_delimiters_are_read_and_told(
    registry: httpx.AsyncClient, delimiter: str, shown: str
) -> None:
    job = await imported(registry, csv_file([row(1)], delimiter=delimiter))
    assert job["result"]["created"] == 1
    listed = (await registry.get(f"/v1/imports/{job['id']}/notices")).json()["items"]
    assert (listed[0]["line"], listed[0]["rule"], listed[0]["value"]) == (None, "delimiter", shown)


@pytest.mark.parametrize(
    ("media_type", "content", "form"),
    [
        ("text/csv", csv_file([row(1)]), "csv"),
        (None, csv_file([row(1)]), "csv"),
        ("application/octet-stream", b'{"name": "x"}\n', "ndjson"),
        ("application/x-ndjson", b"\n\n", "ndjson"),
        ("text/csv", b"PK\x03\x04", "xlsx"),
    ],
)
async def test_the_format_may_be_left_out(
    registry: httpx.AsyncClient, media_type: str | None, content: bytes, form: str
) -> None:
    headers = {"content-type": media_type} if media_type else {}
    started = await registry.post("/v1/imports", content=content, headers=headers)
    assert started.json()["format"] == form


@pytest.mark.parametrize(
    ("line", "field", "rule"),
    [
        (b'{"name": "x"', "", "json_invalid"),
        (b"[1]", "", "dict_type"),
        (b'{"a":' * 600 + b"1" + b"}" * 600, "", "too_deep"),
        (b"[" * 100_000, "", "json_invalid"),
        (b'{"name": "a\\u0000b"}', "", "control_character"),
        (b'{"name": "a\\\\u0000b", "kind": "foundation"}', "/credit_code", "code_or_filing_number"),
        (b'{"nmae": "x"}', "/nmae", "extra_forbidden"),
        (b'{"party": {"members": 1}}', "/party/members", "extra_forbidden"),
        (b'{"credit_code": 5, "registration": "x"}', "/credit_code", "string_type"),
        (b'{"name": "x", "party": {"full_members": 1.5}}', "/party/full_members", "int_type"),
        (b'{"name": "' + b"x" * 1_000_001 + b'"}', "", "line_too_long"),
    ],
    ids=range(11),
)
async def test_a_line_of_json_that_says_something_else_is_refused_alone(
    registry: httpx.AsyncClient, line: bytes, field: str, rule: str
) -> None:
    good = b'{"credit_code": "%s", "name": "x"}' % credit_code(1).encode()
    job = await imported(registry, line + b"\n" + good + b"\n", format="ndjson")
    assert job["result"]["created"] == 1
    assert (1, field, rule) in await errors_of(registry, job)


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"name," * 20_000, "too_many_columns"),
     (b"name," * 300_000, "line_too_long"),
     (b"name,kind\n" + b"x" * 3_000_000, "line_too_long")],
    ids=["many columns", "no line ends", "a line without an end"],
)  # fmt: skip
async def test_a_text_file_that_is_none_is_refused_as_a_whole(
    registry: httpx.AsyncClient, content: bytes, rule: str
) -> None:
    job = await imported(registry, content, format="csv")
    assert job["state"] == "failed"
    assert (await errors_of(registry, job))[0][2] == rule


async def test_a_row_with_fewer_columns_is_refused_alone(registry: httpx.AsyncClient) -> None:
    content = csv_file([row(1)]) + b"a,b\r\n"
    job = await imported(registry, content)
    assert job["result"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    assert await errors_of(registry, job) == [(3, "", "columns")]


async def test_facts_of_a_later_day_stay_when_an_older_list_is_imported(
    registry: httpx.AsyncClient,
) -> None:
    await registry.post("/v1/organizations", json=hospital())
    held = await by_code(registry, 1)
    await registry.post(
        f"/v1/organizations/{held['id']}/amendments",
        json={"effective_on": "2016-09-01", "change": {"full_time_staff": 50}},
        headers={"if-match": '"1"'},
    )
    rows = [{"credit_code": credit_code(1), "full_time_staff": "45", "sponsor": "某公司"}]
    job = await imported(registry, csv_file(rows), effective_on="2016-06-01")
    assert job["result"]["updated"] == 1
    held = await by_code(registry, 1)
    assert (held["full_time_staff"], held["sponsor"]) == (50, "某公司")


async def test_columns_that_the_register_does_not_keep_are_passed_over_and_told(
    registry: httpx.AsyncClient,
) -> None:
    content = csv_file([row(1, 注册资金="3万元", 备注="x")])
    job = await imported(registry, content, effective_on="2017-01-01")
    assert job["result"]["created"] == 1
    items = (await registry.get(f"/v1/imports/{job['id']}/notices")).json()["items"]
    told = [i["value"] for i in items if i["rule"] == "column_passed_over"]
    assert told == ["注册资金", "备注"]


async def test_a_code_that_a_spreadsheet_took_for_a_number_is_read(
    registry: httpx.AsyncClient,
) -> None:
    job = await imported(registry, csv_file([row(1, 住所区划代码="440303001.0")]))
    assert (2, "/domicile/division_code", "half_width") in await notices_of(registry, job)
    assert (await by_code(registry, 1))["domicile"]["division_code"] == "440303001"


async def test_an_empty_name_is_missing_not_of_the_wrong_type(registry: httpx.AsyncClient) -> None:
    job = await imported(registry, csv_file([row(1, 名称="")]))
    assert await errors_of(registry, job) == [(2, "/name", "missing")]
