"""Import over HTTP: rows land or are listed, twice is once, a crash in the middle is no loss."""

import asyncio
import csv
import io
from typing import Any

import httpx
import orjson
import pytest
from tests.registry_api.conftest import StartRegistry
from tests.registry_api.import_files import csv_file, finished, imported, row
from tests.registry_api.samples import credit_code, hospital

import demo_city
from demo_city import csv_form
from registry_api.core.organization.state import complete
from servicekit.testing import leave_jobs


async def test_three_bad_rows_in_a_thousand_are_listed_and_the_rest_lands(
    registry: httpx.AsyncClient,
) -> None:
    rows = [row(n) for n in range(1, 1001)]
    rows[9]["统一社会信用代码"] = credit_code(10)[:-1] + "?"
    rows[499]["正式党员数"] = "-4"
    rows[998]["住所区划代码"] = "440399001"
    job = await imported(registry, csv_file(rows), effective_on="2015-12-31")
    assert job["state"] == "succeeded"
    assert job["result"] == {"created": 997, "updated": 0, "unchanged": 0, "refused": 3}
    assert (job["done"], job["total"], job["errors"]) == (1000, 1000, 3)
    listed = (await registry.get(f"/v1/imports/{job['id']}/errors")).json()["items"]
    assert [(e["line"], e["field"], e["rule"], e["value"]) for e in listed] == [
        (11, "/credit_code", "string_pattern_mismatch", credit_code(10)[:-1] + "?"),
        (501, "/party/full_members", "greater_than_equal", "-4"),
        (1000, "/domicile/division_code", "unknown_division", "440399001"),
    ]
    assert all(e["detail"] for e in listed)
    page = (await registry.get("/v1/organizations?count=exact&limit=1")).json()
    assert page["count"] == 997


async def test_the_whole_demo_city_imports_exports_and_imports_again_unchanged(
    registry: httpx.AsyncClient,
) -> None:
    documents = list(demo_city.organizations())
    text = io.StringIO()
    csv_form.write(iter(documents), text)
    job = await imported(registry, text.getvalue().encode(), effective_on="2015-12-31")
    assert job["result"]["created"] == len(documents) == 10_100
    for form in ("ndjson", "csv"):
        exported = await registry.get("/v1/organizations/export", params={"format": form})
        assert exported.headers["ledger-position"] == "10100"
        again = await imported(registry, exported.content, format=form, effective_on="2015-12-31")
        assert again["result"] == {"created": 0, "updated": 0, "unchanged": 10_100, "refused": 0}
        if form == "ndjson":
            held = [orjson.loads(line) for line in exported.content.splitlines()]
    key = "filing_number", "credit_code"
    states = {(d[key[0]], d[key[1]]): complete(d) for d in documents}
    for document in held:
        del document["id"], document["revision"]
        assert document == states[document[key[0]], document[key[1]]]
    assert (await registry.get("/v1/changes?limit=1")).json()["head"] == 10_100


async def test_columns_a_file_does_not_have_stay_as_they_are(registry: httpx.AsyncClient) -> None:
    await registry.post("/v1/organizations", json=hospital())
    rows = [{"credit_code": credit_code(1), "full_time_staff": "４１", "sponsor": "暂无"}]
    job = await imported(registry, csv_file(rows), effective_on="2016-05-01")
    assert job["result"]["updated"] == 1
    held = (await registry.get(f"/v1/organizations/by-credit-code/{credit_code(1)}")).json()
    assert (held["full_time_staff"], held["name"]) == (41, "罗湖区晨曦医院1")
    events = (await registry.get("/v1/changes?after=1")).json()["events"]
    assert [e["data"]["change"] for e in events] == [{"full_time_staff": 41}]


