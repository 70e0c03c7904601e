"""How every answer goes out: sealed with its receipt, as JSON, CSV or XLSX.

A route hands in what was found, and what it rests on; nothing in either depends on the clock or on
what was learned later, so asking `receipt.request` again gives the same bytes.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import orjson
from fastapi import Depends, Query, Request, Response
from starlette.types import Receive, Scope, Send

from metrics_api.api.answer_tables import Language, Sheet, answer_table
from metrics_api.api.table_files import csv_file, xlsx_file
from metrics_api.storage.editions import Edition
from metrics_api.storage.label_files import Labels
from metrics_api.usecases.issue_receipt import Receipt
from servicekit.errors import preferred_language
from servicekit.tables import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE

Form = Literal["json", "csv", "xlsx"]
Pinned = Mapping[str, object]
"""Parameters that the caller may leave out, with the values that were meant."""

MEDIA_TYPES: Mapping[Form, str] = {
    "json": "application/json",
    "csv": CSV_MEDIA_TYPE,
    "xlsx": XLSX_MEDIA_TYPE,
}
ANSWER_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, as JSON or as a table with the receipt in it 结果",
        "content": {CSV_MEDIA_TYPE: {}, XLSX_MEDIA_TYPE: {}},
    },
    304: {"description": "The caller has these very bytes (`If-None-Match`) 内容未变"},
}
"""The `responses=` of a route that answers through `Answering`."""
_FORM_PARAMETERS = ("format", "headers")


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer's bytes, how it becomes a table, and when its edition was recorded."""

    body: bytes
    sheet: Sheet
    made_at: datetime | None


COLLECTED: ContextVar[list[Sent] | None] = ContextVar("collected", default=None)
"""Set by whoever asks in the process and wants to lay the answer out itself."""


class Asking:
    """One request, and the way its answer goes back."""

    def __init__(self, request: Request, form: Form, language: Language) -> None:
        self._request = request
        self._form = form
        self._language = language

    def answer(
        self,
        receipt: Receipt,
        document: Mapping[str, Any],
        pinned: Pinned,
        sheet: Sheet,
    ) -> Response:
        """`document` with its receipt, in the form asked for; 304 to a caller who has the bytes.

        `pinned`: what the request left open (such as `valid_on`), so that it can be repeated; the
        edition is pinned here. `sheet` says what the document's rows are as a table.
        """
        asked = self._pinned_request({**pinned, "edition": receipt.edition.number})
        body, digest = sealed(document, receipt, asked)
        if (collected := COLLECTED.get()) is not None:
            collected.append(Sent(body, sheet, receipt.edition.recorded_at))
        tag = f'"{digest}"' if self._form == "json" else f'"{digest}-{self._form}-{self._language}"'
        headers = {
            "etag": tag,
            "cache-control": "private, no-cache",
            "vary": "accept, accept-language",
        }
        if tag in self._request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if self._form == "json":
            return Response(body, media_type="application/json", headers=headers)
        name = self._request.url.path.rsplit("/", 1)[-1]
        headers["content-disposition"] = f'attachment; filename="{name}.{self._form}"'
        labels: Labels = self._request.app.state.labels
        return _TableResponse(
            lambda: self._table(body, sheet, labels, receipt), MEDIA_TYPES[self._form], headers
        )

    def _table(self, body: bytes, sheet: Sheet, labels: Labels, receipt: Receipt) -> bytes:
        """The answer's own bytes, read again and laid out: a table says what the JSON says."""
        table = answer_table(orjson.loads(body), sheet, labels, self._language)
        if self._form == "csv":
            return csv_file(table)
        return xlsx_file(table, self._language, receipt.edition.recorded_at)

    def _pinned_request(self, pinned: Pinned) -> str:
        """Path and query of the same question with nothing left open, in one canonical order."""
        asked = [
            (name, value)
            for name, value in self._request.query_params.multi_items()
            if name not in pinned and name not in _FORM_PARAMETERS
        ]
        fixed = [(name, str(value)) for name, value in pinned.items()]
        query = urlencode(sorted(asked + fixed, key=lambda item: item[0]), safe=",")
        return f"{self._request.url.path}?{query}"


async def _asking(
    request: Request,
    format: Annotated[  # noqa: A002
        Form | None, Query(description="Otherwise by Accept; json by default 文件格式")
    ] = None,
    headers: Annotated[
        Language | None,
        Query(
            description="Headers and coded values of tables: zh 中文, en paths and codes; "
            "otherwise by Accept-Language 表头语言"
        ),
    ] = None,
) -> Asking:
    form = format or _accepted(request.headers.get("accept"))
    language = headers or preferred_language(request.headers.get("accept-language"))
    return Asking(request, form, "en" if language == "en" else "zh")


Answering = Annotated[Asking, Depends(_asking)]


class _TableResponse(Response):
    """A file that takes up to seconds of computing: it is made beside the event loop."""

    def __init__(
        self, make: Callable[[], bytes], media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(media_type=media_type, headers=headers)
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = await asyncio.to_thread(self._make)
        self.body = content
        self.headers["content-length"] = str(len(content))
        await super().__call__(scope, receive, send)


def _accepted(accept: str | None) -> Form:
    """The first form that an Accept header names; JSON for all others, as browsers send them."""
    for item in (accept or "").split(","):
        for form, media_type in MEDIA_TYPES.items():
            if item.split(";")[0].strip().lower() == media_type:
                return form
    return "json"


def sealed(document: Mapping[str, Any], receipt: Receipt, asked: str) -> tuple[bytes, str]:
    """The answer's bytes, and their digest.

    The digest is SHA-256 over these bytes without the digest itself: whoever takes
    `,"digest":"…"` out at their end can check it with any tool.
    """
    whole = orjson.dumps({**document, "receipt": receipt_document(receipt, asked)})
    digest = hashlib.sha256(whole).hexdigest()
    return b"%b,%b}}" % (whole[:-2], b'"digest":"%b"' % digest.encode()), digest


def receipt_document(receipt: Receipt, asked: str) -> dict[str, Any]:
    """A receipt as answers show it, but for its digest, which comes last."""
    return {
        "edition": receipt.edition.number,
        "positions": positions(receipt.edition),
        "recorded_at": receipt.edition.recorded_at,
        "indicators": {
            name: {"version": counted.version, "digest": counted.digest}
            for name, counted in receipt.indicators.items()
        },
        "rule_sets": [
            {"id": version.code, "digest": version.digest} for version in receipt.rule_sets
        ],
        "areas": receipt.areas,
        "request": asked,
    }


def positions(edition: Edition) -> dict[str, int]:
    """The ledger positions that an edition includes."""
    return {"registry": edition.registry_position, "router": edition.router_position}
