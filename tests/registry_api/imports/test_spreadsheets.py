"""Workbooks: read as an official sees them; hostile ones are refused with a reason."""

import io
import zipfile
from datetime import date
from typing import Any

import httpx
import pytest
import xlsxwriter
from tests.registry_api.import_files import (
    by_code,
    errors_of,
    imported,
    notices_of,
    row,
    xlsx_file,
)
from tests.registry_api.samples import credit_code

HEADER = [*row(1), "成立登记日期", "备案编号"]


def _line(number: int, *more: Any) -> list[Any]:
    return [*row(number).values(), *more]


async def test_dates_numbers_and_formulas_are_read_as_somebody_sees_them(
    registry: httpx.AsyncClient,
) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy/m/d"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, _line(1)[:4])
        sheet.write_formula(1, 4, "=1+2", value=3)
        sheet.write_datetime(1, 5, date(2009, 3, 2))
        sheet.write_number(1, 6, 20160101)
    job = await imported(registry, target.getvalue())
    assert (job["format"], job["result"]["created"]) == ("xlsx", 1)
    held = await by_code(registry, 1)
    assert held["party"]["full_members"] == 3
    assert held["registration"]["registered_on"] == "2009-03-02"
    assert held["filing_number"] == "20160101"


async def test_the_first_sheet_with_a_header_is_read_below_its_title(
    registry: httpx.AsyncClient,
) -> None:
    content = xlsx_file(
        [["说明"], ["请勿修改"]],
        [["罗湖区社会组织名单"], [], HEADER, _line(1), [], _line(2, "2009-13-02")],
        [HEADER, _line(3)],
    )
    job = await imported(registry, content)
    assert (job["total"], job["result"]["created"]) == (2, 1)
    assert await errors_of(registry, job) == [(6, "/registration/registered_on", "not_a_date")]


async def test_a_cell_merged_over_rows_says_the_same_of_each(registry: httpx.AsyncClient) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*row(1), "业务主管单位"])
        for number in (1, 2, 3):
            sheet.write_row(number, 0, _line(number))
        sheet.merge_range(1, 5, 2, 5, "罗湖区卫生局")
    job = await imported(registry, target.getvalue())
    assert job["result"]["created"] == 3
    supervisors = [(await by_code(registry, n))["business_supervisor"] for n in (1, 2, 3)]
    assert [s and s["name"] for s in supervisors] == ["罗湖区卫生局", "罗湖区卫生局", None]
    assert (None, "", "merged_cells") in await notices_of(registry, job)


async def test_a_code_that_a_spreadsheet_has_rounded_is_refused_for_that(
    registry: httpx.AsyncClient,
) -> None:
    code = float(521101087699048930)
    job = await imported(registry, xlsx_file([HEADER, ["某中心", code, "民非", "440303001", "2"]]))
    assert await errors_of(registry, job) == [(2, "/credit_code", "rounded_number")]


def _without(content: bytes, name: str) -> bytes:
    """A workbook with one of its parts left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
    return out.getvalue()


def _bomb(promise: int) -> bytes:
    """A small zip with a sheet of `promise` bytes of zeros."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
    ):
        for _ in range(promise // 2**20):
            sheet.write(bytes(2**20))
    return out.getvalue()


def _sheet(xml: str, strings: str | None = None) -> bytes:
    """A workbook whose first sheet is this XML."""
    out = io.BytesIO()
    good = xlsx_file([["x"]])
    replaced = {"xl/worksheets/sheet1.xml": xml, "xl/sharedStrings.xml": strings}
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            text = replaced.get(entry.filename)
            new.writestr(entry, old.read(entry) if text is None else text)
    return out.getvalue()


_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    + ']><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<si><t>&j;</t></si></sst>"
)  # fmt: skip
_SHEET = (
    '<?xml version="1.0"?><worksheet '
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>'
    "</worksheet>"
)
_FIRST_STRING = '<row><c t="s"><v>0</v></c></row>'
_FAR_APART = _SHEET.format(
    '<row r="1"><c r="A1" t="str"><v>名称</v></c></row>'
    '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'
)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"PK\x03\x04 and nothing that follows", "unreadable_spreadsheet"),
        (xlsx_file([HEADER, _line(1)])[:-40], "unreadable_spreadsheet"),
        (_without(xlsx_file([HEADER]), "xl/workbook.xml"), "no_header"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted_spreadsheet"),
        (_bomb(1100 * 2**20), "unpacks_too_large"),
        (_sheet(_FAR_APART), "unpacks_too_large"),
        (_sheet(_SHEET.format(_FIRST_STRING), _LAUGHS), "unreadable_spreadsheet"),
        (xlsx_file([["甲", "乙"], ["1", "2"]]), "no_header"),
        (xlsx_file([[f"列{n}" for n in range(10_000)]]), "no_header"),
        (xlsx_file([["名称", *(f"名称{n}" for n in range(1))]]), "unknown_column"),
    ],
    ids=["no zip", "cut off", "no workbook", "encrypted", "zip bomb", "two cells far apart",
         "billion laughs", "other header", "10,000 columns", "unknown column"],
)  # fmt: skip
async def test_a_workbook_that_cant_be_read_lands_nothing_and_says_why(
    registry: httpx.AsyncClient, content: bytes, rule: str
) -> None:
    job = await imported(registry, content)
    assert job["state"] == "failed"
    assert [remark[2] for remark in await errors_of(registry, job)][:1] == [rule]
    assert (await registry.get("/v1/changes")).json()["head"] == 0


async def test_the_template_is_filled_in_and_its_example_is_passed_over(
    registry: httpx.AsyncClient,
) -> None:
    for form in ("csv", "xlsx"):
        answer = await registry.get("/v1/imports/template", params={"format": form})
        assert answer.status_code == 200
        job = await imported(registry, answer.content)
        assert job["format"] == form
        assert job["result"] == {"created": 0, "updated": 0, "unchanged": 1, "refused": 0}
        assert await notices_of(registry, job) == [(2, "/name", "example_row")]
    header = (await registry.get("/v1/imports/template?format=csv")).content.decode("utf-8-sig")
    filled = header.replace("（示例）", "").replace("52440303MJL0000000", credit_code(1))
    job = await imported(registry, filled.encode())
    assert job["result"]["created"] == 1, await errors_of(registry, job)
