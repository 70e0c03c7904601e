"""What a directory import sends, as JSON or as a table, as items to compare."""

from collections.abc import Sequence
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.directory.requests import area_entry, body_entry
from jurisdiction_router.directory.schemas import AreaIn, BodyIn, DirectoryImport
from jurisdiction_router.directory_imports.load import Request, RequestedItem
from jurisdiction_router.directory_imports.table import TableRow, read_table
from servicekit.errors import from_pydantic

CSV = "text/csv"


def read_request(
    content: bytes, media_type: str | None, reason: str | None, vocabulary: Vocabulary
) -> Request:
    """The items of a file. Its `reason` goes before the one given beside it.

    Raises Refusal `table-unreadable` for a table that can't be read, RequestValidationError for
    JSON of another shape; what is wrong in a row of a table stands with its item.
    """
    if (media_type or "").partition(";")[0].strip().lower() == CSV:
        rows = read_table(content, vocabulary)
        return Request([_of_row(row) for row in rows], "csv", reason)
    model = _model(content)
    items = [
        *(RequestedItem(f"/areas/{n}", None, "area", area.code, area_entry(area))
          for n, area in enumerate(model.areas)),
        *(RequestedItem(f"/bodies/{n}", None, "body", body.id, body_entry(body))
          for n, body in enumerate(model.bodies)),
    ]  # fmt: skip
    return Request(items, "json", model.reason or reason)


def _model(content: bytes) -> DirectoryImport:
    try:
        return DirectoryImport.model_validate(orjson.loads(content))
    except orjson.JSONDecodeError as error:
        raise RequestValidationError(
            [{"type": "json_invalid", "loc": ("body",), "ctx": {"error": str(error)}}]
        ) from None
    except ValidationError as error:
        raise RequestValidationError(_located(error.errors())) from None


def _located(errors: Sequence[Any]) -> list[Any]:
    return [{**error, "loc": ("body", *error["loc"])} for error in errors]


def _of_row(row: TableRow) -> RequestedItem:
    pointer = f"/lines/{row.line}"
    key = row.fields.get("code", row.fields.get("id", row.fields.get("key")))
    if row.what is None:
        return RequestedItem(pointer, row.line, None, key, None, row.violations)
    try:
        item = (
            area_entry(AreaIn.model_validate(row.fields))
            if row.what == "area"
            else body_entry(BodyIn.model_validate(row.fields))
        )
    except ValidationError as error:
        violations = from_pydantic(error.errors())
        return RequestedItem(pointer, row.line, row.what, key, None, violations)
    return RequestedItem(pointer, row.line, row.what, key, item)
