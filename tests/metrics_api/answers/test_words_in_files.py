"""No file for Chinese readers shows a code where there are words: every answer, in every form."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from tests.metrics_api.answers.test_answer_tables import csv_rows, sheets
from tests.metrics_api.dashboard.test_dashboard import signed_in
from tests.metrics_api.files.test_files_of_jobs import export, fetched, finished
from tests.metrics_api.world import World

from metrics_api.core.definitions.dimensions import DIMENSIONS
from metrics_api.core.facts.columns import COLUMNS
from servicekit.testing import TestKeys

ONE = UUID(int=4)
COVERAGE = "indicator=organizational_coverage"
COMPARED = f"{COVERAGE}&from=2014-01-01"
ANSWERS = {
    "/v1/coverage": [COVERAGE, f"{COVERAGE}&group_by=kind,grade", f"{COVERAGE}&group_by=body,rule"],
    "/v1/coverage/series": [f"{COVERAGE}&from=2016-01-01&group_by=body_kind,size_band"],
    "/v1/coverage/comparison": [COMPARED, f"{COMPARED}&group_by=party_form,charter_state"],
    "/v1/coverage/comparison/members": [f"{COMPARED}&change=entered"],
    "/v1/coverage/members": [f"{COVERAGE}&part={part}" for part in ("gap", "denominator")],
    "/v1/organizations/{organization_id}/standing": ["", "valid_on=2015-01-01"],
    "/v1/targets": [""],
    "/v1/forecast": ["until=2020-01-01", "until=2020-01-01&group_by=district,outcome"],
    "/v1/forecast/members": [
        f"until=2020-01-01&obligation={obligation}&state={state}"
        for obligation in ("renew_grade", "include_charter_clause", "form_party_organization")
        for state in ("due", "overdue")
    ],
}
PAGES = (
    f"organizations/file?{COVERAGE}&part=denominator",
    f"comparison/file?{COMPARED}&change=entered",
    "forecast/file?until=2020-01-01",
    "forecast/organizations/file?until=2020-01-01&obligation=renew_grade",
)
IDS = ("编号", "代码", "摘要", "可重复的请求", "授权区划", "依据", "颜色", "相关链接", "登记信息",
       "归口判定", "归口规则集", "判定规则", "规则依据", "名称", "管理主体", "党组织")  # fmt: skip
"""What is not for reading: ids, codes, digests, addresses; a body's or rule's own name."""


def codes(world: World) -> set[str]:
    """Everything that has words."""
    values = {code for column in COLUMNS for code in column.codes if not code[0].isdigit()}
    named = {*world.factory.definitions.indicators, *world.factory.definitions.forecasts}
    states = {
        "overdue",
        "due",
        "later",
        "undated",
        "numerator",
        "denominator",
        "gap",
        "entered",
        "left",
        "gained",
        "lost",
        "month",
        "quarter",
        "year",
        "true",
        "false",
        "unassigned",
    }
    return values | {column.name for column in COLUMNS} | set(DIMENSIONS) | named | states


def words(text: str) -> Iterator[str]:
    yield from re.findall(r"[A-Za-z][A-Za-z0-9_]*", text)


def raw(world: World, table: list[list[Any]]) -> set[tuple[str, str]]:
    """Codes that a table shows, each with its header; what stands beside the rows is titled."""
    known = codes(world)
    found = set()
    split = table.index([]) if [] in table else len(table)
    titled = [(header, cell) for row in table[1:split]
              for header, cell in zip(table[0], row, strict=True)]  # fmt: skip
    titled += [(str(row[0]), row[1]) for row in table[split + 1 :]]
    for header, cell in titled:
        assert not set(words(str(header))) & known, header
        if not str(header).endswith(IDS):
            found |= {(str(header), word) for word in words(str(cell)) if word in known}
    return found


async def files(world: World, keys: TestKeys) -> list[tuple[str, list[list[Any]]]]:
    """Every table of every form."""
    found: list[tuple[str, list[list[Any]]]] = []

    def add(name: str, form: str, content: bytes) -> None:
        if form == "csv":
            found.append((name, csv_rows(content)))
            return
        data, notes = sheets(content)
        found.append((name, data))
        found.append((name, [["", ""], [], *notes]))

    for path, queries in ANSWERS.items():
        for query in queries:
            address = f"{path.format(organization_id=ONE)}?{query}"
            for form in ("csv", "xlsx"):
                answer = await world.client.get(f"{address}&format={form}&headers=zh")
                assert answer.status_code == 200, answer.text
                add(address, form, answer.content)
    for page in PAGES:
        for form in ("csv", "xlsx"):
            address = f"/dashboard/{page}&format={form}&lang=zh"
            answer = await world.client.get(address, headers=signed_in(keys))
            assert answer.status_code == 200, answer.text
            add(address, form, answer.content)
    return found


async def test_every_answer_that_becomes_a_table_is_looked_at_here(world: World) -> None:
    paths = (await world.client.get("/openapi.json")).json()["paths"]
    tables = {
        path
        for path, operations in paths.items()
        if "text/csv" in operations.get("get", {}).get("responses", {}).get("200", {}).get(
            "content", {}
        ) and not path.startswith("/v1/jobs")
    }  # fmt: skip
    assert tables == set(ANSWERS)


async def test_no_table_shows_a_code_where_there_are_words(world: World, keys: TestKeys) -> None:
    for number in range(1, 6):
        told = {"party": {"training": {"year": 2016, "secretary_hours": 8}}}
        world.histories.tell(UUID(int=number), date(2016, 1, 1), told)
    await world.apply()
    shown = {
        (name, *each) for name, table in await files(world, keys) for each in raw(world, table)
    }
    assert shown == set()


async def test_nor_does_a_report_pack_or_an_export(world: World) -> None:
    await world.apply()
    order = {"period": {"from": "2016-01-01", "until": "2016-07-01"}, "language": "zh"}
    started = await world.client.post("/v1/report-packs", json=order)
    pack = await fetched(world, await finished(world, started))
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        tables = [csv_rows(archive.read(it)) for it in archive.namelist() if it.endswith("csv")]
        [book] = [it for it in archive.namelist() if it.endswith("xlsx")]
        *rows, notes = sheets(archive.read(book))
    assert len(tables) == len(rows) > 10
    exported = await export(world, {"request": f"/v1/organizations/{ONE}/standing"})
    noted = [["", ""], [], *(row for row in notes if any(row))]
    for table in [*tables, *rows, noted, csv_rows(exported)]:
        assert raw(world, table) == set(), table[0]
