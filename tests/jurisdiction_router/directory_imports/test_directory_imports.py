"""Imports of the directory: loaded without effect, looked at, then activated or discarded."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from tests.jurisdiction_router.approvals import PENDING, until
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization
from typer.testing import CliRunner

from jurisdiction_router.cli import app
from jurisdiction_router.main import build
from jurisdiction_router.settings import Settings
from servicekit.follower import Follower
from servicekit.testing import FixedClock, TestKeys

PATH = "/v1/directory/imports"
CSV = {"content-type": "text/csv"}
CLINIC = str(UUID(int=1))
HEALTH = "440303-district_health_committee"

STREET = {
    "code": "440303002", "name": "黄贝街道", "level": "street", "parent": "440303",
    "valid_from": "2000-01-01",
}  # fmt: skip
COMMITTEE = {
    "id": "440303002-street_work_committee", "kind": "street_work_committee",
    "name": "黄贝街道党工委", "area_code": "440303002", "valid_from": "2000-01-01",
}  # fmt: skip
TABLE = """\
类型,代码/编号,名称,级别/类别,上级/所在区划,所属系统,起始日,截止日,承接
区划,440303002,黄贝街道,街道,440303,,2000年1月1日,,
党组织,440303002-street_work_committee,黄贝街道党工委,街道党工委,440303002,,2000/1/1,,
党组织,440303-district_health_committee,罗湖区卫生系统党委,区卫生系统党委,440303,,20000101,2017-01-01,heir
党组织,heir,罗湖区卫生健康工委,区卫生系统党委,440303,,2017-01-01,,
党组织,440300-industry_committee-justice,市律师行业党委,行业党委,440300,司法,2000-01-01,,
"""


@pytest.fixture
async def known(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> httpx.AsyncClient:
    """A clinic under the district's health committee."""
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    return city


async def loaded(city: httpx.AsyncClient, **request: Any) -> dict[str, Any]:
    answer = await city.post(PATH, **request)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{PATH}/{document['id']}"
    assert (await city.get(answer.headers["location"])).json() == document
    return document


async def items(city: httpx.AsyncClient, document: dict[str, Any], **params: Any) -> list[Any]:
    """All items, two at a time."""
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = (
            await city.get(
                f"{PATH}/{document['id']}/items", params={**params, **cursor, "limit": 2}
            )
        ).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def act(city: httpx.AsyncClient, document: dict[str, Any], what: str, **headers: str) -> Any:
    headers = {"if-match": f'"{document["revision"]}"', **headers}
    return city.post(f"{PATH}/{document['id']}/{what}", headers=headers)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_table_is_loaded_looked_at_and_activated(
    known: httpx.AsyncClient, encoding: str
) -> None:
    head = (await known.get("/v1/changes")).json()["head"]
    document = await loaded(known, content=TABLE.encode(encoding), headers=CSV)
    report = document["report"]
    assert report["areas"] == {
        "added": 1, "changed": 0, "ended": 0, "unchanged": 0, "refused": 0,
    }  # fmt: skip
    assert report["bodies"] == {
        "added": 2, "changed": 0, "ended": 1, "unchanged": 1, "refused": 0,
    }  # fmt: skip
    assert (report["errors"], report["reassessed"]) == (0, 1)
    assert [(i["line"], i["key"], i["change"]) for i in await items(known, document)] == [
        (2, "440303002", "added"),
        (3, "440303002-street_work_committee", "added"),
        (4, HEALTH, "ended"),
        (5, "heir", "added"),
        (6, "440300-industry_committee-justice", "unchanged"),
    ]
    (ended,) = await items(known, document, change="ended")
    assert (ended["before"]["valid_until"], ended["after"]["valid_until"]) == (None, "2017-01-01")
    impact = await until(
        known, f"/v1/impacts/{document['impact']}", lambda found: found["state"] not in PENDING
    )
    assert (impact["result"]["moved_on_any_day"], impact["result"]["valid_on"]) == (1, "2018-06-14")
    # Nothing has happened so far.
    assert (await known.get("/v1/changes")).json()["head"] == head
    assert (await known.get("/v1/areas/440303002")).status_code == 404

    answer = await act(known, document, "activation")
    assert (answer.status_code, answer.json()["state"]) == (200, "active")
    assert answer.json()["done"] == {
        "areas": 1, "bodies": 3, "reassessed": 1, "reassigned": 1, "job": None, "holes": 0,
    }  # fmt: skip
    assert answer.headers["etag"] == '"2"'
    history = (await known.get(f"/v1/assignments/{CLINIC}")).json()["history"]
    assert [s["state"]["supervising"]["id"] for s in history] == [HEALTH, "heir"]
    assert (await act(known, answer.json(), "activation")).json()["type"].endswith("import-closed")


