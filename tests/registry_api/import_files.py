"""Files to import, and imports to wait for."""

import asyncio
import csv
import io
from collections.abc import Sequence
from typing import Any

import httpx
import xlsxwriter

from tests.registry_api.samples import credit_code


def row(number: int, **cells: Any) -> dict[str, Any]:
    """A small organization under Chinese headers."""
    return {
        "名称": f"罗湖区晨曦服务中心{number}",
        "统一社会信用代码": credit_code(number),
        "社会组织类型": "民办非企业单位",
        "住所区划代码": "440303001",
        "正式党员数": "2",
        **cells,
    }


def csv_file(rows: Sequence[dict[str, Any]], **options: Any) -> bytes:
    """Rows of the same keys as UTF-8."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), **options)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def xlsx_file(*sheets: Sequence[Sequence[Any]], **options: Any) -> bytes:
    """Sheets of cells; dates become real dates."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "default_date_format": "yyyy/m/d", **options}
    ) as book:
        for cells in sheets:
            sheet = book.add_worksheet()
            for number, line in enumerate(cells):
                for place, cell in enumerate(line):
                    sheet.write(number, place, cell)
    return target.getvalue()


async def finished(client: httpx.AsyncClient, started: httpx.Response) -> dict[str, Any]:
    """The import's job once it has ended."""
    assert started.status_code == 202, started.text
    while True:
        job = (await client.get(started.headers["location"])).json()
        if job["state"] in {"succeeded", "failed"}:
            return dict(job)
        await asyncio.sleep(0.02)


async def imported(client: httpx.AsyncClient, content: bytes, **params: Any) -> dict[str, Any]:
    """Import a file and wait for its end."""
    started = await client.post("/v1/imports", params=params, content=content)
    return await finished(client, started)


async def errors_of(client: httpx.AsyncClient, job: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(line, field, rule) of what an import has refused."""
    return await _remarks(client, job, "errors")


async def notices_of(client: httpx.AsyncClient, job: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(line, field, rule) of what an import has interpreted."""
    return await _remarks(client, job, "notices")


async def _remarks(
    client: httpx.AsyncClient, job: dict[str, Any], kind: str
) -> list[tuple[Any, ...]]:
    items = (await client.get(f"/v1/imports/{job['id']}/{kind}?limit=1000")).json()["items"]
    assert all(item["detail"] for item in items)
    return [(item["line"], item["field"], item["rule"]) for item in items]


async def by_code(client: httpx.AsyncClient, number: int) -> dict[str, Any]:
    """The organization with a sample's serial number."""
    answer = await client.get(f"/v1/organizations/by-credit-code/{credit_code(number)}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
