"""A list of refused rows that comes back unmended lands nothing; mended, it lands whole."""

import csv
import io
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from tests.registry_api.import_files import csv_file, errors_of, imported, row, xlsx_file
from tests.registry_api.samples import credit_code, hospital

Cells = list[str]
NUMBERS = count(1)
HEADER = [*row(1)]
NAME, CODE, KIND, STREET, MEMBERS = range(5)


def _with(place: int, cell: str) -> Callable[[Cells, Cells], Cells]:
    return lambda cells, _: [*cells[:place], cell, *cells[place + 1 :]]


TABLE_FAULTS: dict[str, Callable[[Cells, Cells], Cells]] = {
    "no count": _with(MEMBERS, "x"),
    "check character": lambda c, _: [c[0], c[1][:-1] + ("0" if c[1][-1] != "0" else "1"), *c[2:]],
    "no such street": _with(STREET, "440399001"),
    "no name": _with(NAME, ""),
    "NUL": lambda c, _: [c[0][:2] + "\0" + c[0][2:], *c[1:]],
    "no kind": _with(KIND, "公司"),
    "formula": lambda c, _: ["=1+1", *c[1:4], "x"],
    "code of another row": lambda c, first: [c[0], first[1], *c[2:]],
    "too long": lambda c, _: [*c, "more", "and more"],
    "too short": lambda c, _: c[:4],
}
"""What is wrong with a row's cells, given those of the first row of the file."""


def _document(number: int) -> dict[str, Any]:
    return hospital(number, name=f"罗湖区晨曦医院{number}")


LINE_FAULTS: dict[str, Callable[[dict[str, Any], dict[str, Any]], str]] = {
    "no count": lambda d, _: _line({**d, "full_time_staff": "x"}),
    "check character": lambda d, _: _line({**d, "credit_code": d["credit_code"][:-1] + "?"}),
    "no such street": lambda d, _: _line({**d, "domicile": {"division_code": "440399001"}}),
    "no name": lambda d, _: _line({**d, "name": None}),
    "NUL": lambda d, _: _line({**d, "name": "a\0b"}),
    "NUL in a member": lambda d, _: _line({**d, "a\0b": 1}),
    "unknown member": lambda d, _: _line({**d, "colour": "red"}),
    "code of another line": lambda d, first: _line({**d, "credit_code": first["credit_code"]}),
    "number beyond 64 bits": lambda d, _: _line(d)[:-1] + ',"full_time_staff":' + "9" * 40 + "}",
    "no object": lambda d, _: "[1]",
    "no JSON": lambda d, _: _line(d)[:-9],
    "empty object": lambda d, _: "{ }",
    "too deep": lambda d, _: '{"name":' + "[" * 30 + "]" * 30 + "}",
}


def _line(document: dict[str, Any]) -> str:
    return orjson.dumps(document).decode()


def _csv(rows: list[Cells]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _read(content: bytes, form: str) -> list[Cells]:
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[str(cell) for cell in line] for line in sheet.to_python()]


def _written(rows: list[Cells], form: str) -> bytes:
    return _csv(rows) if form == "csv" else xlsx_file(rows)


async def _refused(client: httpx.AsyncClient, job: dict[str, Any], form: str) -> bytes:
    answer = await client.get(f"/v1/imports/{job['id']}/errors", params={"format": form})
    assert answer.status_code == 200, answer.text
    assert f'errors.{form}"' in answer.headers["content-disposition"]
    return answer.content


async def _count(client: httpx.AsyncClient) -> int:
    return int((await client.get("/v1/changes?limit=1")).json()["head"])


async def _lands_nothing(client: httpx.AsyncClient, content: bytes, refused: int) -> dict[str, Any]:
    before = await _count(client)
    job = await imported(client, content)
    assert job["result"] == {"created": 0, "updated": 0, "unchanged": 0, "refused": refused}
    assert {rule for _, _, rule in await errors_of(client, job)} == {"not_mended"}
    assert await _count(client) == before
    return job


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(st.lists(st.sampled_from([None, *TABLE_FAULTS]), min_size=1, max_size=8),
       st.sampled_from(["csv", "xlsx"]), st.sampled_from(["csv", "xlsx"]))  # fmt: skip
