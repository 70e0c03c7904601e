"""Long lists and report packs as files: whole, within the caller's areas, repeatable."""

import asyncio
import csv
import hashlib
import io
import zipfile
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from python_calamine import CalamineWorkbook
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World

from metrics_api.settings import MetricsSettings
from servicekit import jobs
from servicekit.testing import TestKeys, leave_jobs

GAP = "/v1/coverage/members?indicator=organizational_coverage&part=gap&count=exact"
PERIOD = {"from": "2015-07-01", "until": "2016-06-14"}
MANY = 1100
"""More than a page of a list."""


def with_many_missing(world: World) -> None:
    alone = {**organization_state()["party"], "organization": None}
    for number in range(MANY):
        street = "440303001" if number % 2 else "440306005"
        domicile = {"division_code": street, "address": None}
        state = organization_state(party=alone, domicile=domicile, name=f"机构{number}")
        world.histories.tell(UUID(int=1000 + number), START, state)


async def finished(world: World, started: httpx.Response, **headers: str) -> dict[str, Any]:
    assert started.status_code == 202, started.text
    async with asyncio.timeout(60):
        while True:
            answer = await world.client.get(started.headers["location"], headers=headers)
            job: dict[str, Any] = answer.json()
            if job["state"] in ("succeeded", "failed"):
                return job
            await asyncio.sleep(0.02)


async def fetched(world: World, job: dict[str, Any], **headers: str) -> bytes:
    assert job["state"] == "succeeded", job
    answer = await world.client.get(job["file"]["href"], headers=headers)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == job["file"]["bytes"]
    assert hashlib.sha256(answer.content).hexdigest() == job["file"]["sha256"]
    return answer.content


async def export(world: World, order: dict[str, Any], **headers: str) -> bytes:
    started = await world.client.post("/v1/exports", json=order, headers=headers)
    return await fetched(world, await finished(world, started, **headers), **headers)


def csv_rows(content: bytes) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return rows[1 : rows.index([])]


async def test_an_export_has_every_page_of_the_list(world: World) -> None:
    with_many_missing(world)
    await world.apply()
    as_csv = csv_rows(await export(world, {"request": GAP}))
    assert len(as_csv) == MANY + 1
    assert len({row[0] for row in as_csv}) == MANY + 1
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(await export(world, {"request": GAP, "format": "xlsx"}))
    )
    assert [str(row[0]) for row in book.get_sheet_by_index(0).to_python()[1:]] == [
        row[0] for row in as_csv
    ]
    assert book.sheet_names[-1] == "凭据"


async def test_an_export_shows_the_edition_at_which_it_was_ordered(world: World) -> None:
    await world.apply()
    started = await world.client.post("/v1/exports", json={"request": GAP})
    job = await finished(world, started)
    assert "edition=2" in job["request"]["request"]
    before = await fetched(world, job)
    with_many_missing(world)
    await world.apply()
    again = await export(world, {"request": job["request"]["request"]})
    assert again == before


async def test_a_limited_caller_s_file_holds_its_areas_only(world: World, keys: TestKeys) -> None:
    with_many_missing(world)
    await world.apply()
    headers = keys.headers("metrics:read", areas=["440306"], client="district")
    rows = csv_rows(await export(world, {"request": GAP}, **headers))
    assert len(rows) == MANY // 2
    assert all("440306005" in row for row in rows)
    started = await world.client.post("/v1/exports", json={"request": GAP}, headers=headers)
    await finished(world, started, **headers)
    for other, status in (
        (keys.headers("metrics:read", areas=["440303"], client="district"), 404),
        (keys.headers("metrics:read", areas=["440306"], client="somebody else"), 404),
        (keys.headers("metrics:read", client="district"), 200),
    ):
        for path in (started.headers["location"], started.headers["location"] + "/file"):
            assert (await world.client.get(path, headers=other)).status_code == status


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("/v1/coverage/members?indicator=happiness", 422),
        ("/v1/coverage/members?indicator=work_coverage&colour=red", 400),
        ("/v1/coverage?indicator=work_coverage&edition=99", 422),
        ("/v1/indicators", 404),
        ("/v1/exports", 404),
        ("/v1/targets/formation_4a_2016", 422),
        ("/v1/coverage?indicator=eligible_coverage&valid_on=1970-01-01", 422),
        ("/v1/../healthz", 404),
        ("https://elsewhere/v1/coverage", 422),
        ("//elsewhere/v1/coverage", 422),
    ],
)
async def test_what_cannot_be_answered_is_refused_when_it_is_ordered(
    world: World, request_: str, status: int
) -> None:
    await world.apply()
    answer = await world.client.post("/v1/exports", json={"request": request_})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_same_key_starts_a_job_once(world: World) -> None:
    await world.apply()
    keyed = {"idempotency-key": "k"}
    first = await world.client.post("/v1/exports", json={"request": GAP}, headers=keyed)
    again = await world.client.post("/v1/exports", json={"request": GAP}, headers=keyed)
    assert again.json()["id"] == first.json()["id"]
    other = {"request": GAP, "format": "xlsx"}
    refused = await world.client.post("/v1/exports", json=other, headers=keyed)
    assert refused.status_code == 422