async def test_what_is_wrong_is_said_line_by_line_in_both_languages(
    known: httpx.AsyncClient,
) -> None:
    table = (
        "record,code,name,level/kind,parent,system,valid_from,valid_until\r\n"
        "area,440303002,黄贝街道,street,440399,,2000-01-01,\r\n"
        "area,44030x,Nowhere,street,440303,,2000-02-31,\r\n"
        "region,1,x,street,440303,,2000-01-01,\r\n"
        "body,b1,=1+1,street_work_committee,440303001,,2000-01-01,\r\n"
        f"body,{HEALTH},罗湖区卫生系统党委,district_health_committee,440303,,2000-01-01,2017-01-01\r\n"
        "area,440303002,黄贝街道,street,440303,,2000-01-01,\r\n"
    )
    document = await loaded(known, content=table.encode(), headers=CSV)
    found = {
        (item["line"], error["field"], error["rule"])
        for item in await items(known, document, change="refused")
        for error in item["errors"]
    }
    assert found == {
        (2, "/parent", "area_parent_unknown"),
        (3, "/code", "string_pattern_mismatch"),
        (3, "/valid_from", "date_from_datetime_parsing"),
        (4, "/record", "literal_error"),
        (5, "/id", "body_double"),
        (6, "/successor", "body_still_supervises"),
        (7, "/code", "duplicate_key"),
    }
    assert (document["report"]["errors"], document["report"]["unreadable"]) == (7, 1)
    assert (document["impact"], document["report"]["reassessed"]) == (None, None)
    (clinic_loses,) = [i for i in await items(known, document) if i["line"] == 6]
    (error,) = clinic_loses["errors"]
    assert "1 家组织" in error["zh"]
    assert "1 organizations" in error["en"]

    answer = await known.get(
        f"{PATH}/{document['id']}/items", params={"format": "csv", "change": "refused"}
    )
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["行号", "变化", "类型"]
    assert rows[0][-1] == "错误原因"
    by_line = {row[0]: row for row in rows[1:]}
    assert by_line["5"][1] == "有误"
    assert by_line["5"][4] == "'=1+1"
    assert by_line["3"][-1].startswith("代码/编号: ")

    refused = await act(known, document, "activation")
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} >= {"/2/code", "/5/successor"}
    at_once = await known.post(
        PATH, params={"activate": "true"}, content=table.encode(), headers=CSV
    )
    assert at_once.status_code == 422
    assert "/lines/6/successor" in [error["pointer"] for error in at_once.json()["errors"]]
    assert len((await known.get(PATH, params={"state": "inactive"})).json()["items"]) == 1


async def test_what_would_be_wrong_elsewhere_is_told_too(city: httpx.AsyncClient) -> None:
    street = {"code": "440303001", "name": "桂园街道", "level": "street", "parent": "440303",
              "valid_from": "2000-01-01", "valid_until": "2017-01-01"}  # fmt: skip
    document = await loaded(city, json={"areas": [street]})
    assert document["report"]["areas"]["ended"] == 1
    assert document["report"]["elsewhere"] == document["report"]["errors"] > 0
    told = {(i["key"], e["rule"]) for i in await items(city, document, change="refused")
            for e in i["errors"]}  # fmt: skip
    assert ("440303001001", "area_outlives_parent") in told
    assert (await act(city, document, "activation")).status_code == 422