async def test_a_table_comes_back_refused_until_it_is_mended(
    registry: httpx.AsyncClient, faults: list[str | None], form: str, back: str
) -> None:
    if form == "xlsx":  # a sheet has no short rows, and its reader no NUL
        faults = [f for f in faults if f not in ("too short", "too long")] or ["no count"]
    good = [[*row(next(NUMBERS)).values()] for _ in (None, *faults)]
    rows = [good[0]]
    for cells, fault in zip(good[1:], faults, strict=True):
        rows.append(TABLE_FAULTS[fault](cells, good[0]) if fault else cells)
    bad = [cells for cells, fault in zip(good[1:], faults, strict=True) if fault]
    job = await imported(registry, _written([HEADER, *rows], form))
    assert job["result"]["refused"] == len(bad)
    assert job["result"]["created"] == len(rows) - len(bad)
    listed = await _refused(registry, job, back)
    again = await _lands_nothing(registry, listed, len(bad)) if bad else job
    header, *unmended = _read(await _refused(registry, again, back), back)
    assert unmended == _read(listed, back)[1:]
    width = len(HEADER) + 1  # a sheet is as wide as its longest row
    assert header == [*HEADER, "错误原因（改好后请清空）", *[""] * (len(header) - width)]
    assert all(cells[len(HEADER)] for cells in unmended)
    mended = [header, *([*cells, ""] for cells in bad)]
    last = await imported(registry, _written(mended, back))
    assert last["result"] == {"created": len(bad), "updated": 0, "unchanged": 0, "refused": 0}


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(st.lists(st.sampled_from([None, *LINE_FAULTS]), min_size=1, max_size=8),
       st.sampled_from(["ndjson", "csv", "xlsx"]))  # fmt: skip
async def test_documents_come_back_refused_until_they_are_mended(
    registry: httpx.AsyncClient, faults: list[str | None], back: str
) -> None:
    good = [_document(next(NUMBERS)) for _ in (None, *faults)]
    lines = [_line(good[0])]
    for document, fault in zip(good[1:], faults, strict=True):
        lines.append(LINE_FAULTS[fault](document, good[0]) if fault else _line(document))
    bad = [document for document, fault in zip(good[1:], faults, strict=True) if fault]
    job = await imported(registry, "\n".join(lines).encode(), format="ndjson")
    assert job["result"]["refused"] == len(bad)
    listed = await _refused(registry, job, back)
    again = await _lands_nothing(registry, listed, len(bad)) if bad else job
    back_again = await _refused(registry, again, back)
    if back == "ndjson":
        assert back_again == listed
        told = [orjson.loads(line) for line in listed.splitlines()]
        assert all(e["detail"] for document in told for e in document["import_errors"])
        mended = b"\n".join(orjson.dumps({**document, "import_errors": []}) for document in bad)
    else:
        header, *unmended = _read(back_again, back)
        assert unmended == _read(listed, back)[1:]
        assert header == ["原文", "错误原因（改好后请清空）"]
        mended = _written([header, *([_line(document), ""] for document in bad)], back)
    if bad:
        last = await imported(registry, mended)
        assert last["result"] == {"created": len(bad), "updated": 0, "unchanged": 0, "refused": 0}


async def test_a_line_comes_back_as_it_was_written_beside_its_errors(
    registry: httpx.AsyncClient,
) -> None:
    line = '{"credit_code": "' + credit_code(1) + '", "full_time_staff": 1e2 , "name":"a"}'
    job = await imported(registry, line.encode(), format="ndjson")
    listed = (await _refused(registry, job, "ndjson")).decode()
    assert listed.startswith(line[:-1] + ',"import_errors":[{"line":1,"field":"/full_time_staff",')


async def test_the_rows_of_a_table_are_not_given_as_ndjson(registry: httpx.AsyncClient) -> None:
    job = await imported(registry, csv_file([row(1, 正式党员数="x")]))
    answer = await registry.get(f"/v1/imports/{job['id']}/errors?format=ndjson")
    assert answer.status_code == 422
    assert [e["rule"] for e in answer.json()["errors"]] == ["errors_of_a_table"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "ndjson"])
async def test_a_file_with_a_nul_loses_that_row_only(
    registry: httpx.AsyncClient, form: str
) -> None:
    rows = [row(1), row(2, 名称="a\0b"), row(3)]
    if form == "ndjson":
        rows = [hospital(1), hospital(2, name="a\0b"), hospital(3)]
        content = b"\n".join(map(orjson.dumps, rows))
    else:
        content = _written([HEADER, *([*map(str, r.values())] for r in rows)], form)
    job = await imported(registry, content, format=form)
    assert job["result"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 1}
    assert [rule for _, _, rule in await errors_of(registry, job)] == ["control_character"]


async def test_a_nul_in_a_column_that_is_passed_over_harms_nobody(
    registry: httpx.AsyncClient,
) -> None:
    rows = [row(1, 备注="\0"), row(2, 备注="\0", 正式党员数="x")]
    job = await imported(
        registry,
        csv_file([{f"备\0{k}" if k == "备注" else k: v for k, v in r.items()} for r in rows]),
    )
    assert job["result"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    _, cells = _read(await _refused(registry, job, "csv"), "csv")
    assert "\N{REPLACEMENT CHARACTER}" in cells