async def test_a_file_is_there_when_its_job_has_ended(world: World) -> None:
    await world.apply()
    async with world.factory.database.transaction() as connection:
        identifier = await jobs.enqueue(connection, "of nobody", {}, "tester", None)
    answer = await world.client.get(f"/v1/jobs/{identifier}/file")
    assert (answer.status_code, answer.json()["state"]) == (409, "queued")


async def pack(world: World, **order: Any) -> zipfile.ZipFile:
    started = await world.client.post("/v1/report-packs", json={"period": PERIOD, **order})
    content = await fetched(world, await finished(world, started))
    return zipfile.ZipFile(io.BytesIO(content))


async def test_a_pack_holds_each_answer_in_every_form_and_its_receipt(world: World) -> None:
    await world.apply()
    packed = await pack(world, area="440303")
    receipt = orjson.loads(packed.read("receipt.json"))
    assert (receipt["period"], receipt["area"]) == (PERIOD, "440303")
    assert set(packed.namelist()) - {"receipt.json"} == set(receipt["files"])
    for name, digest in receipt["files"].items():
        assert hashlib.sha256(packed.read(name)).hexdigest() == digest
    for told in receipt["answers"]:
        again = await world.client.get(told["request"])
        assert again.content == packed.read(f"json/{told['name']}.json")
        assert f"csv/{told['name']}.csv" in receipt["files"]
    end = orjson.loads(packed.read("json/organizational_coverage-end.json"))
    assert (end["valid_on"], end["total"]["denominator"]) == ("2016-06-13", 3)
    before = orjson.loads(packed.read("json/organizational_coverage-before.json"))
    assert before["valid_on"] == "2015-06-30"
    series = orjson.loads(packed.read("json/series.json"))
    days = [point["valid_on"] for point in series["series"][0]["points"]]
    assert (days[0], days[-1], len(days)) == ("2015-07-31", "2016-06-13", 12)
    assert len(series["series"]) == 4
    book = CalamineWorkbook.from_filelike(io.BytesIO(packed.read("report.xlsx")))
    assert "series" in book.sheet_names
    assert len(book.sheet_names) == len(receipt["answers"]) + 1


async def test_a_pack_of_an_edition_is_the_same_bytes(world: World) -> None:
    await world.apply()
    order = {"period": PERIOD, "edition": 2, "indicators": ["work_coverage"], "group_by": ["kind"]}
    digests = set()
    for _ in range(2):
        started = await world.client.post("/v1/report-packs", json=order)
        digests.add((await finished(world, started))["file"]["sha256"])
        with_many_missing(world)
        await world.apply()
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("order", "status", "pointer"),
    [
        ({"period": {"from": "2016-01-01", "until": "2016-01-01"}}, 422, "/period/until"),
        ({"period": {"from": "2016-01-01"}}, 422, "/period/until"),
        ({"period": PERIOD, "area": "nowhere"}, 422, "/area"),
        ({"period": PERIOD, "area": "999999"}, 422, "/area"),
        ({"period": PERIOD, "indicators": ["happiness"]}, 422, "/indicator"),
        ({"period": PERIOD, "group_by": ["colour"]}, 422, "/group_by"),
        ({"period": PERIOD, "edition": 99}, 422, "/edition"),
        *(({"period": PERIOD, "under_body": "0" * n}, 422, "/under_body") for n in (198, 199, 200)),
    ],
)
async def test_a_pack_that_cannot_be_meant_is_refused(
    world: World, order: dict[str, Any], status: int, pointer: str
) -> None:
    await world.apply()
    answer = await world.client.post("/v1/report-packs", json=order)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_pack_beyond_the_caller_s_areas_is_refused(world: World, keys: TestKeys) -> None:
    await world.apply()
    headers = keys.headers("metrics:read", areas=["440306"])
    order = {"period": PERIOD, "area": "440303"}
    answer = await world.client.post("/v1/report-packs", json=order, headers=headers)
    assert answer.status_code == 403


async def test_one_job_too_many_waits_its_turn(world: World, settings: MetricsSettings) -> None:
    await leave_jobs(settings.database_url.get_secret_value(), "tester", 20)
    order = {"request": GAP, "format": "csv"}
    refused = await world.client.post("/v1/exports", json=order)
    assert refused.status_code == 429, refused.text
    assert refused.json()["type"].endswith("/too-many-jobs")
    pack = await world.client.post("/v1/report-packs", json={"period": PERIOD})
    assert pack.status_code == 429, pack.text