async def test_a_directory_that_moved_stops_the_activation_with_the_difference(
    known: httpx.AsyncClient,
) -> None:
    document = await loaded(known, json={"areas": [STREET], "bodies": [COMMITTEE]})
    renamed = {**STREET, "name": "旧名街道"}
    await known.post(PATH, params={"activate": "true"}, json={"areas": [renamed]})
    head = (await known.get("/v1/changes")).json()["head"]
    answer = await act(known, document, "activation")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("directory-moved")
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["rule"], error["value"]) == (
        "/1", "directory_moved", "440303002",
    )  # fmt: skip
    assert (await known.get("/v1/changes")).json()["head"] == head

    again = (await act(known, document, "comparison")).json()
    assert again["revision"] == 2
    assert again["impact"] != document["impact"]
    assert again["report"]["areas"]["changed"] == 1
    assert again["report"]["bodies"]["added"] == 1
    assert (await act(known, document, "activation")).status_code == 412
    done = await act(known, again, "activation")
    assert done.json()["done"]["bodies"] == 1, done.text
    assert (await known.get("/v1/areas/440303002")).json()["name"] == "黄贝街道"


async def test_an_import_that_is_discarded_stays_as_a_record(known: httpx.AsyncClient) -> None:
    document = await loaded(known, json={"areas": [STREET], "reason": "试"})
    path = f"{PATH}/{document['id']}"
    assert (await known.post(f"{path}/withdrawal")).status_code == 428
    withdrawn = (await act(known, document, "withdrawal")).json()
    assert (withdrawn["state"], withdrawn["reason"]) == ("withdrawn", "试")
    for what in ("activation", "comparison", "withdrawal"):
        assert (await act(known, withdrawn, what)).status_code == 409
    assert (await known.get(PATH, params={"state": "withdrawn"})).json()["items"] == [withdrawn]
    assert (await known.get(f"{PATH}/{UUID(int=7)}")).status_code == 404