async def test_a_dry_run_says_what_would_happen_and_lands_nothing(
    registry: httpx.AsyncClient,
) -> None:
    job = await imported(registry, csv_file([row(1), row(2, 正式党员数="x")]), dry_run=True)
    assert job["result"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    assert (await registry.get("/v1/changes")).json()["head"] == 0


async def test_gb18030_files_and_chinese_words_are_read(registry: httpx.AsyncClient) -> None:
    content = csv_file([row(1, 登记状态="存续", 评估等级="AAA级")]).decode().encode("gb18030")
    job = await imported(registry, content)
    assert job["result"]["created"] == 1
    held = (await registry.get(f"/v1/organizations/by-credit-code/{credit_code(1)}")).json()
    assert (held["status"], held["grade"]["level"]) == ("active", "3A")


@pytest.mark.parametrize(
    ("content", "line", "rule"),
    [
        (csv_file([row(1)]).decode().encode("gbk")[:-9] + b"\xff\xff\n", 1, "encoding"),
        (csv_file([{"名称": "x", "备注": "x"}]), 1, "unknown_column"),
        (b"\n", 1, "no_header"),
        (csv_file([row(1)]).replace(b",", b"|"), 1, "unknown_column"),
        (csv_file([row(1)]).decode().encode("utf-16"), 1, "utf_16"),
        (b"name," * 10_000 + b"kind\n", 1, "too_many_columns"),
        (csv_file([row(1)]) + b'"open quote', 3, "malformed_csv"),
    ],
    ids=[
        "broken tail",
        "unknown column",
        "no header",
        "delimiter",
        "UTF-16",
        "10,000 columns",
        "quote",
    ],
)
async def test_a_file_that_cant_be_read_lands_nothing_and_says_why(
    registry: httpx.AsyncClient, content: bytes, line: int, rule: str
) -> None:
    job = await imported(registry, content)
    assert job["state"] == "failed"
    errors = (await registry.get(f"/v1/imports/{job['id']}/errors")).json()["items"]
    assert (errors[0]["line"], errors[0]["rule"]) == (line, rule)
    assert (await registry.get("/v1/changes")).json()["head"] == 0


async def test_two_rows_with_one_code_are_one_organization_or_an_error(
    registry: httpx.AsyncClient,
) -> None:
    rows = [row(1), row(1), row(1, 正式党员数="9")]
    job = await imported(registry, csv_file(rows))
    assert job["result"] == {"created": 1, "updated": 0, "unchanged": 1, "refused": 1}
    (error,) = (await registry.get(f"/v1/imports/{job['id']}/errors")).json()["items"]
    assert (error["line"], error["rule"]) == (4, "repeated_in_file")
    assert "2" in error["detail"]


async def test_the_same_key_and_file_is_one_import(registry: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "once"}
    content = csv_file([row(1)])
    first = await registry.post("/v1/imports", content=content, headers=headers)
    second = await registry.post("/v1/imports", content=content, headers=headers)
    assert first.json()["id"] == second.json()["id"]
    other = await registry.post("/v1/imports", content=content + b"\n", headers=headers)
    assert other.json()["type"].endswith("idempotency-conflict")


async def test_an_import_cut_off_in_the_middle_goes_on_where_it_was(
    registry_url: str, start_registry: StartRegistry
) -> None:
    rows = [row(n) for n in range(1, 6001)]
    async with start_registry(registry_url) as client:
        started = await client.post("/v1/imports", content=csv_file(rows))
        while (await client.get(started.headers["location"])).json()["done"] == 0:
            await asyncio.sleep(0)
    async with start_registry(registry_url) as client:
        stopped_at = (await client.get(started.headers["location"])).json()
        job = await finished(client, started)
        assert 0 < stopped_at["done"] < 6000, "the cut came too late to show anything"
        assert job["result"] == {"created": 6000, "updated": 0, "unchanged": 0, "refused": 0}
        assert (await client.get("/v1/changes?limit=1")).json()["head"] == 6000


async def test_real_organizations_of_beijing_import_without_a_false_refusal(
    registry: httpx.AsyncClient, shared_data: Any
) -> None:
    with (shared_data / "beijing_social_orgs.csv").open(encoding="utf-8-sig") as file:
        real = list(csv.DictReader(file))
    renamed = [
        {"名称": r["name"], "统一社会信用代码": r["uscc"], "社会组织类型": r["org_class"],
         "登记管理机关区划代码": r["authority_division"], "评估等级": r["grade"]}
        for r in real
    ]  # fmt: skip
    job = await imported(registry, csv_file(renamed), effective_on="2015-12-31")
    assert job["result"] == {"created": 210, "updated": 0, "unchanged": 0, "refused": 0}
    exported = await registry.get("/v1/organizations/export?format=csv")
    rows = csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig")))
    kinds = {"social_association": "社会团体", "private_nonenterprise": "民办非企业单位",
             "foundation": "基金会"}  # fmt: skip
    back = sorted(
        (r["name"], r["credit_code"], kinds[r["kind"]],
         r["registration.authority.division_code"], r["grade.level"])
        for r in rows
    )  # fmt: skip
    assert back == sorted(
        (r["name"], r["uscc"], r["org_class"], r["authority_division"], r["grade"]) for r in real
    )
    assert any(code.endswith("0") for _, code, *_ in back)


async def test_one_import_too_many_waits_its_turn(
    registry: httpx.AsyncClient, registry_url: str
) -> None:
    key = {"idempotency-key": "k"}
    known = await registry.post("/v1/imports", content=csv_file([row(1)]), headers=key)
    await finished(registry, known)
    await leave_jobs(registry_url, "tester", 20)
    refused = await registry.post("/v1/imports", content=csv_file([row(2)]))
    assert refused.status_code == 429
    assert refused.json()["type"].endswith("/too-many-jobs")
    assert refused.headers["retry-after"] == "60"
    again = await registry.post("/v1/imports", content=csv_file([row(1)]), headers=key)
    assert again.json()["id"] == known.json()["id"]
