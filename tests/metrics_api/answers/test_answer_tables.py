"""Every answer as CSV and XLSX: the same figures, headers people read, and the receipt."""

import csv
import io
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import BaseModel
from python_calamine import CalamineWorkbook
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World

from metrics_api.coverage.schemas import Coverage
from metrics_api.targets.schemas import TargetList
from servicekit.tables import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE

BY_DISTRICT = "/v1/coverage?indicator=organizational_coverage&group_by=district,kind"
ANSWERS: list[tuple[str, type[BaseModel]]] = [
    (BY_DISTRICT, Coverage),
    ("/v1/coverage?indicator=work_coverage", Coverage),
    ("/v1/targets", TargetList),
]


async def asked(world: World, path: str, form: str, **headers: str) -> httpx.Response:
    separator = "&" if "?" in path else "?"
    answer = await world.client.get(f"{path}{separator}format={form}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def sheets(content: bytes) -> list[list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]


async def test_a_table_has_chinese_headers_words_for_codes_and_a_total(world: World) -> None:
    await world.apply()
    rows = csv_rows((await asked(world, BY_DISTRICT, "csv")).content)
    assert rows[:6] == [
        ["区", "社会组织类型", "区名称", "分子", "分母", "比率"],
        ["440303", "基金会", "罗湖区", "0", "1", "0.0"],
        ["440303", "民办非企业单位", "罗湖区", "1", "1", "1.0"],
        ["440303", "社会团体", "罗湖区", "1", "1", "1.0"],
        ["440306", "民办非企业单位", "宝安区", "1", "1", "1.0"],
        ["合计", "", "", "3", "4", "0.75"],
    ]


async def test_english_readers_get_paths_and_codes(world: World) -> None:
    await world.apply()
    for rows in (
        csv_rows((await asked(world, BY_DISTRICT, "csv&headers=en")).content),
        csv_rows((await asked(world, BY_DISTRICT, "csv", **{"accept-language": "en"})).content),
    ):
        assert rows[0][:3] == ["district", "kind", "district_name"]
        assert rows[1][:3] == ["440303", "foundation", "罗湖区"]


@pytest.mark.parametrize(("path", "model"), ANSWERS)
async def test_both_forms_say_what_the_json_says_with_its_receipt(
    world: World, path: str, model: type[BaseModel]
) -> None:
    await world.apply()
    document = (await world.client.get(path)).json()
    receipt = document["receipt"]
    table = csv_rows((await asked(world, path, "csv")).content)
    body = table[1 : table.index([])]
    notes = {row[0]: row[1] for row in table[table.index([]) + 1 :]}
    assert notes["版本"] == str(receipt["edition"])
    assert notes["摘要"] == receipt["digest"]
    assert notes["可重复的请求"] == receipt["request"]
    assert notes["统计日期"] == document["valid_on"]
    data, receipt_sheet = sheets((await asked(world, path, "xlsx")).content)
    assert data[0] == table[0]
    assert len(data) - 1 == len(body)
    for written, told in zip(data[1:], body, strict=True):
        for cell, text in zip(written, told, strict=True):
            assert cell == (float(text) if isinstance(cell, float) else text)
    assert {str(row[0]): str(row[1]) for row in receipt_sheet}["摘要"] == receipt["digest"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_the_same_request_gives_the_same_file_after_later_changes(
    world: World, form: str
) -> None:
    await world.apply()
    request = (await world.client.get(BY_DISTRICT)).json()["receipt"]["request"]
    before = await asked(world, request, form)
    world.histories.tell(UUID(int=9), START, organization_state())
    await world.apply()
    assert (await asked(world, request, form)).content == before.content
    tag = {"if-none-match": before.headers["etag"]}
    assert (await world.client.get(f"{request}&format={form}", headers=tag)).status_code == 304
    assert (await world.client.get(request, headers=tag)).status_code == 200


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "application/json"),
        ("text/html,*/*;q=0.8", "application/json"),
        ("text/csv", CSV_MEDIA_TYPE),
        (f"{XLSX_MEDIA_TYPE};q=0.9", XLSX_MEDIA_TYPE),
    ],
)
async def test_accept_chooses_the_form_where_the_request_does_not(
    world: World, accept: str | None, form: str
) -> None:
    headers = {} if accept is None else {"accept": accept}
    answer = await world.client.get(BY_DISTRICT, headers=headers)
    assert answer.headers["content-type"].split(";")[0] == form
    named = await asked(world, BY_DISTRICT, "json", **headers)
    assert named.headers["content-type"] == "application/json"


async def test_another_format_is_refused(world: World) -> None:
    answer = await world.client.get(f"{BY_DISTRICT}&format=pdf")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/format")


async def test_a_table_of_nothing_still_has_its_header(world: World) -> None:
    empty = csv_rows((await asked(world, BY_DISTRICT, "csv")).content)
    assert empty[0] == ["分子", "分母", "比率"]


async def test_a_name_that_looks_like_a_formula_stays_text(world: World) -> None:
    name = '=HYPERLINK("http://elsewhere")'
    world.histories.area("440303", "district", "440300", START, name)
    await world.apply()
    assert f"'{name}" in csv_rows((await asked(world, BY_DISTRICT, "csv")).content)[1]
    [data, _] = sheets((await asked(world, BY_DISTRICT, "xlsx")).content)
    assert name in data[1]


async def test_every_field_of_every_answer_ends_its_description_with_its_chinese_header(
    world: World,
) -> None:
    schemas = (await world.client.get("/openapi.json")).json()["components"]["schemas"]
    without = [
        f"{model}.{name}"
        for model, schema in schemas.items()
        for name, field in schema.get("properties", {}).items()
        if not any("一" <= letter <= "鿿" for letter in field["description"].rsplit(" ", 1)[-1])
    ]
    assert without == []