async def test_a_retry_under_a_key_changes_nothing_twice(known: httpx.AsyncClient) -> None:
    sent: dict[str, Any] = {"json": {"areas": [STREET]}, "headers": {"idempotency-key": "k1"}}
    first, second = [await known.post(PATH, **sent) for _ in range(2)]
    assert first.json() == second.json()
    assert first.status_code == second.status_code == 201
    document = first.json()
    for what in ("comparison", "activation"):
        answers = [await act(known, document, what, **{"idempotency-key": what}) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert answers[0].headers["etag"] == answers[1].headers["etag"]
        document = answers[0].json()
    assert document["state"] == "active"
    other = await known.post(PATH, params={"activate": "true"}, **sent)
    assert other.json()["type"].endswith("idempotency-conflict")


async def test_a_limited_caller_sees_its_own_and_what_lies_at_home(
    known: httpx.AsyncClient, keys: TestKeys
) -> None:
    at_home = {**STREET, "code": "440309002", "parent": "440309"}
    ours = await loaded(known, json={"areas": [at_home]})
    both = await loaded(known, json={"areas": [at_home, STREET]})
    limited = keys.headers("router:read router:write", client="longhua", areas=["440309"])
    narrow = keys.headers("router:read", areas=["440309"])
    for headers in (limited, narrow):
        listed = (await known.get(PATH, headers=headers)).json()["items"]
        assert [item["id"] for item in listed] == [ours["id"]]
    assert (await known.get(f"{PATH}/{both['id']}", headers=narrow)).status_code == 404
    for document, status in ((ours, 200), (both, 404)):
        path = f"{PATH}/{document['id']}"
        assert (await known.get(path, headers=limited)).status_code == status
        assert (await known.get(f"{path}/items", headers=limited)).status_code == status
    assert (await act(known, both, "activation", **limited)).status_code == 404
    away = await known.post(PATH, json={"areas": [STREET]}, headers=limited)
    assert away.status_code == 403
    exported = (await known.get("/v1/directory/export", headers=limited)).json()
    assert {area["code"] for area in exported["areas"]} == {"440309", "440309001"}
    assert (await act(known, ours, "activation", **limited)).status_code == 200


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (b"", ["no_header"]),
        (TABLE.encode("utf-16"), ["utf_16"]),
        (b"\xff\x81\x20", ["encoding"]),
        ("类型,代码,名称,级别,上级,起始日\n区划,".encode(), ["unknown_column", "missing_column"]),
        ("类型,代码,名称,级别,上级区划,起始日\n区划,\0".encode(), ["null_character"]),
        ('类型,代码,名称,级别,上级区划,起始日\n区划,"4'.encode(), ["malformed_csv"]),
        ("类型,代码,编号,名称,级别,上级区划,起始日\n".encode(), ["repeated_column"]),
    ],
)
async def test_what_is_no_table_is_refused(
    city: httpx.AsyncClient, content: bytes, rules: list[str]
) -> None:
    answer = await city.post(PATH, content=content, headers=CSV)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("table-unreadable")
    assert [error["rule"] for error in answer.json()["errors"]] == rules


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_is_exported_is_imported_unchanged(
    city: httpx.AsyncClient, language: str
) -> None:
    table = await city.get("/v1/directory/export", params={"format": "csv", "language": language})
    document = await loaded(city, content=table.content, headers=CSV)
    assert (document["report"]["areas"]["unchanged"], document["report"]["errors"]) == (7, 0)
    assert document["report"]["bodies"]["unchanged"] == 13
    exported = (await city.get("/v1/directory/export")).json()
    again = await loaded(city, json=exported)
    assert again["report"]["areas"] == document["report"]["areas"]
    template = await city.get(f"{PATH}/template", params={"language": language})
    filled = await loaded(city, content=template.content, headers=CSV)
    assert (filled["report"]["areas"]["added"], filled["report"]["bodies"]["added"]) == (1, 2)
    assert filled["report"]["errors"] == 0


@pytest.fixture
async def address(known: httpx.AsyncClient, settings: Settings) -> AsyncIterator[str]:
    """A router that listens, over the same database."""
    app = build(settings, FixedClock(date(2018, 6, 14)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def test_the_command_loads_tells_and_activates(
    known: httpx.AsyncClient, address: str, keys: TestKeys, tmp_path: Path
) -> None:
    async def run(name: str, content: str, *options: str) -> tuple[int, str, str]:
        file = tmp_path / name
        await asyncio.to_thread(file.write_text, content, encoding="gb18030")
        arguments = ["import-directory", str(file), "--url", address, "--token", keys.token()]
        result = await asyncio.to_thread(CliRunner().invoke, app, [*arguments, *options])
        return result.exit_code, result.stdout, result.stderr

    code, said, wrong = await run("directory.csv", TABLE)
    assert (code, wrong) == (0, "")
    assert "areas: 1 added\nbodies: 2 added, 1 ended, 1 unchanged\n" in said
    assert (await known.get("/v1/areas/440303002")).status_code == 404
    bad = TABLE.replace("440303,,2000年1月1日", "440399,,2000年1月1日")
    code, _, wrong = await run("directory.csv", bad, "--activate", "--language", "zh")
    assert (code, "directory.csv:2: parent: 没有上级区划 440399。" in wrong) == (1, True)
    code, said, _ = await run("directory.csv", TABLE, "--activate")
    assert code == 0
    assert said.endswith("active: 1 organizations looked at, 1 reassigned\n")
    code, _, wrong = await run("directory.csv", "no table")
    assert code == 1
    assert wrong.startswith("422 The table cannot be read")
    assert (await run("directory.txt", TABLE))[0] == 2
