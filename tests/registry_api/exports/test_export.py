"""Exports: complete, stamped, imported again without a change, and no trouble when cut off."""

import asyncio
import csv
import io
from datetime import date
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from starlette.types import Message
from tests.registry_api.import_files import imported
from tests.registry_api.samples import credit_code, hospital

from registry_api.core.organization.columns import cells_of, columns
from registry_api.core.organization.state import OrganizationState, complete, to_state
from registry_api.imports.files.cells import read_cell
from registry_api.imports.files.layout import Layout

FORMS = [("ndjson", "en"), ("csv", "en"), ("csv", "zh"), ("xlsx", "zh"), ("xlsx", "en")]

ODD: list[dict[str, Any]] = [
    {"name": "=1+1", "domicile": {"division_code": "440303001", "address": "  a\tb\r\n“c”,;"}},
    {"name": "'=x", "sponsor": "@y", "business_supervisor": {"name": None, "system": None}},
    {"party": {"full_members": 3, "organizer": {"assigned_on": None},
               "organization": {"secretary": {"post": None}}}},
    {"party": {"full_members": 3, "organization": {"mode": "joint", "with": ["甲中心", "乙中心"]}}},
    {"name": "N/A", "sponsor": "无", "business_supervisor": {"name": "直接登记", "system": None}},
    {"name": "'未知", "sponsor": "--", "predecessors": ["无"], "successors": ["甲;乙", '"丙"；']},
    {"name": "（示例）中心", "grade": {"level": "none", "announced_on": "1900-01-31"}},
    {"grade": {"level": "none"}, "charter": {"state": "none"}, "predecessors": ["001", "-2"]},
]  # fmt: skip


async def _register(client: httpx.AsyncClient) -> None:
    for number, changes in enumerate(ODD, start=1):
        state = hospital(number, charter={"state": "included"}) | changes
        state["party"] = {"full_members": 2, "probationary_members": 1} | state["party"]
        rows = orjson.dumps(state)
        job = await imported(client, rows, format="ndjson", effective_on="2016-03-01")
        assert job["result"]["created"] == 1, state


@pytest.mark.parametrize(("form", "headers"), FORMS)
async def test_an_export_imports_again_unchanged(
    registry: httpx.AsyncClient, form: str, headers: str
) -> None:
    await _register(registry)
    exported = await registry.get(
        "/v1/organizations/export", params={"format": form, "headers": headers}
    )
    assert exported.headers["ledger-position"] == str(len(ODD))
    assert f'organizations.{form}"' in exported.headers["content-disposition"]
    job = await imported(registry, exported.content, effective_on="2016-03-02")
    assert job["format"] == form
    assert job["result"] == {"created": 0, "updated": 0, "unchanged": len(ODD), "refused": 0}


async def test_chinese_headers_come_with_chinese_words(registry: httpx.AsyncClient) -> None:
    await registry.post("/v1/organizations", json=hospital())
    path = "/v1/organizations/export"
    text = (await registry.get(path, params={"format": "csv", "headers": "zh"})).content
    (line,) = csv.DictReader(io.StringIO(text.decode("utf-8-sig")))
    assert (line["社会组织类型"], line["党建入章"]) == ("民办非企业单位", "已写入")
    workbook = (await registry.get(path, params={"format": "xlsx"})).content
    header, cells = (
        CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    )
    held = dict(zip(header, cells, strict=True))
    assert (held["统一社会信用代码"], held["专职工作人员数"]) == (credit_code(1), 40)


async def test_an_export_has_only_what_its_reader_may_see(
    registry: httpx.AsyncClient, keys: Any
) -> None:
    for number, division in ((1, "440303001"), (2, "440304001")):
        domicile = {"division_code": division, "address": "x"}
        await registry.post("/v1/organizations", json=hospital(number, domicile=domicile))
    limited = keys.headers(areas=["440304"])
    for form in ("ndjson", "csv", "xlsx"):
        answer = await registry.get(
            "/v1/organizations/export", params={"format": form}, headers=limited
        )
        job = await imported(registry, answer.content, effective_on="2016-03-02")
        assert job["total"] == 1


@pytest.mark.parametrize("form", ["ndjson", "csv", "xlsx"])
@pytest.mark.parametrize("parts", [0, 1, 2])
async def test_a_client_that_goes_away_leaves_no_connection_behind(
    registry: httpx.AsyncClient, keys: Any, form: str, parts: int
) -> None:
    rows = b"\n".join(orjson.dumps(hospital(number)) for number in range(1, 2501))
    await imported(registry, rows, format="ndjson", effective_on="2016-03-01")
    app = registry._transport.app  # type: ignore[attr-defined]
    token = keys.headers()["authorization"].encode()
    scope = {
        "type": "http", "method": "GET", "path": "/v1/organizations/export", "root_path": "",
        "query_string": f"format={form}".encode(), "headers": [(b"authorization", token)],
        "http_version": "1.1", "scheme": "http", "asgi": {"version": "3.0"},
    }  # fmt: skip
    gone = asyncio.Event()
    sent = 0

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal sent
        sent += message["type"] == "http.response.body"
        if sent >= parts:
            gone.set()
            await asyncio.sleep(0.01)  # a slow reader: the disconnect is noticed meanwhile

    await app(scope, receive, send)
    async with asyncio.timeout(30):  # a worker that just looks for jobs has one for a moment
        while any(app.state.database.pool_use().values()):
            await asyncio.sleep(0.005)
    assert (await registry.get("/v1/organizations?limit=1")).status_code == 200


def _leaf(column: Any) -> st.SearchStrategy[Any]:
    """Values of a column that its validator accepts."""
    text = st.text(
        st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12
    ).map(str.strip)
    words = st.sampled_from(["无", "N/A", "--", "未知", "直接登记", "无(x)", "=1", "1900-01-31"])
    odd = text | st.builds("{}{}".format, st.sampled_from(["", "'", "''", '"']), words)
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "count": st.integers(1950, 2100), "flag": st.booleans(),
        "date": st.dates(date(1901, 1, 1), date(2100, 1, 1)).map(str),
        "text": odd,
        "list": st.lists(odd.filter(bool), max_size=4),
    }  # fmt: skip
    return by_kind.get(column.kind, st.none()) | st.none()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.sampled_from(["zh", "en"]))
def test_whatever_a_cell_is_written_as_it_reads_back(data: Any, language: Any) -> None:
    for column in columns():
        value = data.draw(_leaf(column))
        if column.kind == "text" and not value:
            continue
        if column.kind == "list" and value is None:
            value = []
        read = read_cell(column, column.write(value, language), lambda _: None)
        assert (read or []) == value if column.kind == "list" else read == value


def test_a_layout_builds_what_the_model_builds() -> None:
    state = to_state(OrganizationState.model_validate(hospital()))
    for language in ("zh", "en"):
        layout = Layout([column.header(language) for column in columns()])
        row = layout.row(2, cells_of(state, language))
        assert not row.violations
        assert row.sound
        assert row.state() == state == complete(row.patch())
