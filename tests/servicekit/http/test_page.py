"""Pages: one envelope, written around stored JSON or described by a model."""

from uuid import UUID

import orjson
import pytest
from pydantic import BaseModel

from servicekit.http import (
    CountedPage,
    counted_page_json,
    decode_cursor,
    next_cursor,
    page_json,
)

A_ROW = UUID("7b0a3f5e-8f39-4ab6-a1d4-0f6a4f1c7d11")


class Item(BaseModel):
    """A row."""

    name: str


class ItemPage(CountedPage[Item]):
    """A page of rows."""


@pytest.mark.parametrize("count", [None, 0, 17])
@pytest.mark.parametrize("cursor", [None, "WyJhIl0"])
def test_written_envelope_is_the_described_one(cursor: str | None, count: int | None) -> None:
    items = '[{"name":"深圳市狮子会"},{"name":"\\"quoted\\""}]'
    written = counted_page_json(items, cursor, count)
    page = ItemPage.model_validate_json(written)
    assert orjson.loads(written) == page.model_dump()
    assert page_json(items, cursor) == written.replace(f',"count":{count or "null"}', "").replace(
        ',"count":0', ""
    )


def test_full_page_has_a_cursor_after_its_last_row() -> None:
    query = {"kind": "foundation"}
    cursor = next_cursor([A_ROW], query, size=20, limit=20)
    assert decode_cursor(cursor, query, [UUID]) == [A_ROW]


def test_last_page_has_no_cursor() -> None:
    assert next_cursor([A_ROW], {}, size=19, limit=20) is None
    assert next_cursor(None, {}, size=0, limit=20) is None


def test_a_page_keeps_the_name_and_the_order_of_its_fields() -> None:
    schema = ItemPage.model_json_schema()
    assert schema["title"] == "ItemPage"
    assert list(schema["properties"]) == ["items", "next_cursor", "count"]
    assert schema["required"] == ["items", "next_cursor", "count"]
