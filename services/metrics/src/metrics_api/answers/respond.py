"""Send an answer over HTTP: as JSON, CSV or XLSX, or 304 to a caller who has it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response
from starlette.types import Receive, Scope, Send

from metrics_api.answers.answer import Answer, SealedAnswer
from metrics_api.answers.table_files import csv_file, xlsx_file
from metrics_api.answers.tables import Language
from metrics_api.definitions.labels import Labels
from servicekit.http import Language as PreferredLanguage
from servicekit.http import provided
from servicekit.tables import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE

Form = Literal["json", "csv", "xlsx"]

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
"""The `responses=` of a route that sends an answer."""
DELIVER = "metrics.deliver"
"""Member of the scope of a request asked in the process: takes the answer itself."""


class AnswerResponse(Response):
    """An answer on its way; a table takes up to seconds and is made beside the event loop."""

    def __init__(
        self,
        answer: SealedAnswer,
        media_type: str | None,
        headers: Mapping[str, str],
        make: Callable[[], bytes] | None = None,
        status_code: int = 200,
    ) -> None:
        super().__init__(status_code=status_code, media_type=media_type, headers=headers)
        self._answer = answer
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, or hand it over to whoever asks inside the process."""
        deliver: Callable[[SealedAnswer], None] | None = scope.get(DELIVER)
        if deliver is not None:
            deliver(self._answer)
            return
        if self.status_code != 304:
            body = self._answer.body
            self.body = await asyncio.to_thread(self._make) if self._make else body
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


class AnswerWriter:
    """Writes the answer to one request, in the form that its caller asked for."""

    def __init__(self, request: Request, form: Form, language: Language, labels: Labels) -> None:
        self._request = request
        self._form = form
        self._language = language
        self._labels = labels

    def __call__(self, answer: Answer) -> Response:
        """`answer` with its receipt; 304 to a caller who has the bytes."""
        query = self._request.scope["query_string"].decode("latin-1")
        sealed = answer.sealed(self._request.url.path, query)
        form, digest = self._form, sealed.digest
        tag = f'"{digest}"' if form == "json" else f'"{digest}-{form}-{self._language}"'
        headers = {
            "etag": tag,
            "cache-control": "private, no-cache",
            "vary": "accept, accept-language",
        }
        if tag in self._request.headers.get("if-none-match", ""):
            return AnswerResponse(sealed, None, headers, status_code=304)
        if form == "json":
            return AnswerResponse(sealed, MEDIA_TYPES[form], headers)
        name = self._request.url.path.rsplit("/", 1)[-1]
        headers["content-disposition"] = f'attachment; filename="{name}.{form}"'
        return AnswerResponse(sealed, MEDIA_TYPES[form], headers, lambda: self._file(sealed))

    def _file(self, sealed: SealedAnswer) -> bytes:
        table = sealed.table(self._labels, self._language)
        if self._form == "csv":
            return csv_file(table)
        return xlsx_file(table, self._language, sealed.recorded_at)


async def _writer(
    request: Request,
    labels: Annotated[Labels, provided(Labels)],
    accepted: PreferredLanguage,
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
) -> AnswerWriter:
    form = format or _accepted(request.headers.get("accept"))
    language = headers or accepted
    return AnswerWriter(request, form, "en" if language == "en" else "zh", labels)


Respond = Annotated[AnswerWriter, Depends(_writer)]


def _accepted(accept: str | None) -> Form:
    """The first form that an Accept header names; JSON for all others, as browsers send them."""
    for item in (accept or "").split(","):
        for form, media_type in MEDIA_TYPES.items():
            if item.split(";")[0].strip().lower() == media_type:
                return form
    return "json"
